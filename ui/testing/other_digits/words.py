"""What a network says of digits that it never learned, in words. Nothing here draws."""

from collections.abc import Mapping, Sequence

from ui.kit.digits import NAMES
from ui.testing.other_digits.figures import Row, interval_of


def most_deceived(rows: Sequence[Row]) -> Row:
    """The digit that the network has not learned of which it is most often sure."""
    return max((row for row in rows if not row.is_known), key=lambda row: row.sure_ones / row.n)


def meaning(rows: Sequence[Row]) -> str:
    """Markdown: what it means that it must say one of two."""
    row = most_deceived(rows)
    label = row.favourite
    others, own = _sure(rows, known=False), _sure(rows, known=True)
    return (
        f"**It must say one of two.** Shown {row.n:,} {NAMES[row.digit]}, it calls {row.counts[label] / row.n:.1%} "
        f"of them {NAMES[row.digits[label]]}, and of {row.sure_ones / row.n:.1%} it is sure, with p of {row.sure:g} or "
        f"more. Of all {others[1]:,} images of the eight digits that it never learned, it is sure of "
        f"**{interval_of(*others)}**, and every one of those answers is wrong; of its own two digits' {own[1]:,} "
        f"images, of **{interval_of(*own)}**. Nothing in it can say “neither”: **being sure is not being right.**"
    )


def on_neither(rows: Sequence[Row], stopped: Mapping[int, int]) -> str:
    """Markdown: how many the rule stops."""
    counted = {
        known: (
            sum(stopped[row.digit] for row in rows if row.is_known is known),
            sum(row.n for row in rows if row.is_known is known),
        )
        for known in (False, True)
    }
    return (
        f"The rule of the Draw page, which is no part of the network, would stop as neither "
        f"**{interval_of(*counted[False])}** of the other eight digits' images, and by mistake "
        f"**{interval_of(*counted[True])}** of the pair's own."
    )


def _sure(rows: Sequence[Row], *, known: bool) -> tuple[int, int]:
    """Sure answers, of how many."""
    mine = [row for row in rows if row.is_known is known]
    return sum(row.sure_ones for row in mine), sum(row.n for row in mine)
