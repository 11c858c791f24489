"""The workers' preload under its earlier name, which existing clusters use."""

from hqnn.jobs.worker_preload import dask_setup, dask_teardown

__all__ = ["dask_setup", "dask_teardown"]
