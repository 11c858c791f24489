"""Controls of the Effect of shots tab: the owner of their session-state keys and query keys."""

from typing import Any

import streamlit as st

from hqnn.config import Noise, RunConfig
from hqnn.jobs.study import Study
from ui.kit.meanings import ONE_SHOT
from ui.kit.option_labels import option_label
from ui.session import lab_controls, setting_options

#: Small even numbers, which can tie, have odd neighbours.
SHOTS = (
    *range(1, 12),
    20,
    21,
    50,
    51,
    100,
    101,
    *(shots for shots in lab_controls.SHOTS if shots > 100),
    setting_options.EXACT,
)

ENGINES = ("aer", "exact", "noisy")
VIEWS = TOGETHER, PER_DIGIT = ("All together", "Each digit")

LABELS = {
    "shots_each": lab_controls.LABELS["lab_shots"],
    "shots_engine": "Engine",
    "shots_view": "Show",
    "shots_image": "Image (1 = least certain)",
    "lab_seed": lab_controls.LABELS["lab_seed"],
}


def shots() -> int | None:
    """Draw the slider of the shots. Return None for exact probabilities."""
    chosen = st.select_slider(
        LABELS["shots_each"],
        SHOTS,
        value=100,
        format_func=str,
        key="shots_each",
        bind="query-params",
        help=f"{ONE_SHOT} The network makes one prediction from this many shots, whatever it was trained with.",
    )
    return None if isinstance(chosen, str) else chosen


def engine(config: RunConfig) -> dict[str, Any] | None:
    """Draw the choice of the engine. Return it as arguments of `hqnn.circuit.estimates.measure`.

    Args:
        config: the network's config, whose noise is used if the settings have none.

    Returns:
        None if the noise settings do not fit together.
    """
    name = st.segmented_control(
        LABELS["shots_engine"],
        ENGINES,
        default=ENGINES[0],
        required=True,
        key="shots_engine",
        bind="query-params",
        wrap=True,
        help="`aer` simulates every shot. `exact` draws the shots from the exact P(1) and is faster. `noisy` is `aer` "
        "with the noise in the sidebar, or else with the noise that the network was trained with.",
    )
    if name != "noisy":
        return {"engine": name}
    of_settings = lab_controls.noise()
    if of_settings is None:
        return None
    noise = config.noise if of_settings == Noise() else of_settings
    return {"engine": name, "settings": noise.model_dump()}


def seed() -> int:
    """Draw the field of the random seed of the shots."""
    return lab_controls.seed()


def view() -> str:
    """Draw the choice between the overall accuracy and the accuracy per digit."""
    return st.segmented_control(
        LABELS["shots_view"],
        VIEWS,
        default=TOGETHER,
        required=True,
        format_func=option_label("shots_view"),
        key="shots_view",
        bind="query-params",
        wrap=True,
    )


def measure_again() -> int:
    """Draw the button that tests again. Return how often it was pressed."""
    return _again("shots_again", "Repeats the test with new shots.")


def measure_image_again() -> int:
    """Draw the button that measures the image again. Return how often it was pressed."""
    return _again("shots_image_again", "Measures the same image 200 times with new shots.")


def _again(key: str, meaning: str) -> int:
    st.button("Measure again", key=key, icon=":material/replay:", on_click=_count, args=(key,), help=meaning)
    return st.session_state.get(f"{key}_times", 0)


def _count(key: str) -> None:
    st.session_state[f"{key}_times"] = st.session_state.get(f"{key}_times", 0) + 1


def image(count: int) -> int:
    """Draw the field of the image. Return its position from 0, with the least certain image first."""
    if st.session_state.get("shots_image", 1) > count:
        st.session_state["shots_image"] = count
    return (
        st.number_input(
            LABELS["shots_image"],
            1,
            count,
            1,
            key="shots_image",
            bind="query-params",
            help="Image 1 is the test image whose P(1) is nearest to 0.5.",
        )
        - 1
    )


def image_button(label: str, key: str, icon: str | None, place: int, count: int) -> None:
    """Draw a button that chooses another image by its position."""
    st.button(
        label,
        key=key,
        icon=icon,
        disabled=not 0 <= place < count,
        on_click=_choose_image,
        args=(place,),
    )


def _choose_image(place: int) -> None:
    st.session_state["shots_image"] = place + 1


def link_notes() -> None:
    """Note values in the link that the controls do not offer. Call it after the controls."""
    lab_controls.link_notes(*LABELS, labels=LABELS)


def kept_study() -> tuple[Any, Study] | None:
    """Return the latest measurement of this page, and its controls."""
    return st.session_state.get("shots_study")


def keep_study(of_what: Any, study: Study) -> None:
    """Keep a measurement for this session."""
    st.session_state["shots_study"] = of_what, study
