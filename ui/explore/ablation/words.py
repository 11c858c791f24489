"""Sentences of the Circuit vs classical tab. Nothing here draws."""

from html import escape

from hqnn.config import RunConfig
from hqnn.sweeps.verdict import Difference, HeadSummary, Swap
from hqnn.words import plural
from ui.explore.ablation.figures import STYLES, TWINS, X_NAME, said
from ui.kit.digits import versus
from ui.kit.words import moment

#: Heads as the table names them.
HEAD_NAMES = {
    "circuit": "the circuit",
    "sigmoid": "1/(1 + e<sup>−θ</sup>), sigmoid",
    "sine": "(1 + sin θ)/2, noiseless sine",
    "linear": "(1 + θ)/2, linear",
}
_MARKS = {"circuit": "●", "sigmoid": "▲", "sine": "■", "linear": "▼"}
_COLUMNS = (
    "runs",
    "accuracy (95% interval)",
    "lowest",
    "stuck",
    "circuit minus head, points (95% interval)",
    "seeds: circuit higher, lower, equal",
    "training time",
)


def question(config: RunConfig, seeds: int) -> str:
    """HTML: the settings of the experiment."""
    tested = "all test images" if config.n_test is None else f"{config.n_test} test images per digit"
    a_digit = "all" if config.n_train is None else f"{config.n_train:,}"
    shots = "exact probabilities" if config.shots is None else f"{plural(config.shots, 'shot')} per measurement"
    return (
        f"{versus(config.digits)}: four heads with {plural(seeds, 'seed')} each, {a_digit} training images per digit, "
        f"{plural(config.epochs, 'epoch')}, {shots}. Tested on {tested} with exact probabilities."
    )


def verdict(found: Swap) -> str:
    """HTML: the verdict, then the findings behind it."""
    if not found.heads:
        return (
            "<strong>No verdict yet.</strong><p>Press the button under the charts. Each seed trains one network with "
            "the circuit and three with a classical replacement.</p>"
        )
    if found.conclusion is None:
        return f"<strong>No verdict yet.</strong><p>{escape(found.verdict)}</p>"
    findings, seeds = found.findings, f"{found.pairs} seeds"
    stuck = ", ".join(f"{STYLES[each.head].name} {each.stuck}" for each in found.heads if each.stuck)
    rest = f" Stuck runs are included: {stuck}." if stuck else ""
    return (
        f"<strong>{escape(found.conclusion)}</strong><p>{versus(found.digits)}, {seeds}: "
        f"{escape(findings)}{escape(rest)}</p>"
    )


def curves_alt(found: Swap) -> str:
    """Return the alternative text of the curves."""
    if not found.heads:
        return "Empty axes of the test accuracy over epochs: no run is finished yet."
    ends = "; ".join(
        f"{STYLES[each.head].name} {each.curve[0].value:.1%} {moment(each.epochs[0])}, {each.curve[-1]} at the end"
        for each in found.heads
        if each.curve
    )
    return f"Test accuracy over epochs, mean over seeds with its 95% interval: {ends}."


def differences_alt(found: Swap) -> str:
    """Return the alternative text of the differences."""
    rows = {each.twin: each for each in found.differences}
    told = "; ".join(f"{STYLES[twin].name} {_counted(rows.get(twin))}" for twin in TWINS)
    return f"{X_NAME[0].upper()}{X_NAME[1:]}, one dot per seed, mean with its 95% interval: {told}."


def table(found: Swap) -> str:
    """HTML: a table of all heads."""
    heads = "".join(f"<th scope=col>{name}</th>" for name in ("head", *_COLUMNS))
    differences = {each.twin: each for each in found.differences}
    seconds = next((each.seconds.value for each in found.heads if each.head == "circuit"), None)
    rows = "".join(_row(each, differences.get(each.head), seconds) for each in found.heads)
    return (
        '<table class="rules"><caption>Final test accuracy, mean over seeds, with 95% Student intervals. Those of the '
        "differences hold for all three together. Training time is the time of one run without its tests, and its "
        "ratio to the circuit's. Runs that work at the same time share the machine, so compare times only on an idle "
        f"machine.</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(of: HeadSummary, difference: Difference | None, seconds: float | None) -> str:
    cells = (
        str(of.runs),
        str(of.accuracy),
        f"{of.lowest:.2%}",
        str(of.stuck),
        said(difference) if difference else "",
        f"{difference.higher}, {difference.lower}, {difference.equal}" if difference else "",
        _time(of, seconds),
    )
    data = "".join(
        f'<td data-head="{name}">{cell}</td>' if cell else "<td></td>"
        for name, cell in zip(_COLUMNS, cells, strict=True)
    )
    return f"<tr><th scope=row>{_MARKS[of.head]} {HEAD_NAMES[of.head]}</th>{data}</tr>"


def _time(of: HeadSummary, seconds: float | None) -> str:
    ratio = f", {of.seconds.value / seconds:.2f}\u00a0×" if seconds and of.head != "circuit" else ""
    return f"{of.seconds.value:.2f}\u00a0s{ratio}"


def _counted(found: Difference | None) -> str:
    if found is None:
        return "no pair yet"
    return f"{said(found)}, {found.higher} higher, {found.lower} lower, {found.equal} equal of {found.pairs}"
