"""Measure how often each rule of `hqnn.diagnosis` flags stuck and healthy runs: `python -m benchmarks.diagnosis`.

Runs are kept in a folder. Only missing runs are trained, and none starts after the given seconds. The engine is exact;
its shots have the same distribution as Aer's. The rules were set with seeds below 2000.
"""

import argparse
import gzip
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import monotonic

import torch

from hqnn import files
from hqnn.config import RunConfig
from hqnn.diagnosis import RULES, STUCK, Diagnosis
from hqnn.environment import RESULTS
from hqnn.network.training import TrainResult, train
from hqnn.records import HISTORY, ProbeRecord
from hqnn.statistics.intervals import wilson
from hqnn.sweeps.grid import STUCK_BELOW


def _of(preset: str, **changes: object) -> RunConfig:
    return RunConfig.preset(preset).replace(engine="exact", **changes)


SETTINGS = {
    "published-37": _of("published-37"),
    "published-01": _of("published-01"),
    "published-58": _of("published-37", digits=(5, 8)),
    "published-49": _of("published-37", digits=(4, 9)),
    "recommended-37": _of("recommended"),
    "recommended-58": _of("recommended", digits=(5, 8)),
    "recommended-49": _of("recommended", digits=(4, 9)),
    "batch1-37": _of("recommended", batch_size=1),
    "batch1-58": _of("recommended", batch_size=1, digits=(5, 8)),
    "batch4-published-37": _of("published-37", batch_size=4),
    "batch32-37": _of("recommended", batch_size=32),
    "shots10-49": _of("recommended", shots=10, digits=(4, 9)),
    "lr-37": _of("published-37", batch_size=8, learning_rate=0.01),
}


@dataclass(frozen=True)
class Flagged:
    """The final accuracy of a run, and the share of its steps after which each rule first flagged it."""

    setting: str
    accuracy: float
    first: dict[str, float]

    @property
    def stuck(self) -> bool:
        """Whether the run failed to learn."""
        return self.accuracy < STUCK_BELOW


def make(folder: Path, setting: str, seed: int) -> None:
    """Train one run, and keep its final accuracy and its records."""
    torch.set_num_threads(1)
    *records, result = train(SETTINGS[setting].replace(seed=seed), probes=False)
    if not isinstance(result, TrainResult) or result.evaluation is None:
        raise RuntimeError(f"{setting} with seed {seed} did not end")
    content = f"{result.evaluation.accuracy}\n".encode() + HISTORY.dump_json(records)  # pyright: ignore[reportArgumentType]
    files.write(_file(folder, setting, seed), gzip.compress(content, 3))


def _file(folder: Path, setting: str, seed: int) -> Path:
    return folder / f"{setting}.{seed}.gz"


def collect(folder: Path, wanted: Iterable[tuple[str, int]], seconds: float) -> None:
    """Train the missing runs, two at a time; start none after so many seconds."""
    missing = iter([each for each in wanted if not _file(folder, *each).exists()])
    end, running = monotonic() + seconds, set()
    with ProcessPoolExecutor(2, get_context("forkserver")) as pool:
        while True:
            while len(running) < 2 and monotonic() < end and (each := next(missing, None)):
                running.add(pool.submit(make, folder, *each))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                each.result()


def flagged(folder: Path, setting: str, seed: int) -> Flagged:
    """Apply the rules to a kept run."""
    accuracy, _, history = gzip.decompress(_file(folder, setting, seed).read_bytes()).partition(b"\n")
    config = SETTINGS[setting]
    diagnosis, steps = Diagnosis(config), config.epochs * config.steps_per_epoch
    for record in HISTORY.validate_json(history):
        if not isinstance(record, ProbeRecord):
            diagnosis.add(record)
    return Flagged(setting, float(accuracy), {name: step / steps for name, step in diagnosis.first.items()})


def share(part: int, whole: int) -> str:
    """Return a share with its 95% Wilson interval."""
    if not whole:
        return "–"
    low, high = wilson(part, whole)
    return f"{part} of {whole}: {part / whole:.1%} ({100 * low:.1f}–{100 * high:.1f})"


def print_rules(runs: list[Flagged]) -> None:
    """Print how often each rule flags healthy runs at all, and stuck runs before the halfway point."""
    stuck, healthy = ([each for each in runs if each.stuck is wanted] for wanted in (True, False))
    print(
        "| rule | healthy runs ever flagged (95%) | stuck runs flagged before halfway (95%) | stuck runs ever flagged |"
    )
    print("|---|---|---|---|")
    for rule in RULES:
        name = rule.name
        early = share(sum(each.first.get(name, 1) < 0.5 for each in stuck), len(stuck))
        false, ever = (sum(name in each.first for each in group) for group in (healthy, stuck))
        print(f"| {rule.title} | {share(false, len(healthy))} | {early} | {ever} of {len(stuck)} |")


def print_settings(runs: list[Flagged]) -> None:
    """Print how many runs of each setting were stuck, and how many of them the verdict flagged."""
    print("| setting | stuck | flagged before the halfway point | healthy runs ever flagged |")
    print("|---|---|---|---|")
    for setting in SETTINGS:
        own = [each for each in runs if each.setting == setting]
        stuck, healthy = ([each for each in own if each.stuck is wanted] for wanted in (True, False))
        before_half = sum(each.first.get(STUCK.name, 1) < 0.5 for each in stuck)
        false = sum(STUCK.name in each.first for each in healthy)
        print(
            f"| {setting} | {share(len(stuck), len(own))} | {before_half} of {len(stuck)} | {false} of {len(healthy)} |"
        )


def main() -> None:
    """Train the missing runs, and print two Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="folder of the runs (default: beside the results)")
    parser.add_argument("--seconds", type=float, default=1200, help="no run starts after so many seconds (1200)")
    parser.add_argument("--seeds", type=int, nargs=2, default=(2000, 2016), metavar=("FROM", "TO"), help="2000 to 2015")
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    asked = parser.parse_args()
    folder = asked.folder or RESULTS.find() / "diagnosis"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [(setting, seed) for seed in range(*asked.seeds) for setting in asked.settings]
    collect(folder, wanted, asked.seconds)
    there = [each for each in wanted if _file(folder, *each).exists()]
    runs = [flagged(folder, *each) for each in there]
    print_rules(runs)
    print()
    print_settings(runs)
    print(f"\nStuck: final accuracy below {STUCK_BELOW:.0%}. Intervals are Wilson's, at 95%.")


if __name__ == "__main__":
    main()
