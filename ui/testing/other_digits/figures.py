"""A network's predictions for all ten digits, as a table with charts: HTML and SVG. Nothing here draws."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import sqrt
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hqnn.circuit.response import Response
from hqnn.statistics.intervals import wilson
from hqnn.words import percent_range
from ui.kit.digits import MARKS, NAMES, data_uri, mark

#: Bins of P(1), and size of the chart of its distribution in its own units.
BINS, WIDTH, HEIGHT = 20, 200, 34


@dataclass(frozen=True)
class Row:
    """A network's predictions for the test images of one digit."""

    digit: int
    #: The pair that the network knows.
    digits: tuple[int, int]
    #: (n,), exact P(1) of each image.
    probabilities: NDArray[np.float64]
    #: Confidence threshold: from this probability on, a prediction is confident.
    sure: float

    @classmethod
    def of(
        cls, digit: int, digits: tuple[int, int], theta: NDArray[np.float64], response: Response, sure: float
    ) -> Self:
        """Return the predictions for a digit's images, from their angles."""
        return cls(digit, digits, response.probability(theta), sure)

    @property
    def is_known(self) -> bool:
        """Whether the network has learned the digit."""
        return self.digit in self.digits

    @property
    def n(self) -> int:
        """Number of images."""
        return len(self.probabilities)

    @property
    def counts(self) -> tuple[int, int]:
        """Numbers of images predicted as the first and as the second digit."""
        second = int((self.probabilities > 0.5).sum())
        return self.n - second, second

    @property
    def favourite(self) -> int:
        """The most frequent prediction, 0 or 1."""
        return int(self.counts[1] > self.counts[0])

    @property
    def certainty(self) -> NDArray[np.float64]:
        """(n,), the probability of each prediction."""
        return np.maximum(self.probabilities, 1 - self.probabilities)

    @property
    def sure_ones(self) -> int:
        """Number of confident predictions."""
        return int((self.certainty >= self.sure).sum())

    def histogram(self) -> NDArray[np.int64]:
        """Return images per bin of P(1), (BINS,). Each bin has one prediction; P(1) = 0.5 predicts the first digit."""
        places = np.ceil(self.probabilities * BINS).astype(int) - 1
        return np.bincount(places.clip(0, BINS - 1), minlength=BINS)


def _share(successes: int, n: int) -> str:
    """Return a share and its interval on a second line, as HTML."""
    share, _, interval = interval_of(successes, n).partition(" ")
    return f"{share}<small>{interval}</small>"


def interval_of(successes: int, n: int) -> str:
    """Return a share with its 95% Wilson interval: 21.2% (18.8–23.8)."""
    low, high = wilson(successes, n)
    return f"{successes / n:.1%} ({percent_range(float(low), float(high))})"


def table(rows: Sequence[Row], images: Mapping[int, NDArray[np.uint8]], stopped: Mapping[int, int]) -> str:
    """Return a table with a row per digit, as HTML. The two digits of the pair come first.

    Args:
        rows: the predictions for each digit.
        images: a few test images of each digit, (count, 28, 28).
        stopped: number of images of each digit rejected as neither, empty without the check.
    """
    (a, b), sure = rows[0].digits, rows[0].sure
    own = [row for row in rows if row.is_known]
    others = [row for row in rows if not row.is_known]
    neither = "<th scope=col>rejected as neither</th>" if stopped else ""
    body = "".join(_row(row, images[row.digit], stopped.get(row.digit)) for row in (*own, *others))
    ends = f"<span class=ends><i>0: certainly {MARKS[0]} {a}</i><i>certainly {MARKS[1]} {b}: 1</i></span>"
    return (
        '<table class="readings">'
        "<caption>All MNIST test images; the two digits that the network knows come first. Shares have 95% Wilson "
        "intervals.</caption><thead><tr><th scope=col>true digit</th>"
        f"<th scope=col>predicted as {mark(0, str(a))} or {mark(1, str(b))}</th>"
        f"<th scope=col>P(1) of each image (√ scale){ends}</th>"
        f"<th scope=col>confident, p ≥ {sure:g}</th>{neither}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(row: Row, images: NDArray[np.uint8], stopped: int | None) -> str:
    digit = mark(row.digits.index(row.digit), NAMES[row.digit]) if row.is_known else escape(NAMES[row.digit])
    thumbs = "".join(f'<img src="{data_uri(image)}" width="30" height="30" alt="">' for image in images)
    neither = "" if stopped is None else f'<td data-head="rejected as neither">{_share(stopped, row.n)}</td>'
    return (
        f'<tr class="{"known" if row.is_known else "other"}">'
        f'<th scope="row"><span class=thumbs>{thumbs}</span><span>{digit}<small>{row.n:,} images</small></span></th>'
        f"<td>{_read_as(row)}</td><td>{_distribution(row)}</td>"
        f'<td data-head="confident, p ≥ {row.sure:g}">{_share(row.sure_ones, row.n)}</td>{neither}</tr>'
    )


def _read_as(row: Row) -> str:
    """Return a bar of the shares of both predictions, with the numbers."""
    shares = [count / row.n for count in row.counts]
    bar = "".join(
        f'<i class="read-{"ab"[label]}" style="width:{100 * share:.2f}%"></i>' for label, share in enumerate(shares)
    )
    numbers = "".join(
        f"<span>{mark(label, str(row.digits[label]))} {count:,} · {share:.1%}</span>"
        for label, (count, share) in enumerate(zip(row.counts, shares, strict=True))
    )
    return f'<span class="read-bar" aria-hidden="true">{bar}</span><span class="read-as">{numbers}</span>'


def _distribution(row: Row) -> str:
    """Return a histogram of P(1) as SVG, in the colours of the predictions."""
    wide = WIDTH / BINS
    bars = "".join(
        f'<rect class="read-{"ab"[place >= BINS // 2]}" x="{place * wide + 0.5:.1f}" width="{wide - 1:.1f}" '
        f'y="{HEIGHT - tall:.1f}" height="{tall:.1f}"/>'
        for place, count in enumerate(row.histogram().tolist())
        if count
        for tall in [HEIGHT * sqrt(count / row.n)]
    )
    below, above = (float(np.quantile(row.probabilities, share)) for share in (0.25, 0.75))
    return (
        f'<svg class="distribution" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'preserveAspectRatio="none" role="img" aria-label="P(1) of {NAMES[row.digit]}: '
        f"median {np.median(row.probabilities):.3f}, half of them between "
        f'{below:.3f} and {above:.3f}">{bars}'
        f'<line class="half" x1="{WIDTH / 2}" x2="{WIDTH / 2}" y1="0" y2="{HEIGHT}"/>'
        f'<line class="floor" x1="0" x2="{WIDTH}" y1="{HEIGHT}" y2="{HEIGHT}"/></svg>'
    )
