"""Simulated photos of digits: a table or a frame around the sheet, a digit in pieces, two digits at once."""

from collections.abc import Callable
from functools import partial
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

#: Height and width of a photo, pixels.
HEIGHT, WIDTH = 300, 400

Rng = np.random.Generator


def on_sheet(image: NDArray[np.uint8], rng: Rng, *, table: float, sheet: float, ink: float, sides: int = 4) -> bytes:
    """A slightly rotated sheet on a table, with so many of its edges in the picture."""
    margins = rng.uniform(0.06, 0.16, 4) * WIDTH
    margins[rng.permutation(4)[sides:]] = -WIDTH
    tilt = np.tan(np.radians(rng.uniform(-6, 6)))
    outline = Image.new("L", (WIDTH, HEIGHT))
    left, top, right, bottom = margins[0], margins[1], WIDTH - margins[2], HEIGHT - margins[3]
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    ImageDraw.Draw(outline).polygon(
        [(x - tilt * (y - HEIGHT / 2), y + tilt * (x - WIDTH / 2)) for x, y in corners], fill=255
    )
    mask = gaussian_filter(np.asarray(outline) / 255, 1)
    wood = gaussian_filter(rng.normal(0, 1, (HEIGHT, WIDTH)), (1, 12)) * 40
    grey = (table + wood) * (1 - mask) + sheet * mask
    low, high = (max(0.0, margins[1]), max(0.0, margins[3]))
    room = HEIGHT - low - high - 50
    middle = (max(0, left) + min(WIDTH, right)) / 2
    return taken(grey, laid(image, room * rng.uniform(0.6, 0.95), middle, low + 25 + room / 2), ink, rng)


def framed(image: NDArray[np.uint8], rng: Rng, *, frame: float, sheet: float, ink: float) -> bytes:
    """A sheet with a frame along the photo's edges, of 1% to 8% of its width."""
    grey = np.full((HEIGHT, WIDTH), frame)
    wide = [int(rng.uniform(0.01, 0.08) * WIDTH) for _ in range(4)]
    grey[wide[0] : HEIGHT - wide[1], wide[2] : WIDTH - wide[3]] = sheet
    return taken(grey, laid(image, rng.uniform(130, 200), WIDTH / 2, HEIGHT / 2), ink, rng)


def alone(image: NDArray[np.uint8], rng: Rng, *, sheet: float = 225, ink: float = 50) -> bytes:
    """A sheet with the digit only."""
    side = rng.uniform(120, 260)
    x, y = (rng.uniform(side / 2, length - side / 2) for length in (WIDTH, HEIGHT))
    return taken(np.full((HEIGHT, WIDTH), sheet), laid(image, side, x, y), ink, rng)


def side_by_side(images: tuple[NDArray[np.uint8], NDArray[np.uint8]], rng: Rng) -> bytes:
    """Two digits of about the same height, beside each other."""
    sides = rng.uniform(110, 150) * rng.uniform(0.85, 1.15, 2)
    apart = rng.uniform(0.8, 1.1) * sides.mean()
    y = HEIGHT / 2 + rng.uniform(-15, 15, 2)
    places = (WIDTH / 2 - apart / 2, WIDTH / 2 + apart / 2)
    both = [laid(*each) for each in zip(images, sides, places, y, strict=True)]
    return taken(np.full((HEIGHT, WIDTH), 225.0), np.maximum(*both), 50, rng)


def in_pieces(image: NDArray[np.uint8], rng: Rng) -> bytes:
    """A digit with two to five gaps, as a pencil or a dry pen leaves them, across its strokes."""
    ink = laid(image, 200, WIDTH / 2, HEIGHT / 2)
    places = np.argwhere(ink > 0.5)
    for y, x in places[rng.integers(len(places), size=int(rng.integers(2, 6)))]:
        angle = rng.uniform(0, np.pi)
        down, across = np.mgrid[:HEIGHT, :WIDTH] - np.array([y, x])[:, None, None]
        near = np.abs(down * np.cos(angle) + across * np.sin(angle)) < rng.uniform(2, 5)
        ink = np.where(near & (np.hypot(down, across) < 22), 0, ink)
    return taken(np.full((HEIGHT, WIDTH), 225.0), ink, 50, rng)


def laid(image: NDArray[np.uint8], side: float, x: float, y: float) -> NDArray[np.float64]:
    """(HEIGHT, WIDTH), 0 to 1: a digit's image with a side of so many pixels, its middle at a place."""
    small = Image.fromarray(image).resize((round(side), round(side)), Image.Resampling.BICUBIC)
    paper = Image.new("L", (WIDTH, HEIGHT))
    paper.paste(small, (round(x - side / 2), round(y - side / 2)))
    return np.asarray(paper) / 255


def taken(paper: NDArray[np.float64], strokes: NDArray[np.float64], ink: float, rng: Rng) -> bytes:
    """A JPEG file: ink on paper in uneven light, out of focus, with a camera's noise."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    light = 1 - rng.uniform(0, 0.2) * x / WIDTH - rng.uniform(0, 0.2) * y / HEIGHT
    grey = gaussian_filter((paper * (1 - strokes) + ink * strokes) * light, 0.8) + rng.normal(0, 4, paper.shape)
    content = BytesIO()
    Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(content, "JPEG", quality=85)
    return content.getvalue()


#: Surroundings of the digit in a photo.
AROUND: dict[str, Callable[[NDArray[np.uint8], Rng], bytes]] = {
    "plain sheet": alone,
    "chalk on a board": partial(alone, sheet=50, ink=220),
    "a dark table, four edges": partial(on_sheet, table=60, sheet=225, ink=50),
    "a dark table, two edges": partial(on_sheet, table=60, sheet=225, ink=50, sides=2),
    "a dark table, one edge": partial(on_sheet, table=60, sheet=225, ink=50, sides=1),
    "a light table, four edges": partial(on_sheet, table=150, sheet=225, ink=50),
    "a dark table, pencil": partial(on_sheet, table=60, sheet=225, ink=130),
    "a light wall around a board": partial(on_sheet, table=220, sheet=50, ink=220),
    "a black frame": partial(framed, frame=20, sheet=225, ink=50),
    "a black frame, pencil": partial(framed, frame=20, sheet=225, ink=130),
    "a white frame around a board": partial(framed, frame=235, sheet=50, ink=210),
}
