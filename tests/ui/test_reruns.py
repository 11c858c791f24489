"""Requests for fragments, in sessions whose last run has ended, and has or has not said so."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from ui.frame import reruns, server

TICK = ClientState(fragment_id="live", is_auto_rerun=True)
CLICK = ClientState(fragment_id="live")
WHOLE = ClientState()


class Loop:
    """An event loop that does what is to be done later when it is told to."""

    def __init__(self) -> None:
        self.later: list[tuple[Any, ...]] = []

    def call_later(self, seconds: float, *call: Any) -> None:
        assert 0 < seconds < 0.1
        self.later.append(call)

    def turn(self) -> None:
        calls, self.later = self.later, []
        for call, *arguments in calls:
            call(*arguments)


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> list[ClientState | None]:
    """Requests that have come to Streamlit, as the server has it."""
    found: list[ClientState | None] = []
    monkeypatch.setattr(AppSession, "request_rerun", lambda _, client_state: found.append(client_state))
    monkeypatch.setattr(server, "jobs", lambda: SimpleNamespace(close=lambda: None))
    with ThreadPoolExecutor(1) as thread:  # this one may have a loop already
        thread.submit(asyncio.run, _begin_and_end()).result()
    return found


async def _begin_and_end() -> None:
    async with server.lifespan(None):
        pass


def a_session() -> Any:
    """One whose last run has ended; some of it has still to be passed on."""
    requests = ScriptRequests()
    requests.request_rerun(RerunData())
    requests.on_scriptrunner_ready()  # it runs
    requests.on_scriptrunner_ready()  # it has ended, as nothing else is asked for
    runner = SimpleNamespace(_requests=requests)
    return SimpleNamespace(_scriptrunner=runner, _event_loop=Loop(), _state=AppSessionState.APP_IS_RUNNING)


@pytest.mark.parametrize("asked", [TICK, CLICK])
def test_a_fragments_request_waits_until_the_run_before_is_passed_on(answered, asked):
    session = a_session()
    AppSession.request_rerun(session, asked)
    for _ in range(3):
        session._event_loop.turn()
        assert answered == []
    session._scriptrunner = None  # with the last of it, Streamlit forgets the run
    session._event_loop.turn()
    assert answered == [asked]
    assert not session._event_loop.later


def test_requests_are_answered_in_the_order_in_which_they_came(answered):
    """Though the last ones come when all is passed on, and the first ones have not looked since."""
    session = a_session()
    AppSession.request_rerun(session, TICK)
    AppSession.request_rerun(session, CLICK)
    session._scriptrunner = None
    AppSession.request_rerun(session, WHOLE)
    AppSession.request_rerun(session, CLICK)
    session._event_loop.turn()
    assert answered == [TICK, CLICK, WHOLE, CLICK]
    AppSession.request_rerun(session, TICK)
    assert answered[4:] == [TICK]


@pytest.mark.parametrize("asked", [WHOLE, None])
def test_a_request_for_the_whole_page_waits_for_nothing(answered, asked):
    AppSession.request_rerun(a_session(), asked)
    assert answered == [asked]


def test_while_a_run_goes_on_and_when_there_is_none_requests_wait_for_nothing(answered):
    for runner in (None, SimpleNamespace(_requests=ScriptRequests())):
        session = a_session()
        session._scriptrunner = runner
        AppSession.request_rerun(session, TICK)
    assert answered == [TICK, TICK]


def test_a_session_that_ends_meanwhile_is_asked_for_nothing_more(answered):
    session = a_session()
    AppSession.request_rerun(session, TICK)
    session._state = AppSessionState.SHUTDOWN_REQUESTED
    session._event_loop.turn()
    assert answered == []
    assert not session._event_loop.later


def test_it_is_installed_once(answered):
    first = AppSession.request_rerun
    reruns.install()
    assert AppSession.request_rerun is first
