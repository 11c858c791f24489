"""What workers are given of a training: its orders, its checkpoint and its config; and how they left it."""

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

#: Seconds for the scheduler to take an order: a busy machine may stall for a while, and a closed client never answers.
ORDER_SECONDS = 30


class Handover:
    """Trainings as the cluster has them."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def submit(self, job: Job, steps: int | None, start: bytes | None) -> "Future":
        """Have a worker train.

        Args:
            job: the training; its slot is the resource that the worker offers.
            steps: optimiser steps after which to leave it; None for all there are.
            start: the checkpoint to go on from, empty to begin; None for the one that the cluster keeps.
        """
        orders = _orders(job)
        self._variable(orders_name(job.id)).set(orders, callback_timeout=ORDER_SECONDS)
        if start is not None:
            self._variable(checkpoint_name(job.id)).set(start, callback_timeout=ORDER_SECONDS)
        key = f"train-{job.id}-{secrets.token_hex(4)}"
        told = job.id, orders["turn"], job.config.model_dump_json(), steps
        return self._cluster.submit(train_run, *told, resource=job.slot or "training", key=key)

    def send_orders(self, job: Job) -> None:
        """Tell the worker of a training what to do now."""
        try:
            self._variable(orders_name(job.id)).set(_orders(job), callback_timeout=ORDER_SECONDS)
        except (ClusterError, OSError, TimeoutError):
            if not self._cluster.closing:
                log.warning("training %s: its worker cannot be told what to do", job.id)

    def clear(self, run_id: str) -> bool:
        """Have the cluster keep nothing more of a training that has ended; gives whether it could be told."""
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
    """How a worker left a training.

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
        return Outcome("failed", error=f"It was given up: {lost} workers were lost while they trained it.")
    except Exception as error:
        log.exception("training %s failed", job.id)
        return Outcome("failed", error=f"Its worker could not do it ({type(error).__name__}).", details=str(error))
