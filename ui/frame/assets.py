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

FOLDER = "assets"
#: Folders with their own CSS rules. Of two rules with the same weight, the later one applies.
FEATURES = ("circuit", "draw", "explore", "gradients", "testing", "train")
#: Folders whose scripts and styles components import in the browser, instead of sending them with every update.
SCRIPT_FOLDERS = ("train/stage",)
_FRAME = Path(__file__).parent
_KINDS = {".css": "text/css", ".js": "text/javascript"}
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


def _scripts() -> dict[str, bytes]:
    """Return the scripts and styles of components by their path below `ui`. A script may import its neighbours."""
    root = _FRAME.parent
    found = (path for folder in SCRIPT_FOLDERS for path in sorted((root / folder).iterdir()) if path.suffix in _KINDS)
    return {str(path.relative_to(root)): path.read_bytes() for path in found}


_STYLE = _named("style.css", _style())
_NAVIGATION = _named("navigation.js", (_FRAME / "navigation.js").read_bytes())
_SCRIPTS = _scripts()
#: A folder that is named after the content of all scripts, so that they may be cached and may import each other.
_SCRIPT_FOLDER = sha256(b"".join(_SCRIPTS.values())).hexdigest()[:16]
_CONTENTS = dict((_STYLE, _NAVIGATION)) | {f"{_SCRIPT_FOLDER}/{name}": content for name, content in _SCRIPTS.items()}


def style_link(root: str = "./") -> str:
    """Return the link to the style sheet of all pages, as HTML.

    Args:
        root: relative path from the page to the first page.
    """
    return f'<link rel="stylesheet" href="{root}{FOLDER}/{_STYLE[0]}">'


def navigation_script() -> str:
    """Return the script that keeps unseen states out of the browser's history, as HTML."""
    return f'<script src="./{FOLDER}/{_NAVIGATION[0]}"></script>'


def stub(script: Path) -> str:
    """Return the JavaScript of a component whose code the browser imports from a file.

    Streamlit repeats a component's code in every update of the page.
    """
    name = script.relative_to(_FRAME.parent).as_posix()
    return (
        f"const loaded = import(new URL('{FOLDER}/{_SCRIPT_FOLDER}/{name}', document.baseURI))\n"
        "export default function (component) {\n"
        "  let end, ended = false\n"
        "  loaded.then(({ default: draw }) => { if (!ended) end = draw(component) })\n"
        "  return () => { ended = true; end?.() }\n"
        "}\n"
    )


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
    return Response(_CONTENTS[name], media_type=_KINDS[Path(name).suffix], headers=_YEAR)
