"""The dials of the other digits: the owner of their session-state keys, and of their parts of the link."""

import streamlit as st

from ui.session import lab_controls

#: Of the probability from which on an answer counts as sure.
SURE = (0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)

LABELS = {"other_sure": "Sure from p =", "other_neither": "Ask the rule “neither” too"}


def sure() -> float:
    """Draw the dial of the probability from which on an answer counts as sure."""
    return st.select_slider(
        LABELS["other_sure"],
        SURE,
        value=0.95,
        format_func=str,
        key="other_sure",
        bind="query-params",
        help="p is the larger of P(1) and 1 − P(1): the probability that the network gives to the digit it answers.",
    )


def with_neither() -> bool:
    """Draw the choice whether the rule of the Draw page is asked too."""
    return st.toggle(
        LABELS["other_neither"],
        key="other_neither",
        bind="query-params",
        help="The rule with which the Draw page warns of what looks like neither digit, asked of the same images. It "
        "compares them with training images of all digits and knows nothing of the network. Takes a few seconds once.",
    )


def link_notes() -> None:
    """Say what the link asks for that the dials do not offer; call it after they are drawn."""
    lab_controls.link_notes(*LABELS, labels=LABELS, in_link={"other_neither": lambda on: str(on).lower()})
