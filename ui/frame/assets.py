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
#: Folders with rules of their own: of two rules that weigh the same, the later one holds.
FEATURES = ("circuit", "draw", "explore", "gradients", "testing", "train")
_FRAME = Path(__file__).parent
_KINDS = {".css": "text/css", ".js": "text/javascript"}
_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


def _named(file: str, content: bytes) -> tuple[str, bytes]:
    """A file's name with its content's hash in it, and its content."""
    path = Path(file)
    return f"{path.stem}.{sha256(content).hexdigest()[:16]}{path.suffix}", content


def _style() -> bytes:
    """The rules of all pages, then those of each feature, which may so say otherwise."""
    return b"\n".join(
        _FRAME.with_name(folder).joinpath("style.css").read_bytes() for folder in (_FRAME.name, *FEATURES)
    )


_STYLE = _named("style.css", _style())
_NAVIGATION = _named("navigation.js", (_FRAME / "navigation.js").read_bytes())
_CONTENTS = dict((_STYLE, _NAVIGATION))


def style_link(root: str = "./") -> str:
    """HTML: the style sheet, the same for all pages.

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
