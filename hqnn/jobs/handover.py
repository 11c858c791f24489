"""What a worker gets for a run: orders, checkpoint and config; and how it left the run."""

import logging
import secrets
from typing import TYPE_CHECKING, Any

from hqnn.jobs.answer import ClusterError, answer
from hqnn.jobs.cluster import Cluster
from hqnn.jobs.job import Job
from hqnn.jobs.orders import Orders, Outcome, checkpoint_name, orders_name
from hqnn.jobs.worker_task import train_run

if TYPE_CHECKING:
    from distributed import Future

log = logging.getLogger(__name__)

#: Seconds for the scheduler to accept an order. A busy machine may stall, and a closed client never responds.
ORDER_SECONDS = 30


class Handover:
    """Runs on the cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def submit(self, job: Job, steps: int | None, start: bytes | None) -> "Future":
        """Submit a run to a worker.

        Args:
            job: the run. Its slot is the resource of the worker.
            steps: optimiser steps after which the worker leaves it; None for all.
            start: the checkpoint to continue from, empty for the beginning; None for the cluster's own checkpoint.
        """
        orders = _orders(job)
        self._variable(orders_name(job.id)).set(orders, callback_timeout=ORDER_SECONDS)
        if start is not None:
            self._variable(checkpoint_name(job.id)).set(start, callback_timeout=ORDER_SECONDS)
        key = f"train-{job.id}-{secrets.token_hex(4)}"
        told = job.id, orders["turn"], job.config.model_dump_json(), steps, not job.background
        return self._cluster.submit(train_run, *told, resource=job.slot or "training", key=key)

    def send_orders(self, job: Job) -> None:
        """Send the present orders to the worker of a run."""
        try:
            self._variable(orders_name(job.id)).set(_orders(job), callback_timeout=ORDER_SECONDS)
        except (ClusterError, OSError, TimeoutError):
            if not self._cluster.closing:
                log.warning("run %s: its worker cannot receive orders", job.id)

    def clear(self, run_id: str) -> bool:
        """Remove the data of an ended run from the cluster, and return whether that worked."""
        try:
            self._variable(orders_name(run_id)).delete()
            self._variable(checkpoint_name(run_id)).delete()
        except (ClusterError, OSError):
            return False
        return True

    def _variable(self, name: str) -> Any:
        from distributed import Variable

        return Variable(name, client=self._cluster.client())


def _orders(job: Job) -> Orders:
    wish = "stop" if job.stop_asked else "leave" if job.leave_asked else "go"
    return {"wish": wish, "turn": job.turn, "pace": job.pace}


def outcome_of(job: Job, future: "Future") -> Outcome:
    """Return how a worker left a run.

    Raises:
        ClusterError: if the connection to the workers was lost before.
    """
    from distributed import KilledWorker

    try:
        return answer(future)
    except ClusterError:
        raise
    except KilledWorker as error:
        lost = error.allowed_failures + 1
        return Outcome("failed", error=f"The run failed: {lost} workers crashed while training it.")
    except Exception as error:
        log.exception("run %s failed", job.id)
        return Outcome("failed", error=f"The worker failed ({type(error).__name__}).", details=str(error))
