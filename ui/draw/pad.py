"""The drawing pad as a component. Its value is a drawing: the strokes, and the image that the network sees."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from streamlit.components import v2

from ui.kit.digits import data_uri

#: The component's session-state key. It has the pad's latest value while the pad is on the page.
KEY = "pad"
#: Maximum number of entries, and of numbers per entry, as in pad.js.
MOST, LONGEST = 200, 10_000
#: Maximum length of a picture's data URI.
LONGEST_LINK = 200_000
PENS = (13, 20, 30)


def _read(name: str) -> str:
    return Path(__file__).with_name(name).read_text()


_component = v2.component(
    "hqnn_pad", html=_read("pad.html"), css=_read("pad.css"), js=_read("glyphs.js") + _read("pad.js")
)

#: {"kind": "clear"}, {"kind": "stroke", "width", "points": [x, y, …]}, or
#: {"kind": "picture", "name", "image", "pixels"}: the image is a data URI, the pixels are base64.
Entry = dict[str, Any]


@dataclass(frozen=True)
class Drawing:
    """The content of the pad, and its history for Undo."""

    #: Counts changes. Browser and server agree on the higher number.
    revision: int = 0
    #: Whether the last stroke has ended.
    ended: bool = True
    #: (28, 28), grey 0 to 255, as the network sees it; None if the pad is empty.
    pixels: NDArray[np.uint8] | None = None
    #: What was done, the oldest first. A clear or a picture replaces everything before.
    entries: tuple[Entry, ...] = ()
    #: Width of the pen, where the pad is 280 wide.
    pen: int = PENS[1]

    @property
    def picture(self) -> str:
        """Name of the picture that replaces the strokes, else empty."""
        last = self.entries[-1] if self.entries else {}
        return last["name"] if last.get("kind") == "picture" and self.ended else ""

    def changed(self, value: Any) -> "Drawing":
        """Return the browser's drawing, or this one if the browser's is older or invalid."""
        said = _checked(value)
        if said is None or said["revision"] <= self.revision:
            return self
        entries = said.get("entries", self.entries)
        return Drawing(said["revision"], said["ended"], said["pixels"], tuple(entries), said["pen"])

    def shows(self, pixels: NDArray[np.uint8], name: str, image: NDArray[np.uint8] | None = None) -> "Drawing":
        """Return the pad with a picture instead of the strokes. Undo brings them back.

        Args:
            pixels: (28, 28), as the network sees it.
            name: name of the picture.
            image: the picture on the pad, if different.
        """
        shown = data_uri(pixels if image is None else image)
        encoded = b64encode(pixels.tobytes()).decode()
        picture = {"kind": "picture", "name": name, "image": shown, "pixels": encoded}
        return Drawing(self.revision + 1, True, pixels, (*self.entries, picture)[-MOST:], self.pen)

    def cleared(self) -> "Drawing":
        """Return an empty pad. Undo brings the drawing back."""
        if self.pixels is None:
            return self
        return Drawing(self.revision + 1, True, None, (*self.entries, {"kind": "clear"})[-MOST:], self.pen)


def draw(drawing: Drawing, hint: str, on_change: Callable[[], None]) -> None:
    """Draw the pad.

    Args:
        drawing: what it shows, unless the browser has a newer drawing.
        hint: instruction on an empty pad.
        on_change: called when the browser has a newer drawing, in the session's `KEY` under "drawing".
    """
    data = {"revision": drawing.revision, "entries": list(drawing.entries), "pen": drawing.pen, "hint": hint}
    _component(data=data, key=KEY, on_drawing_change=on_change)


def _checked(value: Any) -> dict[str, Any] | None:
    """Return a value of the component with decoded pixels, None if it is invalid."""
    match value:
        case {"revision": int(), "ended": bool(), "pen": int(pen), "pixels": None | str()} if pen in PENS:
            pass
        case _:
            return None
    entries = value.get("entries", [])
    if not isinstance(entries, list) or len(entries) > MOST or not all(map(_is_entry, entries)):
        return None
    try:
        return value | {"pixels": None if value["pixels"] is None else _decoded(value["pixels"])}
    except (Error, ValueError):
        return None


def _is_entry(entry: Any) -> bool:
    match entry:
        case {"kind": "clear"}:
            return True
        case {"kind": "stroke", "width": int(), "points": list(points)}:
            return len(points) <= LONGEST and all(isinstance(each, int | float) for each in points)
        case {"kind": "picture", "name": str(name), "image": str(image), "pixels": str(pixels)}:
            return len(name) < 200 and len(image) < LONGEST_LINK and len(pixels) < 2000
    return False


def _decoded(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(b64decode(text, validate=True), np.uint8).reshape(28, 28)
