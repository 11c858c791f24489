"""The workers' preload by its earlier name, which clusters are set up with."""

from hqnn.jobs.worker_preload import dask_setup, dask_teardown

__all__ = ["dask_setup", "dask_teardown"]
