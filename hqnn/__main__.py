"""The command line: `hqnn train` and the other commands of `hqnn.commands`. `python -m hqnn` is the same."""

from hqnn.commands import interrupts

if __name__ == "__main__":
    interrupts.end_at_once()  # before anything else is loaded

import sys
from collections.abc import Sequence

from hqnn import files
from hqnn.commands import atlas, compare, dashboard, evaluate, streams, stuck, swap, sweep, train
from hqnn.commands.flags import OneLineParser, PrintVersions
from hqnn.errors import HqnnError

interrupts.last_acts.append(files.remove_passing)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, and return its exit status."""
    parser = command_parser()
    try:
        options = vars(parser.parse_args(arguments))
        return options.pop("command")(**options)
    except streams.UnreadError:
        return streams.UNREAD
    except HqnnError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(files.reason(error) if error.filename is None else f"{error.filename}: {files.reason(error)}")
    except KeyboardInterrupt:
        streams.note("interrupted")
        return interrupts.STATUS


def run() -> int:
    """Run the command of this process, and return its exit status, also if its output cannot be written."""
    streams.open_all()
    try:
        status = main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except streams.UnreadError:
        status = streams.UNREAD
    except streams.OutputError:  # of standard error: the message would go there
        status = 2
    return streams.flush(status)


def command_parser() -> OneLineParser:
    parser = OneLineParser(prog="hqnn", description="Train a hybrid quantum-classical neural network on two digits.")
    parser.add_argument("--version", action=PrintVersions, help="print the versions of hqnn, Python, torch and Qiskit")
    commands = parser.add_subparsers(required=True, metavar="command")
    for module in (train, evaluate, sweep, stuck, swap, atlas, compare, dashboard):
        module.add(commands)
    return parser


if __name__ == "__main__":
    status = run()
    interrupts.come_too_late()
    sys.exit(status)
