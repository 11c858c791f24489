"""Find the strokes of a digit on a photo or drawing.

A grey opening wider than any stroke estimates the background, with its shadows. Pixels that differ from it by more than
Otsu's threshold are strokes: Otsu 1979, doi:10.1109/TSMC.1979.4310076. The surroundings of a sheet
(`hqnn.inference.paper`) are neither.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from hqnn.inference.ink import PictureError
from hqnn.inference.one_digit import digits_apart
from hqnn.inference.paper import otsu, sheets
from hqnn.inference.picture_file import read_picture
from hqnn.inference.types import Upload

#: Longer side for the search for strokes, pixels. If there are none, they may be thin, and all pixels are used.
SIDE = 280
#: Longer side to find out whether strokes or background are lighter, pixels.
FEW = 70
#: Least contrast of strokes, greys, and least share of all strokes below which a part is a speck.
LEAST_CONTRAST, SPECK = 24, 0.03
#: Least contrast in standard deviations of the background: noise alone has up to 2.7, digits in much noise have 5.
LEAST_SPREADS = 4
#: Second threshold for strokes, in standard deviations of the background's noise. If strokes are a small share of the
#: picture, Otsu's threshold lies within the noise.
CLEAR = 6
#: Width of the soft edge of a stroke outside the threshold, pixels.
EDGE = 3


def read_upload(content: bytes) -> Upload:
    """Return the strokes on a picture, dark on light or light on dark, drawn or photographed.

    Args:
        content: of a PNG, JPEG, WebP, BMP, GIF, TIFF or PPM file.

    Raises:
        PictureError: if it is no such file, too large, too small, damaged, empty, or shows several digits.
    """
    picture = read_picture(content)
    small = Image.fromarray(picture.grey)
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=None)
    ink, light = _on_sheet(np.asarray(small)) or _ink(np.asarray(small)) or _ink(picture.grey) or (None, True)
    if ink is None:
        raise PictureError("No digit found: the picture is almost one shade of grey.")
    if (shown := digits_apart(ink)) > 1:
        raise PictureError(f"The picture must show one digit, but it shows {shown}.")
    inverted = () if light else ("The digit is lighter than its background, so the picture was inverted.",)
    return Upload(ink, picture.notes + inverted)


def _on_sheet(grey: NDArray[np.float32]) -> tuple[NDArray[np.uint8], bool] | None:
    """Return the strokes on the smallest sheet with strokes, if none touch its edge."""
    for alone, within in sheets(grey):
        found = _ink(alone)
        if found is not None and not found[0][~within].any():
            return found
    return None


def _ink(grey: NDArray[np.float32]) -> tuple[NDArray[np.uint8], bool] | None:
    """Return the strokes, 0 to 255, and whether the background is lighter than they are."""
    wide = max(3, max(grey.shape) // 4 | 1)
    light = _on_light(grey)
    ink = np.asarray(ndimage.white_tophat(255 - grey if light else grey, wide, mode="nearest"))
    paper = np.median(ink)
    clear = CLEAR * 1.4826 * np.median(np.abs(ink - paper))  # so many standard deviations of the noise
    thresholds = otsu(ink), max(paper + clear, LEAST_CONTRAST / 2)
    return next(((found, light) for each in thresholds if (found := _strokes(ink, each)) is not None), None)


def _strokes(ink: NDArray[np.float32], threshold: float) -> NDArray[np.uint8] | None:
    """Return strokes above a threshold, 0 to 255, with soft edges; None if they do not stand out."""
    strokes = ink > threshold
    paper, high = np.median(ink[~strokes]), np.median(ink[strokes]) if strokes.any() else 0
    if high < LEAST_CONTRAST or high - paper < LEAST_SPREADS * ink[~strokes].std():
        return None
    digit = _without_specks(strokes)
    if not digit.any():
        return None
    low = (paper + threshold) / 2
    soft = np.clip((ink - low) / (high - low), 0, 1)
    edged = ndimage.binary_dilation(digit, iterations=EDGE)
    return (255 * soft * edged).round().astype(np.uint8)


def _on_light(grey: NDArray[np.float32]) -> bool:
    """Return whether the strongest deviations from the background (median over half the picture) are darker."""
    whole = Image.fromarray(grey)
    few = whole.resize([max(1, side * FEW // max(grey.shape)) for side in whole.size], Image.Resampling.BOX)
    around = ndimage.median_filter(np.asarray(few), max(3, max(few.size) // 2 | 1), mode="nearest")
    paper = Image.fromarray(np.asarray(around)).resize(whole.size, Image.Resampling.BILINEAR)
    return bool(np.sum((grey - np.asarray(paper)).astype(np.float64) ** 3) <= 0)


def _without_specks(strokes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the connected strokes without specks, and without parts at the picture's edge beside a digit."""
    parts = np.empty(strokes.shape, np.int32)
    ndimage.label(strokes, np.ones((3, 3)), output=parts)
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    at_edge = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    if sizes.argmax() not in at_edge:
        sizes[at_edge] = 0
    return (sizes >= SPECK * strokes.sum())[parts] & strokes
