"""Pictures of the Follow one image tab: the image and the feature maps. Nothing here draws."""

import numpy as np
from numpy.typing import NDArray

from hqnn.inference.types import Trip
from ui.kit.digits import one
from ui.kit.saliency import GAP, STRONGEST, picture_html, scale_html

#: Side of a feature map in its picture, and the gap between two maps, pixels.
TILE, BETWEEN = 48, 4


def pixels(trip: Trip, digit: int) -> str:
    """HTML: the image with its scale."""
    alt = f"the image of {one(digit)}, 28 × 28 pixels, grey from 0 to 1, mean {trip.pixels.mean():.2f}"
    return picture_html(
        np.round(255 * trip.pixels).astype(np.uint8), alt, scale_html("#000000, #FFFFFF", "0 black", "1 white")
    )


def feature_maps(maps: NDArray[np.float32], columns: int, which: str) -> str:
    """HTML: all feature maps of a convolution on one scale. The strongest one has a frame.

    Args:
        maps: (count, height, width), not negative.
        columns: maps in a row.
        which: the convolution's number.
    """
    top = float(maps.max())
    strongest = int(maps.max(axis=(1, 2)).argmax())
    alt = (
        f"{len(maps)} feature maps of convolution {which}, {maps.shape[1]} × {maps.shape[2]} each; "
        f"the largest value is {top:.2f}, in map {strongest + 1}, which has a frame"
    )
    scale = scale_html("#000000, #FFFFFF", "0", f"{top:.2f} largest value")
    return picture_html(mosaic(maps, columns, strongest), alt, scale)


def mosaic(maps: NDArray[np.float32], columns: int, framed: int) -> NDArray[np.uint8]:
    """The maps side by side, each TILE pixels wide, with gaps: (height, width, 3)."""
    count, zoom, pitch = len(maps), TILE // maps.shape[1], TILE + BETWEEN
    rows = -(-count // columns)
    picture = np.full((rows * pitch + BETWEEN, columns * pitch + BETWEEN, 3), GAP, np.uint8)
    grey = np.round(255 * maps / max(float(maps.max()), 1e-12)).astype(np.uint8)
    grey = grey.repeat(zoom, 1).repeat(zoom, 2)
    for place in range(count):
        top, left = (BETWEEN + at * pitch for at in divmod(place, columns))
        if place == framed:
            picture[top - BETWEEN : top + pitch, left - BETWEEN : left + pitch] = STRONGEST
        picture[top : top + TILE, left : left + TILE] = grey[place, :, :, None]
    return picture
