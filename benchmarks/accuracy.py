"""Measure the accuracy of the presets over several seeds, stuck runs included: `python -m benchmarks.accuracy`."""

import argparse

from hqnn.config import RunConfig
from hqnn.jobs import Jobs
from hqnn.records import Evaluation
from hqnn.sweeps.grid import STUCK_BELOW, Trained, grid, summarize

SETTINGS = {
    "recommended, 0 vs 1, all test images": RunConfig(digits=(0, 1), n_test=None),
    "recommended, 3 vs 7, all test images": RunConfig(digits=(3, 7), n_test=None),
    "published-01, 50 test images per digit": RunConfig.preset("published-01"),
    "published-37, 50 test images per digit": RunConfig.preset("published-37"),
}


def main() -> None:
    """Print one Markdown table, a row per setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seeds", type=int, default=10, choices=range(2, 101), metavar="N", help="seeds 0 to N − 1, 2 to 100"
    )
    seeds = parser.parse_args().seeds
    jobs = Jobs()
    print("| setting | runs | stuck | mean accuracy (standard error) | lowest | mean −p | mean −log p |")
    print("|---|---|---|---|---|---|---|")
    try:
        for name, config in SETTINGS.items():
            found = summarize([evaluation_of(trained) for trained in jobs.trained(grid(config, seed=range(seeds)))])
            print(
                f"| {name} | {found.runs} | {found.stuck} | {found.mean_accuracy:.2%} ({found.accuracy_error:.2%}) "
                f"| {found.lowest_accuracy:.2%} | {found.mean_published_loss:.4f} | {found.mean_cross_entropy:.4f} |",
                flush=True,
            )
    finally:
        jobs.close()
    print(f"\nStuck: final accuracy below {STUCK_BELOW:.0%}. Losses are means over test images, then over runs.")


def evaluation_of(trained: Trained) -> Evaluation:
    """Return the evaluation of one run; a failed run ends the benchmark."""
    if trained.evaluation is None:
        raise RuntimeError(trained.error)
    return trained.evaluation


if __name__ == "__main__":
    main()
