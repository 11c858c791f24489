"""Seeds that do not learn, in words. Nothing here draws."""

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
#: Share of the images with the same answer from which on that is said first.
_ONE_SIDED = 0.95


def fraction(count: Count, trainings: int) -> str:
    """How many seeds did not learn, without their interval."""
    share = count.stuck
    if not share.whole:
        return "No seed trained yet"
    seeds = plural(share.whole, "seed")
    so_far = " so far" if share.whole < trainings else ""
    return f"{share.part:,} of {seeds} did not learn{so_far}"


def interval(count: Count) -> str:
    """Wilson's interval of the share."""
    return f"95%: {percent_range(count.stuck.low, count.stuck.high)}%" if count.stuck.whole else ""


def statement(name: str, config: RunConfig, count: Count, trainings: int, *, main: bool) -> str:
    """HTML: what is known of one question, the one asked or the one beside it."""
    said = fraction(count, trainings)
    between = f" <span>({interval(count)})</span>" if count.stuck.whole else ""
    return (
        f'<div class="fraction{" main" if main else ""}"><strong>{said}</strong>{between}'
        f"<small>{escape(name)}: {settings(config)}</small></div>"
    )


def settings(config: RunConfig) -> str:
    """What matters for whether it learns."""
    shots = "exact probabilities" if config.shots is None else f"{config.shots:,} shots"
    return (
        f"loss {LOSSES[config.loss]}, batch size {config.batch_size}, learning rate "
        f"{config.learning_rate:g}, {config.epochs} epochs, gradient rule {config.gradient_rule} with shift "
        f"{shift_name(config.shift)}, {shots}, engine {config.engine}."
    )


def seeds_alt(seeds: Sequence[int], results: Sequence[Result], count: Count) -> str:
    """The picture of the seeds for who cannot see it."""
    stuck = ", ".join(
        f"{each.config.seed} ({each.evaluation.accuracy:.0%})" for each in results if is_stuck(each) and each.evaluation
    )
    healthy = [each.evaluation.accuracy for each in results if each.evaluation and not is_stuck(each)]
    said = f"Test accuracy at the end of every seed from {seeds[0]} to {seeds[-1]}. {fraction(count, len(seeds))}"
    said += f" ({interval(count)})." if count.stuck.whole else "."
    said += f" Stuck, below {STUCK_BELOW:.0%}: seed {stuck}." if stuck else ""
    return said + (f" The others: {min(healthy):.0%} to {max(healthy):.0%}." if healthy else "")


def nobody(kind: str, done: int, button: str) -> str:
    """HTML: what stands in a run's place, and what to do.

    Args:
        kind: "stuck_seed" or "stuck_healthy".
        done: trainings that have ended.
        button: what is written on the button that begins them.
    """
    if not done:
        return f"<p>Press “{escape(button)}”: the runs appear here and above as they end.</p>"
    ended = f"Of {plural(done, 'seed')} that ended"
    if kind == "stuck_seed":
        return f"<p>{ended} none is stuck. Other settings may have a run that is.</p>"
    return f"<p>{ended} none has learned.</p>"


def title(result: Result | None, *, stuck: bool, ended: bool) -> str:
    """HTML: which run a column shows."""
    if result is None or result.evaluation is None:
        kind = "that is stuck" if stuck else "that has learned"
        return f"<h4>No run {kind}{'' if ended else ' yet'}</h4>"
    sign = '<b class="wrong">✗ stuck</b>' if is_stuck(result) else '<b class="right">✓ healthy</b>'
    return f"<h4>Seed {result.config.seed} {sign} <small>test accuracy {result.evaluation.accuracy:.1%}</small></h4>"


def name(epoch: int, epochs: int) -> str:
    """What the moment after an epoch is called."""
    return f"{moment(epoch).capitalize()} of {epochs}" if epoch else moment(epoch).capitalize()


def standing(config: RunConfig, found: Slopes, epoch: int) -> str:
    """HTML: what the angles after an epoch say, two or three sentences."""
    when = moment(epoch).capitalize()
    return f"<p>{when}: {_answers(config, found)} {_pushes(config, found)}{_wrong(found)}</p>"


def unknown(result: Result, epoch: int) -> str:
    """What stands in the place of angles that a run has not recorded."""
    return f"The angles of seed {result.config.seed} {moment(epoch)} are not recorded."


def cloud_alt(result: Result, found: Slopes, epoch: int) -> str:
    """The picture of one cloud for who cannot see it."""
    kind = "stuck" if is_stuck(result) else "healthy"
    return (
        f"Training images of seed {result.config.seed}, {kind}, on the sine {moment(epoch)}, without dropout: "
        f"{_answers(result.config, found)}"
    )


def numbers(result: Result, epoch: int) -> str:
    """HTML: a run's loss and accuracy after an epoch, and why the loss is low where many images are wrong."""
    point = result.after(epoch)
    if point is None:
        return f"<p>{moment(epoch).capitalize()}: not recorded.</p>"
    training = "" if point.loss is None else f"{_signed(point.loss)} in training, "
    said = (
        f"{moment(epoch).capitalize()}: loss {training}{_signed(point.test_loss)} on test images; accuracy "
        f"{point.train_accuracy:.0%} on training images, {point.test_accuracy:.0%} on test images."
    )
    return f"<p>{said} {with_dropout(result.config.loss, point.loss, point.train_accuracy)}</p>"


def curves_alt(result: Result) -> str:
    """The picture of the curves for who cannot see it."""
    epochs = max((point.epoch for point in result.curve), default=0)
    return f"Loss and accuracy of seed {result.config.seed} over {epochs} epochs. The words below say them."


def first_flagged(result: Result) -> str:
    """HTML: which rules of the live diagnosis spoke, and after which epoch each first did."""
    an_epoch = result.config.steps_per_epoch
    spoken = sorted((step, rule.title.lower()) for rule, step, _ in flagged(result))
    said = ", ".join(f"{escape(title)} from epoch {ceil(step / an_epoch)} on" for step, title in spoken)
    return f"<p>Seed {result.config.seed}: the live diagnosis {f'said: {said}' if spoken else 'said nothing'}.</p>"


def table(config: RunConfig, runs: Sequence[tuple[Result, Slopes]], epoch: int) -> str:
    """HTML: the numbers that follow from the angles after an epoch, a column a run."""
    heads = "".join(
        f"<th scope=col>seed {result.config.seed} {'✗' if is_stuck(result) else '✓'}</th>" for result, _ in runs
    )
    rows = "".join(
        f"<tr><th scope=row>{name}</th>{''.join(f'<td>{value}</td>' for value in values)}</tr>"
        for name, *values in zip(_row_names(config), *(_column(config, found) for _, found in runs), strict=True)
    )
    return (
        f'<table class="numbers"><caption>Why: numbers that follow from the angles {moment(epoch)}, without '
        f"dropout. Slopes per radian.</caption><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row_names(config: RunConfig) -> list[str]:
    loss, names = LOSSES[config.loss], [mark(label, NAMES[digit]) for label, digit in enumerate(config.digits)]
    return [
        "training images read right",
        "past a turning point, ±π/2",
        "answered the same way, and which",
        "mean size of dP(1)/dθ, and of the slope of −p (at most 0.5)",
        "mean size of the slope of −log p",
        *(f"push of {loss} on {name}, mean: −d({loss})/dθ" for name in names),
        "mean size of the slope where read wrong: −p",
        "mean size of the slope where read wrong: −log p",
    ]


def _column(config: RunConfig, found: Slopes) -> list[str]:
    answer = config.digits[found.answer]
    return [
        f"{found.right:,} of {found.images:,}",
        f"{found.cloud.past:,} of {found.images:,}",
        f"{found.same:,} of {found.images:,}, as {answer}",
        f"{found.steepness:.2f}",
        f"{found.log_steepness:.2f}",
        *map(_arrow, found.push),
        _known(found.wrong_published),
        _known(found.wrong_log),
    ]


def _answers(config: RunConfig, found: Slopes) -> str:
    """Where they stand."""
    past = f"{found.cloud.past:,} are past a turning point"
    past += f", {found.cloud.far:,} over two turns away" if found.cloud.far else ""
    if found.same >= _ONE_SIDED * found.images:
        side = "above" if found.answer else "not above"
        return (
            f"{found.same:,} of {found.images:,} images have P(1) {side} 1/2: all of these are answered "
            f"{config.digits[found.answer]}; {past}."
        )
    return f"{found.right:,} of {found.images:,} images are read right; {past}."


def _pushes(config: RunConfig, found: Slopes) -> str:
    """Which way the loss's slope pushes."""
    loss, (a, b) = LOSSES[config.loss], (NAMES[digit] for digit in config.digits)
    ways = ["" if round(push, 2) == 0 else "larger" if push > 0 else "smaller" for push in found.push]
    if ways[0] and ways[0] == ways[1]:
        return f"On average {loss} pushes {a} and {b} the same way, to {ways[0]} θ."
    said = [f"{name} {f'to {way} θ' if way else 'nowhere'}" for name, way in zip((a, b), ways, strict=True)]
    return f"On average {loss} pushes {' and '.join(said)}."


def _wrong(found: Slopes) -> str:
    """How hard those pull that are wrong."""
    wrong = found.images - found.right
    if not wrong:
        return ""
    return (
        f" Read wrong: {wrong:,}; the slope there is {found.wrong_published:.2f} on average under −p, and "
        f"{found.wrong_log:.2f} under −log p."
    )


def _arrow(push: float) -> str:
    size = round(abs(push), 2)
    return f"{'' if size == 0 else '→ ' if push > 0 else '← '}{size:.2f}"


def _signed(value: float) -> str:
    return minus(f"{value:.3f}")


def _known(value: float) -> str:
    return "none wrong" if isnan(value) else f"{value:.2f}"
