"""What the player in the browser is told, as a test reads it."""

import json
from base64 import b64decode
from gzip import decompress
from typing import Any

from streamlit.testing.v1 import AppTest


def unpack(packed: str) -> list[Any]:
    """The frames that `ui.kit.player.pack` has packed."""
    return json.loads(decompress(b64decode(packed)))


def film(app: AppTest) -> dict[str, Any]:
    """What the page tells its player, with the frames unpacked."""
    (told,) = (
        json.loads(each.proto.json) for each in app.get("bidi_component") if each.proto.component_name == "hqnn_player"
    )
    return told | {"frames": unpack(told["packed"])}


def marks(frames: list[Any], picture: str, at: int) -> dict[int, float]:
    """θ of every mark of a picture after frame number `at` of frames that begin with the first."""
    seen: dict[int, float] = {}
    for _, _, pictures in frames[: at + 1]:
        moves = pictures[picture][0]
        seen |= dict(zip(map(int, moves[::2]), moves[1::2], strict=True))
    return seen
