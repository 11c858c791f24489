"""Accuracy and confidence in sentences. Nothing here draws."""

from math import floor, log10

import numpy as np

from hqnn.statistics.intervals import wilson
from hqnn.words import plural
from ui.kit.digits import NAMES, one
from ui.testing.prediction_table import Answers

#: From this probability on, a prediction counts as confident.
SURE = 0.9


def sureness(answers: Answers) -> str:
    """Return the number of confident predictions, and the mistakes among them and among the others."""
    sure = np.maximum(answers.probabilities, 1 - answers.probabilities) >= SURE
    wrong, others = int((sure & ~answers.right).sum()), int((~sure).sum())
    said = f"{sure.sum():,} of {len(sure):,} predictions ({sure.mean():.1%}) have a probability of at least {SURE:.2f}."
    if not answers.wrong:
        return f"{said} No prediction is wrong."
    first = "None of them is" if wrong == 0 else f"{wrong:,} of them {'is' if wrong == 1 else 'are'}"
    return f"{said} {first} wrong{f', and {answers.wrong - wrong:,} of the other {others:,}' if others else ''}."


def calibration(answers: Answers) -> str:
    """Return whether the network is overconfident, underconfident or well calibrated."""
    chosen = np.maximum(answers.probabilities, 1 - answers.probabilities)
    low, high = (float(end) for end in wilson(int(answers.right.sum()), len(answers.right)))
    mean, right = float(chosen.mean()), float(answers.right.mean())
    said = f"Its predictions have a mean probability of {mean:.1%}, and {right:.1%} of them are right"
    if mean > high:
        verdict = "overconfident"
    elif mean < low:
        verdict = "underconfident"
    else:
        verdict = "well calibrated overall"
    return f"{said} (95% interval {low:.1%}–{high:.1%}). The network is {verdict}."


def between(answers: Answers) -> str:
    """Return how precise the middle bins are. They hold few images of a good network."""
    found = answers.calibration
    few, full = int(found.count[1:-1].sum()), found.count > 0
    off = int(((found.low > found.predicted) | (found.high < found.predicted)).sum())
    outside = f"In {off} of {full.sum()} bins the mean P(1) is outside the 95% interval."
    if few == 0:
        return f"The eight bins in the middle are empty. {outside}"
    widest = np.nanmax((found.high - found.low)[1:-1])
    return (
        f"The eight bins in the middle hold {plural(few, 'image')}. Their intervals are up to "
        f"{100 * widest:.0f} percentage points wide. {outside}"
    )


def area(answers: Answers) -> str:
    """Return the area under the ROC curve with its standard error, with at least four decimals."""
    found = answers.roc
    if found.error == 0:
        return f"{found.area:.4f}"
    decimals = min(8, max(4, 1 - floor(log10(found.error))))
    return f"{found.area:.{decimals}f} ± {found.error:.{decimals}f}"


def trade_off(answers: Answers) -> str:
    """Return the meaning of the area, and both rates at the threshold of the predictions."""
    (right_a, wrong_a), (wrong_b, right_b) = answers.evaluation.confusion
    a, b = answers.config.digits
    if answers.roc.area == 1:
        ranks = f"Every {b} has a larger P(1) than every {a}, so these images give no standard error."
    else:
        ranks = (
            f"For {one(b)} and {one(a)} chosen at random, the {b} has the larger P(1) with probability "
            f"{area(answers)} (standard error)."
        )
    return (
        f"{ranks} With the threshold P(1) > 0.5 (■) the network recognises {right_b / (wrong_b + right_b):.1%} of the "
        f"{NAMES[b]} and mistakes {wrong_a / (right_a + wrong_a):.1%} of the {NAMES[a]} for {NAMES[b]}."
    )


def histogram_alt(answers: Answers) -> str:
    """Return a text alternative of the histogram."""
    ends = []
    for label, digit in enumerate(answers.config.digits):
        shares = answers.probabilities[answers.labels == label]
        low, high = (shares < 0.1).sum(), (shares >= SURE).sum()
        ends.append(
            f"of {len(shares):,} {NAMES[digit]}, {low:,} below 0.1, {len(shares) - low - high:,} between, "
            f"{high:,} at least {SURE}"
        )
    return f"Histogram of the measured P(1): {'; '.join(ends)}."


def reliability_alt(answers: Answers) -> str:
    """Return a text alternative of the reliability diagram."""
    found = answers.calibration
    name = NAMES[answers.config.digits[1]]
    bins = [
        f"P(1) {predicted:.2f}: {observed:.0%} ({low:.0%} to {high:.0%}) of {count:,}"
        for count, predicted, observed, low, high in zip(
            found.count, found.predicted, found.observed, found.low, found.high, strict=True
        )
        if count
    ]
    return f"Share of {name} by mean P(1) of a bin, with 95% intervals: {'; '.join(bins)}."
