"""A browser's requests for fragments, each after all of the run before it.

Streamlit 1.67 begins to answer one as soon as the last run has ended, and drops what of that run it has not passed on
yet: an element, or the timer by which a live page is drawn again (github.com/streamlit/streamlit/issues/9921). Then the
page stands still.
"""

from collections.abc import Callable
from typing import Any

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession, AppSessionState
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from ui.frame.repairs import replace

Request = Callable[[AppSession, ClientState | None], None]

#: Between two looks whether all is passed on.
LOOK_SECONDS = 0.005


def install() -> None:
    """Have requests for fragments wait for their turn, in all sessions of this server."""
    replace(AppSession, "request_rerun", _in_turn)


def _in_turn(request_rerun: Request) -> Request:
    def in_turn(session: AppSession, client_state: ClientState | None) -> None:
        waiting = _waiting(session)
        if waiting:  # what comes later must not be answered sooner
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
    """A session's requests that wait for their turn, the oldest first."""
    return vars(session).setdefault("_waiting_requests", [])


def _has_more_to_pass_on(session: AppSession) -> bool:
    """Whether its last run has ended, but not said so: the session forgets a run with the last that it passes on."""
    if session._state is AppSessionState.SHUTDOWN_REQUESTED:
        return False
    runner = session._scriptrunner
    return runner is not None and runner._requests._state is ScriptRequestType.STOP
