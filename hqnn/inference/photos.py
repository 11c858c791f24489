"""A photo or a drawing of a digit, as a file, as ink.

Paper is what a grey opening wider than strokes leaves, so shadows go with it; what stands out from it is ink above
Otsu's threshold: Otsu 1979, doi:10.1109/TSMC.1979.4310076. What is around a sheet (`hqnn.inference.paper`) is neither.
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

#: Pixels of the longer side at which ink is looked for; where there is none, it may be thin, and all pixels are used.
SIDE = 280
#: Pixels of the longer side at which the paper is looked at, to find which of the two is lighter.
FEW = 70
#: Greys between ink and paper below which there is none, and the share of all strokes below which a speck is none.
LEAST_CONTRAST, SPECK = 24, 0.03
#: Standard deviations of the paper below which it is noise: noise alone has up to 2.7, digits in much noise 5.
LEAST_SPREADS = 4
#: Standard deviations of the paper's noise from which on it is ink where Otsu's threshold finds none: where lines are a
#: small share of the picture, that threshold lies within the noise.
CLEAR = 6
#: Pixels by which the soft edge of a stroke reaches beyond where it is darker than the threshold.
EDGE = 3


def read_upload(content: bytes) -> Upload:
    """The ink on a picture: dark on light or light on dark, drawn or photographed.

    Args:
        content: a PNG, JPEG, WebP, BMP, GIF, TIFF or PPM file's.

    Raises:
        PictureError: if it is no such file, too large, too small, damaged, blank, or shows several digits.
    """
    picture = read_picture(content)
    small = Image.fromarray(picture.grey)
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=None)
    ink, light = _on_sheet(np.asarray(small)) or _ink(np.asarray(small)) or _ink(picture.grey) or (None, True)
    if ink is None:
        raise PictureError("There is no digit to be seen on the picture: it is nearly all of one grey.")
    if (shown := digits_apart(ink)) > 1:
        raise PictureError(f"A picture must show one digit, this one shows {shown}.")
    inverted = () if light else ("Its ink is lighter than its paper, so it was inverted.",)
    return Upload(ink, picture.notes + inverted)


def _on_sheet(grey: NDArray[np.float32]) -> tuple[NDArray[np.uint8], bool] | None:
    """The ink on the smallest sheet that has some, none of it at the sheet's edge."""
    for alone, within in sheets(grey):
        found = _ink(alone)
        if found is not None and not found[0][~within].any():
            return found
    return None


def _ink(grey: NDArray[np.float32]) -> tuple[NDArray[np.uint8], bool] | None:
    """What stands out from the paper, 0 to 255, and whether the paper is the lighter one of the two."""
    wide = max(3, max(grey.shape) // 4 | 1)
    light = _on_light(grey)
    ink = np.asarray(ndimage.white_tophat(255 - grey if light else grey, wide, mode="nearest"))
    paper = np.median(ink)
    clear = CLEAR * 1.4826 * np.median(np.abs(ink - paper))  # that many standard deviations of noise alone
    thresholds = otsu(ink), max(paper + clear, LEAST_CONTRAST / 2)
    return next(((found, light) for each in thresholds if (found := _strokes(ink, each)) is not None), None)


def _strokes(ink: NDArray[np.float32], threshold: float) -> NDArray[np.uint8] | None:
    """Ink above a threshold, 0 to 255, with its soft edges; None if it does not stand out from the paper."""
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
    """Whether what departs most from the paper around, the median of half the picture's length, is darker."""
    whole = Image.fromarray(grey)
    few = whole.resize([max(1, side * FEW // max(grey.shape)) for side in whole.size], Image.Resampling.BOX)
    around = ndimage.median_filter(np.asarray(few), max(3, max(few.size) // 2 | 1), mode="nearest")
    paper = Image.fromarray(np.asarray(around)).resize(whole.size, Image.Resampling.BILINEAR)
    return bool(np.sum((grey - np.asarray(paper)).astype(np.float64) ** 3) <= 0)


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
