"""`python -m hqnn train`."""

import argparse
import secrets
import tempfile
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hqnn.commands import interrupts
from hqnn.commands.flags import add_common, add_settings, agreed, config_of, file_to_write
from hqnn.commands.printing import print_record
from hqnn.commands.streams import OutputError, note
from hqnn.config import ENGINES
from hqnn.errors import HqnnError
from hqnn.files import FileError

if TYPE_CHECKING:
    from hqnn.runs import Run


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser("train", help="train a network and test it")
    command.set_defaults(command=_train)
    add_settings(command)
    command.add_argument(
        "--save",
        type=file_to_write(),
        metavar="FILE",
        help="write the run to a file (safetensors); Ctrl-C writes it as far as it has come",
    )
    add_common(command)


def _train(*, preset: str, noise_preset: str, save: str | None, json: bool, yes: bool, **given: Any) -> int:
    config = agreed(config_of(preset, noise_preset, given), yes)
    import torch

    from hqnn.network.training import TrainResult, train
    from hqnn.runs import Run

    torch.set_num_threads(1)  # as in the dashboard's workers: so the same seed gives the same run in both
    has_to_end = save is not None or ENGINES[config.engine].hardware  # there is a file to write, or a session to close
    records, error = [], None
    unread: list[OutputError] = []
    with interrupts.noted(twice=True) if has_to_end else nullcontext(interrupts.Noted()) as stop:
        for record in train(config, should_stop=lambda: stop() or bool(unread)):
            records.append(record)
            if isinstance(record, TrainResult):
                error = record.error
            said = record.evaluation if isinstance(record, TrainResult) else record
            if said is None or unread:
                continue
            try:
                print_record(said, config, json)
            except OutputError as problem:
                if not has_to_end:
                    raise
                unread.append(problem)
        if save is not None:
            _save(Run.of(records), save)
    if unread:
        raise unread[0]
    if stop():
        note("interrupted")
        return stop.status
    if error is not None:
        raise HqnnError(error)
    return 0


def _save(run: "Run", path: str) -> None:
    """Write a run, and say so if it is not a whole one; one without a step replaces nothing."""
    from hqnn.runs import save

    steps = max((record.step for record in run.history), default=0)
    if not steps:
        note(f"no step was made, so {path} is as it was")
        return
    try:
        save(run, path)
    except FileError as error:
        with suppress(OSError):
            elsewhere = Path(tempfile.gettempdir(), f"hqnn-{secrets.token_hex(4)}.safetensors")
            save(run, elsewhere)
            raise HqnnError(f"{error}; the run is in {elsewhere} instead") from None
        raise
    if not run.completed:
        total = run.config.epochs * run.config.steps_per_epoch
        note(f"{path} has the run as far as it has come: {steps} of {total} steps")
