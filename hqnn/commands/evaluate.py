"""`hqnn evaluate`: test the network of a saved run."""

import argparse
from typing import Any

from hqnn.commands.flags import add_common, agreed, reading
from hqnn.commands.printing import print_record


def add(commands: Any) -> None:
    """Add the command to a parser's."""
    command: argparse.ArgumentParser = commands.add_parser("evaluate", help="test the network of a saved run")
    command.set_defaults(command=_evaluate)
    command.add_argument("file", metavar="FILE", help="a run file from train --save or the dashboard")
    command.add_argument("--n-test", help="test images per digit, or all (default: the run's own)", **reading("n_test"))
    add_common(command)


def _evaluate(*, file: str, n_test: str | None, json: bool, yes: bool) -> int:
    from hqnn.network.data import load_pair
    from hqnn.network.evaluation import evaluate
    from hqnn.network.training import Seeds
    from hqnn.runs import load

    run = load(file)
    config = run.config if n_test is None else run.config.replace(n_test=None if n_test == "all" else n_test)
    config = agreed(config, yes, training=False)
    test = load_pair(config.digits, 1, config.n_test).test
    seed = run.evaluation.seed if run.evaluation else Seeds.of(config.seed).of_evaluation(config.epochs, train=False)
    exact = config.exact_evaluation
    found = evaluate(run.network(), test.images, test.labels, loss=config.loss, seed=seed, exact=exact)
    print_record(found, config, json)
    return 0
