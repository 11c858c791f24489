"""Read a picture file as grey levels, for many formats, depths and colours.

Files may be damaged or malicious. Nothing is decoded before its format and size are known, and nothing larger than
`MOST_PIXELS`. Every error is one sentence.
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
#: Most bytes of a file, most pixels of a picture, and least pixels of its shorter side.
MOST_BYTES, MOST_PIXELS, LEAST_SIDE = 5_000_000, 25_000_000, 8
#: Most scans of a JPEG file. Cameras write 1 to 10, and in the largest picture each may take 0.1 s.
MOST_SCANS = 100
#: Longer side of the reduced picture, pixels.
LONGEST = 1120
#: Percentiles of grey levels that are used, without extremes such as a camera's broken pixels.
ENDS = (0.01, 99.99)
#: Least contrast, of 255, for a transparent picture on white.
LEAST_SEEN = 24
_ANIMATED = "The picture is animated: only the first frame is used."
#: Held while the standard error is redirected.
STANDARD_ERROR = Lock()
#: Transformation that undoes each EXIF orientation.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else its notes on damaged files are printed


class Picture(NamedTuple):
    """A picture that was read."""

    #: (height, width), at most `LONGEST` each, 0 for black to 255.
    grey: NDArray[np.float32]
    #: Changes to the picture, one sentence each.
    notes: tuple[str, ...]


def read_picture(content: bytes) -> Picture:
    """Return the first picture of a file, upright.

    Args:
        content: of a PNG, JPEG, WebP, BMP, GIF, TIFF or PPM file.

    Raises:
        PictureError: if it is no such file, too large, too small or damaged.
    """
    if not content:
        raise PictureError("The picture file must not be empty, but it has 0 bytes.")
    if len(content) > MOST_BYTES:
        raise PictureError(
            f"The picture file must have at most {MOST_BYTES / 1e6:g} MB, but it has {len(content) / 1e6:.1f} MB."
        )
    with _in_silence(content):
        bare, orientation = without_metadata(content)
        picture = _opened(bare)
        _check_size(*picture.size)
        try:
            small = _small(picture)
            upright = small.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else small
            grey, notes = _grey(upright)
        except Exception:  # noqa: BLE001 (Pillow raises any exception for a damaged file)
            raise PictureError("The picture file is damaged: it cannot be read to the end.") from None
        return Picture(grey, _about_others(content) + notes)


@contextmanager
def _in_silence(content: bytes) -> Iterator[None]:
    """Suppress warnings about a file. libtiff writes its own to the standard error."""
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
        raise PictureError(f"Cannot read this file. Use a {known} picture.") from None
    scans = content.count(b"\xff\xda") if picture.format == "JPEG" else 0
    if scans > MOST_SCANS:
        raise PictureError(f"A JPEG picture must have at most {MOST_SCANS} scans, but it has {scans}.")
    return picture


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureError(_too_large(width * height))
    if min(width, height) < LEAST_SIDE:
        least = f"{LEAST_SIDE} × {LEAST_SIDE}"
        raise PictureError(f"The picture must have at least {least} pixels, but it has {width} × {height}.")


def _too_large(pixels: int) -> str:
    most = f"{MOST_PIXELS / 1e6:g} million pixels"
    return f"The picture must have at most {most}, but it has {pixels / 1e6:.1f} million."


def _about_others(content: bytes) -> tuple[str, ...]:
    """Return a note if the file has more than one picture."""
    try:
        picture = Image.open(BytesIO(content), formats=("PNG", "WEBP", "GIF", "TIFF"))
        if not getattr(picture, "is_animated", False):
            return ()
    except Exception:  # noqa: BLE001 (the first picture was read; the error is in another one or in metadata)
        return ()
    is_book = picture.format == "TIFF"
    return ("The file has several pages: only the first is used." if is_book else _ANIMATED,)


def _small(picture: Image.Image) -> Image.Image:
    """Reduce a picture early, in a mode whose colours can be averaged."""
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
    """Return the grey levels, 0 to 255, and notes on changes."""
    if picture.mode == "F":
        return _stretched(np.asarray(picture)), ("The picture was reduced to 8-bit grey.",)
    if picture.mode in ("LA", "RGBA") and picture.getextrema()[-1] != (255, 255):
        laid, is_white = _on_paper(picture.convert("RGBA"))
        return laid, (f"Transparent areas were filled with {'white' if is_white else 'black'}.",)
    return _lit(picture), ()


def _stretched(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale levels of any range to 0 to 255, without extremes. Values that are no numbers become the median."""
    finite = np.isfinite(levels)
    if not finite.any():
        return np.zeros_like(levels)
    low, middle, high = np.percentile(levels[finite].astype(np.float64), (ENDS[0], 50, ENDS[1]))
    shares = (np.where(finite, levels, middle) - low) / max(high - low, np.finfo(np.float64).tiny)
    return (255 * shares.clip(0, 1)).astype(np.float32)


def _lit(picture: Image.Image) -> NDArray[np.float32]:
    """Return the grey levels scaled so that the lightest is white. 12-bit pictures may be almost black in 16 bits."""
    grey = np.asarray(picture.convert("L"), dtype=np.float32)
    return grey * (255 / max(1.0, float(grey.max())))


def _on_paper(picture: Image.Image) -> tuple[NDArray[np.float32], bool]:
    """Return a picture on white, or on black if its strokes are white, and whether it is on white."""
    laid = {white: Image.new("RGBA", picture.size, (255 * white,) * 3 + (255,)) for white in (True, False)}
    greys = {white: _lit(Image.alpha_composite(paper, picture)) for white, paper in laid.items()}
    contrast = {white: np.ptp(grey) for white, grey in greys.items()}
    is_white = bool(contrast[True] >= LEAST_SEEN or contrast[True] >= contrast[False])
    return greys[is_white], is_white
