"""Links that people have kept: each sets the same controls as when it was made."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from hqnn.jobs.job import Job
from tests.kept_copies import FINISHED, LINKS, kept_history
from tests.pages.test_pages import open_page, put_there
from tests.waiting import PATIENCE
from ui.session import cached

pytestmark = pytest.mark.usefixtures("dashboard_here")


def controls(link: str) -> dict[str, Any]:
    """The controls that a link names, as JSON has their values, once its page is drawn."""
    page, _, query = link.partition("?")
    app = open_page(page, **parse_qs(query))
    return json.loads(
        json.dumps({name: app.session_state[name] for name in parse_qs(query) if name != "run"}, default=str)
    )


@pytest.fixture
def _finished_run() -> None:
    """The dashboard knows the finished run of the kept history, and its workers can measure it."""
    cached.jobs().cluster.wait_until_warm(PATIENCE)
    with kept_history() as history:
        found = history.get(FINISHED)
    assert found is not None
    put_there(Job.remembered(*found))


@pytest.mark.usefixtures("_finished_run")
@pytest.mark.parametrize("link", LINKS)
def test_a_kept_link_sets_its_controls(link):
    assert controls(link) == LINKS[link]
