"""A sheet of paper, or a board, on a photo: what lies around it is not what a digit is written on.

Otsu's threshold parts the picture into light and dark; a part that hangs together, is large, has few holes and nearly
fills a rectangle laid around it in any direction may be a sheet, in whatever shape the camera saw it.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

#: Shares of the picture that a sheet has at least, and at most: beyond that there is nothing around it.
LEAST, MOST = 0.1, 0.97
#: Of what is within a sheet's outline, the share that must be of its kind; and of the rectangle around that outline. A
#: thick 0 has less of the first, and the hole in it less of the second: that of an ellipse is π/4.
OWN, RECTANGLE = 0.75, 0.82
#: Pixels of its edge, blurred or in shadow, that count as what is around.
EDGE = 4
#: Standard deviation of the blur with which the paper goes on beyond the edge, pixels.
BLUR = 8.0


def sheets(grey: NDArray[np.float32]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """What may be sheets in a picture that shows more than one, the smallest first.

    Args:
        grey: (height, width), a few hundred pixels each.

    Yields:
        (height, width): the picture with the sheet's paper in the place of what is around it; and where the sheet is.
    """
    light = grey > otsu(grey)
    outlines = [outline for kind in (light, ~light) for outline in _outlines(kind)]
    for outline in sorted(outlines, key=np.count_nonzero):
        within = np.asarray(ndimage.binary_erosion(outline, iterations=EDGE, border_value=1), bool)
        if within.any():
            yield _alone(grey, within), within


def _outlines(kind: NDArray[np.bool_]) -> Iterator[NDArray[np.bool_]]:
    parts = np.empty(kind.shape, np.int32)
    ndimage.label(ndimage.binary_opening(kind, iterations=1), output=parts)
    sizes = np.bincount(parts.ravel())
    for part in np.flatnonzero(sizes >= LEAST * kind.size):
        outline = np.asarray(ndimage.binary_fill_holes(parts == part), bool)
        if not part or outline.mean() > MOST or sizes[part] < OWN * outline.sum():
            continue
        if outline.sum() >= RECTANGLE * _rectangle(outline):
            yield outline


def _rectangle(outline: NDArray[np.bool_]) -> float:
    """Area of the smallest rectangle around it: one of its sides lies on a side of the convex hull."""
    y, x = np.nonzero(outline & ~np.asarray(ndimage.binary_erosion(outline), bool))
    corners = np.concatenate([np.stack([y + dy, x + dx], 1) for dy in (0, 1) for dx in (0, 1)])
    try:
        hull = corners[ConvexHull(corners).vertices].astype(float)
    except QhullError:
        return float("inf")
    sides = np.roll(hull, -1, 0) - hull
    along = sides / np.linalg.norm(sides, axis=1, keepdims=True)
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    return float(np.min(np.ptp(hull @ along.T, axis=0) * np.ptp(hull @ across.T, axis=0)))


def _alone(grey: NDArray[np.float32], within: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The picture with the paper at the sheet's edge going on around it."""
    weights = ndimage.gaussian_filter(within.astype(np.float32), BLUR)
    blurred = ndimage.gaussian_filter(np.where(within, grey, 0), BLUR) / np.maximum(weights, 1e-6)
    nearest = np.empty((2, *within.shape), np.int32)
    ndimage.distance_transform_edt(~within, return_distances=False, return_indices=True, indices=nearest)
    return np.where(within, grey, blurred[tuple(nearest)])


def otsu(values: NDArray[np.floating]) -> float:
    """The threshold between two groups of values that leaves the least variance within them."""
    count, edges = np.histogram(values, 256)
    middles = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(count), np.cumsum(count * middles)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1:][np.nanargmax(np.where(above > 0, between, np.nan))]) if np.ptp(values) else 0.0
