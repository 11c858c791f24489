"""Sentences of the Runs that fail to learn tab. Nothing here draws."""

from collections.abc import Sequence
from html import escape
from math import ceil, isnan

from hqnn.config import RunConfig
from hqnn.sweeps.curves import shift_name
from hqnn.sweeps.grid import STUCK_BELOW
from hqnn.sweeps.result import Result
from hqnn.sweeps.stuck import Count, Slopes, flagged, is_stuck
from hqnn.words import minus, percent_range, plural
from ui.kit.digits import NAMES, mark
from ui.kit.loss_words import with_dropout
from ui.kit.words import moment

LOSSES = {"cross-entropy": "−log p", "published": "−p"}
#: From this share of equal predictions on, the text names them first.
_ONE_SIDED = 0.95


def fraction(count: Count, trainings: int) -> str:
    """Return how many seeds failed to learn, without an interval."""
    share = count.stuck
    if not share.whole:
        return "No run is finished yet"
    seeds = plural(share.whole, "seed")
    so_far = " so far" if share.whole < trainings else ""
    return f"{share.part:,} of {seeds} failed to learn{so_far}"


def interval(count: Count) -> str:
    """Return the Wilson interval of the share."""
    return f"95%: {percent_range(count.stuck.low, count.stuck.high)}%" if count.stuck.whole else ""


def statement(name: str, config: RunConfig, count: Count, trainings: int, *, main: bool) -> str:
    """HTML: the result of one experiment, the chosen one or the one beside it."""
    said = fraction(count, trainings)
    between = f" <span>({interval(count)})</span>" if count.stuck.whole else ""
    return (
        f'<div class="fraction{" main" if main else ""}"><strong>{said}</strong>{between}'
        f"<small>{escape(name)}: {settings(config)}</small></div>"
    )


def settings(config: RunConfig) -> str:
    """Return the settings that matter for learning."""
    shots = "exact probabilities" if config.shots is None else plural(config.shots, "shot")
    rule = "raw difference" if config.gradient_rule == "published" else "parameter-shift rule"
    return (
        f"loss {LOSSES[config.loss]}, batch size {config.batch_size}, learning rate "
        f"{config.learning_rate:g}, {plural(config.epochs, 'epoch')}, {rule} with s = {shift_name(config.shift)}, "
        f"{shots}, {config.engine} engine."
    )


def seeds_alt(seeds: Sequence[int], results: Sequence[Result], count: Count) -> str:
    """Return the alternative text of the chart of the seeds."""
    stuck = ", ".join(
        f"{each.config.seed} ({each.evaluation.accuracy:.0%})" for each in results if is_stuck(each) and each.evaluation
    )
    healthy = [each.evaluation.accuracy for each in results if each.evaluation and not is_stuck(each)]
    said = f"Final test accuracy of every seed from {seeds[0]} to {seeds[-1]}. {fraction(count, len(seeds))}"
    said += f" ({interval(count)})." if count.stuck.whole else "."
    said += f" Stuck, below {STUCK_BELOW:.0%}: seed {stuck}." if stuck else ""
    return said + (f" The others: {min(healthy):.0%} to {max(healthy):.0%}." if healthy else "")


def nobody(kind: str, done: int, button: str) -> str:
    """HTML: the text in place of a missing run.

    Args:
        kind: "stuck_seed" or "stuck_healthy".
        done: number of finished runs.
        button: label of the start button.
    """
    if not done:
        return f"<p>Press “{escape(button)}”. Runs appear here and above as they finish.</p>"
    finished = f"Of {plural(done, 'finished run')},"
    if kind == "stuck_seed":
        return f"<p>{finished} none is stuck. Other settings may have stuck runs.</p>"
    return f"<p>{finished} none has learned.</p>"


def title(result: Result | None, *, stuck: bool, ended: bool) -> str:
    """HTML: which run a column shows."""
    if result is None or result.evaluation is None:
        return f"<h4>No {'stuck' if stuck else 'healthy'} run{'' if ended else ' yet'}</h4>"
    sign = '<b class="wrong">✗ stuck</b>' if is_stuck(result) else '<b class="right">✓ healthy</b>'
    return f"<h4>Seed {result.config.seed} {sign} <small>test accuracy {result.evaluation.accuracy:.1%}</small></h4>"


def name(epoch: int, epochs: int) -> str:
    """Return the name of the moment after an epoch."""
    return f"{moment(epoch).capitalize()} of {epochs}" if epoch else moment(epoch).capitalize()


def standing(config: RunConfig, found: Slopes, epoch: int) -> str:
    """HTML: predictions and pushes after an epoch, in two or three sentences."""
    when = moment(epoch).capitalize()
    return f"<p>{when}, {_answers(config, found)} {_pushes(config, found)}{_wrong(found)}</p>"


def unknown(result: Result, epoch: int) -> str:
    """Return the text in place of angles that a run did not record."""
    return f"Seed {result.config.seed} did not record its angles {moment(epoch)}."


def cloud_alt(result: Result, found: Slopes, epoch: int) -> str:
    """Return the alternative text of a chart of images."""
    kind = "stuck" if is_stuck(result) else "healthy"
    return (
        f"Training images of seed {result.config.seed}, {kind}, on the sine {moment(epoch)}, without dropout: "
        f"{_answers(result.config, found)}"
    )


def numbers(result: Result, epoch: int) -> str:
    """HTML: loss and accuracy of a run after an epoch, and why the loss can be low although many images are wrong."""
    point = result.after(epoch)
    if point is None:
        return f"<p>{moment(epoch).capitalize()}: not recorded.</p>"
    training = "" if point.loss is None else f"{_signed(point.loss)} in training, "
    said = (
        f"{moment(epoch).capitalize()}: loss {training}{_signed(point.test_loss)} on test images. Accuracy: "
        f"{point.train_accuracy:.0%} on training images, {point.test_accuracy:.0%} on test images."
    )
    return f"<p>{said} {with_dropout(result.config.loss, point.loss, point.train_accuracy)}</p>"


def curves_alt(result: Result) -> str:
    """Return the alternative text of the curves."""
    epochs = max((point.epoch for point in result.curve), default=0)
    return f"Loss and accuracy of seed {result.config.seed} over {epochs} epochs. The text below has the values."


def first_flagged(result: Result) -> str:
    """HTML: the rules of the live diagnosis that triggered, with the first epoch of each."""
    an_epoch = result.config.steps_per_epoch
    triggered = sorted((step, rule.title.lower()) for rule, step, _ in flagged(result))
    rules = ", ".join(f"{escape(title)} from epoch {ceil(step / an_epoch)} on" for step, title in triggered)
    return f"<p>Live diagnosis of seed {result.config.seed}: {rules or 'no rule triggered'}.</p>"


def table(config: RunConfig, runs: Sequence[tuple[Result, Slopes]], epoch: int) -> str:
    """HTML: the numbers that follow from the angles after an epoch, one column per run."""
    heads = "".join(
        f"<th scope=col>seed {result.config.seed} {'✗' if is_stuck(result) else '✓'}</th>" for result, _ in runs
    )
    rows = "".join(
        f"<tr><th scope=row>{name}</th>{''.join(f'<td>{value}</td>' for value in values)}</tr>"
        for name, *values in zip(_row_names(config), *(_column(config, found) for _, found in runs), strict=True)
    )
    return (
        f'<table class="numbers"><caption>Why: numbers that follow from the angles {moment(epoch)}, without '
        f"dropout. Gradients are per radian.</caption><thead><tr><td></td>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _row_names(config: RunConfig) -> list[str]:
    loss, names = LOSSES[config.loss], [mark(label, NAMES[digit]) for label, digit in enumerate(config.digits)]
    return [
        "correct training images",
        "past a turning point, ±π/2",
        "most frequent prediction",
        "mean |dP(1)/dθ|, also mean |gradient| of −p (at most 0.5)",
        "mean |gradient| of −log p",
        *(f"push of {loss} on {name}, mean −d({loss})/dθ" for name in names),
        "mean |gradient| of wrong images: −p",
        "mean |gradient| of wrong images: −log p",
    ]


def _column(config: RunConfig, found: Slopes) -> list[str]:
    return [
        f"{found.right:,} of {found.images:,}",
        f"{found.cloud.past:,} of {found.images:,}",
        f"{config.digits[found.answer]}, for {found.same:,} of {found.images:,}",
        f"{found.steepness:.2f}",
        f"{found.log_steepness:.2f}",
        *map(_arrow, found.push),
        _known(found.wrong_published),
        _known(found.wrong_log),
    ]


def _answers(config: RunConfig, found: Slopes) -> str:
    """Return the predictions, and how many images are past a turning point."""
    past = f"Past a turning point: {found.cloud.past:,}."
    past += f" More than two turns from 0: {found.cloud.far:,}." if found.cloud.far else ""
    if found.same >= _ONE_SIDED * found.images:
        digit = config.digits[found.answer]
        return f"the network predicts {digit} for {found.same:,} of {found.images:,} images. {past}"
    return f"{found.right:,} of {found.images:,} images are right. {past}"


def _pushes(config: RunConfig, found: Slopes) -> str:
    """Return the directions in which the gradient pushes both digits."""
    loss, (a, b) = LOSSES[config.loss], (NAMES[digit] for digit in config.digits)
    ways = ["" if round(push, 2) == 0 else "larger" if push > 0 else "smaller" for push in found.push]
    if ways[0] and ways[0] == ways[1]:
        return f"On average {loss} pushes {a} and {b} the same way, towards {ways[0]} θ."
    said = [f"{name} {f'towards {way} θ' if way else 'nowhere'}" for name, way in zip((a, b), ways, strict=True)]
    return f"On average {loss} pushes {' and '.join(said)}."


def _wrong(found: Slopes) -> str:
    """Return how large the gradient of wrong images is."""
    wrong = found.images - found.right
    if not wrong:
        return ""
    return (
        f" Wrong: {plural(wrong, 'image')}, with a mean |gradient| of {found.wrong_published:.2f} for −p and "
        f"{found.wrong_log:.2f} for −log p."
    )


def _arrow(push: float) -> str:
    size = round(abs(push), 2)
    return f"{'' if size == 0 else '→ ' if push > 0 else '← '}{size:.2f}"


def _signed(value: float) -> str:
    return minus(f"{value:.3f}")


def _known(value: float) -> str:
    return "none wrong" if isnan(value) else f"{value:.2f}"
