"""What the browser loads before it draws a page: files whose names change with their content, so it may keep them."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config, file_util
from streamlit.url_util import make_url_path

FOLDER = "assets"
_KINDS = {".css": "text/css", ".js": "text/javascript"}
_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


def _named(file: str) -> tuple[str, bytes]:
    """A file's name with its content's hash in it, and its content."""
    path = Path(__file__).with_name(file)
    content = path.read_bytes()
    return f"{path.stem}.{sha256(content).hexdigest()[:16]}{path.suffix}", content


_STYLE, _NAVIGATION = _named("style.css"), _named("navigation.js")
_CONTENTS = dict((_STYLE, _NAVIGATION))


def style_link(root: str = "./") -> str:
    """HTML: the style sheet of all pages.

    Args:
        root: leads from the page to the dashboard's first one.
    """
    return f'<link rel="stylesheet" href="{root}{FOLDER}/{_STYLE[0]}">'


def navigation_script() -> str:
    """HTML: what keeps states that nobody has seen out of the browser's history."""
    return f'<script src="./{FOLDER}/{_NAVIGATION[0]}"></script>'


@cache
def charts_link(*, soon: bool) -> str:
    """HTML: has the browser load Streamlit's code for charts before a page asks for it, which is late.

    Args:
        soon: whether the page has a chart; else the code is loaded once the browser has nothing else to do.
    """
    kind = "modulepreload" if soon else "prefetch"
    found = Path(file_util.get_static_dir(), "static", "js").glob("EChartsChart.*.js")
    return "".join(f'<link rel="{kind}" crossorigin href="./static/js/{file.name}">' for file in found)


def routes() -> list[Route]:
    """Where the files are served."""
    return [Route(make_url_path(config.get_option("server.baseUrlPath"), f"{FOLDER}/{{name}}"), _serve)]


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _CONTENTS:
        raise HTTPException(404)
    return Response(_CONTENTS[name], media_type=_KINDS[Path(name).suffix], headers=_YEAR)
