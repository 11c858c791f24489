"""Requests for fragments while a run goes on or its messages are not sent yet, and for the whole page."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from ui.frame import reruns, server

TICK = ClientState(fragment_id="live", is_auto_rerun=True)
LATER_TICK = ClientState(fragment_id="live", is_auto_rerun=True, query_string="later")
OTHER_TICK = ClientState(fragment_id="other", is_auto_rerun=True)
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


def a_session(runner: Any = None, messages: int = 0) -> Any:
    """One in which a run goes on, if it has a runner, and some messages are not sent yet."""
    queue = ForwardMsgQueue()
    for number in range(messages):
        queue.enqueue(ForwardMsg(hash=str(number)))
    return SimpleNamespace(
        _scriptrunner=runner, _browser_queue=queue, _event_loop=Loop(), _state=AppSessionState.APP_IS_RUNNING
    )


@pytest.mark.parametrize("asked", [TICK, CLICK])
def test_a_fragments_request_waits_until_the_run_before_has_ended_and_is_passed_on(answered, asked):
    session = a_session(runner=object(), messages=2)
    AppSession.request_rerun(session, asked)
    session._event_loop.turn()
    assert answered == []
    session._scriptrunner = None
    for _ in range(3):
        session._event_loop.turn()
        assert answered == []
    session._browser_queue.flush()
    session._event_loop.turn()
    assert answered == [asked]
    assert not session._event_loop.later


def test_requests_for_fragments_are_answered_in_the_order_in_which_they_came(answered):
    """Though the last one comes when all is passed on, and the first ones have not looked since."""
    session = a_session(messages=1)
    AppSession.request_rerun(session, TICK)
    AppSession.request_rerun(session, CLICK)
    session._browser_queue.flush()
    AppSession.request_rerun(session, OTHER_TICK)
    assert answered == []
    session._event_loop.turn()
    assert answered == [TICK, CLICK, OTHER_TICK]
    AppSession.request_rerun(session, TICK)
    assert answered[3:] == [TICK]


def test_a_timer_that_has_waited_asks_once(answered):
    session = a_session(messages=1)
    for asked in (TICK, OTHER_TICK, LATER_TICK):
        AppSession.request_rerun(session, asked)
    session._browser_queue.flush()
    session._event_loop.turn()
    assert answered == [OTHER_TICK, LATER_TICK]


@pytest.mark.parametrize("asked", [WHOLE, None])
def test_a_request_for_the_whole_page_waits_for_nothing(answered, asked):
    AppSession.request_rerun(a_session(runner=object(), messages=1), asked)
    assert answered == [asked]


def test_a_request_for_the_whole_page_takes_clicks_along_and_replaces_timers(answered):
    session = a_session(runner=object())
    for asked in (TICK, CLICK, WHOLE):
        AppSession.request_rerun(session, asked)
    assert answered == [CLICK, WHOLE]
    session._scriptrunner = None
    session._event_loop.turn()
    assert answered == [CLICK, WHOLE]
    assert not session._event_loop.later


def test_when_nothing_goes_on_requests_wait_for_nothing(answered):
    AppSession.request_rerun(a_session(), TICK)
    assert answered == [TICK]


def test_a_session_that_ends_meanwhile_is_asked_for_nothing_more(answered):
    session = a_session(runner=object())
    AppSession.request_rerun(session, TICK)
    session._state = AppSessionState.SHUTDOWN_REQUESTED
    session._event_loop.turn()
    assert answered == []
    assert not session._event_loop.later


def test_it_is_installed_once(answered):
    first = AppSession.request_rerun
    reruns.install()
    assert AppSession.request_rerun is first
