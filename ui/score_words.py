"""How good and how sure, in sentences that follow from the numbers. Nothing here draws."""

import numpy as np

from hqnn.scores import wilson
from ui.answers import Answers
from ui.digits import NAMES

#: From this probability of its answer on, the network is called sure.
SURE = 0.9


def sureness(answers: Answers) -> str:
    """How many answers are sure, and how many of the mistakes are among them."""
    sure = np.maximum(answers.probabilities, 1 - answers.probabilities) >= SURE
    share, wrong = sure.mean(), int((sure & ~answers.right).sum())
    said = f"{sure.sum():,} of {len(sure):,} answers ({share:.1%}) have a probability of at least {SURE:.2f}"
    if not answers.wrong:
        return f"{said}; none of all answers is wrong."
    others = answers.wrong - wrong
    rest = f"{others:,} of the other {len(sure) - sure.sum():,}" if not sure.all() else "there are no others"
    return f"{said}; {wrong:,} of them {'is' if wrong == 1 else 'are'} wrong, and {rest}."


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
    """What the bins apart from the outermost ones can say."""
    found = answers.calibration
    few = int(found.count[1:-1].sum())
    off = (found.low > found.predicted) | (found.high < found.predicted)
    said = f"The eight bins in the middle hold {few:,} images: their intervals are wide. "
    full = int((found.count > 0).sum())
    return said + f"In {int(off.sum())} of {full} bins the mean P(1) is outside the 95% interval."


def trade_off(answers: Answers) -> str:
    """What the area says, and where the answers stand."""
    (right_a, wrong_a), (wrong_b, right_b) = answers.evaluation.confusion
    a, b = answers.config.digits
    found = answers.roc
    return (
        f"Of a {b} and a {a} chosen by chance, the {b} gets the larger P(1) with probability "
        f"{found.area:.4f} ± {found.error:.4f} (standard error). Asked for P(1) above 0.5 (■), it finds "
        f"{right_b / (wrong_b + right_b):.1%} of the {NAMES[b]} and takes {wrong_a / (right_a + wrong_a):.1%} "
        f"of the {NAMES[a]} for one."
    )


def histogram_alt(answers: Answers) -> str:
    """The histogram in numbers, for who cannot see it."""
    ends = []
    for label, digit in enumerate(answers.config.digits):
        one = answers.probabilities[answers.labels == label]
        low, high = (one < 0.1).sum(), (one >= SURE).sum()
        ends.append(
            f"of {len(one):,} {NAMES[digit]}, {low:,} below 0.1, {len(one) - low - high:,} between, "
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
