"""Sentences of the Shots vs convergence tab: findings, tables, and alternative texts of its charts."""

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

#: Most letters of the names that a sentence lists.
_LETTERS = 48


def on_settings(config: RunConfig, vary: Iterable[str]) -> str:
    """HTML: the settings that all runs share."""
    shared = settings_said(config, dict.fromkeys(vary))
    return (
        f'<p class="race-settings">{versus(config.digits)} and all other settings come from the sidebar: '
        f"{escape(shared)}.</p>"
    )


def finding(found: Standing) -> str:
    """Markdown: the finding. It compares combinations only when all runs are finished.

    A test after every run would find false differences more often than its interval promises.
    """
    if not found.entries and found.unrecorded:
        return _on_unrecorded(found)
    if not found.entries:
        return "No run is finished yet. The curves appear here as runs finish."
    if found.done == found.total:
        said = (_on_ends(found), _on_price(found), _on_stuck(found), _on_unrecorded(found))
    else:
        said = (
            f"So far, {found.done:,} of {found.total:,} runs are finished. Highest for now: {_leader(found)}. "
            "The comparison appears when all runs are finished.",
            _on_stuck(found),
            _on_unrecorded(found),
        )
    return " ".join(part for part in said if part)


def curves_alt(lines: Sequence[Line], axes: Axes) -> str:
    """Return the alternative text of the large chart."""
    if not lines:
        return f"Empty axes: {axes.names[1]} over {axes.names[0]}."
    unit = "%" if "%" in axes.names[1] else ""
    ends = "; ".join(f"{line.name}: {_ended(line, unit)}, {_runs(line.runs)}" for line in lines)
    return f"{axes.names[1]} over {axes.names[0]}, means over seeds with 95% intervals. At the end, {ends}."


def ends_alt(entries: Sequence[Entry]) -> str:
    """Return the alternative text of the chart of final accuracies."""
    ends = "; ".join(f"{entry.name}: {entry.end.accuracy}, {_runs(entry.end.runs)}" for entry in entries)
    return f"Final test accuracy, mean over seeds with a 95% Student interval. {ends}."


def table(found: Standing) -> str:
    """HTML: every combination with its final accuracy and its cost to reach the target accuracy."""
    share = f"{found.share:.0%}"
    heads = (
        "runs",
        "final accuracy (95% interval)",
        "lowest to highest",
        f"stuck, below {STUCK_BELOW:.0%}",
        f"runs reaching {share} (95% interval)",
        "epochs",
        "shots",
        "seconds",
    )
    rows = "".join(_row(entry, heads) for entry in found.entries)
    inside = (
        f'<table class="rules race-table"><caption>Final accuracy: mean over seeds with a 95% Student interval. '
        f"“Runs reaching {share}” counts runs with at least {share} test accuracy after any epoch (95% Wilson "
        "interval). Epochs, shots and seconds are medians over all runs. A run that never got there counts as the "
        "slowest.</caption>"
        f"<thead><tr><td></td>{''.join(f'<th scope=col>{head}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    many = len(found.entries) > 16
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Table">{inside}</div>' if many else inside


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
    return f"**{found.best.name}** with {end.accuracy.value:.1%} ({_runs(end.runs)}, {TESTED[found.exact]})"


def _on_ends(found: Standing) -> str:
    best = found.best
    value, _, interval = mean_with_interval(best.end.accuracy).rstrip(")").partition(" (")
    interval = f"95% interval {interval}, " if interval else ""
    if len(found.entries) == 1:
        runs = f"{_runs(best.end.runs)}, {TESTED[found.exact]}"
        return f"Final test accuracy of **{best.name}**: {value} ({interval}{runs})."
    tied = [entry for entry, _ in found.behind if alike(best.group, entry.group)]
    names = _list([f"**{entry.name}**" for entry in (best, *tied)], "combinations")
    runs = f"{_runs(best.end.runs)}{' each' if tied else ''}, {TESTED[found.exact]}"
    first = f"Highest final test accuracy: {names} with {value} ({interval}{runs})."
    even = [
        entry.name for entry, gap in found.behind if gap is not None and gap.low <= 0 <= gap.high and entry not in tied
    ]
    lower = [(entry.name, gap) for entry, gap in found.behind if gap is not None and gap.low > 0]
    unknown = len(found.behind) - len(tied) - len(even) - len(lower)
    told = [first]
    if even:
        told.append(f"No significant difference from the best at the 95% level: {_list(even, 'others')}.")
    if lower:
        told.append(_on_lower(lower))
    if unknown:
        told.append(f"{unknown} {'others need' if unknown > 1 else 'other needs'} more seeds for a comparison.")
    return " ".join(told)


def _on_lower(lower: Sequence[tuple[str, Mean]]) -> str:
    name, gap = max(lower, key=lambda each: each[1].value)
    by = f"{100 * gap.value:.1f} points ({percent_range(gap.low, gap.high)})"
    if len(lower) == 1:
        return f"Significantly lower: {name}, by {by}."
    names = _list([each for each, _ in lower], "others")
    return f"Significantly lower: {names}. Largest gap: {by}, {name}."


def _on_price(found: Standing) -> str:
    share = f"{found.share:.0%}"
    there = [entry for entry in found.entries if entry.way.epochs is not None]
    if not there:
        return f"No combination reaches {share} in half of its runs."
    priced = sorted((entry for entry in there if entry.way.shots), key=lambda entry: entry.way.shots or 0)
    if not priced:
        return f"Only exact probabilities reach {share} in half of their runs, and they use no shots."
    first = priced[0]
    said = f"**{first.name}** reaches {share} with the fewest shots: {first.way.shots:,} per run (median)."
    if len(priced) > 1:
        times = (priced[1].way.shots or 0) / (first.way.shots or 1)
        said += f" Next: {priced[1].name} with {times:.1f} times as many."
    return said


def _on_stuck(found: Standing) -> str:
    stuck, runs = (sum(getattr(entry.end, name) for entry in found.entries) for name in ("stuck", "runs"))
    if not stuck:
        return ""
    are = "are" if stuck > 1 else "is"
    return f"{stuck} of {_runs(runs)} {are} stuck (below {STUCK_BELOW:.0%}) and included in every mean."


def _on_unrecorded(found: Standing) -> str:
    if not found.unrecorded:
        return ""
    of_accuracy = found.measure.endswith("accuracy")
    return (
        f"{_runs(found.unrecorded)} recorded no exact {'accuracy' if of_accuracy else 'loss'}: older results and "
        f"devices have none. {'Choose “Own shots” to see them.' if of_accuracy else 'They are left out here.'}"
    )


def _list(said: Sequence[str], kind: str) -> str:
    """Return all names if they are short, else their number."""
    if sum(map(len, said)) > _LETTERS:
        return f"{len(said)} {kind}"
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def _ended(line: Line, unit: str) -> str:
    digits = 1 if unit else 3
    mean, low, high = (minus(f"{each[-1]:.{digits}f}") for each in (line.mean, line.low, line.high))
    return f"{mean}{unit} ({low} to {high})" if isfinite(line.low[-1]) else f"{mean}{unit}"


def _runs(number: int) -> str:
    return plural(number, "run")
