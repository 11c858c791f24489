"""What the tests share: one thread a process, as in the dashboard's workers, and a small pair of digits.

Fixtures import what they need themselves: the process that only hands out the tests loads neither torch nor Qiskit.
"""

import gc
import os
import signal
import sys
from collections.abc import Generator, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

import pytest

from hqnn.processes import NICENESS
from tests.dask_cluster import ROOT
from tests.sharing import one_for_all
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from hqnn.jobs import Jobs
    from hqnn.network.data import DigitPair
    from tests.browser import Visit, Windows

#: Kinds of tests by the fixture that makes them so, the first that is found; each is also a mark, for `-m`.
#: Those that take longest are begun first, and those that compute in the test's own process last.
KINDS = {"workers": "shared_jobs", "pages": "dashboard_here", "browser": "browser"}


def pytest_configure(config: pytest.Config) -> None:
    """Be no more urgent than the trainings that the tests wait for, and deaf to no signal that a test sends."""
    os.nice(max(0, NICENESS - os.nice(0)))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts them in the background may ignore it
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and this one who goes on when the terminal is closed
    for line in (
        "workers: waits for worker processes",
        "pages: runs pages here",
        "browser: drives Chromium",
        "slow: takes a second or more",
    ):
        config.addinivalue_line("markers", line)


def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores: somebody always waits. More would only draw pages for which nobody has time."""
    return 1 + len(os.sched_getaffinity(0))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Count what is loaded with the tests as no garbage: to look through it, as after each page, takes 0.4 s."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before marks choose, and xdist groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its kind, and keep together what shares workers or a file's fixtures."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        kind = next((kind for kind in KINDS if item.get_closest_marker(kind) or KINDS[kind] in fixtures), None)
        if kind is not None:
            item.add_marker(kind)
        if kind != "browser" and not item.get_closest_marker("xdist_group"):
            shares_workers = kind is not None and KINDS[kind] in fixtures
            item.add_marker(pytest.mark.xdist_group(kind if shares_workers else item.path.stem))
        group = item.get_closest_marker("xdist_group")
        if group is not None and item.config.getoption("loadgroup", False):
            _tell(item, group.args[0])
    items.sort(key=lambda item: next((place for place, kind in enumerate(KINDS) if kind in item.keywords), len(KINDS)))


def _tell(item: pytest.Item, group: str) -> None:
    """Have xdist keep a group in one process: its scheduler reads the group at the end of a test's id.

    xdist 3.8 writes it where pytest 9.2 no longer looks, and then says nothing and groups nothing.
    """
    item._id = item.id.parse(f"{item.nodeid}@{group}")


@pytest.hookimpl(wrapper=True, trylast=True)  # nothing but what makes the report is within
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the page said to the report of a browser test that failed."""
    try:
        report = yield
    except SystemError:  # Python 3.11 parses no source in one thread while another does; this report needs none
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(item.config.option, "tbstyle", "native")
            report = pytest.TestReport.from_item_and_call(item, call)
    visit = getattr(item, "funcargs", {}).get("visit")
    if report.failed and visit is not None:
        from playwright.sync_api import Error as PlaywrightError

        try:
            said = visit.page.inner_text("body", timeout=5000)
        except PlaywrightError as error:  # the page is closed, or answers nothing
            said = str(error)
        report.sections.append(("Page", f"{visit.page.url}\n{said}\n{visit.errors}"))
    return report


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _history_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests train is not among the user's own trainings."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("HQNN_HISTORY", "HQNN_RESULTS"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable)))
        yield


@pytest.fixture(scope="session")
def small_pair() -> "DigitPair":
    """Threes and sevens, 20 of each to train on and 10 of each to test on."""
    from hqnn.network.data import load_pair

    return load_pair((3, 7), n_train=20, n_test=10)


@pytest.fixture
def quick_switches() -> Iterator[None]:
    """Threads take turns after nearly every step."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.fixture(scope="session")
def shared_jobs(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Jobs]":
    from hqnn.jobs import Jobs

    engine = Jobs(workers=2, history=tmp_path_factory.mktemp("jobs"))
    engine.cluster.wait_until_warm(PATIENCE)
    yield engine
    engine.close()


@pytest.fixture
def jobs(shared_jobs: "Jobs") -> "Iterator[Jobs]":
    """A job engine with two workers of this machine. All tests share it; what one leaves unfinished is stopped."""
    from tests.trainings import stop_all

    yield shared_jobs
    stop_all(shared_jobs)


@pytest.fixture(scope="session")
def dashboard_here() -> Iterator[None]:
    """The dashboard in this process, for AppTest: its folder, and its workers until the last test is done."""
    import streamlit as st
    from streamlit.components.v2 import manifest_scanner

    from ui.session import cached

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        # AppTest reads what every installed package says of itself before each run, which takes longer than most runs.
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield
        cached.jobs().close()
        st.cache_resource.clear()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Of a dashboard: one for all test processes, with a worker for each of them."""
    from tests.browser import serving

    if worker_id == "master":
        with serving() as found:
            yield found
        return
    folder = tmp_path_factory.getbasetemp().parent / "dashboard"
    with one_for_all(folder, partial(serving, HQNN_WORKERS=os.environ["PYTEST_XDIST_WORKER_COUNT"])) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """A Chromium."""
    from tests.browser import chromium

    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def windows(browser: "Browser", address: str) -> "Windows":
    """Pages of the dashboard."""
    from tests.browser import Windows

    return Windows(browser, address)


@pytest.fixture
def visit(windows: "Windows", request: pytest.FixtureRequest) -> "Iterator[Visit]":
    """A viewer's page, of the size and the theme that a test asks for."""
    with windows.visit(*getattr(request, "param", ())) as found:
        yield found
