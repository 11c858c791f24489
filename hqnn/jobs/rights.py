"""Who may control the runs of a server, besides the viewers who started them."""

from abc import ABC, abstractmethod
from contextlib import suppress
from threading import RLock

from hqnn.jobs.history import History
from hqnn.jobs.job import Job, TooManyError, key_hash


class Rights(ABC):
    """Gives rights, and writes them to the history."""

    history: History
    _lock: RLock

    @abstractmethod
    def get(self, run_id: str | None) -> Job | None:
        """Return the run of an id."""

    def permit(self, job: Job, holder: str) -> None:
        """Let another viewer control a run. The right outlives the server.

        Args:
            job: the run.
            holder: a viewer, or the hash of the key in a link that controls it (`hqnn.jobs.job.key_hash`).

        Raises:
            TooManyError: if the limit is reached.
        """
        with self._lock:
            is_new = job.let_control(holder)
        if is_new:
            self.history.permit(job.id, holder)

    def admit(self, viewer: str, run_id: str, key: str) -> None:
        """Let a viewer control a run if the key belongs to one of its links; else do nothing."""
        job = self.get(run_id)
        if job is not None and key and job.obeys(key_hash(key)):
            with suppress(TooManyError):
                self.permit(job, viewer)
