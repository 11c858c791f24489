"""Choice of the image that is followed, and of the stage. This module owns their session-state and link keys."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from ui.kit.digits import MARKS
from ui.kit.option_labels import option_label
from ui.session import lab_controls, link

#: Sets of images, with their labels.
TRIP_PARTS = {"test": "Test", "train": "Training"}


def trip_image(
    digits: tuple[int, int], counts: dict[str, tuple[int, int]], thumbnail: Callable[[str, int, int], None]
) -> tuple[str, int]:
    """Draw the choice of an image.

    Args:
        digits: the pair.
        counts: images of each digit by set, "test" and "train".
        thumbnail: draws the image of a set, a label and a number from 1.

    Returns:
        The set, and the place of the image in it from 0. Images of the first digit come first.
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
    shared: dict[str, Any] = {"required": True, "bind": "query-params", "label_visibility": "collapsed", "wrap": True}
    with st.container(horizontal=True):
        part = st.segmented_control(
            "Set", list(TRIP_PARTS), default="test", format_func=TRIP_PARTS.__getitem__, key="trip_part", **shared
        )
        label = st.segmented_control(
            "Digit", (0, 1), default=0, format_func=partial(_marked, digits), key="trip_digit", **shared
        )
    return part, label


def _trip_number(count: int) -> int:
    return st.number_input(
        f"Image number, 1 to {count:,}",
        1,
        count,
        1,
        key="trip_number",
        bind="query-params",
        on_change=_forget_trip_note,
        help="Number of the image among those of its digit and set, in MNIST's order.",
    )


def show_trip_of(part: str, place: int, counts: dict[str, tuple[int, int]]) -> None:
    """Choose another image, in the callback of a button."""
    label = int(place >= counts[part][0])
    st.session_state["trip_part"], st.session_state["trip_digit"] = part, label
    st.session_state["trip_number"] = place - label * counts[part][0] + 1
    _forget_trip_note()


def _keep_trip_number_within(count: int) -> None:
    """Keep the number within a smaller set, and note a number in the link that is out of range."""
    asked = link.linked("trip_number")
    if "trip_note" not in st.session_state:
        offered = not asked or (asked[0].isdecimal() and 1 <= int(asked[0]) <= count)
        note = (
            ""
            if offered
            else f"Image number: the link’s value “{asked[0][:30]}” is not available. The numbers are 1 to {count:,}."
        )
        st.session_state["trip_note"] = note
    if st.session_state.get("trip_number", 1) > count:
        st.session_state["trip_number"] = count


def _forget_trip_note() -> None:
    st.session_state["trip_note"] = ""


def trip_stage(names: Sequence[str]) -> int:
    """Draw the row of stages, and return the place of the chosen one."""
    name = st.segmented_control(
        "Stages",
        names,
        default=names[0],
        required=True,
        format_func=option_label("trip_stage"),
        key="trip_stage",
        bind="query-params",
        label_visibility="collapsed",
        wrap=True,
    )
    return names.index(name)


def trip_link_notes(digits: tuple[int, int]) -> None:
    """Show the link values that the controls do not offer. Call it after the controls are drawn."""
    labels = {"trip_stage": "Stage", "trip_part": "Set", "trip_digit": "Digit"}
    in_link = {"trip_part": TRIP_PARTS.__getitem__, "trip_digit": partial(_marked, digits)}
    lab_controls.link_notes(*labels, labels=labels, in_link=in_link)


def _marked(digits: tuple[int, int], label: int) -> str:
    return f"{MARKS[label]} {digits[label]}"


def show_trip_stage(name: str) -> None:
    """Go to a stage, in the callback of a button."""
    st.session_state["trip_stage"] = name


def trip_seed() -> int:
    """Return the seed of the shots: how often the image has been measured again."""
    return st.session_state.setdefault("trip_seed", 0)


def measure_trip_again() -> None:
    """Use new shots, in the callback of a button."""
    st.session_state["trip_seed"] = trip_seed() + 1
