"""A network's predictions for digits that it never learned, in sentences. Nothing here draws."""

from collections.abc import Mapping, Sequence

from ui.kit.digits import NAMES
from ui.testing.other_digits.figures import Row, interval_of


def most_deceived(rows: Sequence[Row]) -> Row:
    """Return the unlearned digit with the largest share of confident predictions."""
    return max((row for row in rows if not row.is_known), key=lambda row: row.sure_ones / row.n)


def meaning(rows: Sequence[Row]) -> str:
    """Return the confidence on digits that the network never learned, as Markdown."""
    row = most_deceived(rows)
    label = row.favourite
    others, own = _sure(rows, known=False), _sure(rows, known=True)
    return (
        f"**The network must predict one of its two digits.** It predicts {row.digits[label]} for "
        f"{row.counts[label] / row.n:.1%} of the {row.n:,} {NAMES[row.digit]}. For {row.sure_ones / row.n:.1%} of them "
        f"its confidence p is {row.sure:g} or more. It is that confident about **{interval_of(*others)}** of all "
        f"{others[1]:,} images of the eight digits that it never learned, and always wrong. On its own two digits it "
        f"is that confident about **{interval_of(*own)}** of {own[1]:,} images. It cannot predict “neither”, so "
        "**confidence does not mean that a prediction is right.**"
    )


def on_neither(rows: Sequence[Row], stopped: Mapping[int, int]) -> str:
    """Return how many images the "neither digit" check rejects, as Markdown."""
    counted = {
        known: (
            sum(stopped[row.digit] for row in rows if row.is_known is known),
            sum(row.n for row in rows if row.is_known is known),
        )
        for known in (False, True)
    }
    return (
        "The “neither digit” check of the Draw page, which does not use the network, rejects "
        f"**{interval_of(*counted[False])}** of the images of the other eight digits. By mistake it also rejects "
        f"**{interval_of(*counted[True])}** of the images of the pair."
    )


def _sure(rows: Sequence[Row], *, known: bool) -> tuple[int, int]:
    """Return the number of confident predictions, and of images."""
    mine = [row for row in rows if row.is_known is known]
    return sum(row.sure_ones for row in mine), sum(row.n for row in mine)
