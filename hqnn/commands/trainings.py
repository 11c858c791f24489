"""Many trainings on this machine's workers, with what is going on said on stderr."""

import argparse
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from time import monotonic

from hqnn.commands import interrupts
from hqnn.commands.flags import agree, between, file_to_write
from hqnn.commands.streams import note, say
from hqnn.config import ENGINES, RunConfig
from hqnn.config.words import spoken
from hqnn.errors import HqnnError
from hqnn.jobs.workers import MAX_WORKERS
from hqnn.sweeps import experiments
from hqnn.sweeps.experiments import MAX_TRAININGS
from hqnn.sweeps.grid import Progress
from hqnn.sweeps.result import Header, Result
from hqnn.sweeps.results_file import Results
from hqnn.sweeps.results_folder import own_results, path_to_write
from hqnn.versions import caution


def add_trainings(command: argparse.ArgumentParser, *, seeds: int) -> None:
    """Give a command the flags of many trainings."""
    command.add_argument(
        "--seeds",
        type=between(1, MAX_TRAININGS),
        default=seeds,
        metavar="N",
        help=f"how many seeds, from --seed on (default: {seeds})",
    )
    command.add_argument(
        "--out",
        type=file_to_write(),
        metavar="FILE",
        help="file of the results (default: one of the user's own)",
    )
    command.add_argument(
        "--workers", type=between(1, MAX_WORKERS), metavar="N", help="trainings at once (default: one a core)"
    )


def answer(
    header: Header, *, out: str | None, workers: int | None, json: bool, yes: bool
) -> tuple[Results, Sequence[RunConfig], int]:
    """Train what a question's file lacks, once that is agreed to.

    Args:
        header: the question.
        out: the file; by default the one that the question has.
        workers: trainings at once.
        json: whether each training is printed.
        yes: whether a device's time is agreed to.

    Returns:
        The file, all trainings of the question, and the exit status.
    """
    configs = experiments.configs(header)
    _agree_to(configs, yes)
    results = _opened(header, configs, out)
    with interrupts.noted() as stop:
        note(f"results: {results.path}")
        return results, configs, _complete(results, configs, json=json, workers=workers, stop=stop)


def _opened(header: Header, configs: Sequence[RunConfig], out: str | None) -> Results:
    """The file of the results, which it goes on with if it is there and was computed with what computes here."""
    if out is not None:
        return Results.open(out, header)
    path = path_to_write(header)
    if not path.exists():
        for other in own_results(header):
            there = f"{len(configs) - len(other.missing(configs))} of {len(configs)} trainings"
            said = f"{other.path} has {there}. {caution(header.versions, other.header.versions)}"
            note(f"{said} A new file is begun beside it.")
    results = Results.open(path, header)
    results.adopt(configs, path.parent)
    return results


def _agree_to(configs: Iterable[RunConfig], yes: bool) -> None:
    """Ask before devices' time is spent: once for all trainings."""
    on_hardware = [config for config in configs if ENGINES[config.engine].hardware]
    if not on_hardware:
        return
    if any(config.backend is None for config in on_hardware):
        raise HqnnError("many trainings on hardware need the device's name: add --backend")
    from hqnn.network.device_quote import quote

    for config in {config.replace(seed=0): config for config in on_hardware}.values():
        note(str(quote(config)))
    note(f"There are {len(on_hardware)} trainings on hardware in all.")
    if not yes:
        agree("runs", "Run them? [y/N] ")


def _complete(
    results: Results, configs: Sequence[RunConfig], *, json: bool, workers: int | None, stop: interrupts.Noted
) -> int:
    """Train what is missing in the file; returns the exit status.

    Args:
        results: the file.
        configs: what shall be in it.
        json: whether each of them is printed, those that are there first.
        workers: trainings at once.
        stop: whether it was interrupted.
    """
    missing = results.missing(configs)
    if json:
        for config in configs:
            if config not in missing:
                _print(results.have[config], results.header)
    try:
        if missing:
            _train(results, missing, json, workers, stop)
    finally:
        results.flush()
        if results.problem:
            note(f"{results.waiting} trainings are lost: {results.problem}")
    if missing and stop():
        there = len(configs) - len(results.missing(configs)) - results.waiting
        note(f"stopped: {there} of {len(configs)} trainings are there; the same command goes on")
        return stop.status
    failed = results.missing(configs)
    if failed:
        note(f"{len(failed)} of {len(configs)} trainings failed: {results.have[failed[0]].error}")
    return 2 if failed or results.problem else 0


def _train(
    results: Results, missing: Sequence[RunConfig], json: bool, workers: int | None, stop: Callable[[], bool]
) -> None:
    from hqnn.jobs import Jobs

    jobs = Jobs(workers)
    try:
        jobs.cluster.wait_until_warm(stop=stop)
        progress, started, problem = Progress(missing), monotonic(), None
        with closing(results.complete(missing, lambda configs: jobs.trained(configs, stop))) as ended:
            for result in ended:
                progress.note(result.config)
                note(_said(result, progress, monotonic() - started))
                if results.problem and not problem:
                    note(f"trainings go on, and are written once that is possible: {results.problem}")
                problem = results.problem
                if json:
                    _print(result, results.header)
    finally:
        jobs.close()


def _print(result: Result, header: Header) -> None:
    """Print a training as JSON, with what computed it."""
    whole = result.model_copy(update={"versions": result.versions or header.versions})
    say(whole.model_dump_json())


def _said(result: Result, progress: Progress, seconds: float) -> str:
    varied = [f"{name} {spoken(name, getattr(result.config, name))}" for name in progress.varied]
    which = ", ".join([*varied, f"seed {result.config.seed}"])
    found = "failed" if result.evaluation is None else f"accuracy {result.evaluation.accuracy:.1%}"
    left = f", about {_spoken(progress.seconds_left(seconds))} left" if progress.done < progress.total else ""
    return f"{progress.done:>3} of {progress.total}: {which}: {found} after {result.seconds:.1f} s{left}"


def _spoken(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
