"""The web server: response headers, the cookie that identifies a browser, startup and shutdown."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.frame import downloads, reruns
from ui.session.cached import jobs
from ui.session.viewer import COOKIE, identity_of

log = logging.getLogger(__name__)

COOKIE_SECONDS = 365 * 24 * 3600

#: Pages load nothing from other sites, cannot be framed by them, and never send them their link. With a link, anyone
#: can watch a run or even control it.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "connect-src 'self' ws: wss: data: blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


class Headers:
    """Adds the headers to every response and the cookie to a browser's first one. Notes the viewer of each request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = HTTPConnection(scope).cookies.get(COOKIE)
        secret = known or secrets.token_urlsafe(24)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if not known:
                    headers.append("Set-Cookie", _cookie(secret))
            await send(message)

        await self._app({**scope, "viewer": identity_of(secret)}, receive, send_with_headers)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Start the workers with the server, and stop them with it."""
    reruns.install()
    downloads.install()
    engine = jobs()
    try:
        yield
    finally:
        engine.close()


def on_script_error(error: Exception) -> bool:
    """Show that a page failed, without details of the server. The log has them."""
    log.error("a page failed", exc_info=error)
    st.error(
        "Unexpected error. Your runs are safe. Reload the page or open another one.",
        icon=":material/error:",
    )
    return True


def _cookie(secret: str) -> str:
    return f"{COOKIE}={secret}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax"
