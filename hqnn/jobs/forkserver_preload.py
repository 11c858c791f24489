"""Loaded by the process from which workers are forked, and by no other: what they need, and that it ends at once.

It has nothing to put away. Python would compute for a second to take torch and Qiskit apart: on a busy machine the
process would outlive the server that started it by many seconds.
"""

import atexit
import os

import hqnn.jobs.worker_preload  # noqa: F401 (loaded once for all workers)

atexit.register(os._exit, 0)
