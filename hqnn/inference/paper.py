"""Find a sheet of paper or a board on a photo, so that its surroundings can be ignored.

Otsu's threshold splits the picture into light and dark. A connected part may be a sheet, seen from any angle, if it is
large, has few holes, and nearly fills a rectangle around it.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

#: Least and most share of the picture for a sheet. A larger one has no surroundings.
LEAST, MOST = 0.1, 0.97
#: Least share of a sheet's own kind within its outline, and least share of the rectangle around the outline. A thick 0
#: has less of the first, and the hole in it less of the second: an ellipse has π/4.
OWN, RECTANGLE = 0.75, 0.82
#: Width of its edge, blurred or in shadow, that counts as surroundings, pixels.
EDGE = 4
#: Standard deviation of the blur that extends the paper beyond its edge, pixels.
BLUR = 8.0


def sheets(grey: NDArray[np.float32]) -> Iterator[tuple[NDArray[np.float32], NDArray[np.bool_]]]:
    """Yield possible sheets in a picture, the smallest first.

    Args:
        grey: (height, width), a few hundred pixels each.

    Yields:
        (height, width): the picture with the surroundings replaced by the sheet's paper; and where the sheet is.
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
    """Return the area of the smallest rectangle around an outline. One side of it lies on the convex hull."""
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
    """Return the threshold between two groups of values that minimises the variance within them."""
    count, edges = np.histogram(values, 256)
    middles = (edges[:-1] + edges[1:]) / 2
    below, sums = np.cumsum(count), np.cumsum(count * middles)
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1:][np.nanargmax(np.where(above > 0, between, np.nan))]) if np.ptp(values) else 0.0
