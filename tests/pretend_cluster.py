"""A cluster without processes: its workers do what a test tells them, and when. And a clock that a test moves."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from time import monotonic
from types import SimpleNamespace
from typing import Any

from hqnn import RunConfig
from hqnn.jobs.job import Job
from hqnn.jobs.orders import Orders, Outcome, checkpoint_name, orders_name
from hqnn.records import StepRecord
from hqnn.runs import to_bytes
from tests.trainings import undisturbed

CLIENT = SimpleNamespace(status="running")


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = float(int(monotonic()))

    def __call__(self) -> float:
        return self.now

    def skip(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.now += seconds


class AtOnce(Executor):
    """Calls in the caller's thread, before `submit` returns."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*arguments, **options))
        return done


class Variable:
    """Dask's, in this process."""

    def __init__(self, everything: dict[str, Any], name: str) -> None:
        self._everything, self._name = everything, name

    def set(self, value: Any, callback_timeout: float) -> None:
        assert callback_timeout > 0
        self._everything[self._name] = value

    def delete(self) -> None:
        self._everything.pop(self._name, None)


class PretendCluster:
    """Stands for `hqnn.jobs.cluster.Cluster`. Short questions are answered in this process."""

    def __init__(self, *, workers: int, address: None) -> None:
        assert address is None
        self.address = address
        self.slots, self.up, self.failed = workers, True, False
        self.problem: str | None = None
        self.warnings: list[str] = []
        #: What the cluster keeps for its workers, by name.
        self.variables: dict[str, Any] = {}
        #: Trainings that were handed over: how often, and what their worker says in the end.
        self.turns: dict[str, int] = {}
        #: For each of them, whether its worker looks at the probe images.
        self.watched: dict[str, bool] = {}
        self._futures: dict[str, Future[Outcome]] = {}
        self._known: set[Future[Outcome]] = set()

    def start(self, on_message: Callable[[dict[str, Any]], None], on_look: Callable[[], None]) -> None:
        self._say, self.look = on_message, on_look

    def close(self) -> None:
        pass

    def variable(self, name: str) -> Variable:
        return Variable(self.variables, name)

    def has(self, future: Future[Outcome]) -> bool:
        return future in self._known

    def ask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        return question(*arguments)

    def submit(
        self,
        function: object,
        run_id: str,
        turn: int,
        settings: str,
        steps: int | None,
        probes: bool,
        *,
        resource: str,
        key: str,
    ) -> Future[Outcome]:
        assert resource in ("training", "desk")
        future: Any = Future()
        future.client = CLIENT
        self.turns[run_id], self._futures[run_id], self.watched[run_id] = turn, future, probes
        self._known.add(future)
        return future

    def orders(self, job: Job) -> Orders:
        """What the worker of a training shall do."""
        return self.variables[orders_name(job.id)]

    def say(self, job: Job, turn: int | None = None, **message: Any) -> None:
        """Say something of a training, in its present turn or in another."""
        self._say({"run": job.id, "turn": self.turns[job.id] if turn is None else turn, **message})

    def begin(self, job: Job, step: int = 0, recorded: int = -1, probed: int = -1) -> None:
        """Have the worker of a training take it up."""
        self.say(job, begins=[step, recorded, probed])

    def advance(self, job: Job, steps: int = 1) -> None:
        """Have the worker of a training make some steps."""
        for _ in range(steps):
            self.say(job, records=[step_record(len(job.steps) + 1).model_dump()])
        self.variables[checkpoint_name(job.id)] = b"a checkpoint"

    def leave(self, job: Job) -> None:
        """Have the worker of a training obey the order to leave it."""
        assert self.orders(job)["wish"] == "leave"
        self.end(job, Outcome("left"))

    def finish(self, job: Job) -> None:
        """Have the worker of a training do all of it."""
        run = undisturbed(job.config)
        self.begin(job)
        self.say(job, records=[record.model_dump() for record in (*run.history, run.evaluation) if record is not None])
        self.end(job, Outcome("finished", to_bytes(replace(run, history=()))))

    def end(self, job: Job, outcome: Outcome | Exception) -> None:
        """Have the worker of a training say how it left it."""
        future = self._futures.pop(job.id)
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)

    def lose_all(self) -> None:
        """Know nothing any more of what was handed over, as a new scheduler does."""
        self._known.clear()
        self.variables.clear()


def step_record(step: int) -> StepRecord:
    return StepRecord(step=step, epoch=1, loss=0.5, theta=(0.5,), gradient=(0.5,), images_per_second=1.0)


#: Two steps of two images: a training that is made in no time.
TINY = RunConfig(n_train=1, n_test=1, epochs=2, engine="exact")
