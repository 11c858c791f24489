"""The command line: `python -m hqnn train`, and what else `hqnn.commands` has."""

import sys
from collections.abc import Sequence

from hqnn.commands import interrupts

if __name__ == "__main__":
    interrupts.end_at_once()  # before anything else is loaded

from hqnn.commands import atlas, compare, evaluate, stuck, swap, sweep, train
from hqnn.commands.flags import OneLineParser
from hqnn.settings import HqnnError


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
        return interrupts.STATUS


def _parser() -> OneLineParser:
    parser = OneLineParser(prog="hqnn", description="Train a hybrid quantum-classical neural network on two digits.")
    commands = parser.add_subparsers(required=True, metavar="command")
    for module in (train, evaluate, sweep, stuck, swap, atlas, compare):
        module.add(commands)
    return parser


if __name__ == "__main__":
    status = main()
    interrupts.come_too_late()
    sys.exit(status)
