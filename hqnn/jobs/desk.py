"""Short tasks on their own worker (`hqnn.jobs.desk_questions`), and the files of ended runs."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, TypeVarTuple

from hqnn.jobs import desk_questions
from hqnn.jobs.cluster import Cluster
from hqnn.jobs.desk_questions import UnknownFile, of_known_file, of_new_file
from hqnn.jobs.job import Job
from hqnn.jobs.study import Study
from hqnn.records import HISTORY, place_in_history
from hqnn.versions import versions_here, versions_in

Ts = TypeVarTuple("Ts")
R = TypeVar("R")


class Desk:
    """Calls on the worker for short tasks. They never wait for a run."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._studies = ThreadPoolExecutor(1, "studies")

    def ask(self, question: Callable[[*Ts], R], *args: *Ts) -> R:
        """Call a function there, and return its result.

        Raises:
            ClusterError: if no workers are available, or the scheduler is lost meanwhile.
            Exception: whatever the function raises.
        """
        return self._cluster.ask(question, *args)

    def ask_of_run(self, question: Callable[[bytes, *Ts], R], run_file: bytes, *args: *Ts) -> R:
        """Call a function with a run file, which is sent once and then known by its checksum; errors as for `ask`."""
        checksum = hashlib.sha256(run_file).hexdigest()
        answer = self.ask(of_known_file, checksum, question, *args)
        if isinstance(answer, UnknownFile):
            return self.ask(of_new_file, checksum, run_file, question, *args)
        return answer

    def study(self, question: Callable[..., Any], parts: Sequence[tuple[Any, ...]]) -> Study:
        """Start a long measurement in short parts, in the background (`hqnn.jobs.study.Study`)."""
        return Study(self._cluster.ask, question, parts, self._studies)

    def run_file(self, job: Job) -> bytes:
        """Return the content of an ended run's file (`hqnn.runs`); errors as for `ask`."""
        steps, epochs = job.snapshot()
        records = sorted([*steps, *epochs, *job.probes], key=place_in_history)
        return self.ask_of_run(desk_questions.with_history, job.weights_file or b"", HISTORY.dump_json(records))

    def network(self, job: Job) -> tuple[bytes, int | None] | None:
        """Return the network of a run, as a run file without history; errors as for `ask`.

        Returns:
            The content of the file, and for an active run its optimiser steps; None if there is no network.
        """
        if job.weights_file is not None:
            return job.weights_file, None
        if not job.active or not job.steps:
            return None
        return self.ask(desk_questions.network_so_far, job.id, job.config)

    def versions(self, job: Job) -> dict[str, str]:
        """Return the versions that computed a run (`hqnn.versions`); empty if unknown."""
        if job.weights_file is not None:
            return versions_in(job.weights_file)
        return versions_here() if job.active and not job.elsewhere and self._cluster.address is None else {}

    def close(self) -> None:
        """Start no more measurements."""
        self._studies.shutdown(cancel_futures=True)
