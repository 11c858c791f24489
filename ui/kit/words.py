"""Numbers and times in words: decimals, intervals, durations, and a metric with its name. Nothing here draws."""

from dataclasses import dataclass
from html import escape
from time import time

from hqnn.jobs.job import OPENED, Job
from hqnn.records import Evaluation
from hqnn.statistics.intervals import wilson
from hqnn.words import minus, percent_range, plural

LOSS_NAMES = {"cross-entropy": "loss −log p", "published": "loss −p"}
Numbers = list[tuple[str, str]]


@dataclass(frozen=True)
class Figure:
    """A metric: its name, its value and what it means."""

    name: str
    value: str
    help: str


def decimal(value: float) -> str:
    """Return a number with four decimals and a real minus sign."""
    return minus(f"{value:.4f}")


def interval(accuracy: float, low: float, high: float) -> str:
    """Return an accuracy with its interval, in percent: 97.0% (91.5–99.0)."""
    return f"{accuracy:.1%} ({percent_range(low, high)})"


def tested(evaluation: Evaluation) -> str:
    """Return the test accuracy, its 95% interval and the number of test images."""
    found = interval(evaluation.accuracy, evaluation.accuracy_low, evaluation.accuracy_high)
    return f"{found} of {evaluation.n:,} images"


def signed(value: float, decimals: int = 3) -> str:
    """Return a number with fixed decimals and a real minus sign. Zero has no sign."""
    return minus(f"{round(value, decimals) + 0.0:.{decimals}f}")


def with_sign(value: float) -> str:
    """Return a number with three decimals and its sign. Zero has no sign."""
    return minus(f"{value:+.3f}").replace("+0.000", "0.000").replace("−0.000", "0.000")


def duration(seconds: float) -> str:
    """Return a rough duration in seconds or minutes."""
    return f"about {max(1, seconds):.0f} s" if seconds < 90 else f"about {seconds / 60:.0f} min"


def ago(seconds: float) -> str:
    """Return how long ago something happened."""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // size)
        if count:
            return f"{plural(count, unit)} ago"
    return "just now"


def began(job: Job) -> str:
    """Return how long ago a run was started, or opened from a file."""
    return f"{'opened' if job.note == OPENED else 'started'} {ago(time() - job.created)}"


def numbers_list(numbers: Numbers) -> str:
    """Return names and values as an HTML list."""
    rows = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in numbers)
    return f'<dl class="trip-numbers">{rows}</dl>'


def moment(epoch: int) -> str:
    """Return when a network was tested: after an epoch, or for epoch 0 before the first step."""
    return f"after epoch {epoch}" if epoch else "before the first step"


def bounds(share: float, trials: int) -> tuple[float, float]:
    """Return the 95% Wilson interval of a share. It is never empty, even at 0 and 1."""
    low, high = wilson(share * trials, trials)
    return max(0.0, float(low)), min(1.0, float(high))


def with_interval(share: float, trials: int | None, mark: str = "") -> str:
    """Return a share and its 95% interval in brackets, or the share alone if it is exact.

    Args:
        share: the measured share.
        trials: number of shots behind the share, None if it is exact.
        mark: text at the start of the brackets.
    """
    if trials is None:
        return f"{share:.3f}"
    low, high = bounds(share, trials)
    return f"{share:.3f} ({mark}{low:.3f}–{high:.3f})"


def plus_minus(value: str, error: float, decimals: int = 3) -> str:
    """Return a value with its error. An error too small for the decimals appears as "less than"."""
    least = 10.0**-decimals
    return f"{value} ± {error:.{decimals}f}" if error >= least / 2 else f"{value} ± less than {least:.{decimals}f}"
