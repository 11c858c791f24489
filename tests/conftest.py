"""What the tests share: one thread a process, as in the dashboard's workers, and a small pair of digits."""

import os
import signal
from collections.abc import Iterator
from functools import cache

import pytest
import streamlit as st
import torch
from playwright.sync_api import Browser
from streamlit.components.v2 import manifest_scanner

from hqnn.data import DigitPair, load_pair
from hqnn.jobs import Jobs
from hqnn.worker import NICENESS
from tests.browser import Visit, Windows, chromium, serving
from tests.dask_cluster import ROOT
from tests.trainings import stop_all
from tests.waiting import PATIENCE
from ui import cached

#: The files that take longest; begun first, so that both processes end at about the same time.
LONGEST = (
    "test_browser",
    "test_jobs",
    "test_server",
    "test_draw_browser",
    "test_cluster",
    "test_image_trip_browser",
    "test_study",
    "test_circuit_lab_browser",
    "test_shift_lab_browser",
    "test_run_slopes_browser",
)


def pytest_configure() -> None:
    """Be no more urgent than the trainings that the tests wait for, and deaf to no interrupt that a test sends."""
    os.nice(max(0, NICENESS - os.nice(0)))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever starts them in the background may ignore it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    items.sort(key=lambda item: LONGEST.index(item.path.stem) if item.path.stem in LONGEST else len(LONGEST))


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def _history_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests train is not among the user's own trainings."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("HQNN_HISTORY", "HQNN_RESULTS"):
            patch.setenv(variable, str(tmp_path_factory.mktemp(variable)))
        yield


@pytest.fixture(scope="session")
def small_pair() -> DigitPair:
    """Threes and sevens, 20 of each to train on and 10 of each to test on."""
    return load_pair((3, 7), n_train=20, n_test=10)


@pytest.fixture(scope="session")
def _shared_jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    engine = Jobs(workers=2, history=tmp_path_factory.mktemp("jobs"))
    engine.cluster.wait_until_warm(PATIENCE)
    yield engine
    engine.close()


@pytest.fixture
def jobs(_shared_jobs: Jobs) -> Iterator[Jobs]:
    """A job engine with two workers of this machine. All tests share it; what one leaves unfinished is stopped."""
    yield _shared_jobs
    stop_all(_shared_jobs)


@pytest.fixture(scope="session")
def _dashboard_here() -> Iterator[None]:
    """The dashboard in this process, for AppTest: its folder, and its workers until the last test is done."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        # AppTest reads what every installed package says of itself before each run, which takes longer than most runs.
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield
        cached.jobs().close()
        st.cache_resource.clear()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Of a dashboard."""
    with serving() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def windows(browser: Browser, address: str) -> Windows:
    """Pages of the dashboard."""
    return Windows(browser, address)


@pytest.fixture
def visit(windows: Windows, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A viewer's page, of the size and the theme that a test asks for."""
    with windows.visit(*getattr(request, "param", ())) as found:
        yield found
