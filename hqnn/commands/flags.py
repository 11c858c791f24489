"""What the commands have in common: flags for every setting, and the question before a device's time is spent."""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args, get_origin

import hqnn
from hqnn import files, versions
from hqnn.commands.streams import note, say
from hqnn.config import ENGINES, NOISE_PRESETS, PRESETS, RunConfig
from hqnn.errors import HqnnError

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


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line, and ends with status 2."""

    def print_help(self, file: Any = None) -> None:
        """Print it as all else is printed; argparse would not say where it could not."""
        say(self.format_help().rstrip())

    def error(self, message: str) -> NoReturn:
        note(f"{self.prog}: error: {message}")
        raise SystemExit(2)


class PrintVersions(argparse.Action):
    """Prints the versions, and ends with status 0."""

    def __init__(self, option_strings: Sequence[str], help: str, **_: object) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        say(versions_line())
        parser.exit()


def versions_line() -> str:
    """The versions that matter most, in one line; neither torch nor Qiskit is loaded for it."""
    here = versions.versions_here()
    return f"hqnn {hqnn.__version__}, Python {here['python']}, torch {here['torch']}, Qiskit {here['qiskit']}"


def add_settings(command: argparse.ArgumentParser, **defaults: str) -> None:
    """Give a command a flag for every setting.

    Args:
        command: the command's parser.
        defaults: by setting, the words for those values that are this command's own.
    """
    command.add_argument("--preset", choices=PRESETS, default="recommended", help="settings to start from")
    groups = {engine: command.add_argument_group(f"settings of the engine {engine}") for engine in OWNERS.values()}
    for name, field in RunConfig.model_fields.items():
        default = NONE_WORDS.get(name, "") if field.default is None else field.default
        default = defaults.get(name, default)
        help_text = f"{field.description} (default: {default})".replace("%", "%%")
        group = groups[OWNERS[name]] if name in OWNERS else command
        group.add_argument(flag(name), default=defaults.get(name), help=help_text, **reading(name))
    groups["noisy"].add_argument(
        "--noise-preset", choices=NOISE_PRESETS, default="none", help="noise to start from, such as an IBM device's"
    )


def between(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number between two bounds."""

    def read(said: str) -> int:
        if not said.isdecimal() or not low <= int(said) <= high:
            raise argparse.ArgumentTypeError(f"must be a whole number between {low} and {high}, got {said!r}")
        return int(said)

    return read


def file_to_write(*kinds: str) -> Callable[[str], str]:
    """Reads the name of a file that can be written, of one of some kinds if any are given: hours may pass before it is.

    Args:
        kinds: the ends of its name, without the dot.
    """

    def read(said: str) -> str:
        if kinds and Path(said).suffix[1:] not in kinds:
            raise argparse.ArgumentTypeError(f"must end with .{' or .'.join(kinds)}, got {said!r}")
        try:
            files.check(said)
        except files.FileError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
        return said

    return read


def add_common(command: argparse.ArgumentParser, *, json: str = "print one JSON object a record") -> None:
    """Give a command the flags that all of them have."""
    command.add_argument("--json", action="store_true", help=json)
    command.add_argument("--yes", action="store_true", help="run on hardware without asking")


def flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def reading(name: str) -> dict[str, Any]:
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


def config_of(preset: str, noise_preset: str, given: dict[str, Any]) -> RunConfig:
    """The config that flags say."""
    changes = {name: value_of(name, value) for name, value in given.items() if value is not None}
    return RunConfig.preset(preset).replace(**(NOISE_PRESETS[noise_preset] | changes))


def value_of(name: str, said: Any) -> Any:
    """What a word stands for as a setting's value; RunConfig checks it."""
    return None if said == NONE_WORDS.get(name) else said


def agreed(config: RunConfig, yes: bool, *, training: bool = True) -> RunConfig:
    """The config, on the device that it will run on; people are asked before a device's time is spent."""
    if not ENGINES[config.engine].hardware:
        return config
    from hqnn.network.device_quote import quote

    quoted = quote(config, training=training)
    note(str(quoted))
    if not yes:
        agree("a run", "Run it? [y/N] ")
    return config.replace(backend=quoted.backend)


def agree(what: str, question: str) -> None:
    """Ask whether a device's time may be spent; an end of the input is a no.

    Raises:
        HqnnError: if it may not, or if there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise HqnnError(f"{what} on hardware must be agreed to: add --yes")
    said = ""
    with suppress(EOFError):
        said = input(question)
    if said.strip().lower() not in ("y", "yes"):
        raise HqnnError("not agreed; nothing was sent")
