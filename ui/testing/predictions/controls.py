"""Controls of the Predictions tab: the owner of their session-state keys and query keys."""

from functools import partial

import streamlit as st

from hqnn.statistics.scores import Order
from ui.kit.digits import MARKS
from ui.session import lab_controls
from ui.testing.prediction_table import FILTERS, ORDERS

PAGE = "answers_page"
_LABELS = {"answers_order": "Order", "show": "Show", "true_digit": "True digit", PAGE: "Page"}


def order() -> Order:
    """Draw the choice of the order."""
    return st.selectbox(
        _LABELS["answers_order"],
        list(ORDERS),
        format_func=ORDERS.__getitem__,
        key="answers_order",
        bind="query-params",
        on_change=_to_first_page,
        width=190,
    )


def which() -> str:
    """Draw the choice between all predictions, mistakes and right ones."""
    return st.segmented_control(
        _LABELS["show"],
        list(FILTERS),
        default="All",
        required=True,
        key="show",
        bind="query-params",
        wrap=True,
        on_change=_to_first_page,
    )


def true_digit(digits: tuple[int, int]) -> int | None:
    """Draw the choice of the true digit. Return its label, None for both."""
    label = st.segmented_control(
        _LABELS["true_digit"],
        (-1, 0, 1),
        default=-1,
        required=True,
        format_func=partial(_digit, digits),
        key="true_digit",
        bind="query-params",
        wrap=True,
        on_change=_to_first_page,
    )
    return None if label < 0 else label


def page(pages: int) -> int:
    """Draw the page number and the buttons to the previous and next page. Return the number."""
    if st.session_state.get(PAGE, 1) > pages:  # another choice may have fewer pages
        st.session_state[PAGE] = pages
    with st.container(horizontal=True, horizontal_alignment="center", vertical_alignment="center", key="answers_pages"):
        back = st.container(width="content")
        number = st.pagination(pages, max_visible_pages=5, key=PAGE, bind="query-params")
        _turn_button("Next", "answers_next", "Right", number + 1, pages)
    with back:
        _turn_button("Previous", "answers_back", "Left", number - 1, pages)
    return number


def link_notes(digits: tuple[int, int]) -> None:
    """Note values in the link that the controls do not offer. Call it after the controls."""
    in_link = {"answers_order": ORDERS.__getitem__, "true_digit": partial(_digit, digits)}
    lab_controls.link_notes(*_LABELS, labels=_LABELS, in_link=in_link)


def _turn_button(label: str, key: str, shortcut: str, number: int, pages: int) -> None:
    st.button(
        label,
        key=key,
        shortcut=shortcut,
        disabled=not 1 <= number <= pages,
        on_click=_turn_to,
        args=(number,),
    )


def _turn_to(number: int) -> None:
    st.session_state[PAGE] = number


def _to_first_page() -> None:
    st.session_state[PAGE] = 1


def _digit(digits: tuple[int, int], label: int) -> str:
    return "Both" if label < 0 else f"{MARKS[label]} {digits[label]}"
