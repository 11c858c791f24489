"""Print records as lines for people, or as JSON."""

from collections.abc import Iterator
from typing import Any

from hqnn.commands.streams import say
from hqnn.config import RunConfig


def print_record(record: Any, config: RunConfig, as_json: bool) -> None:
    """Print a step, an epoch or an evaluation."""
    lines = [record.model_dump_json()] if as_json else _lines(record, config)
    for line in lines:
        say(line)


def _lines(record: Any, config: RunConfig) -> Iterator[str]:
    if record.kind == "epoch":
        loss = "–" if record.loss is None else f"{record.loss:.4f}"
        speed = "" if record.images_per_second is None else f"   {record.images_per_second:5.0f} images/s"
        yield (
            f"epoch {record.epoch:>3} of {config.epochs} ({record.epoch / config.epochs:4.0%})   "
            f"{config.loss} {loss:>8}   "
            f"accuracy: training {record.train_accuracy:6.1%}, test {record.test_accuracy:6.1%}{speed}"
        )
    elif record.kind == "evaluation":
        a, b = config.digits
        yield f"on {record.n} test images of {a} and {b}:"
        yield f"  {config.loss:<14} {record.loss:.4f}"
        yield (
            f"  {'accuracy':<14} {record.accuracy:.1%} "
            f"(95% interval {record.accuracy_low:.1%} to {record.accuracy_high:.1%})"
        )
        for digit, row in zip(config.digits, record.confusion, strict=True):
            yield f"  {f'the {digit}s':<14} {row[0]} predicted as {a}, {row[1]} predicted as {b}"
