"""The shot race in words: what the numbers say, tables, and the pictures for who cannot see them."""

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite

from hqnn.config import RunConfig
from hqnn.statistics.means import Mean
from hqnn.sweeps.curves import TESTED, Line, settings_said
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.groups import alike
from hqnn.words import minus, percent_range, plural
from ui.explore.shots.axes import Axes
from ui.explore.shots.standing import Entry, Standing, mean_with_interval
from ui.kit.digits import versus

#: Letters of the names that a sentence lists.
_LETTERS = 48


def on_settings(config: RunConfig, vary: Iterable[str]) -> str:
    """HTML: where the pair and all the rest come from."""
    shared = settings_said(config, dict.fromkeys(vary))
    return (
        f'<p class="race-settings">{versus(config.digits)} and all the rest come from the settings in the sidebar: '
        f"{escape(shared)}.</p>"
    )


def finding(found: Standing) -> str:
    """Markdown: what the race says, in plain words; on differences at the end alone.

    A verdict at every style would find a difference that is none more often than its interval promises.
    """
    if not found.entries and found.unrecorded:
        return _on_unrecorded(found)
    if not found.entries:
        return (
            "Nothing is trained yet. The curves appear here one training at a time, as soon as each has ended; the "
            "axes are those that they will have."
        )
    if found.done == found.total:
        said = (_on_ends(found), _on_price(found), _on_stuck(found), _on_unrecorded(found))
    else:
        said = (
            f"So far, {found.done:,} of {found.total:,} trainings have ended. Highest at the moment: {_leader(found)}. "
            "Which groups differ is said at the end.",
            _on_stuck(found),
            _on_unrecorded(found),
        )
    return " ".join(part for part in said if part)


def curves_alt(lines: Sequence[Line], axes: Axes) -> str:
    """The large picture in words."""
    if not lines:
        return f"Empty axes: {axes.names[1]} against {axes.names[0]}."
    unit = "%" if "%" in axes.names[1] else ""
    ends = "; ".join(f"{line.name}: {_ended(line, unit)}, {_runs(line.runs)}" for line in lines)
    return f"{axes.names[1]} against {axes.names[0]}, means over seeds with 95% intervals. At the end, {ends}."


def ends_alt(entries: Sequence[Entry]) -> str:
    """The picture of the accuracies at the end in words."""
    ends = "; ".join(f"{entry.name}: {entry.end.accuracy}, {_runs(entry.end.runs)}" for entry in entries)
    return f"Accuracy on the test images at the end, with Student's 95% interval of the mean over seeds. {ends}."


def table(found: Standing) -> str:
    """HTML: every group at the end, and what it took to reach the accuracy."""
    share = f"{found.share:.0%}"
    heads = (
        "runs",
        "right at the end (95% interval)",
        "lowest to highest",
        f"stuck, below {STUCK_BELOW:.0%}",
        f"reached {share} (95% interval)",
        "epochs",
        "shots",
        "seconds",
    )
    rows = "".join(_row(entry, heads) for entry in found.entries)
    inside = (
        f'<table class="rules race-table"><caption>At the end: mean over seeds with Student\'s 95% interval. On the '
        f"way: the share of runs that reached {share} of the test images after some epoch, with Wilson's 95% interval, "
        "and medians over all runs of what it took, in which those that never did count as the slowest.</caption>"
        f"<thead><tr><td></td>{''.join(f'<th scope=col>{head}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    many = len(found.entries) > 16
    return f'<div class="scroll" tabindex="0" role="region" aria-label="All groups">{inside}</div>' if many else inside


def _row(entry: Entry, heads: Sequence[str]) -> str:
    end, way = entry.end, entry.way
    cells = (
        f"{end.runs}",
        mean_with_interval(end.accuracy),
        f"{end.lowest:.1%} to {end.highest:.1%}",
        f"{end.stuck} of {end.runs}",
        f"{way.reached} of {way.runs} ({way.reached_low:.0%}–{way.reached_high:.0%})",
        "–" if way.epochs is None else f"{way.epochs}",
        "none: exact"
        if way.epochs is not None and way.shots is None
        else "–"
        if way.shots is None
        else f"{way.shots:,}",
        "–" if way.seconds is None else f"{way.seconds:.1f}",
    )
    return (
        f"<tr><th scope=row>{escape(entry.name)}</th>"
        + "".join(f'<td data-head="{head}">{cell}</td>' for head, cell in zip(heads, cells, strict=True))
        + "</tr>"
    )


def _leader(found: Standing) -> str:
    end = found.best.end
    right = f"{end.accuracy.value:.1%} of the test images right"
    return f"**{found.best.name}**, with {right} ({_runs(end.runs)}, {TESTED[found.exact]})"


def _on_ends(found: Standing) -> str:
    best = found.best
    end = f"{mean_with_interval(best.end.accuracy)} of the test images right"
    if len(found.entries) == 1:
        return f"At the end: **{best.name}**, with {end} ({_runs(best.end.runs)}, {TESTED[found.exact]})."
    interval = "95%, " if isfinite(best.end.accuracy.low) else ""
    tied = [entry for entry, _ in found.behind if alike(best.group, entry.group)]
    names = _list([f"**{entry.name}**" for entry in (best, *tied)], "of them")
    runs = f"{_runs(best.end.runs)}{' each' if tied else ''}, {TESTED[found.exact]}"
    first = f"Highest at the end: {names}, with {end} ({interval}{runs})."
    even = [
        entry.name for entry, gap in found.behind if gap is not None and gap.low <= 0 <= gap.high and entry not in tied
    ]
    lower = [(entry.name, gap) for entry, gap in found.behind if gap is not None and gap.low > 0]
    unknown = len(found.behind) - len(tied) - len(even) - len(lower)
    told = [first]
    if even:
        told.append(f"{_list(even, 'others')} cannot be told apart from it at 95%.")
    if lower:
        told.append(_on_lower(lower))
    if unknown:
        told.append(f"More seeds would tell whether {unknown} {'others differ' if unknown > 1 else 'other differs'}.")
    return " ".join(told)


def _on_lower(lower: Sequence[tuple[str, Mean]]) -> str:
    name, gap = max(lower, key=lambda each: each[1].value)
    by = f"{100 * gap.value:.1f} points ({percent_range(gap.low, gap.high)})"
    if len(lower) == 1:
        return f"Lower: {name}, by {by}."
    return f"Lower: {_list([each for each, _ in lower], 'others')}, at most by {by}, {name}."


def _on_price(found: Standing) -> str:
    share = f"{found.share:.0%}"
    there = [entry for entry in found.entries if entry.way.epochs is not None]
    if not there:
        return f"None reaches {share} in half of its runs."
    priced = sorted((entry for entry in there if entry.way.shots), key=lambda entry: entry.way.shots or 0)
    if not priced:
        return f"{share} is reached with exact probabilities alone, which have no price in shots."
    first = priced[0]
    said = f"{share} is reached with the fewest shots by **{first.name}**: {first.way.shots:,} a training (median)"
    if len(priced) > 1:
        times = (priced[1].way.shots or 0) / (first.way.shots or 1)
        said += f"; next is {priced[1].name}, with {times:.1f} times as many"
    return f"{said}."


def _on_stuck(found: Standing) -> str:
    stuck, runs = (sum(getattr(entry.end, name) for entry in found.entries) for name in ("stuck", "runs"))
    return (
        f"{stuck} of {_runs(runs)} did not learn (below {STUCK_BELOW:.0%}); they count in every mean." if stuck else ""
    )


def _on_unrecorded(found: Standing) -> str:
    if not found.unrecorded:
        return ""
    of_accuracy = found.measure.endswith("accuracy")
    return (
        f"{_runs(found.unrecorded)} recorded no exact {'accuracy' if of_accuracy else 'loss'}: older results and "
        f"devices have none. {'Test with their own shots to see them.' if of_accuracy else 'They are left out here.'}"
    )


def _list(said: Sequence[str], kind: str) -> str:
    """All of them if they are short together, else how many."""
    if sum(map(len, said)) > _LETTERS:
        return f"{len(said)} {kind}"
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _ended(line: Line, unit: str) -> str:
    digits = 1 if unit else 3
    mean, low, high = (minus(f"{each[-1]:.{digits}f}") for each in (line.mean, line.low, line.high))
    return f"{mean}{unit} ({low} to {high})" if isfinite(line.low[-1]) else f"{mean}{unit}"


def _runs(number: int) -> str:
    return plural(number, "run")
