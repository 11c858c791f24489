"""The server around the pages: its headers, the cookie by which a browser is known again, its beginning and its end."""

import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import CookieError, SimpleCookie
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import reruns
from ui.cached import jobs
from ui.viewer import COOKIE

log = logging.getLogger(__name__)

COOKIE_SECONDS = 365 * 24 * 3600

#: Pages load nothing from elsewhere, show in no frame of another site, and tell nobody their link, which holds a key.
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
    """Adds the headers to every answer, and the cookie to the first one that a browser gets."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if not _has_cookie(scope):
                    headers.append("Set-Cookie", _cookie())
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Workers start with the server, and end with it."""
    reruns.install()
    engine = jobs()
    try:
        yield
    finally:
        engine.close()


def on_script_error(error: Exception) -> bool:
    """Say that a page failed, without a detail of the server; the log has them all."""
    log.error("a page failed", exc_info=error)
    st.error(
        "This page ran into an error that nobody foresaw. What you trained is kept: reload the page, or go to another.",
        icon=":material/error:",
    )
    return True


def _has_cookie(scope: Scope) -> bool:
    said = next((value for name, value in scope["headers"] if name == b"cookie"), b"")
    try:
        return COOKIE in SimpleCookie(said.decode("latin-1"))
    except CookieError:
        return False


def _cookie() -> str:
    return f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax"
