"""Sentences of the Compare runs tab: the legend, the table of differences, and the comparison."""

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from math import pi
from typing import Any

from hqnn.states import State
from hqnn.sweeps.comparison import Compared, Row, differing, paired, sameness, value_words
from ui.explore.compare.lines import SIGNS, View, points
from ui.kit.angles import in_pi
from ui.kit.option_labels import OPTION_LABELS
from ui.kit.words import LOSS_NAMES, decimal, interval
from ui.session.setting_options import NAMES

EMPTY = "Choose runs or load run files to see their curves here."
FEW = "Choose two or more runs to compare their settings."


def rows(runs: Sequence[Compared]) -> list[Row]:
    """Return the rows of the table, named by letters."""
    return [Row.of(sign.letter, run) for sign, run in zip(SIGNS, runs, strict=False)]


def setting(name: str, value: Any) -> str:
    """Return the value of a setting in words; a shift as a multiple of π/8 if it is one."""
    if name == "shift":
        eighths = round(8 * value / pi)
        return in_pi(Fraction(eighths, 8)) if abs(8 * value / pi - eighths) < 1e-6 else f"{value:.4g}"
    return OPTION_LABELS[name][value] if name in OPTION_LABELS else value_words(name, value)


def name(run: Compared, differs: Sequence[str]) -> str:
    """Return the name of a run: its pair, the settings that differ, and its seed."""
    others = [each for each in differs if each not in ("digits", "seed")]
    words = [f"{NAMES[each].lower()} {setting(each, getattr(run.config, each))}" for each in others[:3]]
    more = [f"{len(others) - 3} more"] if len(others) > 3 else []
    return ", ".join(["{} vs {}".format(*run.config.digits), *words, *more, f"seed {run.config.seed}"])


def key(runs: Sequence[Compared], names: Sequence[str], theme: str) -> str:
    """HTML: the legend with the letter of each run.

    Args:
        runs: the runs.
        names: of the files of loaded runs, empty for others.
        theme: "light" or "dark".
    """
    differs = differing(rows(runs))
    items = [
        f"<li>{_sign(number, theme)} {escape(name(run, differs))}{_from(file)}{_state(run)}</li>"
        for number, (run, file) in enumerate(zip(runs, names, strict=True))
    ]
    return f'<ul class="compare-key" aria-label="Key">{"".join(items)}</ul>'


def _sign(number: int, theme: str) -> str:
    sign = SIGNS[number]
    return f'<b style="color:{sign.colors[theme]}">{sign.mark} {sign.letter}</b>'


def _from(file: str) -> str:
    return f", file {escape(file)}" if file else ""


def _state(run: Compared) -> str:
    return "" if run.state is State.FINISHED else f", {run.state} after epoch {run.epochs_done} of {run.config.epochs}"


def notes(runs: Sequence[Compared], view: View) -> list[str]:
    """Return notes on the chart, one sentence each."""
    said, letters = [], dict(zip((sign.letter for sign in SIGNS), runs, strict=False))
    if view.measure == "Test loss":
        other = [letter for letter, run in letters.items() if run.config.loss != view.loss]
        if other:
            said.append(
                f"{_list(other)} {'was' if len(other) == 1 else 'were'} trained with the other loss, so the test "
                f"{LOSS_NAMES[view.loss]} is known only at the end and has a single mark."
            )
    if view.measure == "Training loss" and len({run.config.loss for run in runs}) > 1:
        trained = [f"{letter} with {LOSS_NAMES[run.config.loss]}" for letter, run in letters.items()]
        said.append(f"All runs are shown as {LOSS_NAMES[view.loss]}. They were trained {_list(trained)}.")
    if view.measure == "Slopes":
        raw = [letter for letter, run in letters.items() if run.config.gradient_rule == "published"]
        if raw and len(raw) < len(letters):
            said.append(f"{_list(raw)} used the raw difference, which is 2 sin s times the derivative.")
        twins = [letter for letter, run in letters.items() if run.config.head != "circuit"]
        if twins:
            said.append(f"{_list(twins)} had a classical replacement of the circuit, with its own derivative.")
    empty = [letter for letter, run in letters.items() if run.epochs_done and not points(run, view)]
    if empty and view.measure != "Test loss":
        said.append(f"{_list(empty)} did not record this.")
    unbegun = [letter for letter, run in letters.items() if not run.epochs_done]
    if unbegun:
        said.append(f"{_list(unbegun)}: no complete epoch{' yet' if _any_active(runs) else ''}.")
    begins = {letter: run.epochs[0].epoch for letter, run in letters.items() if run.epochs}
    later = [letter for letter, epoch in begins.items() if epoch > 0]
    if 0 < len(later) < len(begins) and (view.measure.endswith("accuracy") or view.measure == "Test loss"):
        said.append(f"{_list(later)}: no epoch 0. Older runs and runs on devices do not record it.")
    return said


def alt(runs: Sequence[Compared], view: View) -> str:
    """Return the alternative text of the chart."""
    if not runs:
        return f"An empty chart of {view.name} over epochs. {EMPTY}"
    said = []
    for sign, run in zip(SIGNS, runs, strict=False):
        line = points(run, view)
        if line:
            value = line[-1].value
            number = f"{value:.1f}%" if view.measure.endswith("accuracy") else decimal(value)
            said.append(f"{sign.letter} {number} after epoch {line[-1].epoch}")
    return f"{view.name} over epochs. At the end: {'; '.join(said) or 'nothing recorded'}."


def table(runs: Sequence[Compared], theme: str) -> str:
    """HTML: the settings that differ, and the results of each run."""
    lines = rows(runs)
    differs = differing(lines)
    heads = ["", *(NAMES[each] for each in differs), "Test accuracy (95% interval)", "Test loss −log p", "Test loss −p"]
    heads += ["Test images", "Epochs done", "State"]
    head = "".join(f'<th scope="col">{escape(each)}</th>' if each else "<td></td>" for each in heads)
    body = "".join(_row(number, row, differs, theme) for number, row in enumerate(lines))
    caption = "Settings that differ, and results" if differs else "Results"
    return (
        f"<p>{caption}. Intervals are 95% Wilson intervals.</p>"
        '<div class="compare-table" role="region" aria-label="Comparison" tabindex="0"><table class="numbers">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(number: int, row: Row, differs: Sequence[str], theme: str) -> str:
    found = row.accuracy
    cells = [setting(each, row.settings[each]) for each in differs]
    cells.append("–" if found is None else interval(found.value, found.low, found.high))
    cells += ["–" if loss is None else decimal(loss) for loss in (row.cross_entropy, row.published)]
    cells += [f"{row.n:,}" if row.n else "–", f"{row.epochs} of {row.of_epochs}", row.state]
    return f'<tr><th scope="row">{_sign(number, theme)}</th>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>'


def verdict(runs: Sequence[Compared]) -> str:
    """Return the comparison of the runs; empty if there is none."""
    letters = [sign.letter for sign in SIGNS]
    if len(runs) < 2:
        return FEW if runs else ""
    said = [] if differing(rows(runs)) else [sameness(runs, letters[: len(runs)])]
    if len(runs) > 2:
        return " ".join([*said, "Choose only two runs to compare their predictions image by image."])
    found = paired(*runs)
    if found is not None:
        return " ".join([*said, found.sentence("A", "B")])
    if any(run.evaluation is None for run in runs):
        why = "once both runs have ended" if _any_active(runs) else "only if both runs were tested at the end"
        return " ".join([*said, f"Predictions are compared image by image {why}."])
    return " ".join([*said, "The test images differ, so predictions cannot be compared image by image."])


def _any_active(runs: Sequence[Compared]) -> bool:
    return any(run.state.active for run in runs)


def _list(words: Sequence[str]) -> str:
    """A, B and C."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
