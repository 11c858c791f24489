"""Shared by the commands: a flag for every setting, and the confirmation of a run on a device."""

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

#: The word for None on the command line, by setting.
NONE_WORDS = {
    "n_train": "all",
    "n_test": "all",
    "shots": "exact",
    "t1_us": "none",
    "t2_us": "none",
    "backend": "least-busy",
}

#: The engine that a setting belongs to, by setting.
OWNERS = {name: engine for engine, kind in ENGINES.items() if kind.settings for name in kind.settings.model_fields}


class OneLineParser(argparse.ArgumentParser):
    """A parser that reports an error in one line, and ends with status 2."""

    def print_help(self, file: Any = None) -> None:
        """Print the help like all other output, so that a write error is reported."""
        say(self.format_help().rstrip())

    def error(self, message: str) -> NoReturn:
        note(f"{self.prog}: error: {message}")
        raise SystemExit(2)


class PrintVersions(argparse.Action):
    """A flag that prints the versions and ends the program."""

    def __init__(self, option_strings: Sequence[str], help: str, **_: object) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        say(versions_line())
        parser.exit()


def versions_line() -> str:
    """Return the main versions in one line, without loading torch or Qiskit."""
    here = versions.versions_here()
    return f"hqnn {hqnn.__version__}, Python {here['python']}, torch {here['torch']}, Qiskit {here['qiskit']}"


def add_settings(command: argparse.ArgumentParser, **defaults: str) -> None:
    """Give a command a flag for every setting.

    Args:
        command: the command's parser.
        defaults: this command's own defaults, in words, by setting.
    """
    command.add_argument("--preset", choices=PRESETS, default="recommended", help="settings to start from")
    groups = {engine: command.add_argument_group(f"settings of the {engine} engine") for engine in OWNERS.values()}
    for name, field in RunConfig.model_fields.items():
        default = NONE_WORDS.get(name, "") if field.default is None else field.default
        default = defaults.get(name, " ".join(map(str, default)) if isinstance(default, tuple) else default)
        help_text = f"{field.description} (default: {default})".replace("%", "%%")
        group = groups[OWNERS[name]] if name in OWNERS else command
        group.add_argument(flag(name), default=defaults.get(name), help=help_text, **reading(name))
    groups["noisy"].add_argument(
        "--noise-preset",
        choices=NOISE_PRESETS,
        default="none",
        help="noise to start from, such as the noise of an IBM device",
    )


def between(low: int, high: int) -> Callable[[str], int]:
    """Return a function that reads a whole number between two bounds."""

    def read(said: str) -> int:
        if not said.isdecimal() or not low <= int(said) <= high:
            raise argparse.ArgumentTypeError(f"must be a whole number between {low} and {high}, got {said!r}")
        return int(said)

    return read


def file_to_write(*kinds: str) -> Callable[[str], str]:
    """Return a function that reads the name of a file to write.

    It refuses a file that cannot be written: the program may write it only hours later.

    Args:
        kinds: allowed endings of the name, without the dot; any if none is given.
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


def add_common(command: argparse.ArgumentParser, *, json: str = "print one JSON object per record") -> None:
    """Give a command the flags that all commands have."""
    command.add_argument("--json", action="store_true", help=json)
    command.add_argument("--yes", action="store_true", help="run on hardware without asking for confirmation")


def flag(name: str) -> str:
    """Return the flag of a setting."""
    return "--" + name.replace("_", "-")


def reading(name: str) -> dict[str, Any]:
    """Return how argparse reads a setting. RunConfig checks the value."""
    annotation = RunConfig.model_fields[name].annotation
    if get_origin(annotation) is Literal:
        return {"metavar": "|".join(get_args(annotation))}
    if name == "engine":
        return {"metavar": "|".join(ENGINES)}
    if annotation is bool:
        return {"action": argparse.BooleanOptionalAction}
    if get_origin(annotation) is tuple:
        return {"nargs": 2, "metavar": ("A", "B")}
    value = "NAME" if name == "backend" else "N"
    return {"metavar": f"{value}|{NONE_WORDS[name]}" if name in NONE_WORDS else value}


def config_of(preset: str, noise_preset: str, given: dict[str, Any]) -> RunConfig:
    """Return the settings that the flags give."""
    changes = {name: value_of(name, value) for name, value in given.items() if value is not None}
    return RunConfig.preset(preset).replace(**(NOISE_PRESETS[noise_preset] | changes))


def value_of(name: str, said: Any) -> Any:
    """Return the value that a word stands for. RunConfig checks it."""
    return None if said == NONE_WORDS.get(name) else said


def agreed(config: RunConfig, yes: bool, *, training: bool = True) -> RunConfig:
    """Return the config with the name of its device, after the user has confirmed a run on hardware."""
    if not ENGINES[config.engine].hardware:
        return config
    from hqnn.network.device_quote import quote

    quoted = quote(config, training=training)
    note(str(quoted))
    if not yes:
        agree("a run", "Run it? [y/N] ")
    return config.replace(backend=quoted.backend)


def agree(what: str, question: str) -> None:
    """Ask the user to confirm the use of a device. The end of the input counts as no.

    Raises:
        HqnnError: if the user does not confirm, or if no user can be asked.
    """
    if not sys.stdin.isatty():
        raise HqnnError(f"{what} on hardware must be confirmed: add --yes")
    said = ""
    with suppress(EOFError):
        said = input(question)
    if said.strip().lower() not in ("y", "yes"):
        raise HqnnError("not confirmed: nothing was sent to the device")
