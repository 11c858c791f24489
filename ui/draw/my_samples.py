"""Saved drawings with their true digits: a small test set for this session, and the accuracy on it.

The owner of their session-state keys.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from hqnn.jobs import desk_questions
from hqnn.records import Evaluation
from hqnn.words import plural
from ui.kit.digits import MARKS, NAMES, Picture, gallery, one
from ui.kit.words import interval
from ui.session import cached
from ui.session.network_choice import Network

#: Maximum number of samples per session, and number per page.
MOST, PER_PAGE = 200, 8


@dataclass(frozen=True)
class Sample:
    """A drawing with the digit that its author gave it."""

    #: Its number in this session, from 1.
    number: int
    digit: int
    #: (28, 28), grey 0 to 255, as a network sees it.
    pixels: NDArray[np.uint8]


def save_buttons(digits: tuple[int, int], pixels: NDArray[np.uint8] | None) -> None:
    """Draw the buttons that save the drawing with its true digit."""
    full = len(samples()) >= MOST
    for label, digit in enumerate(digits):
        st.button(
            f"It is {one(digit)} {MARKS[label]}",
            key=f"save_{label}",
            icon=":material/bookmark_add:",
            on_click=_save,
            args=(digit, pixels),
            disabled=pixels is None or full,
            help="Saves the drawing with this true digit to your samples. Samples last until you close the page.",
        )
    st.selectbox(
        "Another digit",
        [digit for digit in range(10) if digit not in digits],
        index=None,
        key="save_other",
        format_func=lambda digit: f"It is {one(digit)}",
        placeholder="Another digit…",
        on_change=_save_other,
        args=(pixels,),
        disabled=pixels is None or full,
        label_visibility="collapsed",
        width=160,
        help="Saves the drawing with a digit that this network has not learned.",
    )
    if full:
        st.caption(f"You have {MOST} samples, which is the limit. Delete some to save others.")


def samples() -> tuple[Sample, ...]:
    """Return the samples of this session, the oldest first."""
    return st.session_state.get("samples", ())


def _save(digit: int, pixels: NDArray[np.uint8] | None) -> None:
    if pixels is None or len(samples()) >= MOST:
        return
    number = st.session_state.get("sample_number", 0) + 1
    st.session_state["sample_number"] = number
    st.session_state["samples"] = (*samples(), Sample(number, digit, pixels))
    st.toast(f"Saved as {one(digit)}. You have {_many(len(samples()))}.", icon=":material/bookmark_added:")


def _save_other(pixels: NDArray[np.uint8] | None) -> None:
    digit, st.session_state["save_other"] = st.session_state["save_other"], None
    if digit is not None:
        _save(digit, pixels)


def _delete(gone: Sample) -> None:
    st.session_state["samples_deleted"] = (*_deleted(), gone)
    st.session_state["samples"] = tuple(sample for sample in samples() if sample is not gone)


def _deleted() -> tuple[Sample, ...]:
    """Return the deleted samples, the latest last."""
    return st.session_state.get("samples_deleted", ())


def _bring_back() -> None:
    *others, last = _deleted()
    st.session_state["samples_deleted"] = tuple(others)
    st.session_state["samples"] = tuple(sorted((*samples(), last), key=lambda sample: sample.number))


def draw(network: Network, shots: int | None) -> None:
    """Draw the list of samples, with predictions for those of the network's pair."""
    every, digits = samples(), network.config.digits
    own = [sample for sample in every if sample.digit in digits]
    evaluation = _evaluated(network, shots, own) if own else None
    st.html(f'<p role="status">{summary(digits, len(every), evaluation)}</p>')
    if _deleted():
        st.button(
            "Undo delete",
            key="samples_undo",
            icon=":material/undo:",
            on_click=_bring_back,
            disabled=len(every) >= MOST,
            help=f"Brings back sample {_deleted()[-1].number}, the last one you deleted.",
        )
    if not every:
        return
    answers = dict(zip((sample.number for sample in own), evaluation.probabilities, strict=True)) if evaluation else {}
    newest = every[::-1]
    pages = -(-len(newest) // PER_PAGE)
    shown = st.container(horizontal=True, gap="small", key="samples_list")
    page = st.pagination(pages, key=f"samples_page_{pages}") if pages > 1 else 1
    with shown:
        for sample in newest[PER_PAGE * (page - 1) : PER_PAGE * page]:
            _draw_one(sample, digits, answers.get(sample.number))
    _download(every)


def _draw_one(sample: Sample, digits: tuple[int, int], probability: float | None) -> None:
    with st.container(width=100, gap="xsmall", horizontal_alignment="center"):
        st.html(gallery([picture(sample, digits, probability)], f"Sample {sample.number}"))
        st.button(
            f"Delete {sample.number}",
            key=f"delete_{sample.number}",
            type="tertiary",
            on_click=_delete,
            args=(sample,),
        )


def picture(sample: Sample, digits: tuple[int, int], probability: float | None) -> Picture:
    """Return a sample with its prediction, or without one if its digit is not in the pair."""
    name = one(sample.digit)
    if probability is None:
        label = digits.index(sample.digit) if sample.digit in digits else None
        return Picture(sample.pixels, label, name, f"sample {sample.number}, {name}")
    said = int(probability > 0.5)
    right = digits[said] == sample.digit
    return Picture(
        sample.pixels,
        said,
        f"predicted {digits[said]}",
        f"sample {sample.number}, {name}, predicted {digits[said]}, {'right' if right else 'wrong'}",
        f"p = {probability if said else 1 - probability:.2f}" + ("" if right else f", is {name}"),
        right,
    )


def summary(digits: tuple[int, int], number: int, evaluation: Evaluation | None) -> str:
    """Return the number of samples and the network's accuracy on those of its pair, as HTML."""
    if not number:
        return "No samples yet. Draw a digit, then choose which one it is. This builds your own test set."
    if evaluation is None:
        return f"{_many(number)}, but no {NAMES[digits[0]]} or {NAMES[digits[1]]}, the digits that this network knows."
    right = round(evaluation.accuracy * evaluation.n)
    of = interval(evaluation.accuracy, evaluation.accuracy_low, evaluation.accuracy_high)
    return (
        f"{_many(number)}. The network gets {right} of {evaluation.n} samples of its two digits right: "
        f"<strong>{of}</strong>, with a 95% Wilson interval."
    )


def _many(number: int) -> str:
    return plural(number, "sample")


def _evaluated(network: Network, shots: int | None, own: Sequence[Sample]) -> Evaluation:
    """Return the test on the samples, cached until the network, its shots or the samples change."""
    about = network.key, shots, tuple(sample.number for sample in own)
    if st.session_state.get("samples_about") != about:
        images = np.stack([sample.pixels for sample in own])
        labels = [network.config.digits.index(sample.digit) for sample in own]
        st.session_state["samples_evaluation"] = cached.jobs().desk.ask_of_run(
            desk_questions.evaluate_images, network.run_file, images, labels, shots, 0
        )
        st.session_state["samples_about"] = about
    return st.session_state["samples_evaluation"]


def _download(every: Sequence[Sample]) -> None:
    st.download_button(
        "CSV",
        lambda: csv(every),
        file_name="hqnn-my-digits.csv",
        mime="text/csv",
        key="samples_csv",
        icon=":material/download:",
        on_click="ignore",
        help="One row per sample: its digit, then its 784 grey levels, 0 to 255, row by row.",
    )


def csv(every: Sequence[Sample]) -> str:
    """Return a table with one row per sample: its digit, then its pixels."""
    head = ["digit", *(f"row{row + 1}column{column + 1}" for row in range(28) for column in range(28))]
    rows = [[sample.digit, *sample.pixels.ravel().tolist()] for sample in every]
    return "".join(",".join(map(str, row)) + "\n" for row in (head, *rows))
