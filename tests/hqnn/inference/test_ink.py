"""Ink as an image such as MNIST's."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hqnn.inference.ink import LEAST_STROKE, PictureError, mnist_like, stroke_width
from hqnn.network.data import pixels


@pytest.mark.parametrize(
    ("height", "width", "expected"), [(200, 100, (20, 10)), (30, 270, (2, 20)), (80, 80, (20, 20))]
)
def test_the_longer_side_fills_the_box_and_the_shape_is_kept(height, width, expected):
    ink = np.zeros((280, 280), np.uint8)
    ink[7 : 7 + height, 5 : 5 + width] = 255
    image = mnist_like(ink)
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    assert (len(rows), len(columns)) == expected
    assert (image[image > 0] == 255).all()
    assert [np.mean(places) for places in (rows, columns)] == pytest.approx([14, 14], abs=0.5)


def test_where_it_is_drawn_does_not_matter():
    digit = np.asarray(Image.fromarray(pixels(3, False)[0]).resize((140, 140)))
    drawn = [np.zeros((280, 280), np.uint8) for _ in range(3)]
    for ink, (top, left) in zip(drawn, [(0, 0), (140, 17), (99, 140)], strict=True):
        ink[top : top + 140, left : left + 140] = digit
    first, *others = map(mnist_like, drawn)
    assert all((image == first).all() for image in others)


def test_each_pixel_is_the_mean_of_its_part_of_the_ink():
    """Where the sides are whole multiples of 20: Pillow's box filter has the same means."""
    ink = np.random.default_rng(0).integers(128, 256, (200, 100)).astype(np.uint8)
    expected = np.asarray(Image.fromarray(ink).reduce(10))
    found = mnist_like(ink)
    rows, columns = (np.flatnonzero(found.any(axis=axis)) for axis in (1, 0))
    small = found[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert np.abs(small.astype(int) - expected).max() <= 1


def test_ink_is_spread_over_parts_that_it_reaches_into_by_their_share():
    """Three pixels over twenty parts: each of the two inner edges lies within a part, at 2/3 and 1/3 of it."""
    ink = np.array([[240, 120, 60]], np.uint8)
    row = mnist_like(ink)
    values = row[row.any(axis=1)][0]
    values = values[values > 0]
    expected = [240] * 6 + [240 * 2 / 3 + 120 / 3] + [120] * 6 + [120 / 3 + 60 * 2 / 3] + [60] * 6
    assert values.tolist() == [round(value) for value in expected]


@pytest.mark.slow
@pytest.mark.parametrize("digit", [0, 1, 3, 7])
def test_mnists_own_images_come_back_as_they_are(digit):
    """So the box, the scale and the centre are those of its makers, but where theirs is smaller than its box; and few
    digits are so thin that they are thickened."""
    same = 0
    for image in pixels(digit, False)[:100]:
        again = mnist_like(np.asarray(Image.fromarray(image).resize((280, 280), Image.Resampling.NEAREST)))
        is_thin = stroke_width(image[np.ix_(image.any(1), image.any(0))]) < 1.1 * LEAST_STROKE
        assert is_thin or np.corrcoef(again.ravel(), image.ravel())[0, 1] > 0.95
        same += bool((again == image).all())
    assert same > 80


@pytest.mark.parametrize("turns", range(4))
def test_nothing_of_a_lopsided_drawing_is_lost(turns):
    """A broad bar with a thin stem, whose centre of mass is so far from its middle that it would reach out."""
    ink = np.zeros((280, 280), np.uint8)
    ink[20:110, 40:240], ink[110:260, 136:144] = 255, 255
    image = mnist_like(np.rot90(ink, turns))
    rows, columns = (np.flatnonzero(image.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) == 19
    assert image.sum() == pytest.approx(ink.sum() * (20 / 240) * (17 / 200), rel=0.001)


def line(width: int, turn: float, side: int = 1000) -> np.ndarray:
    """A straight stroke of full ink, cropped."""
    picture, reach = Image.new("L", (side, side)), 0.45 * side
    ends = [(side / 2 + way * reach * np.sin(turn), side / 2 + way * reach * np.cos(turn)) for way in (-1, 1)]
    ImageDraw.Draw(picture).line(ends, fill=255, width=width)
    return np.asarray(picture.crop(picture.getbbox()))


@pytest.mark.parametrize("turn", [0, 0.3, np.pi / 4, 1.2])
@pytest.mark.parametrize("width", [1, 2, 6, 20])
def test_thin_strokes_become_as_thick_and_dark_as_mnists(width, turn):
    image = mnist_like(line(width, turn))
    assert image.max() > 200
    cropped = image[np.ix_(image.any(1), image.any(0))]
    assert 0.7 * LEAST_STROKE < stroke_width(cropped) < 1.6 * LEAST_STROKE


@pytest.mark.parametrize("turn", [0.3, np.pi / 4, 1.2])
@pytest.mark.parametrize("width", [120, 200])
def test_strokes_that_are_thick_enough_stay_as_they_are(width, turn):
    ink = line(width, turn)
    assert mnist_like(ink).sum() == pytest.approx(ink.sum() * (20 / max(ink.shape)) ** 2, rel=0.1)


def test_grain_does_not_make_strokes_thin():
    """Black dots alone, as of a scanner that knows no grey."""
    digit = Image.fromarray(pixels(3, False)[0]).resize((280, 280), Image.Resampling.BICUBIC)
    smooth, dotted = (mnist_like(np.asarray(each.convert("L"))) for each in (digit, digit.convert("1")))
    assert np.corrcoef(smooth.ravel(), dotted.ravel())[0, 1] > 0.97


def test_without_ink_there_is_no_image():
    with pytest.raises(PictureError, match="No digit found: the picture is empty"):
        mnist_like(np.zeros((280, 280), np.uint8))
