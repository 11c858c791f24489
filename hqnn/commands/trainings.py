"""Many runs on this machine's workers, with progress on stderr."""

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
    """Give a command the flags for many runs."""
    command.add_argument(
        "--seeds",
        type=between(1, MAX_TRAININGS),
        default=seeds,
        metavar="N",
        help=f"number of seeds, starting at --seed (default: {seeds})",
    )
    command.add_argument(
        "--out",
        type=file_to_write(),
        metavar="FILE",
        help="results file (default: a file in the user's results folder)",
    )
    command.add_argument(
        "--workers",
        type=between(1, MAX_WORKERS),
        metavar="N",
        help="number of runs at the same time (default: one per core, fewer if memory is short)",
    )


def answer(
    header: Header, *, out: str | None, workers: int | None, json: bool, yes: bool
) -> tuple[Results, Sequence[RunConfig], int]:
    """Train the runs that an experiment's results file lacks, after a confirmation if they need a device.

    Args:
        header: the experiment.
        out: the results file; by default the experiment's usual one.
        workers: number of runs at the same time.
        json: whether to print each run.
        yes: whether the use of a device is confirmed.

    Returns:
        The results, the settings of all runs of the experiment, and the exit status.
    """
    configs = experiments.configs(header)
    _agree_to(configs, yes)
    results = _opened(header, configs, out)
    with interrupts.noted() as stop:
        note(f"results: {results.path}")
        return results, configs, _complete(results, configs, json=json, workers=workers, stop=stop)


def _opened(header: Header, configs: Sequence[RunConfig], out: str | None) -> Results:
    """Open the results file. Runs are added to it if the same versions computed what it has."""
    if out is not None:
        return Results.open(out, header)
    path = path_to_write(header)
    if not path.exists():
        for other in own_results(header):
            there = f"{len(configs) - len(other.missing(configs))} of {len(configs)} runs"
            said = f"{other.path} has {there}. {caution(header.versions, other.header.versions)}"
            note(f"{said} A new file is started beside it.")
    results = Results.open(path, header)
    results.adopt(configs, path.parent)
    return results


def _agree_to(configs: Iterable[RunConfig], yes: bool) -> None:
    """Ask the user once to confirm all runs on devices."""
    on_hardware = [config for config in configs if ENGINES[config.engine].hardware]
    if not on_hardware:
        return
    if any(config.backend is None for config in on_hardware):
        raise HqnnError("many runs on hardware need the name of a device: add --backend")
    from hqnn.network.device_quote import quote

    for config in {config.replace(seed=0): config for config in on_hardware}.values():
        note(str(quote(config)))
    note(f"{len(on_hardware)} runs on hardware in total.")
    if not yes:
        agree("runs", "Run them? [y/N] ")


def _complete(
    results: Results, configs: Sequence[RunConfig], *, json: bool, workers: int | None, stop: interrupts.Noted
) -> int:
    """Train the missing runs of a results file, and return the exit status.

    Args:
        results: the file.
        configs: all runs that it shall have.
        json: whether to print each run, finished ones first.
        workers: number of runs at the same time.
        stop: whether the user has interrupted the command.
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
            note(f"{results.waiting} runs could not be saved and are lost: {results.problem}")
    if missing and stop():
        there = len(configs) - len(results.missing(configs)) - results.waiting
        note(f"stopped: {there} of {len(configs)} runs are finished; the same command continues with the rest")
        return stop.status
    failed = results.missing(configs)
    if failed:
        note(f"{len(failed)} of {len(configs)} runs failed: {results.have[failed[0]].error}")
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
                    note(f"runs continue, and will be saved as soon as possible: {results.problem}")
                problem = results.problem
                if json:
                    _print(result, results.header)
    finally:
        jobs.close()


def _print(result: Result, header: Header) -> None:
    """Print a run as JSON, with the versions that computed it."""
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
