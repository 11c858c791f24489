"""The two digits' identities, and pictures of digits as HTML: the same blue ● and vermilion ◆ on every page."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MARKS = ("●", "◆")
NAMES = ("zeros", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines")

_VERDICTS = {None: "", True: '<b class="right">✓ right</b>', False: '<b class="wrong">✗ wrong</b>'}


@dataclass(frozen=True)
class Picture:
    """One image of a digit, and what is written under it."""

    #: (28, 28), grey 0 to 255.
    pixels: NDArray[np.uint8]
    #: 0 or 1: whose colour and mark the caption wears; None for a digit that is none of the pair.
    label: int | None
    caption: str
    alt: str
    #: A second line, such as a probability.
    detail: str = ""
    #: Whether the network was right, where it was asked.
    correct: bool | None = None
    #: Where a click on it leads.
    link: str | None = None


def mark(label: int, text: str) -> str:
    """HTML: a text in a digit's colour, after its mark."""
    return f'<span class="digit digit-{"ab"[label]}">{MARKS[label]} {escape(text)}</span>'


def one(digit: int) -> str:
    """The digit with its article: a 3, an 8."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def versus(digits: tuple[int, int]) -> str:
    """HTML: the pair, each digit with its mark."""
    return f"{mark(0, str(digits[0]))} vs {mark(1, str(digits[1]))}"


def gallery(pictures: Iterable[Picture], name: str) -> str:
    """HTML: a grid of pictures with their captions, a list to a screen reader."""
    return f'<ul class="gallery" aria-label="{escape(name)}">{"".join(map(_item, pictures))}</ul>'


def _item(picture: Picture) -> str:
    detail = f"<small>{escape(picture.detail)}</small>" if picture.detail else ""
    caption = (
        f"<span>{escape(picture.caption)}</span>" if picture.label is None else mark(picture.label, picture.caption)
    )
    image = f'<img src="{data_uri(picture.pixels)}" width="64" height="64" alt="{escape(picture.alt)}">'
    if picture.link:
        image = f'<a href="{escape(picture.link)}" target="_self" title="Follow it through the network">{image}</a>'
    return (
        f"<li{' class=mistaken' if picture.correct is False else ''}>{image}"
        f"{caption}{detail}{_VERDICTS[picture.correct]}</li>"
    )


def data_uri(pixels: NDArray[np.uint8]) -> str:
    """An image as a PNG in a link: grey (height, width), or colours (height, width, 3), 0 to 255."""
    content = BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"
