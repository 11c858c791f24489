"""A photo or a drawing of a digit, as a file, as ink."""

import struct
import tracemalloc
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFilter

from hqnn.answer import evaluate_images
from hqnn.data import pixels
from hqnn.glyphs import PictureError, mnist_like
from hqnn.pretrained import run_file
from hqnn.uploads import SIDE, read_upload

THREE = pixels(3, False)[0]


def saved(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    content = BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def large(image=THREE) -> Image.Image:
    """A digit of MNIST, bright on black, 280 pixels wide."""
    return Image.fromarray(image).resize((280, 280), Image.Resampling.BICUBIC)


def dark_on_white(image=THREE) -> Image.Image:
    return large(image).point(lambda grey: 255 - grey)


def photographed(image, rng, *, chalk: bool = False) -> bytes:
    """A pen on paper in the shadow of a hand, or chalk on a board: out of focus, with the camera's noise."""
    ink = np.zeros((600, 800))
    top, left = rng.integers(20, 160), rng.integers(20, 360)
    ink[top : top + 420, left : left + 420] = np.asarray(large(image).resize((420, 420))) / 255
    y, x = np.mgrid[:600, :800]
    light = 170 + 60 * x / 800 - 50 * y / 600 - 40 * (x + y > rng.integers(600, 1100))
    picture = 50 + 20 * x / 800 + 150 * ink if chalk else light * (1 - 0.75 * ink)
    grey = (picture + rng.normal(0, 6, ink.shape)).clip(0, 255).astype(np.uint8)
    return saved(Image.fromarray(grey).filter(ImageFilter.GaussianBlur(1.5)), "JPEG", quality=80)


def likeness(content: bytes, image=THREE) -> float:
    """Correlation of what is read with MNIST's own image."""
    return float(np.corrcoef(mnist_like(read_upload(content).ink).ravel(), image.ravel())[0, 1])


def test_a_drawing_is_read_whichever_way_it_is_kept():
    for kind in ("PNG", "WEBP", "BMP", "GIF", "JPEG"):
        found = read_upload(saved(dark_on_white().convert("RGB"), kind))
        assert found.notes == ()
        assert max(found.ink.shape) == SIDE
        assert likeness(saved(dark_on_white(), kind)) > 0.9


def test_light_ink_on_dark_paper_is_inverted_and_that_is_said():
    found = read_upload(saved(large()))
    assert found.notes == ("Its ink is lighter than its paper, so it was inverted.",)
    assert likeness(saved(large())) > 0.9


@pytest.mark.parametrize("colour", ["black", "white"])
def test_ink_on_a_transparent_ground_is_found_whatever_its_colour(colour):
    picture = Image.new("RGBA", (280, 280), colour)
    picture.putalpha(large())
    first, *_ = read_upload(saved(picture)).notes
    assert first == f"What is transparent was taken as {'white' if colour == 'black' else 'black'} paper."
    assert likeness(saved(picture)) > 0.9


def test_16_bits_of_grey_become_8():
    deep = Image.fromarray(np.asarray(dark_on_white(), dtype=np.uint16) * 257)
    assert read_upload(saved(deep)).notes == ("Its 16 bits of grey became 8.",)
    assert likeness(saved(deep)) > 0.9


def test_of_an_animation_the_first_frame_is_taken_and_that_is_said():
    frames = [dark_on_white(pixels(digit, False)[0]) for digit in (3, 7)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_upload(content).notes == ("It moves: its first frame was taken.",)
    assert likeness(content) > 0.9


def test_a_turned_photo_is_set_upright():
    turned = dark_on_white().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    assert likeness(saved(turned, "JPEG", exif=exif)) > 0.9
    assert likeness(saved(turned, "JPEG")) < 0.6


def header_of(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and breaks off."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(bytes(100))
    return b"\x89PNG\r\n\x1a\n" + body + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This is no picture that can be read: PNG, JPEG, WebP, BMP or GIF."),
        (b"%PDF-1.7 and so on", "This is no picture that can be read: PNG, JPEG, WebP, BMP or GIF."),
        (saved(dark_on_white(), "TIFF"), "This is no picture that can be read: PNG, JPEG, WebP, BMP or GIF."),
        (bytes(100_000_000), "A picture may have 5 MB at most, this one has 100.0."),
        (saved(Image.new("L", (1, 1))), "A picture must have 8 × 8 pixels at least, this one has 1 × 1."),
        (header_of(20_000, 20_000), "A picture may have 25 million pixels at most."),
        (header_of(10_000, 10_000), "A picture may have 25 million pixels at most."),
        (header_of(6000, 5000), "A picture may have 25 million pixels at most, this one has 6,000 × 5,000."),
        (header_of(300, 300), "The picture is damaged: it cannot be read to its end."),
        (saved(dark_on_white())[:3000], "The picture is damaged: it cannot be read to its end."),
        (
            saved(Image.new("L", (300, 200), 200)),
            "There is no digit to be seen on the picture: it is nearly all of one grey.",
        ),
        (
            saved(Image.new("RGBA", (50, 50))),
            "There is no digit to be seen on the picture: it is nearly all of one grey.",
        ),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value[:30],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(content, sentence):
    with pytest.raises(PictureError) as refused:
        read_upload(content)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("content", [header_of(20_000, 20_000), bytes(100_000_000)], ids=["header", "file"])
def test_a_refusal_takes_no_memory(content):
    tracemalloc.start()
    try:
        with pytest.raises(PictureError):
            read_upload(content)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_000_000


@pytest.mark.parametrize("chalk", [False, True], ids=["pen", "chalk"])
@pytest.mark.parametrize("digits", [(0, 1), (3, 7)])
def test_the_networks_that_come_with_hqnn_read_photos(digits, chalk):
    rng = np.random.default_rng(0)
    images = [
        mnist_like(read_upload(photographed(image, rng, chalk=chalk)).ink)
        for digit in digits
        for image in pixels(digit, False)[:20]
    ]
    assert evaluate_images(run_file(digits), np.stack(images), [0] * 20 + [1] * 20, None, 0).accuracy >= 0.9
