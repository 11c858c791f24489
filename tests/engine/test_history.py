"""The history: what is put in is there again, after any end of the server, and no fault of the disk spreads."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from hqnn import RunConfig, train
from hqnn.jobs.history import COMMIT_SECONDS, FILE, History
from hqnn.jobs.history_tables import MAX_RUNS, Stored, is_alive
from hqnn.runs import Run
from hqnn.states import State
from tests.dask_cluster import ROOT
from tests.room import room_for
from tests.waiting import PATIENCE, wait

SMALL = RunConfig(n_train=20, n_test=10, epochs=2)


@pytest.fixture
def history(tmp_path):
    history = History(tmp_path)
    yield history
    history.close()


@pytest.fixture(scope="module")
def records():
    run = Run.of(train(SMALL))
    return list(run.history), run.evaluation


def stored(history, number=1, state=State.RUNNING, **more):
    return Stored(
        id=f"run{number}",
        key="k",
        viewer="ann",
        server=history.server,
        created=number,
        config=SMALL,
        state=state,
        **more,
    )


def test_a_training_is_there_again_with_all_its_records(history, records, tmp_path):
    said, evaluation = records
    history.put(stored(history))
    history.add("run1", said[:5])
    history.add("run1", said[5:])
    history.put(stored(history, state=State.STOPPED, checkpoint=b"it goes on from here"))
    ended = stored(
        history,
        state=State.FINISHED,
        seconds=1.5,
        attempts=2,
        note="n",
        evaluation=evaluation,
        run_file=b"abc",
    )
    history.put(ended)
    for reader in (history, History(tmp_path)):
        found = reader.get("run1")
        assert found is not None
        assert found == (ended, said)
    assert history.get("run2") is None
    assert history.holds("run1")


def test_the_checkpoint_of_a_stopped_one_is_kept_and_forgotten_when_it_has_gone_on(history, tmp_path):
    stopped = stored(history, state=State.STOPPED, checkpoint=b"it goes on from here")
    history.put(stopped)
    for reader in (history, History(tmp_path)):
        assert reader.get("run1") == (stopped, [])
    assert history.of_viewer("ann", 1)[0].checkpoint is None
    history.put(stored(history, state=State.FINISHED))
    assert history.get("run1") == (stored(history, state=State.FINISHED), [])


def test_a_file_of_before_checkpoints_were_kept_opens_as_before(history, tmp_path):
    history.put(stored(history, state=State.STOPPED))
    assert history.flush(PATIENCE)
    with closing(sqlite3.connect(tmp_path / FILE)) as connection, connection:
        connection.execute("DROP TABLE checkpoints")
    assert history.get("run1") == (stored(history, state=State.STOPPED), [])
    assert History(tmp_path).get("run1") == (stored(history, state=State.STOPPED), [])
    history.put(stored(history, 2, state=State.STOPPED, checkpoint=b"kept"))
    found = history.get("run2")
    assert found is not None
    assert found[0].checkpoint == b"kept"


def test_records_of_before_steps_said_their_images_are_read(history, records):
    old = [
        record.model_copy(update={"images": (), "gradient_norms": ()}) for record in records[0] if record.kind == "step"
    ]
    history.put(stored(history))
    history.add("run1", old)
    assert history.flush()
    rows = history._read("SELECT step, record FROM records")
    with history._connection() as connection:
        for step, text in rows:
            kept = {name: value for name, value in json.loads(text).items() if name not in ("images", "gradient_norms")}
            connection.execute("UPDATE records SET record = ? WHERE step = ?", (json.dumps(kept), step))
    found = history.get("run1")
    assert found is not None
    assert found[1] == old


def test_a_step_that_is_done_again_takes_the_place_of_the_first(history, records):
    said, _ = records
    history.put(stored(history))
    history.add("run1", said)
    history.add("run1", said[3:])
    found = history.get("run1")
    assert found is not None
    assert found[1] == said


def test_a_viewers_trainings_are_listed_the_newest_first(history):
    for number in range(5):
        history.put(stored(history, number, run_file=b"large"))
    history.put(replace(stored(history, 9), viewer="bob"))
    assert [run.id for run in history.of_viewer("ann", 3)] == ["run4", "run3", "run2"]
    assert history.of_viewer("ann", 1)[0].run_file is None
    assert history.of_viewer("eve", 3) == []


def test_the_oldest_ended_ones_are_forgotten_and_none_that_goes_on(history, records, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.history_tables.MAX_RUNS", 3)
    said, _ = records
    for number in range(6):
        history.put(stored(history, number, State.RUNNING if number == 0 else State.FINISHED))
        history.add(f"run{number}", said[:2])
        history.flush()
    assert [run.id for run in history.of_viewer("ann", 9)] == ["run5", "run4", "run0"]
    assert history._read("SELECT DISTINCT run FROM records ORDER BY run") == [("run0",), ("run4",), ("run5",)]
    assert MAX_RUNS == 1000


def test_the_oldest_are_forgotten_when_the_file_is_too_large(history, records, monkeypatch):
    said, _ = records
    for number in range(3):
        history.put(stored(history, number, State.FINISHED, run_file=bytes(100_000)))
        history.add(f"run{number}", said)
        history.flush()
    monkeypatch.setattr("hqnn.jobs.history_tables.MAX_BYTES", 250_000)
    history.put(stored(history, 3, State.FINISHED))
    history.flush()
    assert [run.id for run in history.of_viewer("ann", 9)] == ["run3", "run2", "run1"]


def test_a_training_of_a_server_that_has_ended_was_interrupted(tmp_path):
    first = History(tmp_path)
    first.put(replace(stored(first), server="1:1"))
    first.put(stored(first, 2))
    first.put(replace(stored(first, 3, State.FINISHED), server="1:1"))
    found = first.get("run1")
    assert found is not None
    assert found[0].state is State.INTERRUPTED
    first.close()
    second = History(tmp_path)
    states = {run.id: run.state for run in second.of_viewer("ann", 9)}
    assert states == {"run1": State.INTERRUPTED, "run2": State.RUNNING, "run3": State.FINISHED}
    second.close()


def test_a_server_is_known_by_its_process_and_its_start():
    history_of_this = f"{os.getpid()}:1.0"
    assert not is_alive(history_of_this)
    for nonsense in ("", "x", "1:x", "999999999:1"):
        assert not is_alive(nonsense)


WRITER = """
import sys
from pathlib import Path
from time import time
from hqnn import RunConfig
from hqnn.jobs.history import History, Stored
from hqnn.states import State
from hqnn.records import StepRecord
history = History(Path(sys.argv[1]))
run = Stored("run1", "k", "ann", history.server, time(), RunConfig(), State.RUNNING)
history.put(run)
step = 0
while True:
    step += 1
    record = StepRecord(step=step, epoch=1, loss=0.5, theta=(0.5,) * 8, gradient=(0.5,) * 8, images_per_second=1)
    history.add("run1", [record])
    if step % 100 == 0 and history.flush(240):
        print(step, flush=True)
"""


def test_a_process_killed_at_any_moment_loses_nothing_that_it_has_written(tmp_path):
    """A line of a process says up to which step it has written; it goes on while the line is read."""
    with ExitStack() as stack:
        processes = {}
        for lines in (1, 2, 4):
            folder = tmp_path / str(lines)
            folder.mkdir()
            command = [sys.executable, "-c", WRITER, str(folder)]
            started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
            processes[lines] = folder, stack.enter_context(started)
            stack.callback(started.kill)
        for lines, (folder, process) in processes.items():
            assert process.stdout is not None
            written = [int(process.stdout.readline()) for _ in range(lines)][-1]
            process.kill()
            process.wait()
            history = History(folder)
            found = history.get("run1")
            history.close()
            assert found is not None
            run, steps = found
            assert run.state is State.INTERRUPTED
            assert [record.step for record in steps] == list(range(1, len(steps) + 1))
            assert len(steps) >= written


def test_what_is_added_is_written_several_times_a_second(history, records, tmp_path):
    """So a process that is killed loses less than a second. Nothing here asks for it to be written."""
    waits = []

    class Urgent(Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            return super().wait(0)

    history._urgent = Urgent()
    for number in (1, 2):
        history.put(stored(history, number))
        wait(lambda number=number: number_of_runs(tmp_path / FILE) == number)
    history.add("run1", records[0])
    wait(lambda: history.holds("run1"))
    assert set(waits) == {COMMIT_SECONDS}
    assert COMMIT_SECONDS <= 0.25


def number_of_runs(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT count(*) FROM runs").fetchone()[0]


def test_a_folder_that_cannot_be_written_is_said_and_hinders_nothing(tmp_path, records):
    (tmp_path / "file").write_text("no folder can be made in a file")
    history = History(tmp_path / "file")
    assert history.problem == (
        f"the history cannot be written to {tmp_path}/file (unable to open database file); "
        "set HQNN_HISTORY to use another folder"
    )
    history.put(stored(history))
    history.add("run1", records[0])
    assert history.get("run1") is None
    assert history.of_viewer("ann", 3) == []
    assert not history.holds("run1")
    history.close()


def test_a_variable_that_names_no_folder_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("HQNN_HISTORY", str(tmp_path / "file"))
    (tmp_path / "file").write_text("")
    history = History()
    said = (
        f"the history cannot be written to {tmp_path}/file (it is not a folder); set HQNN_HISTORY to use another folder"
    )
    assert history.problem == said
    (tmp_path / "file").unlink()
    history.put(stored(history))
    history.close()
    assert number_of_runs(tmp_path / "file" / FILE) == 1


def test_a_disk_that_fills_up_is_said_and_what_it_did_not_take_is_written_later(tmp_path, records, monkeypatch, caplog):
    monkeypatch.setattr("hqnn.jobs.history.RETRY_SECONDS", 0.05)
    history = History(tmp_path)
    with room_for(sum(path.stat().st_size for path in tmp_path.iterdir())):
        history.put(stored(history))
        history.add("run1", records[0])
        wait(lambda: history.problem)
        assert history.problem
        assert history.problem.startswith(f"the history cannot be written to {tmp_path} (")
    wait(lambda: history.problem is None and history.holds("run1"))
    history.close()
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_what_was_never_written_is_said_to_be_lost_at_the_end(tmp_path, records, caplog):
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file")
    history.put(stored(history))
    history.add("run1", records[0])
    history.close()
    assert f"1 runs and {len(records[0])} records are lost: the history cannot be written to" in caplog.text


def test_a_full_disk_is_said_and_what_waited_is_written_once_there_is_room(tmp_path, records, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.history.RETRY_SECONDS", 0.2)
    history = History(tmp_path)
    whole = History._connection
    broken = True

    def connection(self):
        if broken:
            raise sqlite3.OperationalError("database or disk is full")
        return whole(self)

    monkeypatch.setattr(History, "_connection", connection)
    history.put(stored(history))
    history.add("run1", records[0])
    wait(lambda: history.problem)
    assert history.problem == (
        f"the history cannot be written to {tmp_path} (database or disk is full); "
        "set HQNN_HISTORY to use another folder"
    )
    broken = False
    wait(lambda: history.problem is None and history.holds("run1"))
    found = history.get("run1")
    assert found is not None
    assert len(found[1]) == len(records[0])
    history.close()


def test_what_waits_for_a_full_disk_is_bounded(tmp_path, records, monkeypatch):
    monkeypatch.setattr("hqnn.jobs.history.MAX_PENDING", 3)
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file")
    history.add("run1", records[0])
    assert [step for _, step, _ in history._records] == [record.step for record in records[0][-3:]]
    history.close()


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"this is no database at all" * 100, "file is not a database"), (None, "it was written by another version")],
    ids=["damaged", "of another version"],
)
def test_a_file_that_is_not_its_own_is_left_alone(tmp_path, content, reason):
    file = tmp_path / FILE
    if content is None:
        connection = sqlite3.connect(file)
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        content = file.read_bytes()
    else:
        file.write_bytes(content)
    history = History(tmp_path)
    assert history.problem is not None
    assert reason in history.problem
    history.put(stored(history))
    assert history.get("run1") is None
    history.close()
    assert file.read_bytes() == content


def test_who_may_control_a_training_is_kept_as_long_as_the_training(history, tmp_path, monkeypatch):
    for number in (1, 2):
        history.put(stored(history, number, State.FINISHED))
        for holder in ("bob", "ann", "bob"):
            history.permit(f"run{number}", holder)
    assert history.flush()
    assert history.holds("run1")
    assert History(tmp_path).holders("run1") == history.holders("run1") == {"ann", "bob"}
    assert history.holders("run3") == frozenset()
    monkeypatch.setattr("hqnn.jobs.history_tables.MAX_RUNS", 2)
    history.put(stored(history, 3, State.FINISHED))
    assert history.flush()
    assert history.holders("run1") == frozenset()
    assert history.holders("run2") == {"ann", "bob"}


def test_a_right_waits_for_a_disk_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file")
    history.permit("run1", "bob")
    assert not history.holds("run1")
    history.close()
