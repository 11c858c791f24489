"""The command line: `python -m hqnn train` and `python -m hqnn evaluate`."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args, get_origin

from hqnn.config import ENGINES, PRESETS, RunConfig
from hqnn.noise import NOISE_PRESETS
from hqnn.settings import HqnnError

#: What stands for None on the command line, by setting.
NONE_WORDS = {
    "n_train": "all",
    "n_test": "all",
    "shots": "exact",
    "t1_us": "none",
    "t2_us": "none",
    "backend": "least-busy",
}

#: Which engine's own each setting is.
OWNERS = {name: engine for engine, kind in ENGINES.items() if kind.settings for name in kind.settings.model_fields}


class _OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, and ends with status 2."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: error: {message}", file=sys.stderr)
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    command = options.pop("command")
    try:
        return command(**options)
    except (HqnnError, OSError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _OneLineParser(prog="hqnn", description="Train a hybrid quantum-classical neural network on two digits.")
    commands = parser.add_subparsers(required=True, metavar="command")
    train = commands.add_parser("train", help="train a network and test it")
    train.set_defaults(command=_train)
    train.add_argument("--preset", choices=PRESETS, default="recommended", help="settings to start from")
    groups = {engine: train.add_argument_group(f"settings of the engine {engine}") for engine in OWNERS.values()}
    for name, field in RunConfig.model_fields.items():
        default = NONE_WORDS.get(name, "") if field.default is None else field.default
        help_text = f"{field.description} (default: {default})".replace("%", "%%")
        group = groups[OWNERS[name]] if name in OWNERS else train
        group.add_argument(_flag(name), default=None, help=help_text, **_reading(name))
    groups["noisy"].add_argument(
        "--noise-preset", choices=NOISE_PRESETS, default="none", help="noise to start from, such as an IBM device's"
    )
    train.add_argument("--save", metavar="FILE", help="write the run to a file (safetensors)")
    evaluate = commands.add_parser("evaluate", help="test the network of a saved run")
    evaluate.set_defaults(command=_evaluate)
    evaluate.add_argument("file", metavar="FILE", help="a run written by train --save or by the dashboard")
    evaluate.add_argument(
        "--n-test", help="test images per digit, or all (default: the run's own)", **_reading("n_test")
    )
    for command in (train, evaluate):
        command.add_argument("--json", action="store_true", help="print one JSON object a record")
        command.add_argument("--yes", action="store_true", help="run on hardware without asking")
    return parser


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _reading(name: str) -> dict[str, Any]:
    """How argparse reads a setting; RunConfig checks the value."""
    annotation = RunConfig.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        return {"metavar": "|".join(get_args(annotation))}
    if name == "engine":
        return {"metavar": "|".join(ENGINES)}
    if annotation is bool:
        return {"action": argparse.BooleanOptionalAction}
    if get_origin(annotation) is tuple:
        return {"nargs": 2, "metavar": ("A", "B")}
    return {"metavar": f"N|{NONE_WORDS[name]}" if name in NONE_WORDS else "N"}


def _config(preset: str, noise_preset: str, given: dict[str, Any]) -> RunConfig:
    changes = {
        name: None if value == NONE_WORDS.get(name) else value for name, value in given.items() if value is not None
    }
    return RunConfig.preset(preset).replace(**(NOISE_PRESETS[noise_preset] | changes))


def _agreed(config: RunConfig, yes: bool, *, training: bool = True) -> RunConfig:
    """The config, on the device that it will run on; people are asked before a device's time is spent."""
    if not ENGINES[config.engine].hardware:
        return config
    from hqnn.quotes import quote

    quoted = quote(config, training=training)
    print(quoted, file=sys.stderr)
    if not yes and not sys.stdin.isatty():
        raise HqnnError("a run on hardware must be agreed to: add --yes")
    if not yes and input("Run it? [y/N] ").strip().lower() not in ("y", "yes"):
        raise HqnnError("not agreed; nothing was sent")
    return config.replace(backend=quoted.backend)


def _train(*, preset: str, noise_preset: str, save: str | None, json: bool, yes: bool, **given: Any) -> int:
    config = _agreed(_config(preset, noise_preset, given), yes)
    if save:
        Path(save).touch()  # a file that cannot be written is refused before the training, not after it
    import torch

    from hqnn.runs import Run
    from hqnn.runs import save as save_run
    from hqnn.training import TrainResult, train

    torch.set_num_threads(1)  # as in the dashboard's workers: so the same seed gives the same run in both
    records, error = [], None
    for record in train(config):
        records.append(record)
        if isinstance(record, TrainResult):
            error = record.error
        said = record.evaluation if isinstance(record, TrainResult) else record
        if said is not None:
            _print(said, config, json)
    if save:
        save_run(Run.of(records), save)
    if error is not None:
        raise HqnnError(error)
    return 0


def _evaluate(*, file: str, n_test: str | None, json: bool, yes: bool) -> int:
    from hqnn.data import load_pair
    from hqnn.evaluation import evaluate
    from hqnn.runs import load
    from hqnn.training import Seeds

    run = load(file)
    config = run.config if n_test is None else run.config.replace(n_test=None if n_test == "all" else n_test)
    config = _agreed(config, yes, training=False)
    test = load_pair(config.digits, 1, config.n_test).test
    seed = run.evaluation.seed if run.evaluation else Seeds.of(config.seed).of_evaluation(config.epochs, train=False)
    exact = config.exact_evaluation
    found = evaluate(run.network(), test.images, test.labels, loss=config.loss, seed=seed, exact=exact)
    _print(found, config, json)
    return 0


def _print(record: Any, config: RunConfig, as_json: bool) -> None:
    lines = [record.model_dump_json()] if as_json else _lines(record, config)
    for line in lines:
        print(line, flush=True)


def _lines(record: Any, config: RunConfig) -> Iterator[str]:
    if record.kind == "epoch":
        yield (
            f"epoch {record.epoch:>3} of {config.epochs} ({record.epoch / config.epochs:4.0%})   "
            f"{config.loss} {record.loss:8.4f}   "
            f"accuracy: training {record.train_accuracy:6.1%}, test {record.test_accuracy:6.1%}   "
            f"{record.images_per_second:5.0f} images/s"
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
            yield f"  {f'the {digit}s':<14} {row[0]} taken for {a}, {row[1]} taken for {b}"


if __name__ == "__main__":
    sys.exit(main())
