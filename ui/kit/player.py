"""What moves by itself over the moments of a training: one component that holds them all and plays them in the browser.

It finds the places that it fills on the page, within the container of its scope, by their `data-frame`: texts, and
pictures of `ui.kit.cloud_figure`. The server learns where it stopped.
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


def _read(kind: str) -> str:
    return Path(__file__).with_name(f"player.{kind}").read_text()


_component = v2.component("hqnn_player", html=_read("html"), css=_read("css"), js=_read("js"))


class Marks(NamedTuple):
    """What changes in one picture with a moment."""

    #: Where marks go: mark, θ, mark, θ, …
    moves: list[float]
    #: The picture in words.
    alt: str
    #: What is beyond its left and its right end.
    beyond: tuple[str, str] = ("", "")


class Frame(NamedTuple):
    """One moment."""

    #: What it is called.
    name: str
    #: HTML, by the name of its place.
    texts: Mapping[str, str]
    #: By the name of the picture.
    pictures: Mapping[str, Marks]


class Place(NamedTuple):
    """Where somebody has stopped."""

    at: int
    following: bool


@dataclass(frozen=True)
class Film:
    """All moments of what is played, or those since the browser was last told."""

    #: What it is of: another one begins anew.
    of: str
    #: The pictures' HTML (`ui.kit.cloud_figure.picture`), by name.
    pictures: Mapping[str, str]
    #: The frames from number `begin` on, counted from 0, as `pack` gives them.
    packed: str
    #: Number of the last frame of the whole, which may be still to come, and of the one at which it begins.
    last: int
    first: int
    #: Seconds for which the whole is played.
    seconds: float
    begin: int = 0
    #: Whether frames are still being added.
    active: bool = False


class Sent:
    """What the browser has been told since the page was drawn as a whole."""

    def __init__(self, scope: str) -> None:
        self._key, self._of, self._begin = f"{scope}_player", "", 0

    def begin(self, of: str, settled: int) -> int:
        """From which frame on the browser is told now.

        Args:
            of: what the frames are of.
            settled: how many frames there are that stay as they are.
        """
        lost = st.session_state.pop(f"{self._key}_lost", False)
        begin = 0 if lost or of != self._of else self._begin
        self._of, self._begin = of, settled
        return begin


def place(name: str) -> str:
    """HTML: where the player writes a text, or draws a picture."""
    return f'<div data-frame="{name}"></div>'


def pack(frames: Iterable[Frame]) -> str:
    """Frames as the browser unpacks them: JSON, compressed with gzip, in base64."""
    return b64encode(compress(json.dumps(list(frames), ensure_ascii=False).encode(), 6, mtime=0)).decode()


def draw(film: Film, scope: str, label: str) -> None:
    """Draw what plays a film: buttons and a slider.

    Args:
        film: what is played.
        scope: the key of the container in which its places are.
        label: the slider's.
    """
    key = f"{scope}_player"
    at, following = _place(key, film.of)
    data = vars(film) | {"scope": scope, "label": label, "at": at, "following": following}
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
