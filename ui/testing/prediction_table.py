"""A network's predictions for all test images of its pair: order, counts and pictures. Nothing here draws."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from io import StringIO
from typing import Self
from urllib.parse import urlencode

import numpy as np
from numpy.typing import NDArray

from hqnn.config import ENGINES, RunConfig
from hqnn.records import Confusion, Evaluation
from hqnn.statistics.scores import Calibration, Order, Roc, calibration, ordered, roc
from hqnn.sweeps import csv_table
from hqnn.words import percent_range, plural
from ui.kit.digits import MARKS, NAMES, Picture, mark, one
from ui.kit.words import LOSS_NAMES, Figure, decimal, interval

#: The predictions that each choice shows: right ones (True), wrong ones (False).
FILTERS = {"All": (True, False), "Mistakes": (False,), "Right": (True,)}
ORDERS: dict[Order, str] = {
    "mnist": "MNIST's order",
    "sure": "Most confident",
    "wrong": "Confidently wrong",
    "undecided": "Nearest to 0.5",
}


@dataclass(frozen=True)
class Answers:
    """Predictions for test images: the first digit's images, then the second's, each in MNIST's order."""

    config: RunConfig
    evaluation: Evaluation
    #: (n,) each: radians; 0 or 1; 0 or 1; measured P(1).
    theta: NDArray[np.float64]
    labels: NDArray[np.int64]
    predictions: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    @classmethod
    def of(cls, config: RunConfig, theta: NDArray[np.float64], evaluation: Evaluation) -> Self:
        """Return the predictions of an evaluation. Its P(1) are shares of the config's shots."""
        probabilities, shots = np.array(evaluation.probabilities), config.tested_shots
        if shots is not None:
            probabilities = np.rint(probabilities * shots) / shots
        return cls(
            config, evaluation, theta, np.array(evaluation.labels), np.array(evaluation.predictions), probabilities
        )

    @property
    def right(self) -> NDArray[np.bool_]:
        """(n,), whether the prediction is the true digit."""
        return self.labels == self.predictions

    @property
    def wrong(self) -> int:
        """Number of wrong predictions."""
        return int((~self.right).sum())

    @cached_property
    def number(self) -> NDArray[np.int64]:
        """(n,), number of each image among those of its digit, from 1."""
        return np.arange(1, len(self.labels) + 1) - np.where(self.labels == 0, 0, (self.labels == 0).sum())

    @cached_property
    def calibration(self) -> Calibration:
        """Calibration of P(1) in ten bins."""
        return calibration(self.probabilities, self.labels)

    @cached_property
    def roc(self) -> Roc:
        """ROC curve of P(1)."""
        return roc(self.probabilities, self.labels)

    def places(self, which: str, label: int | None, order: Order) -> NDArray[np.intp]:
        """Return the positions of the images that a choice shows.

        Args:
            which: one of `FILTERS`.
            label: 0 or 1 for the images of one true digit, None for both.
            order: order of the images. Among equal ones, the two digits alternate.
        """
        in_turn = np.lexsort((self.labels, self.number))
        wanted = np.isin(self.right, FILTERS[which]) & (True if label is None else self.labels == label)
        chosen = in_turn[wanted[in_turn]]
        return chosen[ordered(self.probabilities[chosen], self.labels[chosen], order)]

    def csv(self, versions: Mapping[str, str], step: int | None = None) -> str:
        """Return all predictions as CSV with a header. Each row has the network's settings and versions.

        Args:
            versions: versions that computed the network (`hqnn.versions`).
            step: number of optimiser steps so far, if the run continues.
        """
        digits = np.array(self.config.digits)
        columns = (
            self.number,
            digits[self.labels],
            digits[self.predictions],
            [f"{share:.7g}" for share in self.probabilities],
            [f"{theta:.6f}" for theta in self.theta],
            np.where(self.right, "yes", "no"),
        )
        names = ("number_of_its_digit", "true_digit", "predicted", "p1", "theta_radians", "right")
        network = csv_table.about(self.config, versions) | {"after_step": "the last" if step is None else step}
        text = StringIO(newline="")
        table = csv.writer(text)
        table.writerow([*names, *network])
        table.writerows([*row, *network.values()] for row in zip(*columns, strict=True))
        return text.getvalue()


def figures(answers: Answers) -> list[Figure]:
    """Return the accuracy with its interval, and both losses."""
    found = answers.evaluation
    losses = {"cross-entropy": found.cross_entropy, "published": found.published}
    return [
        Figure(
            "Test accuracy (95% interval)",
            interval(found.accuracy, found.accuracy_low, found.accuracy_high),
            f"The network gets {found.n - answers.wrong:,} of {found.n:,} test images right. The interval is Wilson's.",
        ),
        *(
            Figure(
                f"Test {LOSS_NAMES[name]}",
                decimal(value),
                "Mean over the test images."
                + (" Training minimised this loss." if name == answers.config.loss else ""),
            )
            for name, value in losses.items()
        ),
    ]


def summary(answers: Answers, step: int | None = None) -> str:
    """Return the numbers of right and wrong predictions, shots, engine and step, as HTML."""
    found, config = answers.evaluation, answers.config
    accuracy = f"{found.accuracy:.1%} (95%: {percent_range(found.accuracy_low, found.accuracy_high)})"
    shots = config.tested_shots
    measured = "Exact probabilities" if shots is None else f"{plural(shots, 'shot')} each"
    said = f"of all {found.n:,} test images, accuracy {accuracy}. {measured}, {config.simulator[0]} engine"
    if ENGINES[config.engine].hardware:
        said += f", because measuring on {config.backend or 'its device'} again would cost money"
    if step is not None:
        said += f", after step {step:,}"
    return (
        f'<p class="verdicts" role="status"><b class="right">✓ {found.n - answers.wrong:,} right</b> '
        f'<b class="wrong">✗ {answers.wrong:,} wrong</b> {escape(said)}.</p>'
    )


def pictures(
    answers: Answers, images: Sequence[NDArray[np.uint8]], places: Sequence[int], link: str | None = None
) -> list[Picture]:
    """Return pictures of images with their predictions.

    Args:
        answers: all predictions.
        images: all test images of each digit, (count, 28, 28).
        places: positions of the images.
        link: link to the tab that follows one of the run's own test images, None for no link.
    """
    own = answers.config.n_test
    shown = [_picture(answers, images, place) for place in places]
    return [
        replace(picture, link=f"{link}&{_trip_of(answers, place)}")
        if link and (own is None or answers.number[place] <= own)
        else picture
        for picture, place in zip(shown, places, strict=True)
    ]


def _picture(answers: Answers, images: Sequence[NDArray[np.uint8]], place: int) -> Picture:
    digits, label, prediction = answers.config.digits, answers.labels[place], answers.predictions[place]
    share, right = answers.probabilities[place], bool(label == prediction)
    said, number = f"predicted {digits[prediction]}", answers.number[place]
    probability = f"p = {share if prediction else 1 - share:.2f}"
    return Picture(
        images[label][number - 1],
        prediction,
        said,
        alt=f"{one(digits[label])}, number {number}, {said}, {probability}, {'right' if right else 'wrong'}",
        detail=probability + ("" if right else f", is {one(digits[label])}"),
        correct=right,
    )


def _trip_of(answers: Answers, place: int) -> str:
    label = answers.labels[place]
    digit = f"{MARKS[label]} {answers.config.digits[label]}"
    return urlencode({"trip_part": "Test", "trip_digit": digit, "trip_number": answers.number[place]})


def confusion_table(digits: tuple[int, int], confusion: Confusion) -> str:
    """Return the confusion matrix as HTML: rows are true digits, columns are predictions."""
    head = "".join(f'<th scope="col">predicted<br>{mark(label, str(digits[label]))}</th>' for label in (0, 1))
    body = "".join(
        f'<tr><th scope="row">{mark(label, NAMES[digits[label]])}</th>'
        f"{''.join(_cell(count, sum(row), answer == label) for answer, count in enumerate(row))}</tr>"
        for label, row in enumerate(confusion)
    )
    return (
        '<table class="confusion"><caption>Confusion matrix: test images by true digit and prediction</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(count: int, total: int, right: bool) -> str:
    verdict = "✓ right" if right else "✗ wrong"
    return f'<td class="{"right" if right else "wrong"}">{count:,}<small>{count / total:.1%} {verdict}</small></td>'
