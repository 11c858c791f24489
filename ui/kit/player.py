"""A player of the steps or epochs of a run: one component that holds all frames and plays them in the browser.

It fills elements of the page by their `data-frame`, within the container of its scope: texts and pictures of
`ui.kit.cloud_figure`. The server learns at which frame it stopped.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from gzip import compress
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.components import v2

from ui.kit.script_files import stub


def _read(kind: str) -> str:
    return Path(__file__).with_name(f"player.{kind}").read_text()


_component = v2.component(
    "hqnn_player", html=_read("html"), css=_read("css"), js=stub(Path(__file__).with_name("player.js"))
)


class Marks(NamedTuple):
    """What one frame changes in one picture."""

    #: New positions of marks: mark, θ, mark, θ, …
    moves: list[float]
    #: Text alternative of the picture.
    alt: str
    #: Texts at the left and right end, for images beyond them.
    beyond: tuple[str, str] = ("", "")


class Frame(NamedTuple):
    """One step or epoch."""

    #: Its name.
    name: str
    #: HTML, by the name of its place on the page.
    texts: Mapping[str, str]
    #: By the name of the picture.
    pictures: Mapping[str, Marks]


class Place(NamedTuple):
    """The frame at which a viewer has stopped."""

    at: int
    following: bool


@dataclass(frozen=True)
class Film:
    """All frames, or those that the browser does not have yet."""

    #: What the film shows. Another value restarts the player.
    of: str
    #: The pictures' HTML (`ui.kit.cloud_figure.picture`), by name.
    pictures: Mapping[str, str]
    #: The frames from number `begin` on, counted from 0, as `pack` gives them.
    packed: str
    #: Numbers of the last frame, which may not exist yet, and of the first.
    last: int
    first: int
    #: Seconds that the whole film takes.
    seconds: float
    begin: int = 0
    #: Whether frames are still being added.
    active: bool = False
    #: Frames of one variant of the film are never mixed with those of another.
    variant: str = ""


class Sent:
    """The frames that the browser has received since the last full redraw of the page."""

    def __init__(self, scope: str) -> None:
        self._key, self._of, self._begin = f"{scope}_player", "", 0

    def begin(self, of: str, settled: int) -> int:
        """Return the number of the first frame to send now.

        Args:
            of: what the film shows.
            settled: number of frames that will not change.
        """
        lost = st.session_state.pop(f"{self._key}_lost", False)
        begin = 0 if lost or of != self._of else self._begin
        self._of, self._begin = of, settled
        return begin


def place(name: str) -> str:
    """Return the HTML element in which the player writes a text or draws a picture."""
    return f'<div data-frame="{name}"></div>'


def pack(frames: Iterable[Frame]) -> str:
    """Return frames for the browser: JSON, compressed with gzip, in base64."""
    return b64encode(compress(json.dumps(list(frames), ensure_ascii=False).encode(), 6, mtime=0)).decode()


def draw(film: Film, scope: str, label: str, unit: str = "step") -> None:
    """Draw the buttons and the slider of a film.

    Args:
        film: the film.
        scope: key of the container with its elements.
        label: label of the slider.
        unit: what a frame is, step or epoch.
    """
    key = f"{scope}_player"
    at, following = _place(key, film.of)
    data = vars(film) | {"scope": scope, "label": label, "unit": unit, "at": at, "following": following}
    _component(data=data, key=key, on_place_change=lambda: _remember(key), on_lost_change=lambda: _tell_all(key))


def _place(key: str, of: str) -> Place:
    said = st.session_state.get(f"{key}_at")
    return Place(said["at"], said["following"]) if said and said["of"] == of else Place(0, following=True)


def _remember(key: str) -> None:
    match st.session_state[key].get("place"):
        case {"of": str(), "at": int(at), "following": bool()} as place if at >= 0:
            st.session_state[f"{key}_at"] = place


def _tell_all(key: str) -> None:
    """The browser lacks frames."""
    st.session_state[f"{key}_lost"] = True
