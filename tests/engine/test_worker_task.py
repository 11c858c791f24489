"""What a worker does with a training: its pace, messages and orders. The clock moves only while the worker rests."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from distributed import Reschedule, Status

from hqnn import RunConfig
from hqnn.jobs.orders import Outcome, checkpoint_name, orders_name
from hqnn.jobs.worker_task import ORDERS_SECONDS, STREAM_SECONDS, train_run
from hqnn.network.probe import probe_steps, unpack_layers
from hqnn.network.training import Training
from hqnn.runs import from_bytes
from tests.pretend_cluster import Clock
from tests.trainings import SMALL, told, undisturbed

RUN = "run"
#: 75 steps, of which 30 have a look that is kept: 23 and 25 are the last two of the first epoch.
LOOKED = RunConfig(n_train=50, n_test=5, epochs=3, batch_size=4, engine="exact")
STEPS = SMALL.epochs * SMALL.steps_per_epoch


class Desk:
    """What a worker asks Dask for, in this process: variables, and itself."""

    def __init__(self) -> None:
        self.status, self.clock = Status.running, Clock()
        self.variables: dict[str, Any] = {}
        self.messages: list[dict[str, Any]] = []
        #: When each message came, and each look at the orders, as the clock had it.
        self.times: list[float] = []
        self.looks: list[float] = []
        #: Called with every message.
        self.on_message: Any = lambda message: None
        self.order("go")

    def order(self, wish: str, turn: int = 1, pace: float | None = None) -> None:
        """Give the training's worker an order."""
        self.variables[orders_name(RUN)] = {"wish": wish, "turn": turn, "pace": pace}

    def log_event(self, _topic: str, message: dict[str, Any]) -> None:
        self.messages.append(message)
        self.times.append(self.clock())
        self.on_message(message)

    @property
    def records(self) -> list[dict[str, Any]]:
        """All records of the messages."""
        return [record for message in self.messages for record in message.get("records", [])]

    def variable(self, name: str) -> Any:
        """Dask's variable of that name."""
        return SimpleNamespace(
            get=lambda timeout: self._get(name),
            set=lambda value, timeout: self.variables.update({name: value}),
            delete=lambda: self.variables.pop(name),
        )

    def _get(self, name: str) -> Any:
        if name == orders_name(RUN):
            self.looks.append(self.clock())
        if name not in self.variables:
            raise TimeoutError
        return self.variables[name]


@pytest.fixture
def desk(monkeypatch) -> Desk:
    desk = Desk()
    monkeypatch.setattr("distributed.get_worker", lambda: desk)
    monkeypatch.setattr("distributed.Variable", desk.variable)
    monkeypatch.setattr("hqnn.jobs.worker_task.monotonic", desk.clock)
    monkeypatch.setattr("hqnn.jobs.worker_task.sleep", desk.clock.skip)
    return desk


def trained(steps: int | None = None, turn: int = 1, config: RunConfig = SMALL, *, probes: bool = True) -> Outcome:
    return train_run(RUN, turn, config.model_dump_json(), steps, probes)


def steps_of(records: list[dict[str, Any]]) -> list[int]:
    return [record["step"] for record in records if record["kind"] == "step"]


def kept_looks(desk: Desk) -> list[int]:
    return [record["step"] for record in desk.records if record["kind"] == "probe"]


def live_looks(desk: Desk) -> list[dict[str, Any]]:
    return [message["live"] for message in desk.messages if "live" in message]


def after(desk: Desk, step: int, do: Any) -> None:
    """Do something once a step's record has come."""

    def look(message: dict[str, Any]) -> None:
        if step in steps_of(message.get("records", [])):
            do()

    desk.on_message = look


def test_a_training_keeps_its_pace_and_says_each_step_when_it_is_made(desk):
    desk.order("go", pace=4.0)
    start = desk.clock()
    assert trained().how == "finished"
    assert steps_of(desk.records) == list(range(1, STEPS + 1))
    times = zip(desk.messages, desk.times, strict=True)
    heard = [time - start for message, time in times if steps_of(message.get("records", []))]
    assert heard == pytest.approx([n / 4 for n in range(STEPS)])
    assert desk.clock() - start == pytest.approx(STEPS / 4)


def test_a_slow_training_can_be_made_fast(desk):
    desk.order("go", pace=0.01)
    start = desk.clock()
    after(desk, 3, lambda: desk.order("go"))
    assert trained().how == "finished"
    assert 200 <= desk.clock() - start < 200 + 2 * ORDERS_SECONDS
    expected = [*undisturbed(SMALL).history, undisturbed(SMALL).evaluation]
    clocks = {"images_per_second"}
    assert [{k: v for k, v in record.items() if k not in clocks} for record in desk.records] == told(expected)


def test_one_that_rests_leaves_and_stops_without_waiting_for_its_next_step(desk):
    for wish, how in (("leave", "left"), ("stop", "stopped")):
        desk.order("go", pace=0.001)
        desk.messages.clear()
        start = desk.clock()
        after(desk, 1, lambda wish=wish: desk.order(wish, pace=0.001))
        assert trained().how == how
        assert desk.clock() - start < 2 * ORDERS_SECONDS
        desk.variables.pop(checkpoint_name(RUN), None)


@pytest.mark.slow
def test_messages_and_looks_at_the_orders_are_as_far_apart_as_they_are_to_be(desk, monkeypatch):
    """Of a training whose steps take a hundredth of a second."""
    advance = Training.records

    def slowly(self, should_stop):
        for record in advance(self, should_stop):
            desk.clock.skip(0.01)
            yield record

    monkeypatch.setattr(Training, "records", slowly)
    monkeypatch.setattr("hqnn.jobs.worker_task.FIRST_CHECKPOINT_SECONDS", 100.0)  # before one it looks, too
    assert trained(config=SMALL.replace(epochs=20)).how == "finished"
    looks, streams = (np.diff(times) for times in (desk.looks, desk.times[3:-2]))
    assert min(len(looks), len(streams)) >= 4
    for apart, seconds in ((looks, ORDERS_SECONDS), (streams, STREAM_SECONDS)):
        assert min(apart) >= seconds - 1e-6
        assert max(apart) <= seconds + 0.021


def test_it_is_left_with_a_checkpoint_from_which_it_goes_on(desk):
    assert trained(steps=3) == Outcome("left")
    assert steps_of(desk.records) == [1, 2, 3]
    desk.order("go", turn=2)
    assert trained(turn=2).how == "finished"
    begins = [message["begins"] for message in desk.messages if "begins" in message]
    assert begins == [[0, -1, -1], [3, 0, 3]]
    assert steps_of(desk.records) == list(range(1, STEPS + 1))
    assert [record["epoch"] for record in desk.records if record["kind"] == "epoch"] == [0, 1, 2]


def test_epoch_0_is_said_at_once_and_before_the_first_step(desk):
    """One that leaves its worker then goes on with its first step, and does not say it again."""
    desk.order("leave")
    assert trained() == Outcome("left")
    assert [(record["kind"], record["step"]) for record in desk.records] == [("probe", 0)]
    desk.order("go", turn=2)
    assert trained(turn=2).how == "finished"
    begins = [message["begins"] for message in desk.messages if "begins" in message]
    assert begins == [[0, -1, -1], [0, -1, 0]]
    assert [record["epoch"] for record in desk.records if record["kind"] == "epoch"] == [0, 1, 2]


def test_a_stopped_one_leaves_a_checkpoint_from_which_it_goes_on_as_if_nothing_had_been(desk):
    """Between two steps, and between an epoch's last step and its record."""
    for steps in (2, SMALL.steps_per_epoch):
        desk.order("go", pace=4.0)
        after(desk, steps, lambda: desk.order("stop"))
        outcome = trained()
        assert outcome.how == "stopped"
        assert outcome.checkpoint is not None
        desk.variables[checkpoint_name(RUN)] = outcome.checkpoint
        desk.order("go", turn=2)
        end = trained(turn=2)
        assert (end.how, end.checkpoint) == ("finished", None)
        weights = from_bytes(end.run_file or b"").weights
        assert all(torch.equal(weights[name], tensor) for name, tensor in undisturbed(SMALL).weights.items())
        desk.variables.pop(checkpoint_name(RUN), None)


def test_a_step_that_is_asked_for_is_made_at_once_whatever_the_pace(desk):
    """The last one of an epoch, too, after which both sets of images are looked at."""
    desk.order("go", pace=0.001)
    start = desk.clock()
    assert trained(steps=SMALL.steps_per_epoch) == Outcome("left")
    kinds = [record["kind"] for record in desk.records if record["kind"] != "probe"]
    assert kinds == ["epoch", *["step"] * SMALL.steps_per_epoch, "epoch"]
    assert desk.clock() == start


@pytest.mark.parametrize(("pace", "every"), [(4.0, True), (20.0, True), (20.1, False), (None, False)])
def test_of_a_slow_one_every_step_is_seen_live_right_after_it(desk, pace, every):
    """The steps whose look is kept are not sent twice."""
    desk.order("go", pace=pace)
    assert trained(config=LOOKED).how == "finished"
    kept, live = kept_looks(desk), live_looks(desk)
    assert tuple(kept) == probe_steps(LOOKED)
    others = sorted(set(range(LOOKED.epochs * LOOKED.steps_per_epoch)) - set(kept))
    assert [look["step"] for look in live] == (others if every else [])
    said = 0
    for message in desk.messages:
        said = max([said, *steps_of(message.get("records", []))])
        if "live" in message:
            assert message["live"]["step"] == said
            assert len(message["live"]["theta"]) == 24
            assert unpack_layers(message["live"]["layers"]).hidden.shape == (24, 64)


def test_of_steps_that_are_asked_for_the_last_is_seen_live(desk):
    for turn, (steps, kept, live) in enumerate([(20, 20, []), (4, 23, [24]), (1, 25, [24])], start=1):
        desk.order("go", turn=turn)
        assert trained(steps, turn, LOOKED) == Outcome("left")
        assert kept_looks(desk)[-1] == kept
        assert [look["step"] for look in live_looks(desk)] == live


def test_one_that_nobody_can_watch_has_no_looks_and_the_same_network(desk):
    desk.order("go", pace=4.0)
    outcome = trained(probes=False)
    assert (kept_looks(desk), live_looks(desk)) == ([], [])
    assert outcome.run_file is not None
    weights = from_bytes(outcome.run_file).weights
    assert all(torch.equal(weights[name], tensor) for name, tensor in undisturbed(SMALL).weights.items())


def test_one_whose_angles_run_away_fails_with_a_sentence_and_its_history(desk, monkeypatch):
    advance = Training.records

    def running_away(self, should_stop):
        for record in advance(self, should_stop):
            yield record
            if getattr(record, "step", 0) == 3:
                self.fit.model.fc2.bias.data.fill_(1e17)

    monkeypatch.setattr(Training, "records", running_away)
    outcome = trained()
    assert outcome.how == "failed"
    assert outcome.error is not None
    assert outcome.error.startswith("Angles have diverged: angles must be between -1e+12 and 1e+12 radians")
    assert (outcome.details, steps_of(desk.records)) == (None, [1, 2, 3])
    assert outcome.run_file is not None
    run = from_bytes(outcome.run_file)
    assert (run.error, run.evaluation, run.completed) == (outcome.error, None, False)


def test_one_that_is_anothers_is_left_and_nothing_is_kept_of_it(desk):
    desk.order("go", turn=2)
    assert trained(turn=1) == Outcome("left")
    assert checkpoint_name(RUN) not in desk.variables


def test_a_checkpoint_of_a_training_that_has_ended_meanwhile_is_deleted(desk, monkeypatch):
    """It ends while its worker makes the checkpoint."""
    make = Training.checkpoint

    def slowly(self) -> bytes:
        desk.variables.clear()
        return make(self)

    monkeypatch.setattr(Training, "checkpoint", slowly)
    desk.order("leave")
    assert trained() == Outcome("left")
    assert desk.variables == {}


def test_an_error_of_a_worker_that_ends_is_no_error_of_the_training(desk, monkeypatch):
    def broken(*_arguments):
        desk.status = Status.closing
        raise RuntimeError("cannot schedule new futures")

    monkeypatch.setattr(Training, "records", broken)
    with pytest.raises(Reschedule):
        trained()
