"""Saliency map: how strongly θ depends on each pixel of an image. Nothing here draws."""

from html import escape
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ui.kit.digits import data_uri

#: Colours of the lowest, middle and highest value of a saliency map, by theme: brown to teal (ColorBrewer's BrBG).
#: Colour-blind people can distinguish them, and neither is a digit's colour.
DIVERGING = {
    "light": ((140, 81, 10), (250, 250, 250), (1, 102, 94)),
    "dark": ((244, 165, 90), (20, 27, 26), (90, 220, 200)),
}

#: Colour of the gaps between the maps, and of the frame around the strongest map.
GAP, STRONGEST = (96, 112, 106), (255, 176, 0)
#: Screen pixels per image pixel in the map, and number of the strongest pixels that show their sign.
ZOOM, SIGNED = 14, 12


class Sensitive(Protocol):
    """An image, (28, 28), grey 0 to 1, and the derivative of θ by each of its pixels, radians per unit of grey."""

    @property
    def pixels(self) -> NDArray[np.float32]: ...
    @property
    def saliency(self) -> NDArray[np.float32]: ...


def saliency(trip: Sensitive, what: str, theme: str) -> str:
    """Return the saliency map as HTML, with the digit's outline and the signs of the strongest pixels."""
    reach = float(np.abs(trip.saliency).max())
    low, middle, high = DIVERGING[theme]
    row, column = strongest_pixel(trip)
    alt = (
        f"Saliency map of {what}. At the strongest pixel (row {row + 1}, column {column + 1}) the derivative of θ is "
        f"{trip.saliency[row, column]:+.3f} rad per unit of grey"
    ).replace("-", "−")
    colours = ", ".join(f"rgb{colour}" for colour in (low, middle, high))
    scale = scale_html(colours, f"−{reach:.3f} θ falls", "0", f"+{reach:.3f} θ rises")
    return picture_html(saliency_picture(trip, theme), alt, scale, "rad per unit of grey")


def strongest_pixel(trip: Sensitive) -> tuple[int, int]:
    """Return row and column, from 0, of the pixel with the largest derivative of θ."""
    row, column = np.unravel_index(np.abs(trip.saliency).argmax(), trip.saliency.shape)
    return int(row), int(column)


def saliency_picture(trip: Sensitive, theme: str) -> NDArray[np.uint8]:
    """Return the map with outline and signs, (28 · ZOOM, 28 · ZOOM, 3)."""
    values = trip.saliency / max(float(np.abs(trip.saliency).max()), 1e-12)
    low, middle, high = (np.array(colour, float) for colour in DIVERGING[theme])
    share = np.abs(values)[..., None]
    colours = middle + share * (np.where(values[..., None] < 0, low, high) - middle)
    picture = np.round(colours).astype(np.uint8).repeat(ZOOM, 0).repeat(ZOOM, 1)
    ink = np.array((0, 0, 0) if theme == "light" else (255, 255, 255), np.uint8)
    picture[_outline(trip.pixels > 0.5)] = ink
    paper = np.uint8(255) - ink
    for place in np.argsort(np.abs(values), axis=None)[-SIGNED:]:
        row, column = divmod(int(place), values.shape[1])
        _sign(
            picture[row * ZOOM : (row + 1) * ZOOM, column * ZOOM : (column + 1) * ZOOM], values[row, column] > 0, paper
        )
    return picture


def _outline(inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the border of a region in the zoomed picture, two pixels wide."""
    large = inside.repeat(ZOOM, 0).repeat(ZOOM, 1)
    border = np.zeros_like(large)
    for axis in (0, 1):
        for step in (-1, 1):
            border |= large & ~np.roll(large, step, axis) | ~large & np.roll(large, step, axis)
    return border


def _sign(cell: NDArray[np.uint8], positive: bool, colour: NDArray[np.uint8]) -> None:
    """Write a plus or a minus into a pixel's cell."""
    middle = slice(ZOOM // 2 - 1, ZOOM // 2 + 1)
    cell[middle, 3:-3] = colour
    if positive:
        cell[3:-3, middle] = colour


def picture_html(picture: NDArray[np.uint8], alt: str, scale: str, unit: str = "") -> str:
    caption = f"<small>{escape(unit)}</small>" if unit else ""
    height, width = picture.shape[:2]
    return (
        f'<figure class="trip"><img src="{data_uri(picture)}" width="{width}" height="{height}" alt="{escape(alt)}">'
        f"<figcaption>{scale}{caption}</figcaption></figure>"
    )


def scale_html(colours: str, *ends: str) -> str:
    """Return a colour scale with labels, as HTML."""
    labels = "".join(f"<span>{escape(end)}</span>" for end in ends)
    return (
        f'<span class="scale"><i style="background: linear-gradient(to right, {colours})"></i>'
        f"<span>{labels}</span></span>"
    )
