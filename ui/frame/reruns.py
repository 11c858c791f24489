"""Lets a fragment's rerun wait until the browser has all messages of the rerun before it.

Streamlit 1.67 starts it as soon as the rerun before has ended. It drops messages that it has not sent yet, such as an
element or the timer of a live page (github.com/streamlit/streamlit/issues/9921). Then the page stops updating, mounts a
chart again, or loses what is below the live part.
"""

from collections.abc import Callable
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession, AppSessionState

from ui.frame.repairs import replace

Request = Callable[[AppSession, ClientState | None], None]

#: Seconds between two checks whether all messages are sent.
LOOK_SECONDS = 0.005


def install() -> None:
    """Let reruns of fragments wait, in all sessions of this server."""
    replace(AppSession, "request_rerun", _in_turn)


def _in_turn(request_rerun: Request) -> Request:
    def in_turn(session: AppSession, client_state: ClientState | None) -> None:
        waiting = _waiting(session)
        if client_state is None or not client_state.fragment_id:
            requests, waiting[:] = [each for each in waiting if not each.is_auto_rerun], []
            for each in (*requests, client_state):  # the whole page has the live parts, too
                request_rerun(session, each)
        elif waiting:
            waiting[:] = [each for each in waiting if not _is_repeated(each, client_state)] + [client_state]
        elif _is_busy(session):
            waiting.append(client_state)
            session._event_loop.call_later(LOOK_SECONDS, pass_on, session)
        else:
            request_rerun(session, client_state)

    def pass_on(session: AppSession) -> None:
        waiting = _waiting(session)
        if waiting and _is_busy(session):
            session._event_loop.call_later(LOOK_SECONDS, pass_on, session)
            return
        requests, waiting[:] = waiting[:], []
        if session._state is not AppSessionState.SHUTDOWN_REQUESTED:
            for client_state in requests:
                request_rerun(session, client_state)

    return in_turn


def _waiting(session: Any) -> list[ClientState]:
    """Return a session's waiting requests for fragments, the oldest first."""
    return vars(session).setdefault("_waiting_requests", [])


def _is_repeated(earlier: ClientState, later: ClientState) -> bool:
    """Whether two requests come from the same timer."""
    return earlier.is_auto_rerun and later.is_auto_rerun and earlier.fragment_id == later.fragment_id


def _is_busy(session: AppSession) -> bool:
    """Whether a rerun goes on, or some of its messages are not sent yet."""
    if session._state is AppSessionState.SHUTDOWN_REQUESTED:
        return False
    return session._scriptrunner is not None or not session._browser_queue.is_empty()
