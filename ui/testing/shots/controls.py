"""The dials of shots at prediction time: the owner of their session-state keys, and of their parts of the link."""

from typing import Any

import streamlit as st

from hqnn.config import Noise, RunConfig
from hqnn.jobs.study import Study
from ui.kit.meanings import ONE_SHOT
from ui.session import lab_controls, setting_options

#: Odd numbers stand beside small even ones, which can tie.
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
VIEWS = ("All together", "Each digit")

LABELS = {
    "shots_each": "Shots an image",
    "shots_engine": "Engine",
    "shots_view": "Accuracy of",
    "shots_image": "Image, from the most doubtful on",
    "lab_seed": lab_controls.LABELS["lab_seed"],
}


def shots() -> int | None:
    """Draw the dial of the shots; None for exact probabilities."""
    chosen = st.select_slider(
        LABELS["shots_each"],
        SHOTS,
        value=100,
        format_func=str,
        key="shots_each",
        bind="query-params",
        help=f"{ONE_SHOT} How many of them make one answer to a test image, whatever the network was trained with.",
    )
    return None if isinstance(chosen, str) else chosen


def engine(config: RunConfig) -> dict[str, Any] | None:
    """Draw the choice of the engine; gives it as arguments of `hqnn.circuit.estimates.measure`.

    Args:
        config: of the network that answers; its noise is taken if the settings have none.

    Returns:
        None if the settings of the noise do not fit together.
    """
    name = st.segmented_control(
        LABELS["shots_engine"],
        ENGINES,
        default=ENGINES[0],
        required=True,
        key="shots_engine",
        bind="query-params",
        wrap=True,
        help="aer simulates every shot; exact draws the shots from the exact P(1), at once; noisy is aer with the "
        "noise of the settings, or else with that which the network was trained with.",
    )
    if name != "noisy":
        return {"engine": name}
    of_settings = lab_controls.noise()
    if of_settings is None:
        return None
    noise = config.noise if of_settings == Noise() else of_settings
    return {"engine": name, "settings": noise.model_dump()}


def seed() -> int:
    """Draw the field of the seed of the shots."""
    return lab_controls.seed()


def view() -> str:
    """Draw the choice between all images together and each digit's."""
    return st.segmented_control(
        LABELS["shots_view"],
        VIEWS,
        default=VIEWS[0],
        required=True,
        key="shots_view",
        bind="query-params",
        wrap=True,
    )


def measure_again() -> int:
    """Draw the button that tests anew; gives how often that was wanted."""
    return _again("shots_again", "The same test with other shots.")


def measure_image_again() -> int:
    """Draw the button that measures the image anew; gives how often that was wanted."""
    return _again("shots_image_again", "The same image, 200 times more, with other shots.")


def _again(key: str, meaning: str) -> int:
    st.button("Measure again", key=key, icon=":material/replay:", on_click=_count, args=(key,), help=meaning)
    return st.session_state.get(f"{key}_times", 0)


def _count(key: str) -> None:
    st.session_state[f"{key}_times"] = st.session_state.get(f"{key}_times", 0) + 1


def image(count: int) -> int:
    """Draw the field of the image; gives its place among all images, the most doubtful first, from 0."""
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
            help="1 is the test image whose P(1) is nearest to 0.5.",
        )
        - 1
    )


def image_button(label: str, key: str, icon: str | None, place: int, count: int) -> None:
    """Draw a button that chooses another image by its place."""
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
    """Say what the link asks for that the dials do not offer; call it after they are drawn."""
    lab_controls.link_notes(*LABELS, labels=LABELS)


def kept_study() -> tuple[Any, Study] | None:
    """The study that this page has begun last, and of what."""
    return st.session_state.get("shots_study")


def keep_study(of_what: Any, study: Study) -> None:
    """Keep a study, for as long as this page lives."""
    st.session_state["shots_study"] = of_what, study
