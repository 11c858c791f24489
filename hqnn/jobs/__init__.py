"""Runs on the server, independent of pages: the queue, the workers and the history."""

from hqnn.jobs.engine import Jobs
from hqnn.jobs.job import TooManyError

__all__ = ["Jobs", "TooManyError"]
