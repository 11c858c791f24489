"""The labs' dials: the owner of their session-state keys, and of their parts of the link."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import pi
from time import monotonic
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.noise import Noise
from hqnn.study import Study
from ui import state
from ui.angles import in_pi
from ui.cached import jobs
from ui.digits import MARKS

SHOTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)

#: Degrees of θ, by the preset's name.
ANGLES = {"0": 0, "π/2": 90, "π": 180, "−π/2": -90}

LABELS = {"theta": "Angle θ", "lab_shots": "Shots", "lab_seed": "Shot seed"}

#: Estimates that are kept, and with which measuring on by itself ends; and how many it makes at a time.
KEPT, AT_A_TIME = 200, 5

#: The sets that a trip's image may be from.
TRIP_PARTS = {"test": "Test", "train": "Training"}


def theta() -> float:
    """Draw the dial of θ, in degrees; gives radians."""
    degrees = st.slider(
        LABELS["theta"],
        -180,
        180,
        45,
        format="%d°",
        key="theta",
        bind="query-params",
        help="The angle of RY(θ). Arrow keys turn it by one degree.",
    )
    return degrees * pi / 180


def angle_presets() -> None:
    """Draw the buttons that set θ, and the one that sets up the published post's test."""
    with st.container(horizontal=True, gap="xsmall", key="angle_presets"):
        for name, degrees in ANGLES.items():
            st.button(name, key=f"angle_{degrees}", on_click=_set, kwargs={"theta": degrees})
        st.button(
            "The post's test",
            key="posts_test",
            on_click=_set,
            kwargs={"theta": 180, "lab_shots": 100},
            help="θ = π with 100 shots, which gives about 0.5.",
        )


def shots() -> int:
    """Draw the dial of the shots."""
    return st.select_slider(
        LABELS["lab_shots"],
        SHOTS,
        value=100,
        format_func="{:,}".format,
        key="lab_shots",
        bind="query-params",
        help="How often the circuit is run and measured for one estimate.",
    )


def seed() -> int:
    """Draw the field of the seed of the shots."""
    return st.number_input(
        LABELS["lab_seed"],
        0,
        2**31 - 1,
        0,
        key="lab_seed",
        bind="query-params",
        help="The same seed gives the same measurements, in the same order.",
    )


def link_notes() -> list[str]:
    """One sentence for each value in the link that its dial does not offer, as plain text, until a dial is moved.

    Call it after the dials of θ, shots and seed are drawn.
    """
    kept = st.session_state
    here = {"theta": f"{kept['theta']}", "lab_shots": f"{kept['lab_shots']:,}", "lab_seed": f"{kept['lab_seed']}"}
    if "lab_linked" not in kept:
        kept["lab_linked"] = here
    if kept["lab_linked"] != here:
        return []
    return [
        f"{LABELS[name]}: the link asks for “{', '.join(asked)[:30]}”, which is not offered; it is {value}."
        for name, value in here.items()
        if (asked := state.linked(name)) and asked != [value]
    ]


def engine() -> dict[str, Any]:
    """What the labs measure on, as arguments of `hqnn.estimates.measure`: with noise where the settings have some."""
    noise = state.noise()
    return {"engine": "aer"} if noise == Noise() else {"engine": "noisy", "settings": noise.model_dump()}


#: Of s, in multiples of π.
SHIFTS = tuple(Fraction(sixteenths, 16) for sixteenths in range(1, 21))
REPEATS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def shift() -> Fraction:
    """Draw the dial of the shift s, in sixteenths of π up to 5π/4; gives the multiple of π."""
    return st.select_slider(
        "Shift s (radians)",
        SHIFTS,
        value=Fraction(3, 4),
        format_func=in_pi,
        key="lab_shift",
        bind="query-params",
        help="How far from θ, to either side, the circuit is measured.",
    )


def repeats() -> int:
    """Draw the dial of the repeats."""
    return st.select_slider(
        "Repeats",
        REPEATS,
        value=100,
        format_func="{:,}".format,
        key="repeats",
        bind="query-params",
        help="How often the whole measurement is made, each time with shots of its own: so the scatter is seen.",
    )


def rounds_of_slopes() -> int:
    """Draw the button that measures slopes anew; gives how often that was wanted."""
    st.button(
        "Measure again",
        icon=":material/replay:",
        key="measure_slopes",
        on_click=_measure_slopes_again,
        help="The same measurement with other shots.",
    )
    return st.session_state.get("slope_rounds", 0)


def kept_study() -> tuple[Any, Study] | None:
    """The study that this page has begun last, and of what."""
    return st.session_state.get("shift_study")


def keep_study(of_what: Any, study: Study) -> None:
    """Keep a study, for as long as this page lives."""
    st.session_state["shift_study"] = of_what, study


def _measure_slopes_again() -> None:
    st.session_state["slope_rounds"] = st.session_state.get("slope_rounds", 0) + 1


def measure_again() -> None:
    """Draw the button of the next measurement."""
    st.button(
        "Measure again",
        key="again",
        type="primary",
        icon=":material/replay:",
        shortcut="M",
        on_click=_want,
        args=(1,),
        help="The next measurement of this seed. Key: M.",
    )


def measure_on() -> None:
    """Draw the button that goes on measuring until enough is measured, or stops that."""
    measuring = is_measuring()
    st.button(
        "Stop measuring" if measuring else f"Measure on, up to {KEPT}",
        key="measure_on",
        icon=":material/stop:" if measuring else ":material/fast_forward:",
        on_click=_set,
        kwargs={"lab_measuring": not measuring},
        help=f"Measures again and again by itself until there are {KEPT} estimates.",
    )


def is_measuring() -> bool:
    """Whether it measures on by itself."""
    return st.session_state.get("lab_measuring", False)


def estimates(theta: float, shots: int, seed: int, engines: list[dict[str, Any]]) -> NDArray[np.float64]:
    """Measured P(1): (engines, the last `KEPT` at most), the latest last.

    They begin anew when anything about them is changed.
    """
    about, kept = (theta, shots, seed, engines), st.session_state
    if kept.get("lab_about") != about:
        kept["lab_about"], kept["lab_wanted"] = about, 1
        kept["lab_estimates"], kept["lab_measuring"] = np.empty((len(engines), 0)), False
        kept["lab_measured"] = 0
    elif is_measuring():
        _want(AT_A_TIME)
    numbers = range(kept["lab_measured"], kept["lab_wanted"])
    if numbers:
        new = jobs().ask("hqnn.estimates:measurements", theta, shots, seed, numbers, engines)
        kept["lab_estimates"] = np.concatenate((kept["lab_estimates"], new), axis=1)[:, -KEPT:]
        kept["lab_measured"] = kept["lab_wanted"]
    if kept["lab_estimates"].shape[1] == KEPT:
        kept["lab_measuring"] = False
    return kept["lab_estimates"]


def _want(more: int) -> None:
    st.session_state["lab_wanted"] += more


def _set(**values: Any) -> None:
    for key, value in values.items():
        st.session_state[key] = value


def trip_image(
    digits: tuple[int, int], counts: dict[str, tuple[int, int]], thumbnail: Callable[[str, int, int], None]
) -> tuple[str, int]:
    """Draw the choice of an image whose trip is shown.

    Args:
        digits: the pair.
        counts: images of each digit, by part: "test" and "train".
        thumbnail: draws the image of a part, label and number from 1.

    Returns:
        The part, and the image's place in it from 0, the first digit's before the second's.
    """
    part, label = _trip_set(digits)
    count = counts[part][label]
    _keep_trip_number_within(count)
    with st.container(horizontal=True, vertical_alignment="center"):
        thumb = st.container(width="content")
        number = _trip_number(count)
    with thumb:
        thumbnail(part, label, number)
    if st.session_state["trip_note"]:
        st.warning(st.session_state["trip_note"], icon=":material/error:")
    return part, label * counts[part][0] + number - 1


def _trip_set(digits: tuple[int, int]) -> tuple[str, int]:
    shared: dict[str, Any] = {"required": True, "bind": "query-params", "label_visibility": "collapsed"}
    with st.container(horizontal=True):
        part = st.segmented_control(
            "Set", list(TRIP_PARTS), default="test", format_func=TRIP_PARTS.__getitem__, key="trip_part", **shared
        )
        label = st.segmented_control(
            "Digit", (0, 1), default=0, format_func=lambda at: f"{MARKS[at]} {digits[at]}", key="trip_digit", **shared
        )
    return part, label


def _trip_number(count: int) -> int:
    return st.number_input(
        f"Image, 1 to {count:,}",
        1,
        count,
        1,
        key="trip_number",
        bind="query-params",
        on_change=_forget_trip_note,
        help="Its number among those of its digit and set, in MNIST's order.",
    )


def show_trip_of(part: str, place: int, counts: dict[str, tuple[int, int]]) -> None:
    """Choose another image: in a button's callback."""
    label = int(place >= counts[part][0])
    st.session_state["trip_part"], st.session_state["trip_digit"] = part, label
    st.session_state["trip_number"] = place - label * counts[part][0] + 1
    _forget_trip_note()


def _keep_trip_number_within(count: int) -> None:
    """Another set or digit may have fewer images; a link that asks for one that there is not is answered."""
    asked = state.linked("trip_number")
    if "trip_note" not in st.session_state:
        offered = not asked or (asked[0].isdecimal() and 1 <= int(asked[0]) <= count)
        note = "" if offered else f"Image: the link asks for “{asked[0][:30]}”, but here are 1 to {count:,}."
        st.session_state["trip_note"] = note
    if st.session_state.get("trip_number", 1) > count:
        st.session_state["trip_number"] = count


def _forget_trip_note() -> None:
    st.session_state["trip_note"] = ""


def trip_stage(names: Sequence[str]) -> int:
    """Draw the row of a trip's stages; gives the place of the present one."""
    name = st.segmented_control(
        "Stages",
        names,
        default=names[0],
        required=True,
        key="trip_stage",
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
    return names.index(name)


def show_trip_stage(name: str) -> None:
    """Go to a stage of the trip: in a button's callback."""
    st.session_state["trip_stage"] = name


def trip_seed() -> int:
    """Seed of the trip's shots: how often it has been measured again."""
    return st.session_state.setdefault("trip_seed", 0)


def measure_trip_again() -> None:
    """Have the trip's next shots be others: in a button's callback."""
    st.session_state["trip_seed"] = trip_seed() + 1


#: Seconds that a whole training takes when its steps are played.
PLAY_SECONDS = 20.0


def look_at_steps_of(run_id: str) -> None:
    """Begin at the newest step of a training, and follow it, unless its steps are looked at already."""
    if st.session_state.get("slopes_of") != run_id:
        st.session_state.update(slopes_of=run_id, slopes_at=0, slopes_done=0, slopes_following=True, slopes_played=None)


def step(done: int, total: int) -> int:
    """Draw the slider over a training's steps: `total` of them in all, `done` so far.

    Returns:
        The step to show, from 0 (before the first) to `done`.
    """
    values = st.session_state
    values["slopes_done"] = done
    if values["slopes_played"] is not None:
        begun, since = values["slopes_played"]
        values["slopes_at"] = begun + int((monotonic() - since) * total / PLAY_SECONDS)
    elif values["slopes_following"]:
        values["slopes_at"] = done
    values["slopes_at"] = min(values["slopes_at"], done)
    if values.get("slopes_step") != values["slopes_at"]:
        values["slopes_step"] = values["slopes_at"]
    st.slider(
        "Step of the training",
        0,
        total,
        key="slopes_step",
        on_change=_step_moved,
        label_visibility="collapsed",
    )
    return values["slopes_at"]


def with_dropout() -> bool:
    """Draw the choice between the images' angles as they are trained and as they are answered."""
    return st.toggle(
        "Dropout",
        value=True,
        key="slopes_dropout",
        persist_state="session",
        help="On: each image where it was when it was last in a batch, half of its feature maps left out at random. "
        "Off: after each epoch, nothing left out, as the network answers.",
    )


def step_buttons(*, active: bool) -> None:
    """Draw the buttons that go to the first step, play, and go to the newest."""
    st.button("Start", key="slopes_start", icon=":material/first_page:", on_click=_go_to_step, args=(1,))
    word, icon = ("Pause", "pause") if is_played() else ("Play", "play_arrow")
    st.button(word, key="slopes_play", icon=f":material/{icon}:", on_click=_play_or_pause)
    word = "Follow" if active else "End"
    st.button(word, key="slopes_end", icon=":material/last_page:", on_click=_follow)


def is_played() -> bool:
    """Whether the steps are being played."""
    return st.session_state["slopes_played"] is not None


def end_play() -> None:
    """Stop playing where it is."""
    st.session_state["slopes_played"] = None


def _step_moved() -> None:
    values = st.session_state
    _go_to_step(values["slopes_step"])
    values["slopes_following"] = values["slopes_at"] >= values["slopes_done"]


def _go_to_step(at: int) -> None:
    values = st.session_state
    values["slopes_at"], values["slopes_following"] = at, False
    if values["slopes_played"] is not None:
        values["slopes_played"] = (at, monotonic())


def _follow() -> None:
    st.session_state["slopes_following"] = True
    end_play()


def _play_or_pause() -> None:
    values = st.session_state
    if values["slopes_played"] is not None:
        end_play()
        return
    begin = values["slopes_at"] if values["slopes_at"] < values["slopes_done"] else 0
    values["slopes_following"], values["slopes_played"] = False, (begin, monotonic())
