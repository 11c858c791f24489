"""Names, marks and pictures of digits as HTML. The first digit is a blue ●, the second a vermilion ◆."""

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
    """One image of a digit, with its caption."""

    #: (28, 28), grey 0 to 255.
    pixels: NDArray[np.uint8]
    #: 0 or 1: the digit that gives the caption its colour and mark. None for a digit outside the pair.
    label: int | None
    caption: str
    alt: str
    #: A second line, such as a probability.
    detail: str = ""
    #: Whether the prediction is right; None without a prediction.
    correct: bool | None = None
    #: The link that a click opens.
    link: str | None = None


def mark(label: int, text: str) -> str:
    """Return a text in a digit's colour after its mark, as HTML."""
    return f'<span class="digit digit-{"ab"[label]}">{MARKS[label]} {escape(text)}</span>'


def one(digit: int) -> str:
    """Return a digit with its article: a 3, an 8."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def versus(digits: tuple[int, int]) -> str:
    """Return the pair as HTML, each digit with its mark."""
    return f"{mark(0, str(digits[0]))} vs {mark(1, str(digits[1]))}"


def gallery(pictures: Iterable[Picture], name: str) -> str:
    """Return a grid of pictures with captions as HTML. Screen readers announce it as a list."""
    return f'<ul class="gallery" aria-label="{escape(name)}">{"".join(map(_item, pictures))}</ul>'


def _item(picture: Picture) -> str:
    detail = f"<small>{escape(picture.detail)}</small>" if picture.detail else ""
    caption = (
        f"<span>{escape(picture.caption)}</span>" if picture.label is None else mark(picture.label, picture.caption)
    )
    image = f'<img src="{data_uri(picture.pixels)}" width="64" height="64" alt="{escape(picture.alt)}">'
    if picture.link:
        image = f'<a href="{escape(picture.link)}" target="_self" title="Follow this image step by step">{image}</a>'
    return (
        f"<li{' class=mistaken' if picture.correct is False else ''}>{image}"
        f"{caption}{detail}{_VERDICTS[picture.correct]}</li>"
    )


def data_uri(pixels: NDArray[np.uint8]) -> str:
    """Return an image as a PNG data URI: grey (height, width) or colour (height, width, 3), 0 to 255."""
    content = BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"
