"""Loaded only by the process from which workers are forked: their modules, and an exit without cleanup.

The process has nothing to clean up. Python would need a second to unload torch and Qiskit. On a busy machine the
process would outlive its server by many seconds.
"""

import atexit
import os

import hqnn.jobs.worker_preload  # noqa: F401 (loaded once for all workers)

atexit.register(os._exit, 0)
