"""A photo or a drawing of a digit, as a file, as ink.

Paper is what a grey opening wider than strokes leaves, so shadows go with it; what stands out from it is ink above
Otsu's threshold: Otsu 1979, doi:10.1109/TSMC.1979.4310076. Files are what their senders made them: nothing is decoded
before its format and size are known, and nothing larger than `MOST_PIXELS`.
"""

import re
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from hqnn.glyphs import PictureError
from hqnn.records import Upload

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
#: Bytes of a file, pixels of a picture at most, and of its shorter side at least.
MOST_BYTES, MOST_PIXELS, LEAST_SIDE = 5_000_000, 25_000_000, 8
#: Pixels of the longer side of what a picture is reduced to.
SIDE = 280
#: Greys between ink and paper below which there is none, and the share of all strokes below which a speck is none.
LEAST_CONTRAST, SPECK = 24, 0.03
#: Standard deviations of the paper below which it is noise: noise alone has up to 2.7, digits in much noise 5.
LEAST_SPREADS = 4
#: Pixels by which the soft edge of a stroke reaches beyond where it is darker than the threshold.
EDGE = 3


def read_upload(content: bytes) -> Upload:
    """The ink on a picture: dark on light or light on dark, drawn or photographed.

    Args:
        content: a PNG, JPEG, WebP, BMP or GIF file's.

    Raises:
        PictureError: if it is no such file, too large, too small, damaged, or blank.
    """
    if not content:
        raise PictureError("A picture must not be empty, this file has 0 bytes.")
    if len(content) > MOST_BYTES:
        raise PictureError(
            f"A picture may have {MOST_BYTES / 1e6:g} MB at most, this one has {len(content) / 1e6:.1f}."
        )
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureError(_too_large(int(re.findall(r"\d+", str(bomb))[0]))) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise PictureError("This is no picture that can be read: a whole PNG, JPEG, WebP, BMP or GIF.") from None
    _check_size(*picture.size)
    try:
        grey, notes = _grey(picture)
    except (OSError, SyntaxError, ValueError, EOFError):
        raise PictureError("The picture is damaged: it cannot be read to its end.") from None
    ink, light = _ink(np.asarray(grey, dtype=np.float64))
    notes += ("Its ink is lighter than its paper, so it was inverted.",) if not light else ()
    return Upload(ink, notes)


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureError(_too_large(width * height))
    if min(width, height) < LEAST_SIDE:
        least = f"{LEAST_SIDE} × {LEAST_SIDE}"
        raise PictureError(f"A picture must have {least} pixels at least, this one has {width} × {height}.")


def _too_large(pixels: int) -> str:
    return f"A picture may have {MOST_PIXELS / 1e6:g} million pixels at most, this one has {pixels / 1e6:.1f} million."


def _grey(picture: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """Decoded, reduced, upright and in 8 bits of grey, and what is to be said of that."""
    notes = ("It moves: its first frame was taken.",) if getattr(picture, "is_animated", False) else ()
    picture = ImageOps.exif_transpose(_small(picture))
    if picture.mode.startswith("I"):
        deep = np.asarray(picture, dtype=np.float64) / 257
        return Image.fromarray(deep.round().clip(0, 255).astype(np.uint8)), (*notes, "Its 16 bits of grey became 8.")
    if picture.mode in ("LA", "RGBA") and picture.getextrema()[-1] != (255, 255):
        laid, is_white = _on_paper(picture.convert("RGBA"))
        return laid, (*notes, f"What is transparent was taken as {'white' if is_white else 'black'} paper.")
    return picture.convert("L"), notes


def _small(picture: Image.Image) -> Image.Image:
    """Reduced before anything else is made of it, so that no second picture as large is held."""
    picture.draft("L", (2 * SIDE, 2 * SIDE))
    if picture.mode in ("1", "P") or (picture.mode in ("L", "RGB") and picture.has_transparency_data):
        # These colours have no mean, so some are chosen first.
        picture.thumbnail((4 * SIDE, 4 * SIDE), Image.Resampling.NEAREST, reducing_gap=None)
        picture = picture.convert("RGBA")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=None)
    return picture


def _on_paper(picture: Image.Image) -> tuple[Image.Image, bool]:
    """Laid on white paper, or on black where its ink is white; and whether it was white."""
    laid = {white: Image.new("RGBA", picture.size, (255 * white,) * 3 + (255,)) for white in (True, False)}
    greys = {white: Image.alpha_composite(paper, picture).convert("L") for white, paper in laid.items()}
    contrast = {white: np.ptp(np.asarray(grey)) for white, grey in greys.items()}
    is_white = bool(contrast[True] >= LEAST_CONTRAST or contrast[True] >= contrast[False])
    return greys[is_white], is_white


def _ink(grey: NDArray[np.float64]) -> tuple[NDArray[np.uint8], bool]:
    """What stands out from the paper, 0 to 255, and whether the paper is the lighter one of the two."""
    wide = max(3, max(grey.shape) // 4 | 1)
    light = _on_light(grey)
    ink = np.asarray(ndimage.white_tophat(255 - grey if light else grey, wide, mode="nearest"))
    threshold = _otsu(ink)
    strokes = ink > threshold
    paper, high = np.median(ink[~strokes]), np.median(ink[strokes]) if strokes.any() else 0
    if high < LEAST_CONTRAST or high - paper < LEAST_SPREADS * ink[~strokes].std():
        raise PictureError("There is no digit to be seen on the picture: it is nearly all of one grey.")
    low = (paper + threshold) / 2
    soft = np.clip((ink - low) / (high - low), 0, 1)
    edged = ndimage.binary_dilation(_without_specks(strokes), iterations=EDGE)
    return (255 * soft * edged).round().astype(np.uint8), light


def _on_light(grey: NDArray[np.float64]) -> bool:
    """Whether what departs most from the paper around, the median of half the picture's length, is darker."""
    few = grey[:: max(1, len(grey) // 70), :: max(1, grey.shape[1] // 70)]
    around = ndimage.median_filter(few, max(3, max(few.shape) // 2 | 1), mode="nearest")
    return bool(np.sum((few - around) ** 3) <= 0)


def _otsu(values: NDArray[np.float64]) -> float:
    """The threshold between two groups of values that leaves the least variance within them."""
    count, edges = np.histogram(values, 256)
    middles = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(count), np.cumsum(count * middles)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1:][np.nanargmax(np.where(above > 0, between, np.nan))]) if np.ptp(values) else 0.0


def _without_specks(strokes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Only what hangs together and is a fair share of them all; beside a digit nothing at the picture's edge, such as a
    shadow's corner."""
    parts = np.empty(strokes.shape, np.int32)
    ndimage.label(strokes, np.ones((3, 3)), output=parts)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    at_edge = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    if sizes.argmax() not in at_edge:
        sizes[at_edge] = 0
    return (sizes >= SPECK * strokes.sum())[parts] & strokes
