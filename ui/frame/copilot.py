"""Links that control a run: they give the browser control, then redirect to the page without the key."""

from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.frame.addresses import is_page, within
from ui.session.cached import jobs
from ui.session.viewer import COPILOT, PARAMETER


class Copilot:
    """Handles these links at their own address. Earlier links had the address of a page.

    A wrong key leads to the same page, without control. HEAD requests never give control.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_page(scope):
            await self._app(scope, receive, send)
            return
        parts = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        tokens = [value for name, value in parts if name == PARAMETER]
        at_own_address = within(scope) == COPILOT
        if not at_own_address and not any("." in token for token in tokens):
            await self._app(scope, receive, send)
            return
        if tokens and scope["method"] == "GET":
            run_id, _, key = tokens[0].partition(".")
            await run_in_threadpool(jobs().admit, scope["viewer"], run_id, key)
        kept = [(name, value.partition(".")[0] if name == PARAMETER else value) for name, value in parts]
        page = "train" if at_own_address else ""  # an empty page redirects to the same address
        answer = RedirectResponse(page + (f"?{urlencode(kept)}" if kept else ""), 303, {"Cache-Control": "no-store"})
        await answer(scope, receive, send)
