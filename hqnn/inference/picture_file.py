"""A picture's file as grey levels, of whatever format, depth and colours.

Files are what their senders made them: nothing is decoded before its format and size are known, nothing larger than
`MOST_PIXELS`, and whatever is wrong with a file is said in one sentence.
"""

import logging
import os
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hqnn.inference.ink import PictureError
from hqnn.inference.picture_metadata import without_metadata

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
#: Bytes of a file, pixels of a picture at most, and of its shorter side at least.
MOST_BYTES, MOST_PIXELS, LEAST_SIDE = 5_000_000, 25_000_000, 8
#: Scans of a JPEG file at most: cameras write 1 to 10, and each may take 0.1 s of the largest picture.
MOST_SCANS = 100
#: Pixels of the longer side of what a picture is reduced to.
LONGEST = 1120
#: Shares of the grey levels that are left out at either end, such as a camera's broken pixels.
ENDS = (0.01, 99.99)
#: Greys, of 255, by which a transparent picture differs from white paper at least to be seen on it.
LEAST_SEEN = 24
#: Held while the standard error leads nowhere.
STANDARD_ERROR = Lock()
#: What undoes each of EXIF's orientations.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else what it notes of a damaged file is printed


class Picture(NamedTuple):
    """What a picture shows."""

    #: (height, width), at most `LONGEST` each, 0 for black to 255.
    grey: NDArray[np.float32]
    #: Sentences on what was done to it.
    notes: tuple[str, ...]


def read_picture(content: bytes) -> Picture:
    """The first picture of a file, upright.

    Args:
        content: a PNG, JPEG, WebP, BMP, GIF, TIFF or PPM file's.

    Raises:
        PictureError: if it is no such file, too large, too small or damaged.
    """
    if not content:
        raise PictureError("A picture must not be empty, this file has 0 bytes.")
    if len(content) > MOST_BYTES:
        raise PictureError(
            f"A picture may have {MOST_BYTES / 1e6:g} MB at most, this one has {len(content) / 1e6:.1f}."
        )
    with _in_silence(content):
        bare, orientation = without_metadata(content)
        picture = _opened(bare)
        _check_size(*picture.size)
        try:
            small = _small(picture)
            upright = small.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else small
            grey, notes = _grey(upright)
        except Exception:  # noqa: BLE001 (Pillow's decoders raise whatever a damaged file leads them to)
            raise PictureError("The picture is damaged: it cannot be read to its end.") from None
        return Picture(grey, _about_others(content) + notes)


@contextmanager
def _in_silence(content: bytes) -> Iterator[None]:
    """Without a warning of what is wrong with a file: libtiff writes its own to the standard error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if content[:2] not in (b"II", b"MM"):
            yield
            return
        with STANDARD_ERROR, open(os.devnull, "wb") as nothing:
            kept = os.dup(2)
            os.dup2(nothing.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(kept, 2)
                os.close(kept)


def _opened(content: bytes) -> Image.Image:
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError as bomb:
        raise PictureError(_too_large(int(re.findall(r"\d+", str(bomb))[0]))) from None
    except Exception:  # noqa: BLE001 (as above)
        known = f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}".replace("WEBP", "WebP")
        raise PictureError(f"This is no picture that can be read: a whole {known}.") from None
    scans = content.count(b"\xff\xda") if picture.format == "JPEG" else 0
    if scans > MOST_SCANS:
        raise PictureError(f"A JPEG picture may have {MOST_SCANS} scans at most, this one has {scans}.")
    return picture


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureError(_too_large(width * height))
    if min(width, height) < LEAST_SIDE:
        least = f"{LEAST_SIDE} × {LEAST_SIDE}"
        raise PictureError(f"A picture must have {least} pixels at least, this one has {width} × {height}.")


def _too_large(pixels: int) -> str:
    return f"A picture may have {MOST_PIXELS / 1e6:g} million pixels at most, this one has {pixels / 1e6:.1f} million."


def _about_others(content: bytes) -> tuple[str, ...]:
    """What is to be said if a file has more than one picture to show."""
    try:
        picture = Image.open(BytesIO(content), formats=("PNG", "WEBP", "GIF", "TIFF"))
        if not getattr(picture, "is_animated", False):
            return ()
    except Exception:  # noqa: BLE001 (the first picture has been read; what is wrong is with another, or with metadata)
        return ()
    is_book = picture.format == "TIFF"
    return ("It has several pages: the first was taken." if is_book else "It moves: its first frame was taken.",)


def _small(picture: Image.Image) -> Image.Image:
    """Reduced before more is made of it, in a mode whose colours have a mean."""
    picture.draft("L", (LONGEST, LONGEST))
    if picture.mode.startswith("I") or picture.mode == "F":
        picture = picture.convert("F")
    elif picture.mode == "LAB":
        picture = picture.getchannel("L")
    elif picture.mode in ("1", "La"):
        picture = picture.convert("L" if picture.mode == "1" else "LA")
    elif picture.mode in ("P", "PA") or (picture.mode in ("L", "RGB") and picture.has_transparency_data):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX, reducing_gap=None)
    return picture


def _grey(picture: Image.Image) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    """Its grey levels, 0 to 255, and what is to be said of them."""
    if picture.mode == "F":
        return _stretched(np.asarray(picture)), ("Its grey levels were stretched to 8 bits.",)
    if picture.mode in ("LA", "RGBA") and picture.getextrema()[-1] != (255, 255):
        laid, is_white = _on_paper(picture.convert("RGBA"))
        return laid, (f"What is transparent was taken as {'white' if is_white else 'black'} paper.",)
    return _lit(picture), ()


def _stretched(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels of any range, those at its ends left out, as 0 to 255; what is no number as their median."""
    finite = np.isfinite(levels)
    if not finite.any():
        return np.zeros_like(levels)
    low, middle, high = np.percentile(levels[finite].astype(np.float64), (ENDS[0], 50, ENDS[1]))
    shares = (np.where(finite, levels, middle) - low) / max(high - low, np.finfo(np.float64).tiny)
    return (255 * shares.clip(0, 1)).astype(np.float32)


def _lit(picture: Image.Image) -> NDArray[np.float32]:
    """Its grey levels, the lightest of them white: a picture of 12 bits may be nearly black in 16."""
    grey = np.asarray(picture.convert("L"), dtype=np.float32)
    return grey * (255 / max(1.0, float(grey.max())))


def _on_paper(picture: Image.Image) -> tuple[NDArray[np.float32], bool]:
    """Laid on white paper, or on black where its ink is white; and whether it was white."""
    laid = {white: Image.new("RGBA", picture.size, (255 * white,) * 3 + (255,)) for white in (True, False)}
    greys = {white: _lit(Image.alpha_composite(paper, picture)) for white, paper in laid.items()}
    contrast = {white: np.ptp(grey) for white, grey in greys.items()}
    is_white = bool(contrast[True] >= LEAST_SEEN or contrast[True] >= contrast[False])
    return greys[is_white], is_white
