"""The server as somebody starts it: what it sends, what survives its end, and what it leaves behind."""

import os
import signal
import sqlite3
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from hqnn.jobs.history import FILE
from hqnn.network.data import pixels
from tests.browser import Visit, Windows, running_dashboard, serving_process
from tests.browser.test_draw import VAST, open_pad, upload
from tests.dask_cluster import BOTH, free_port, scheduler, worker
from tests.hqnn.inference.test_photos import dark_on_white, saved
from tests.waiting import wait

pytestmark = [pytest.mark.workers, pytest.mark.xdist_group("server")]  # which share a dashboard


def family(server) -> list[psutil.Process]:
    process = psutil.Process(server.pid)
    return [process, *process.children(recursive=True)]


def forked(server) -> list[psutil.Process]:
    """The server's workers."""
    return [process for process in family(server)[1:] if process.ppid() != server.pid]


def train_slowly(visit: Visit) -> None:
    """Start a training that takes eight minutes and leaves the machine to others."""
    visit.open("train?n_train=2000&epochs=20&engine=exact")
    visit.slow_down(20)
    visit.button("train").click()
    visit.until_said(r"Epoch \d+ of 20")


class Dashboard:
    """A dashboard with one worker, on one port and with one history, that is started again after every end of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._port, self._life = folder, free_port(), ExitStack()
        self.address = f"http://127.0.0.1:{self._port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, workers: str = "1") -> subprocess.Popen[bytes]:
        """Start it, unless it runs; gives its process."""
        if self.process is None or self.process.poll() is not None:
            folders = dict.fromkeys(("HQNN_HISTORY", "HQNN_RESULTS"), str(self.folder))
            environment = {"HQNN_WORKERS": workers, "PYTHONWARNINGS": "default"} | folders
            _, self.process = self._life.enter_context(running_dashboard(self._port, environment))
        return self.process

    def end(self, how: signal.Signals) -> None:
        """End it, and wait until all of its processes have ended by themselves."""
        members = family(self.start())
        assert len(members) >= 4  # the server, what its workers are forked from, and two of them
        self.start().send_signal(how)
        _, alive = psutil.wait_procs(members, timeout=120)
        assert not alive

    def stop(self) -> None:
        """End it, as somebody would who has no more use for it."""
        self._life.close()


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory) -> Iterator[Dashboard]:
    """A dashboard that several tests look at."""
    found = Dashboard(tmp_path_factory.mktemp("dashboard"))
    yield found
    found.stop()


@pytest.fixture(scope="module")
def windows(browser, dashboard) -> Windows:
    """Its pages."""
    return Windows(browser, dashboard.address)


@pytest.fixture
def server(dashboard) -> tuple[str, subprocess.Popen[bytes]]:
    """The dashboard's address and its process."""
    process = dashboard.start()
    return dashboard.address, process


def test_answers_carry_the_headers_and_the_first_one_a_cookie(server):
    address, _ = server
    with urllib.request.urlopen(address) as answer:  # noqa: S310 (an http address of ours)
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    cookie = next(value for value in headers.get_all("Set-Cookie") if value.startswith("hqnn_viewer="))
    secret, *attributes = cookie.split("; ")
    assert len(secret) >= len("hqnn_viewer=") + 22
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(attributes)
    again = urllib.request.Request(address, headers={"Cookie": f"a=b; {secret}"})  # noqa: S310
    with urllib.request.urlopen(again) as answer:  # noqa: S310
        assert "hqnn_viewer" not in str(answer.headers.get_all("Set-Cookie"))


def test_it_listens_on_this_machine_alone(server):
    wait(lambda: len(family(server[1])) >= 3)
    addresses = {
        connection.laddr.ip
        for process in family(server[1])
        for connection in process.net_connections(kind="inet")
        if connection.status == psutil.CONN_LISTEN
    }
    assert addresses == {"127.0.0.1"}


def test_the_web_process_loads_neither_torch_nor_qiskit(visit, server):
    page = visit.open("train?n_train=10&n_test=10")
    visit.button("train").click()
    page.get_by_text("Finished:").wait_for()
    visit.go("Test")
    page.locator(".gallery img").first.wait_for()
    visit.go("Draw")
    page.locator("[data-testid=stFileUploaderDropzone] input").set_input_files(
        {"name": "no.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    page.get_by_text("Cannot read this file. Use a PNG").wait_for()
    page.locator(".st-key-sample button:has(img)").first.click()
    page.locator(".verdict").get_by_text("p = ").wait_for()
    mapped = {os.path.basename(part.path) for part in psutil.Process(server[1].pid).memory_maps()}
    assert not {name for name in mapped if "torch" in name or "qiskit" in name or "aer" in name}
    assert any("numpy" in name or "multiarray" in name for name in mapped)  # what is loaded does show


def test_pictures_that_are_refused_leave_the_server_small(visit, server):
    open_pad(visit)
    memory = []
    for _ in range(4):
        upload(visit, "vast.png", VAST)
        visit.page.get_by_text("25 million pixels").first.wait_for()
        upload(visit, "one.png", saved(dark_on_white(pixels(1, False)[0])))
        visit.page.get_by_text("25 million pixels").first.wait_for(state="detached")
        memory.append(psutil.Process(server[1].pid).memory_info().rss)
    assert max(memory) < memory[0] + 15_000_000


def test_a_history_that_becomes_unwritable_while_it_trains_is_said(visit, server, dashboard):
    """Another program holds the file for longer than the server waits."""
    train_slowly(visit)
    locked = visit.page.get_by_text("database is locked")
    with closing(sqlite3.connect(dashboard.folder / FILE)) as other:
        other.execute("BEGIN EXCLUSIVE")
        locked.wait_for()
        visit.go("Data")
        locked.wait_for()
        other.rollback()
    locked.wait_for(state="detached")
    visit.go("Train")
    visit.until_said(r"Epoch \d+ of 20")
    assert not locked.count()
    visit.button("stop").click()
    visit.page.get_by_text("Stopped").first.wait_for()


def test_a_lost_worker_is_said_and_the_training_ends(visit, server):
    visit.open("train?n_train=100&epochs=10&engine=exact")
    visit.slow_down(20)
    wait(lambda: len(forked(server[1])) == 2)
    before = {process: process.cpu_times().user for process in forked(server[1])}
    visit.button("train").click()
    visit.until_said(r"Epoch [2-9] of 10")
    max(before, key=lambda process: process.cpu_times().user - before[process]).kill()
    visit.page.get_by_text("A worker crashed. Another one resumed the run at step").wait_for()
    visit.by_key("pace").get_by_role("combobox").click()
    visit.page.get_by_role("option", name="Full speed").click()
    visit.page.get_by_text("Finished: 10 epochs").wait_for()


def test_a_server_that_ends_while_it_trains_leaves_no_process_and_says_so_when_it_is_back(visit, dashboard):
    """The last time it is back without workers: for a number of them that cannot be, as every page says."""
    dashboard.start()
    train_slowly(visit)
    for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        link = visit.page.url
        wait(lambda shown=link: is_written(dashboard.folder / FILE, shown))  # a kill takes the last second with it
        dashboard.end(how)
        dashboard.start("many" if how == signal.SIGINT else "1")
        is_back(visit, link)
        if how != signal.SIGINT:
            visit.button("restart").click()
            visit.until_said(r"Epoch \d+ of 20")
            assert visit.page.url != link
    unusable = visit.page.get_by_text("HQNN_WORKERS must be a whole number between 1 and 256, got 'many'")
    visit.go("Home")
    unusable.wait_for()
    visit.by_key("trainings").get_by_text("interrupted, started").nth(2).wait_for()
    visit.go("Train")
    unusable.wait_for()
    visit.button("restart").click()
    visit.page.get_by_text("Failed: No workers are available").wait_for()
    dashboard.stop()
    visit.errors.clear()  # that it did not answer


def is_written(history: Path, link: str) -> bool:
    """Whether the training of a link is in the history as one that trains, with a step at least."""
    with closing(sqlite3.connect(history)) as file:
        query = "SELECT 1 FROM runs JOIN records ON run = id WHERE state = 'running' AND kind = 'step' AND instr(?, id)"
        return file.execute(query, (link,)).fetchone() is not None


def is_back(visit: Visit, link: str) -> None:
    """The server tells of the training that was interrupted."""
    visit.page.goto(link)
    visit.page.get_by_text("Interrupted in epoch").wait_for()
    visit.settle()
    assert visit.button("pause").count() == visit.button("stop").count() == 0
    assert float(visit.page.get_by_test_id("stMetricValue").last.inner_text().split()[0].replace(",", "")) > 0


def test_a_dashboard_over_a_cluster_needs_neither_workers_nor_a_history_of_its_own_and_waits_for_a_lost_scheduler(
    browser, tmp_path
):
    (tmp_path / "file").write_text("no folder can be made in a file")
    port = free_port()
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        scheduler_address = first.enter_context(scheduler(port))
        first.enter_context(worker(scheduler_address, *BOTH))
        environment = {"HQNN_SCHEDULER": scheduler_address, "HQNN_HISTORY": str(tmp_path / "file")}
        address, server = stack.enter_context(serving_process(**environment))
        visit = Visit(browser, address)
        page = visit.open("train?n_train=10&n_test=10")
        page.get_by_text("Runs continue, but they would be lost if the server stopped").wait_for()
        page.get_by_text(f"{tmp_path / 'file'} (it is not a folder); set HQNN_HISTORY").wait_for()
        visit.button("train").click()
        page.get_by_text("Finished:").wait_for()
        visit.go("Data")
        assert page.locator(".gallery img").count() == 20
        assert len(family(server)) == 1
        train_slowly(visit)
        first.close()
        page.get_by_text(
            "The connection to the Dask scheduler was lost. The run continues when the scheduler is back."
        ).wait_for()
        visit.go("Data")
        page.get_by_text("was lost. Trying again.").first.wait_for()
        stack.enter_context(scheduler(port))
        stack.enter_context(worker(scheduler_address, *BOTH))
        visit.go("Train")
        visit.until_said(r"Epoch \d+ of 20")
        visit.context.close()
        assert not visit.errors
