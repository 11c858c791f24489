"""A network's answers on its test images: figures, confusion table, and pictures. Nothing here draws."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hqnn.config import RunConfig
from hqnn.records import Confusion, Evaluation
from ui.charts import LOSS_NAMES, Figure, decimal, interval
from ui.digits import NAMES, Picture, mark

#: Which answers each choice shows: right ones, wrong ones.
FILTERS = {"All": (True, False), "Mistakes": (False,), "Right": (True,)}


def figures(config: RunConfig, evaluation: Evaluation) -> list[Figure]:
    """Accuracy with its interval, and both losses."""
    wrong = sum(row[1 - label] for label, row in enumerate(evaluation.confusion))
    return [
        Figure(
            "Test accuracy (95%)",
            interval(evaluation.accuracy, evaluation.accuracy_low, evaluation.accuracy_high),
            f"{evaluation.n - wrong:,} of {evaluation.n:,} test images right, with Wilson's 95% interval.",
        ),
        Figure("Mistakes", f"{wrong:,} of {evaluation.n:,}", "Test images whose more probable digit is the wrong one."),
        Figure(f"Test {LOSS_NAMES[config.loss]}", decimal(evaluation.loss), "Mean over the test images, nothing else."),
    ]


def rows(evaluation: Evaluation, which: str) -> list[int]:
    """Places of the test images that a choice shows: in MNIST's order, the two digits in turn."""
    labels, predictions, wanted = evaluation.labels, evaluation.predictions, FILTERS[which]
    first_of = (0, labels.count(0))
    in_turn = sorted(range(evaluation.n), key=lambda place: (place - first_of[labels[place]], labels[place]))
    return [place for place in in_turn if (labels[place] == predictions[place]) in wanted]


def pictures(
    digits: tuple[int, int], evaluation: Evaluation, images: Sequence[NDArray[np.uint8]], places: Sequence[int]
) -> list[Picture]:
    """The answers at some places, each under its image.

    Args:
        digits: the pair.
        evaluation: of the pair's test images, the first digit's before the second's.
        images: test images of each digit, (count, 28, 28).
        places: which of the answers.
    """
    every = np.concatenate(images)
    return [_picture(digits, evaluation, every[place], place) for place in places]


def _picture(digits: tuple[int, int], evaluation: Evaluation, pixels: NDArray[np.uint8], place: int) -> Picture:
    label, prediction = evaluation.labels[place], evaluation.predictions[place]
    probability = evaluation.probabilities[place] if prediction else 1 - evaluation.probabilities[place]
    right = label == prediction
    said = f"predicted {digits[prediction]}"
    return Picture(
        pixels,
        prediction,
        said,
        alt=f"a {digits[label]}, {said}, {'right' if right else 'wrong'}",
        detail=f"p = {probability:.2f}" + ("" if right else f", is a {digits[label]}"),
        correct=right,
    )


def confusion_table(digits: tuple[int, int], confusion: Confusion) -> str:
    """HTML: true digits down, answers across, numbers of images and shares of the row."""
    head = "".join(f'<th scope="col">predicted<br>{mark(label, str(digits[label]))}</th>' for label in (0, 1))
    body = "".join(
        f'<tr><th scope="row">{mark(label, NAMES[digits[label]])}</th>'
        f"{''.join(_cell(count, sum(row), answer == label) for answer, count in enumerate(row))}</tr>"
        for label, row in enumerate(confusion)
    )
    return (
        '<table class="confusion"><caption>Confusion matrix: test images by true digit and answer</caption>'
        f"<thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(count: int, total: int, right: bool) -> str:
    verdict = "✓ right" if right else "✗ wrong"
    return f'<td class="{"right" if right else "wrong"}">{count}<small>{count / total:.1%} {verdict}</small></td>'
