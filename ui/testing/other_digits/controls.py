"""Controls of the other digits: the owner of their session-state keys and query keys."""

import streamlit as st

from ui.session import lab_controls

#: Options of the confidence threshold.
SURE = (0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)

LABELS = {"other_sure": "Confidence threshold p", "other_neither": "Also show the “neither digit” check"}


def sure() -> float:
    """Draw the slider of the confidence threshold."""
    return st.select_slider(
        LABELS["other_sure"],
        SURE,
        value=0.95,
        format_func=str,
        key="other_sure",
        bind="query-params",
        help="p is the larger of P(1) and 1 − P(1), the network's probability for the digit that it predicts. A "
        "prediction counts as confident from this p on.",
    )


def with_neither() -> bool:
    """Draw the choice whether the table shows the Draw page's "neither digit" check."""
    return st.toggle(
        LABELS["other_neither"],
        key="other_neither",
        bind="query-params",
        help="Applies the Draw page's warning to the same images. It compares an image with training images of all "
        "digits and does not use the network. The first time takes a few seconds.",
    )


def link_notes() -> None:
    """Note values in the link that the controls do not offer. Call it after the controls."""
    lab_controls.link_notes(*LABELS, labels=LABELS, in_link={"other_neither": lambda on: str(on).lower()})
