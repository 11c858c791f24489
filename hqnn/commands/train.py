"""`hqnn train`: train a network and test it."""

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
        help="write the run to a file (safetensors); after Ctrl-C the file has the steps so far",
    )
    add_common(command)


def _train(*, preset: str, noise_preset: str, save: str | None, json: bool, yes: bool, **given: Any) -> int:
    config = agreed(config_of(preset, noise_preset, given), yes)
    import torch

    from hqnn.network.training import TrainResult, train
    from hqnn.runs import Run

    torch.set_num_threads(1)  # like the dashboard's workers, so that the same seed gives the same run in both
    has_to_end = save is not None or ENGINES[config.engine].hardware  # with a file to write, or a session to close
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
    """Write a run, and note if it is incomplete. A run without a step is not written."""
    from hqnn.runs import save

    steps = max((record.step for record in run.history), default=0)
    if not steps:
        note(f"no step was finished, so {path} was not written")
        return
    try:
        save(run, path)
    except FileError as error:
        with suppress(OSError):
            elsewhere = Path(tempfile.gettempdir(), f"hqnn-{secrets.token_hex(4)}.safetensors")
            save(run, elsewhere)
            raise HqnnError(f"{error}; the run was saved to {elsewhere} instead") from None
        raise
    if not run.completed:
        total = run.config.epochs * run.config.steps_per_epoch
        note(f"{path} has the run so far: {steps} of {total} steps")
