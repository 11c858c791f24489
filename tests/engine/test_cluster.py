"""Where the work is done: how many workers, whose versions, and a scheduler that comes and goes."""

import asyncio
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dask.config
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from distributed import Status

from hqnn.errors import ConfigError
from hqnn.jobs import Jobs
from hqnn.jobs.answer import ClusterError, answer
from hqnn.jobs.workers import RESERVED_BYTES, WORKER_BYTES, default_workers, said_of, workers_wanted
from hqnn.versions import all_versions, mismatches, versions_here
from tests.dask_cluster import BOTH, DESK, ROOT, TRAINER, free_port, scheduler, worker
from tests.trainings import LONG, SLOW, SMALL, submitted
from tests.waiting import wait

#: Processes that load torch start several times in one test: on a busy machine each may take a minute.
pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize(
    ("cores", "room", "expected"), [(2, 100, 2), (8, 100, 8), (8, 4.5, 3), (8, 2, 1), (2, 1, 1), (2, 0, 1), (2, -1, 1)]
)
def test_there_are_as_many_workers_as_cores_and_fewer_where_memory_is_short(monkeypatch, cores, room, expected):
    """One place of the room is the desk's."""
    free = int(RESERVED_BYTES + room * WORKER_BYTES)
    monkeypatch.delenv("HQNN_WORKERS", raising=False)
    monkeypatch.setattr("dask.system.CPU_COUNT", cores)
    monkeypatch.setattr("distributed.system.MEMORY_LIMIT", 10**15)
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=free))
    assert default_workers() == workers_wanted() == expected
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=10**15))
    monkeypatch.setattr("distributed.system.MEMORY_LIMIT", free)
    assert default_workers() == expected


def test_the_environment_says_how_many_workers_there_are(monkeypatch):
    monkeypatch.setenv("HQNN_WORKERS", " 5 ")
    assert workers_wanted() == 5


@pytest.mark.parametrize("said", ["0", "-1", "257", "two", "1.5", "1e3", "²"])
def test_a_number_of_workers_that_cannot_be_is_refused(monkeypatch, said, tmp_path):
    monkeypatch.setenv("HQNN_WORKERS", said)
    message = f"HQNN_WORKERS must be a whole number between 1 and 256, got {said!r}"
    with pytest.raises(ConfigError) as refused:
        workers_wanted()
    assert str(refused.value) == message
    if said == "two":
        engine = Jobs(history=tmp_path)
        wait(lambda: engine.problems)
        assert engine.problems == [message]
        with pytest.raises(ClusterError, match="HQNN_WORKERS must be"):
            engine.desk.ask(len, "abc")
        engine.close()


def test_folders_that_cannot_be_written_are_said_to_every_viewer(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    for name in ("CACHE", "HISTORY", "RESULTS"):
        monkeypatch.setenv(f"HQNN_{name}", str(tmp_path / "file"))
    engine = Jobs(workers=1)
    wait(lambda: len(engine.problems) == 3)

    def said(what: str, variable: str) -> str:
        return f"{what} cannot be written to {tmp_path}/file (it is not a folder); set {variable} to use another folder"

    assert engine.problems == [
        said("the unpacked images", "HQNN_CACHE"),
        f"Runs continue, but they would be lost if the server stopped: {said('the history', 'HQNN_HISTORY')}.",
        f"Experiments cannot run: {said('the results', 'HQNN_RESULTS')}.",
    ]
    with pytest.raises(ClusterError, match="the unpacked images cannot be written to"):
        engine.cluster.wait_until_warm(1)
    engine.close()


class Asked:
    """A future that a worker has answered, or that nobody ever will; Dask's waits forever once its client is closed."""

    def __init__(self, client: str, status: str, *answers: object) -> None:
        self.client, self.status, self._answers = SimpleNamespace(status=client), status, iter(answers)

    def cancelled(self) -> bool:
        return self.status == "cancelled"

    def result(self, timeout: float) -> object:
        assert timeout > 0
        found = next(self._answers)
        if isinstance(found, Exception):
            raise found
        return found


def test_a_slow_answer_is_waited_for():
    asked: Any = Asked("running", "pending", TimeoutError(), TimeoutError(), 3)
    assert answer(asked) == 3


def test_a_workers_own_timeout_is_an_answer():
    asked: Any = Asked("running", "error", TimeoutError("its own"))
    with pytest.raises(TimeoutError, match="its own"):
        answer(asked)


@pytest.mark.parametrize(
    "asked",
    [
        Asked("closed", "cancelled"),
        Asked("closed", "pending", TimeoutError()),
        Asked("connecting", "pending", OSError("cut off")),
        Asked("running", "pending", CancelledError()),
    ],
    ids=["cancelled", "closed", "cut off", "cancelled since"],
)
def test_who_asks_is_told_when_nobody_will_answer(asked):
    with pytest.raises(ClusterError, match="The connection to the workers was lost before they responded"):
        answer(asked)


def test_what_differs_is_named():
    here = {"torch": "2.1", "numpy": "2.0", "hqnn": "abc"}
    assert mismatches(here, dict(here)) == []
    assert mismatches(here, {"torch": "2.0", "hqnn": "abc"}) == [
        "torch 2.0 instead of 2.1",
        "numpy missing instead of 2.0",
    ]
    assert set(all_versions()) == {*versions_here(), "hqnn"}


def test_a_worker_with_another_processor_is_no_fault_but_is_named():
    here = all_versions()
    assert said_of("tcp://a", here, dict(here)) == ""
    assert said_of("tcp://a", here, OSError()) == "The worker at tcp://a has no working hqnn."
    there = here | {"processor": "Other"}
    other = f"The worker at tcp://a has processor Other instead of {here['processor']}"
    assert said_of("tcp://a", here, there) == (
        f"{other}. This is no error, but the same seed may give another run there."
    )
    assert said_of("tcp://a", here, there | {"hqnn": "b"}) == (
        f"{other}, hqnn b instead of {here['hqnn']}, so the same seed may give another run there."
    )


@pytest.mark.workers
def test_a_worker_with_other_code_and_a_resource_that_nobody_offers_are_named(tmp_path):
    shutil.copytree(ROOT / "hqnn", tmp_path / "other" / "hqnn")
    with (tmp_path / "other" / "hqnn" / "losses.py").open("a") as changed:
        changed.write("# another version\n")
    other = {"preload": "", "PYTHONPATH": str(tmp_path / "other")}
    with scheduler(free_port()) as address, worker(address, TRAINER, **other):
        engine = Jobs(address=address, history=tmp_path)
        wait(lambda: engine.problems and engine.problems[0].startswith("The worker at tcp://127.0.0.1:"))
        here = all_versions()["hqnn"]
        assert f" instead of {here}, so the same seed may give another run there." in engine.problems[0]
        assert engine.problems[1:] == ["No worker of the cluster has the resource 'desk'."]
        with worker(address, DESK, preload=""):
            wait(lambda: len(engine.problems) == 1)
        engine.close()


def write_certificate(key: Path, certificate: Path) -> None:
    """A certificate for this machine that vouches for itself, and its private key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime.now(UTC) - timedelta(minutes=5)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(Encoding.PEM))
    key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.fixture
def tls(tmp_path) -> Iterator[tuple[str, ...]]:
    """Options of Dask's commands by which they speak TLS, as its configuration says here."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    write_certificate(key, certificate)
    settings = {"ca-file": str(certificate), "client.cert": str(certificate), "client.key": str(key)}
    with dask.config.set({f"distributed.comm.tls.{name}": value for name, value in settings.items()}):
        yield ("--tls-ca-file", str(certificate), "--tls-cert", str(certificate), "--tls-key", str(key))


@contextmanager
def a_cluster(port: int, tls: tuple[str, ...]) -> Iterator[None]:
    """A scheduler, and a worker for everything."""
    with (
        scheduler(port, "--protocol", "tls", *tls),
        worker(f"tls://127.0.0.1:{port}", *BOTH, *tls, preload=""),
    ):
        yield


@pytest.mark.workers
def test_a_lost_scheduler_is_said_fails_studies_and_trainings_go_on_when_it_returns(tmp_path, tls):
    """All of it by TLS, whose settings pass through Dask's own configuration."""
    port = free_port()
    address = f"tls://127.0.0.1:{port}"
    engine = Jobs(address=address, history=tmp_path)
    wait(lambda: engine.problems)
    assert engine.problems == [f"The Dask scheduler at {address} does not respond. Trying again."]
    job = submitted(engine, LONG, pace=SLOW)  # its worker ends with it unfinished
    paused = submitted(engine, SMALL)
    engine.pause(paused)
    with a_cluster(port, tls):
        wait(lambda: len(job.steps) > 1 and engine.problems == [])
        study = engine.desk.study(time.sleep, [(0.1,)] * 100_000)
        wait(lambda: study.done >= 3)
    wait(lambda: job.state == "queued")
    lost = [f"The connection to the Dask scheduler at {address} was lost. Trying again."]
    wait(lambda: engine.problems == lost)
    assert job.note == "The connection to the Dask scheduler was lost. The run continues when the scheduler is back."
    assert paused.state == "paused"
    with pytest.raises(ClusterError, match="The connection to the Dask scheduler at"):
        engine.desk.ask(len, "abc")
    wait(lambda: not study.running)
    assert study.state == "failed"
    assert study.error in (
        *lost,
        "The connection to the workers was lost before they responded.",
        "No workers are available.",
    )
    assert study.done >= 3
    engine.set_pace(job, None)
    with a_cluster(port, tls):
        wait(lambda: not job.active)
        assert job.state == "finished"
        assert [step.step for step in job.steps] == list(range(1, job.total_steps + 1))
        assert engine.problems == []
        engine.resume(paused)
        wait(lambda: paused.state == "finished")
        engine.close()


def beat_without_end(dask_worker) -> None:
    """Have a worker send heartbeats as fast as it can, also while it ends."""

    async def beat() -> None:
        while dask_worker.status is not Status.closed:
            dask_worker._ongoing_background_tasks.call_soon(dask_worker.heartbeat)
            await asyncio.sleep(0.002)

    dask_worker.loop.add_callback(beat)


@pytest.mark.workers
def test_workers_that_end_say_nothing(tmp_path, capfd):
    """A heartbeat may be under way when their connections are closed."""
    engine = Jobs(workers=1, history=tmp_path)
    engine.cluster.wait_until_warm()
    engine.cluster.client().run(beat_without_end)
    engine.close()
    assert capfd.readouterr() == ("", "")
