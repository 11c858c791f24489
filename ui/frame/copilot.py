"""Links that control a training lead to the page without their key, and let the browser control it from then on."""

from urllib.parse import parse_qsl, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.frame.addresses import is_page, within
from ui.session.cached import jobs
from ui.session.viewer import COPILOT, PARAMETER


class Copilot:
    """Answers such links, at their own address and, as earlier ones had it, at that of any page.

    Whoever has the wrong key is led to the same page, to watch. Answers to HEAD give no right.
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
        page = "train" if at_own_address else ""  # without a page the redirection stays at this one
        answer = RedirectResponse(page + (f"?{urlencode(kept)}" if kept else ""), 303, {"Cache-Control": "no-store"})
        await answer(scope, receive, send)
