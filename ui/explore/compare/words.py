"""Trainings side by side in words: their key, the table of what differs, and what may be compared with what."""

from collections.abc import Sequence
from fractions import Fraction
from html import escape
from math import pi
from typing import Any

from hqnn.states import State
from hqnn.sweeps.comparison import Compared, Row, differing, paired, sameness, value_words
from ui.explore.compare.lines import SIGNS, View, points
from ui.kit.angles import in_pi
from ui.kit.words import LOSS_NAMES, decimal, interval
from ui.session.setting_options import NAMES

EMPTY = "Choose trainings, or load run files, and their lines appear here."
FEW = "Choose two or more, and a table says what differs between them."


def rows(runs: Sequence[Compared]) -> list[Row]:
    """The lines of the table, named by letters."""
    return [Row.of(sign.letter, run) for sign, run in zip(SIGNS, runs, strict=False)]


def setting(name: str, value: Any) -> str:
    """A setting's value; a shift as a multiple of π where it is a short one."""
    if name == "shift":
        eighths = round(8 * value / pi)
        return in_pi(Fraction(eighths, 8)) if abs(8 * value / pi - eighths) < 1e-6 else f"{value:.4g}"
    return value_words(name, value)


def name(run: Compared, differs: Sequence[str]) -> str:
    """A training by its pair, the settings that differ, and its seed."""
    others = [each for each in differs if each not in ("digits", "seed")]
    words = [f"{NAMES[each].lower()} {setting(each, getattr(run.config, each))}" for each in others[:3]]
    more = [f"{len(others) - 3} more"] if len(others) > 3 else []
    return ", ".join(["{} vs {}".format(*run.config.digits), *words, *more, f"seed {run.config.seed}"])


def key(runs: Sequence[Compared], names: Sequence[str], theme: str) -> str:
    """HTML: which letter is which training.

    Args:
        runs: the trainings.
        names: of the files that they are from, or nothing.
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
    """What must be known of the picture, one sentence each."""
    said, letters = [], dict(zip((sign.letter for sign in SIGNS), runs, strict=False))
    if view.measure == "Test loss":
        other = [letter for letter, run in letters.items() if run.config.loss != view.loss]
        if other:
            said.append(
                f"{_list(other)} {'was' if len(other) == 1 else 'were'} trained on the other loss, so "
                f"{LOSS_NAMES[view.loss]} of the test images is known at the end alone: a single sign."
            )
    if view.measure == "Training loss" and len({run.config.loss for run in runs}) > 1:
        trained = [f"{letter} on {LOSS_NAMES[run.config.loss]}" for letter, run in letters.items()]
        said.append(f"All of them as {LOSS_NAMES[view.loss]}, recorded for every training; trained {_list(trained)}.")
    if view.measure == "Slopes":
        raw = [letter for letter, run in letters.items() if run.config.gradient_rule == "published"]
        if raw and len(raw) < len(letters):
            said.append(f"{_list(raw)} used the published rule, whose slopes are 2 sin s times too steep.")
        twins = [letter for letter, run in letters.items() if run.config.head != "circuit"]
        if twins:
            said.append(f"{_list(twins)} had a classical function in the circuit’s place: its own slopes.")
    empty = [letter for letter, run in letters.items() if run.epochs_done and not points(run, view)]
    if empty and view.measure != "Test loss":
        said.append(f"Of {_list(empty)} this was not recorded.")
    unbegun = [letter for letter, run in letters.items() if not run.epochs_done]
    if unbegun:
        said.append(f"{_list(unbegun)}: no whole epoch is recorded{' yet' if _any_active(runs) else ''}.")
    begins = {letter: run.epochs[0].epoch for letter, run in letters.items() if run.epochs}
    later = [letter for letter, epoch in begins.items() if epoch > 0]
    if 0 < len(later) < len(begins) and (view.measure.endswith("accuracy") or view.measure == "Test loss"):
        said.append(f"{_list(later)}: epoch 0 is not recorded, as in all older runs and runs on devices.")
    return said


def alt(runs: Sequence[Compared], view: View) -> str:
    """What the picture shows, in numbers."""
    if not runs:
        return f"An empty picture of the {view.measure.lower()} over epochs. {EMPTY}"
    said = []
    for sign, run in zip(SIGNS, runs, strict=False):
        line = points(run, view)
        if line:
            value = line[-1].value
            number = f"{value:.1f}%" if view.measure.endswith("accuracy") else decimal(value)
            said.append(f"{sign.letter} {number} after epoch {line[-1].epoch}")
    return f"Over epochs: {view.name}; at the end: {'; '.join(said) or 'nothing recorded'}."


def table(runs: Sequence[Compared], theme: str) -> str:
    """HTML: the settings that differ, and how each training ended or stands."""
    lines = rows(runs)
    differs = differing(lines)
    heads = ["", *(NAMES[each] for each in differs), "Test accuracy (95% interval)", "Test loss −log p", "Test loss −p"]
    heads += ["Test images", "Epochs done", "State"]
    head = "".join(f'<th scope="col">{escape(each)}</th>' if each else "<td></td>" for each in heads)
    body = "".join(_row(number, row, differs, theme) for number, row in enumerate(lines))
    caption = "What differs between their settings, and their figures" if differs else "Figures"
    return (
        f"<p>{caption}; intervals are Wilson’s, 95%.</p>"
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
    """What may be said of the trainings beyond their figures; nothing if that is nothing."""
    letters = [sign.letter for sign in SIGNS]
    if len(runs) < 2:
        return FEW if runs else ""
    said = [] if differing(rows(runs)) else [sameness(runs, letters[: len(runs)])]
    if len(runs) > 2:
        return " ".join([*said, "With two of them alone, their answers are compared image by image."])
    found = paired(*runs)
    if found is not None:
        return " ".join([*said, found.sentence("A", "B")])
    if any(run.evaluation is None for run in runs):
        why = "once both have ended and are tested" if _any_active(runs) else "only if both were tested at their end"
        return " ".join([*said, f"Their answers are compared image by image {why}."])
    return " ".join([*said, "Their test images are not the same, so their answers cannot be compared image by image."])


def _any_active(runs: Sequence[Compared]) -> bool:
    return any(run.state.active for run in runs)


def _list(words: Sequence[str]) -> str:
    """A, B and C."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
