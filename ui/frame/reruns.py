"""Lets a fragment's rerun wait until the browser has all messages of the previous rerun.

Streamlit 1.67 starts it as soon as the previous rerun has ended. It drops messages that it has not sent yet, such as
an element or the timer of a live page (github.com/streamlit/streamlit/issues/9921). Then the page stops updating.
"""

from collections.abc import Callable
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

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
        if waiting:  # keep the order of requests
            waiting.append(client_state)
        elif client_state is not None and client_state.fragment_id and _has_more_to_pass_on(session):
            waiting.append(client_state)
            session._event_loop.call_later(LOOK_SECONDS, pass_on, session)
        else:
            request_rerun(session, client_state)

    def pass_on(session: AppSession) -> None:
        if _has_more_to_pass_on(session):
            session._event_loop.call_later(LOOK_SECONDS, pass_on, session)
            return
        waiting = _waiting(session)
        requests, waiting[:] = waiting[:], []
        if session._state is not AppSessionState.SHUTDOWN_REQUESTED:
            for client_state in requests:
                request_rerun(session, client_state)

    return in_turn


def _waiting(session: Any) -> list[ClientState | None]:
    """Return a session's waiting requests, the oldest first."""
    return vars(session).setdefault("_waiting_requests", [])


def _has_more_to_pass_on(session: AppSession) -> bool:
    """Whether the last rerun has ended but its messages are not all sent. The session drops a rerun after the last."""
    if session._state is AppSessionState.SHUTDOWN_REQUESTED:
        return False
    runner = session._scriptrunner
    return runner is not None and runner._requests._state is ScriptRequestType.STOP
