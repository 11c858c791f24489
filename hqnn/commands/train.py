"""`python -m hqnn train`."""

import argparse
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from hqnn.commands import interrupts
from hqnn.commands.flags import add_common, add_settings, agreed, config_of
from hqnn.commands.printing import print_record
from hqnn.config import ENGINES
from hqnn.settings import HqnnError


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser("train", help="train a network and test it")
    command.set_defaults(command=_train)
    add_settings(command)
    command.add_argument("--save", metavar="FILE", help="write the run to a file (safetensors)")
    add_common(command)


def _train(*, preset: str, noise_preset: str, save: str | None, json: bool, yes: bool, **given: Any) -> int:
    config = agreed(config_of(preset, noise_preset, given), yes)
    if save:
        Path(save).touch()  # a file that cannot be written is refused before the training, not after it
    import torch

    from hqnn.runs import Run
    from hqnn.runs import save as save_run
    from hqnn.training import TrainResult, train

    torch.set_num_threads(1)  # as in the dashboard's workers: so the same seed gives the same run in both
    records, error = [], None
    with interrupts.raised() if ENGINES[config.engine].hardware else nullcontext():  # a device's session is closed
        for record in train(config):
            records.append(record)
            if isinstance(record, TrainResult):
                error = record.error
            said = record.evaluation if isinstance(record, TrainResult) else record
            if said is not None:
                print_record(said, config, json)
    if save:
        save_run(Run.of(records), save)
    if error is not None:
        raise HqnnError(error)
    return 0
