"""Scripts and styles of components that the browser loads as files.

Streamlit repeats a component's own code in every update of the page. Of these components it only repeats a short stub.
"""

from hashlib import sha256
from pathlib import Path

#: The folder of the address of each file, below the first page.
FOLDER = "assets"
#: Folders below `ui` with such files.
_FOLDERS = ("kit", "train/stage")
#: Media types by suffix.
KINDS = {".css": "text/css", ".js": "text/javascript"}
_UI = Path(__file__).parent.parent


def _contents() -> dict[str, bytes]:
    found = (path for folder in _FOLDERS for path in sorted((_UI / folder).iterdir()) if path.suffix in KINDS)
    return {path.relative_to(_UI).as_posix(): path.read_bytes() for path in found}


_FILES = _contents()
#: Named after the content of all files, so that browsers may keep them, and a script may import its neighbours.
_VERSION = sha256(b"".join(_FILES.values())).hexdigest()[:16]
#: The files by their address below `FOLDER`.
CONTENTS = {f"{_VERSION}/{name}": content for name, content in _FILES.items()}


def stub(script: Path) -> str:
    """Return the JavaScript of a component that imports its code from a file.

    Args:
        script: the file, a module whose default export Streamlit would call.
    """
    address = f"{FOLDER}/{_VERSION}/{script.relative_to(_UI).as_posix()}"
    return (
        f"const loaded = import(new URL('{address}', document.baseURI))\n"
        "export default function (component) {\n"
        "  let end, ended = false\n"
        "  loaded.then(({ default: draw }) => { if (!ended) end = draw(component) })\n"
        "  return () => { ended = true; end?.() }\n"
        "}\n"
    )
