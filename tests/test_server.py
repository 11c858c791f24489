"""The server as somebody starts it: what it sends, what survives its end, and what it leaves behind."""

import os
import re
import signal
import sqlite3
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path

import psutil
import pytest

from hqnn.history import FILE
from tests.browser import Visit, running_dashboard, serving_process
from tests.dask_cluster import DESK, TRAINER, dask_cluster, free_port, scheduler, worker
from tests.waiting import wait


def family(server) -> list[psutil.Process]:
    process = psutil.Process(server.pid)
    return [process, *process.children(recursive=True)]


def train_slowly(visit: Visit) -> None:
    """Start a training that takes two minutes and leaves the machine to others."""
    visit.open("train?n_train=500&epochs=20")
    visit.slow_down(20)
    visit.button("train").click()
    visit.until_said(r"Epoch \d+ of 20")


@pytest.fixture(scope="module")
def server():
    """A dashboard that several tests look at: its address and its process."""
    with serving_process(HQNN_WORKERS="1") as found:
        yield found


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


def test_the_web_process_loads_neither_torch_nor_qiskit(browser, server):
    visit = Visit(browser, server[0])
    page = visit.open("train?n_train=10&n_test=10")
    visit.button("train").click()
    page.get_by_text("Finished:").wait_for()
    visit.go("Test")
    page.locator(".gallery img").first.wait_for()
    visit.go("Draw")
    page.locator("[data-testid=stFileUploaderDropzone] input").set_input_files(
        {"name": "no.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    page.get_by_text("This is no picture that can be read").wait_for()
    page.locator(".st-key-sample button:has(img)").first.click()
    page.locator(".verdict").get_by_text("p = ").wait_for()
    mapped = {os.path.basename(part.path) for part in psutil.Process(server[1].pid).memory_maps()}
    visit.context.close()
    assert not {name for name in mapped if "torch" in name or "qiskit" in name or "aer" in name}
    assert any("numpy" in name or "multiarray" in name for name in mapped)  # what is loaded does show


def test_a_server_that_ends_while_it_trains_leaves_no_process_and_says_so_when_it_is_back(browser, tmp_path):
    port, environment = free_port(), {"HQNN_WORKERS": "1", "HQNN_HISTORY": str(tmp_path)}
    visit = Visit(browser, f"http://127.0.0.1:{port}")
    link = None
    for how in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL, None):
        with running_dashboard(port, environment) as (_, server):
            if link is None:
                train_slowly(visit)
            else:
                is_back(visit, link)
            link = visit.page.url
            wait(lambda shown=link: is_written(tmp_path / FILE, shown))  # a kill takes the last second with it
            members = family(server)
            assert len(members) >= 4  # the server, what its workers are forked from, and two of them
            if how is not None:
                server.send_signal(how)
                _, alive = psutil.wait_procs(members, timeout=20)
                assert not alive
    visit.context.close()


def is_written(history: Path, link: str) -> bool:
    """Whether the training of a link is in the history as one that trains, with a step at least."""
    with closing(sqlite3.connect(history)) as file:
        query = "SELECT 1 FROM runs JOIN records ON run = id WHERE state = 'running' AND instr(?, id)"
        return file.execute(query, (link,)).fetchone() is not None


def is_back(visit: Visit, link: str) -> None:
    """The server tells of the training that was interrupted, and starts it again."""
    visit.page.goto(link)
    visit.page.get_by_text("Interrupted in epoch").wait_for()
    visit.settle()
    assert visit.button("pause").count() == visit.button("stop").count() == 0
    assert float(visit.page.get_by_test_id("stMetricValue").last.inner_text().split()[0].replace(",", "")) > 0
    visit.go("Start")
    visit.by_key("trainings").get_by_text("interrupted, started").first.wait_for()
    visit.go("Train")
    visit.button("restart").click()
    visit.until_said(r"Epoch \d+ of 20")
    assert visit.page.url != link


def test_a_history_that_cannot_be_written_is_said_and_training_goes_on(browser, tmp_path):
    (tmp_path / "file").write_text("no folder can be made in a file")
    with serving_process(HQNN_WORKERS="1", HQNN_HISTORY=str(tmp_path / "file")) as (address, _):
        visit = Visit(browser, address)
        page = visit.open("train?n_train=10&n_test=10")
        page.get_by_text("Trainings go on, but would be lost if the server ended").wait_for()
        assert str(tmp_path) not in page.inner_text("body")
        visit.button("train").click()
        page.get_by_text("Finished:").wait_for()
        visit.context.close()
        assert not visit.errors


def test_a_history_that_becomes_unwritable_while_it_trains_is_said(browser, tmp_path):
    """Another program holds the file for longer than the server waits."""
    with serving_process(HQNN_WORKERS="1", HQNN_HISTORY=str(tmp_path)) as (address, _):
        visit = Visit(browser, address)
        train_slowly(visit)
        with sqlite3.connect(tmp_path / FILE) as other:
            other.execute("BEGIN EXCLUSIVE")
            visit.page.wait_for_timeout(7000)
            visit.go("Data")
            visit.page.get_by_text("database is locked").wait_for()
            other.rollback()
        visit.page.wait_for_timeout(4000)
        visit.go("Train")
        visit.page.get_by_text("database is locked").wait_for(state="detached")
        assert re.search(r"Epoch \d+ of 20", visit.page.inner_text("body"))
        visit.context.close()
        assert not visit.errors


def test_a_number_of_workers_that_cannot_be_is_said_on_every_page(browser):
    with serving_process(HQNN_WORKERS="many") as (address, _):
        visit = Visit(browser, address)
        visit.open("train")
        visit.page.get_by_text("HQNN_WORKERS must be a whole number between 1 and 256, got 'many'").wait_for()
        visit.button("train").click()
        visit.page.get_by_text("Failed: There are no workers").wait_for()
        visit.context.close()


def test_a_dashboard_over_a_cluster_that_runs_already(browser):
    with dask_cluster() as cluster, serving_process(HQNN_SCHEDULER=cluster) as (address, server):
        visit = Visit(browser, address)
        page = visit.open("train?n_train=10&n_test=10")
        visit.button("train").click()
        page.get_by_text("Finished:").wait_for()
        visit.go("Data")
        assert page.locator(".gallery img").count() == 20
        assert len(family(server)) == 1
        visit.context.close()
        assert not visit.errors


def test_a_lost_scheduler_is_said_on_the_page_and_the_training_goes_on_when_it_returns(browser):
    port = free_port()
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        scheduler_address = first.enter_context(scheduler(port))
        for resource in (TRAINER, DESK):
            first.enter_context(worker(scheduler_address, resource))
        address, _ = stack.enter_context(serving_process(HQNN_SCHEDULER=scheduler_address))
        visit = Visit(browser, address)
        train_slowly(visit)
        first.close()
        visit.page.get_by_text("The scheduler of its workers was lost; it goes on when there is one.").wait_for()
        visit.go("Data")
        visit.page.get_by_text("trying to reach it again").first.wait_for()
        stack.enter_context(scheduler(port))
        for resource in (TRAINER, DESK):
            stack.enter_context(worker(scheduler_address, resource))
        visit.go("Train")
        visit.until_said(r"Epoch \d+ of 20")
        visit.context.close()
        assert not visit.errors


def test_a_lost_worker_is_said_and_the_training_ends(browser):
    with serving_process(HQNN_WORKERS="1") as (address, server):
        visit = Visit(browser, address)
        page = visit.open("train?n_train=200&epochs=10")
        visit.button("train").click()
        visit.until_said(r"Epoch [2-9] of 10")
        _, *started = family(server)
        forked = [process for process in started if process.ppid() != server.pid]
        max(forked, key=lambda process: process.cpu_times().user).kill()
        page.get_by_text("Its worker was lost; it went on from").wait_for()
        page.get_by_text("Finished: 10 epochs").wait_for()
        visit.context.close()
        assert not visit.errors
