"""How good and how sure, in sentences that follow from the numbers. Nothing here draws."""

from math import floor, log10

import numpy as np

from hqnn.statistics.intervals import wilson
from hqnn.words import plural
from ui.kit.digits import NAMES, one
from ui.testing.prediction_table import Answers

#: From this probability of its answer on, the network is called sure.
SURE = 0.9


def sureness(answers: Answers) -> str:
    """How many answers are sure, and how many of the mistakes are among them."""
    sure = np.maximum(answers.probabilities, 1 - answers.probabilities) >= SURE
    wrong, others = int((sure & ~answers.right).sum()), int((~sure).sum())
    said = f"{sure.sum():,} of {len(sure):,} answers ({sure.mean():.1%}) have a probability of at least {SURE:.2f}"
    if not answers.wrong:
        return f"{said}; none of all answers is wrong."
    first = "none of them is" if wrong == 0 else f"{wrong:,} of them {'is' if wrong == 1 else 'are'}"
    rest = f"{answers.wrong - wrong:,} of the other {others:,}" if others else "there are no others"
    return f"{said}; {first} wrong, and {rest}."


def calibration(answers: Answers) -> str:
    """Whether the network is surer than it is right, or less sure."""
    chosen = np.maximum(answers.probabilities, 1 - answers.probabilities)
    low, high = (float(end) for end in wilson(int(answers.right.sum()), len(answers.right)))
    mean, right = float(chosen.mean()), float(answers.right.mean())
    said = f"Its answers have a mean probability of {mean:.1%}, and {right:.1%} of them are right"
    if mean > high:
        verdict = "it is surer than it should be"
    elif mean < low:
        verdict = "it is less sure than it could be"
    else:
        return f"{said}: on the whole it is as sure as it should be, within the 95% interval ({low:.1%}–{high:.1%})."
    return f"{said} (95%: {low:.1%}–{high:.1%}): {verdict}."


def between(answers: Answers) -> str:
    """How much the bins say: those apart from the outermost ones hold few images of a good network."""
    found = answers.calibration
    few, full = int(found.count[1:-1].sum()), found.count > 0
    off = int(((found.low > found.predicted) | (found.high < found.predicted)).sum())
    outside = f"In {off} of {full.sum()} bins the mean P(1) is outside the 95% interval."
    if few == 0:
        return f"The eight bins in the middle are empty. {outside}"
    widest = np.nanmax((found.high - found.low)[1:-1])
    return (
        f"The eight bins in the middle hold {plural(few, 'image')}; their intervals are up to "
        f"{100 * widest:.0f} percentage points wide. {outside}"
    )


def area(answers: Answers) -> str:
    """The area under the ROC with its standard error, to two digits of that, at least four decimals."""
    found = answers.roc
    if found.error == 0:
        return f"{found.area:.4f}"
    decimals = min(8, max(4, 1 - floor(log10(found.error))))
    return f"{found.area:.{decimals}f} ± {found.error:.{decimals}f}"


def trade_off(answers: Answers) -> str:
    """What the area says, and where the answers stand."""
    (right_a, wrong_a), (wrong_b, right_b) = answers.evaluation.confusion
    a, b = answers.config.digits
    if answers.roc.area == 1:
        ranks = f"Every {b} gets a larger P(1) than every {a}, so these images give no standard error."
    else:
        ranks = (
            f"Of {one(b)} and {one(a)} chosen by chance, the {b} gets the larger P(1) with probability "
            f"{area(answers)} (standard error)."
        )
    return (
        f"{ranks} Asked for P(1) above 0.5 (■), it finds {right_b / (wrong_b + right_b):.1%} of the {NAMES[b]} and "
        f"takes {wrong_a / (right_a + wrong_a):.1%} of the {NAMES[a]} for one."
    )


def histogram_alt(answers: Answers) -> str:
    """The histogram in numbers, for who cannot see it."""
    ends = []
    for label, digit in enumerate(answers.config.digits):
        shares = answers.probabilities[answers.labels == label]
        low, high = (shares < 0.1).sum(), (shares >= SURE).sum()
        ends.append(
            f"of {len(shares):,} {NAMES[digit]}, {low:,} below 0.1, {len(shares) - low - high:,} between, "
            f"{high:,} from {SURE} on"
        )
    return f"Histogram of the measured P(1): {'; '.join(ends)}."


def reliability_alt(answers: Answers) -> str:
    """The reliability picture in numbers, for who cannot see it."""
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
