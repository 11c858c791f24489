"""Responses at the addresses of pages: Streamlit's index page with our styles, or "page not found".

Styles among a page's elements would load after those elements, and other elements could replace them.
"""

from hashlib import sha256
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from ui.frame import assets
from ui.kit.sitemap import ADDRESSES, ICON, PAGES

#: Addresses that Streamlit serves itself and that are not pages.
_STREAMLITS = ("_stcore/", "media/", "component/")
#: Headers of conditional, partial or compressed requests. They apply to our page, not to Streamlit's.
_CONDITIONS = {b"accept-encoding", b"range", b"if-range", b"if-none-match", b"if-modified-since"}
#: Addresses of pages that show no chart at first.
_WITHOUT_CHARTS = {ADDRESSES[name] for name in ("home", "data", "draw")}
#: The element of Streamlit's index page that holds all pages.
_ROOT = b'<div id="root">'


def within(scope: Scope) -> str:
    """Return a request's address relative to the first page, whose address is empty."""
    path = scope["path"]
    for base in (scope.get("root_path", ""), "/" + config.get_option("server.baseUrlPath").strip("/")):
        if path == base or path.startswith(base.rstrip("/") + "/"):
            path = path[len(base.rstrip("/")) :]
    return path.removeprefix("/")


def is_page(scope: Scope) -> bool:
    """Whether a request is for an address that may be a page."""
    return scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not within(scope).startswith(_STREAMLITS)


class Pages:
    """Replaces Streamlit's index page, which Streamlit sends for every unknown address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_page(scope):
            await self._app(scope, receive, send)
            return
        address = within(scope)
        if address in ("home", "index.html"):
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse("." + ("/?" + query if query else "/"), 303)(scope, receive, send)
            return
        known = address in ADDRESSES.values()
        index: bytearray | None = None

        async def replace(message: Message) -> None:
            nonlocal index
            if message["type"] == "http.response.start" and _is_html(message):
                index = bytearray()
            elif index is None:
                await send(message)
            else:
                index.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    ours = _index_page(bytes(index), Request(scope), address) if known else _no_page(address)
                    await ours(scope, receive, send)

        await self._app(_unconditional(scope) if known else scope, receive, replace)


def _unconditional(scope: Scope) -> Scope:
    """Return a request without conditions, ranges and compression."""
    headers = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
    return {**scope, "method": "GET", "headers": headers, "extensions": {}}


def _is_html(start: Message) -> bool:
    kind = dict(start["headers"]).get(b"content-type", b"")
    return start["status"] in (200, 206) and kind.startswith(b"text/html")


def _index_page(streamlits: bytes, request: Request, address: str) -> Response:
    """Return Streamlit's index page with our styles. They load after Streamlit's own, so ours apply."""
    charts = assets.charts_link(soon=address not in _WITHOUT_CHARTS)
    ours = f"{assets.navigation_script()}{assets.style_link()}{charts}".encode()
    page = streamlits.replace(_ROOT, ours + _ROOT, 1)
    tag = f'"{sha256(page).hexdigest()[:32]}"'
    headers = {"Cache-Control": "no-cache", "ETag": tag}
    known = [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]
    if tag in known or known == ["*"]:
        return Response(status_code=304, headers=headers)
    return Response(page, media_type="text/html", headers=headers)


def _no_page(address: str) -> Response:
    root = "../" * address.count("/") or "./"
    links = "".join(
        f'<li><a href="{root}{ADDRESSES[name]}">{escape(title)}</a></li>' for name, (title, _) in PAGES.items()
    )
    return Response(
        '<!DOCTYPE html><html lang="en" class="no-page"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>Page not found – hqnn</title><link rel="icon" href="{ICON}">{assets.style_link(root)}</head>'
        f"<body><main><h1>Page “{escape(address[:60])}” not found</h1>"
        f"<p>The pages are:</p><ul>{links}</ul></main></body></html>",
        404,
        {"Cache-Control": "no-cache"},
        "text/html",
    )
