"""What the server answers at a page's address: Streamlit's index page with our styles in it; elsewhere, that there is
no page.

Styles among a page's elements would come after what they style, and another element could take their place.
"""

from hashlib import sha256
from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from ui.frame import assets
from ui.kit.sitemap import ADDRESSES, ICON, PAGES

#: Where Streamlit serves what is neither a page nor a part of its own.
_STREAMLITS = ("_stcore/", "media/", "component/")
#: Headers that ask for a part of a page, or a packed one, or for none if the browser has it: meant of ours, not theirs.
_CONDITIONS = {b"accept-encoding", b"range", b"if-range", b"if-none-match", b"if-modified-since"}
#: Addresses of the pages that begin without a chart.
_WITHOUT_CHARTS = {ADDRESSES[name] for name in ("home", "data", "draw")}
#: In Streamlit's index page, what its pages are drawn in.
_ROOT = b'<div id="root">'


def within(scope: Scope) -> str:
    """The address of a request below the dashboard's first page, which has an empty one."""
    path = scope["path"]
    for base in (scope.get("root_path", ""), "/" + config.get_option("server.baseUrlPath").strip("/")):
        if path == base or path.startswith(base.rstrip("/") + "/"):
            path = path[len(base.rstrip("/")) :]
    return path.removeprefix("/")


def is_page(scope: Scope) -> bool:
    """Whether a request asks for what may be a page's address."""
    return scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not within(scope).startswith(_STREAMLITS)


class Pages:
    """Puts ours in the place of Streamlit's index page, which it sends for every address that it does not know."""

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
    """A request for all of what another one may ask for in part."""
    headers = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
    return {**scope, "method": "GET", "headers": headers, "extensions": {}}


def _is_html(start: Message) -> bool:
    kind = dict(start["headers"]).get(b"content-type", b"")
    return start["status"] in (200, 206) and kind.startswith(b"text/html")


def _index_page(streamlits: bytes, request: Request, address: str) -> Response:
    """Streamlit's index page, which loads our styles before it draws, and after its own ones, so that ours hold."""
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
        f'<title>Page not found · hqnn</title><link rel="icon" href="{ICON}">{assets.style_link(root)}</head>'
        f"<body><main><h1>There is no page “{escape(address[:60])}”</h1>"
        f"<p>These are the pages:</p><ul>{links}</ul></main></body></html>",
        404,
        {"Cache-Control": "no-cache"},
        "text/html",
    )
