"""Files that the browser loads before a page. Their names change with their content, so browsers can cache them."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit import config, file_util
from streamlit.url_util import make_url_path

from ui.kit import script_files
from ui.kit.script_files import FOLDER, KINDS

#: Folders with their own CSS rules. Of two rules with the same weight, the later one applies.
FEATURES = ("circuit", "draw", "explore", "gradients", "home", "testing", "train")
_FRAME = Path(__file__).parent
_YEAR = {"Cache-Control": "public, max-age=31536000, immutable"}


def _named(file: str, content: bytes) -> tuple[str, bytes]:
    """Return a file's name with the hash of its content, and the content."""
    path = Path(file)
    return f"{path.stem}.{sha256(content).hexdigest()[:16]}{path.suffix}", content


def _style() -> bytes:
    """Return the rules of all pages, then those of each feature, which can override them."""
    return b"\n".join(
        _FRAME.with_name(folder).joinpath("style.css").read_bytes() for folder in (_FRAME.name, *FEATURES)
    )


_STYLE = _named("style.css", _style())
_NAVIGATION = _named("navigation.js", (_FRAME / "navigation.js").read_bytes())
_CONTENTS = dict((_STYLE, _NAVIGATION)) | script_files.CONTENTS


def style_link(root: str = "./") -> str:
    """Return the link to the style sheet of all pages, as HTML.

    Args:
        root: relative path from the page to the first page.
    """
    return f'<link rel="stylesheet" href="{root}{FOLDER}/{_STYLE[0]}">'


def navigation_script() -> str:
    """Return the script that keeps unseen states out of the browser's history, as HTML."""
    return f'<script src="./{FOLDER}/{_NAVIGATION[0]}"></script>'


@cache
def charts_link(*, soon: bool) -> str:
    """Return HTML that lets the browser load Streamlit's chart code early.

    Args:
        soon: whether the page has a chart. If not, the code loads when the browser is idle.
    """
    kind = "modulepreload" if soon else "prefetch"
    found = Path(file_util.get_static_dir(), "static", "js").glob("EChartsChart.*.js")
    return "".join(f'<link rel="{kind}" crossorigin href="./static/js/{file.name}">' for file in found)


def routes() -> list[Route]:
    """Return the routes of the files."""
    return [Route(make_url_path(config.get_option("server.baseUrlPath"), f"{FOLDER}/{{name:path}}"), _serve)]


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _CONTENTS:
        raise HTTPException(404)
    return Response(_CONTENTS[name], media_type=KINDS[Path(name).suffix], headers=_YEAR)
