"""A photo or a drawing of a digit, as a file, as ink."""

import struct
import subprocess
import sys
import tracemalloc
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFilter

from benchmarks import photos
from benchmarks.line_drawings import Line, drawn, pencilled
from hqnn.inference.drawing import evaluate_images
from hqnn.inference.ink import PictureError, mnist_like
from hqnn.inference.photos import SIDE, read_upload
from hqnn.inference.pretrained import run_file
from hqnn.network.data import pixels

THREE = pixels(3, False)[0]
UNKNOWN = "Cannot read this file. Use a PNG, JPEG, WebP, BMP, GIF, TIFF or PPM picture."


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


def paper(rng, ink=None, *, noise=4) -> Image.Image:
    """Unevenly lit, with a shadow that ends within it and the camera's noise; ink is dark on it."""
    y, x = np.mgrid[:300, :400]
    light = 200 * (0.8 + 0.2 * x / 400) * (1 - 0.3 / (1 + np.exp((y - 190 + x / 8) / 10)))
    grey = light if ink is None else light * (1 - 0.75 * ink)
    return Image.fromarray((grey + rng.normal(0, noise, grey.shape)).clip(0, 255).astype(np.uint8))


def likeness(content: bytes, image=THREE, reach: int = 0) -> float:
    """Correlation of what is read with MNIST's own image, at best when moved by so many pixels."""
    found, steps = mnist_like(read_upload(content).ink), range(-reach, reach + 1)
    moved = [np.roll(found, (down, right), (0, 1)) for down in steps for right in steps]
    return max(float(np.corrcoef(image.ravel(), one.ravel())[0, 1]) for one in moved)


@pytest.mark.slow
def test_a_drawing_is_read_whichever_way_it_is_kept():
    for kind in ("PNG", "WEBP", "BMP", "GIF", "JPEG"):
        found = read_upload(saved(dark_on_white().convert("RGB"), kind))
        assert found.notes == ()
        assert max(found.ink.shape) == SIDE
        assert likeness(saved(dark_on_white(), kind)) > 0.9


def test_light_ink_on_dark_paper_is_inverted_and_that_is_said():
    found = read_upload(saved(large()))
    assert found.notes == ("The digit is lighter than its background, so the picture was inverted.",)
    assert likeness(saved(large())) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("side", [84, 140, 280])
def test_a_small_digit_on_shadowed_paper_is_not_taken_as_light_ink(side):
    rng = np.random.default_rng(side)
    for digit in (0, 1, 3, 7):
        image, ink = pixels(digit, False)[0], np.zeros((300, 400))
        top, left = rng.integers(300 - side), rng.integers(400 - side)
        ink[top : top + side, left : left + side] = np.asarray(large(image).resize((side, side))) / 255
        content = saved(paper(rng, ink))
        assert read_upload(content).notes == ()
        assert likeness(content, image, reach=1) > 0.93  # in noise, centres of mass are rounded to the next pixel


@pytest.mark.parametrize("colour", ["black", "white"])
def test_ink_on_a_transparent_ground_is_found_whatever_its_colour(colour):
    picture = Image.new("RGBA", (280, 280), colour)
    picture.putalpha(large())
    first, *_ = read_upload(saved(picture)).notes
    assert first == f"Transparent areas were filled with {'white' if colour == 'black' else 'black'}."
    assert likeness(saved(picture)) > 0.9


def deep(kind, scale: float, offset: float = 0) -> Image.Image:
    return Image.fromarray((np.asarray(dark_on_white(), dtype=np.float64) * scale + offset).astype(kind))


@pytest.mark.parametrize(
    ("picture", "kept"),
    [(deep(np.uint16, 2 ** (bits - 8)), kept) for bits in (9, 10, 12, 14, 16) for kept in ("PNG", "TIFF", "PPM")]
    + [(deep(np.uint16, 1.5, 30_000), "PNG"), (deep(np.int32, 1000, -70_000), "TIFF")]
    + [(deep(np.float32, scale, offset), "TIFF") for scale, offset in ((1 / 255, 0), (0.01, -1), (1e6, 3e7))],
)
def test_grey_of_any_depth_is_stretched_by_what_is_there(picture, kept):
    content = saved(picture, kept)
    assert read_upload(content).notes == ("The picture was reduced to 8-bit grey.",)
    assert likeness(content) > 0.9


def test_what_is_no_number_and_broken_pixels_do_not_spoil_the_others():
    levels = np.asarray(dark_on_white(), dtype=np.float32) / 255
    levels[3, :3], levels[5, 5], levels[7, 7:9] = np.nan, np.inf, 9000
    assert likeness(saved(Image.fromarray(levels), "TIFF")) > 0.9


def test_colours_of_12_bits_in_16_are_read():
    dark = dark_on_white().point([level // 16 for level in range(256)])
    assert likeness(saved(dark.convert("RGB"))) > 0.9


def test_nothing_is_said_of_transparency_where_all_is_opaque():
    assert read_upload(saved(dark_on_white().convert("RGBA"))).notes == ()


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "LA", "LAB"])
def test_ink_is_found_however_its_colours_are_kept(mode):
    picture = dark_on_white().convert("RGB")
    kept = {"P": picture.quantize(16), "LAB": Image.merge("LAB", picture.split())}.get(mode) or picture.convert(mode)
    content = saved(kept, {"CMYK": "JPEG", "LAB": "TIFF"}.get(mode, "PNG"))
    assert read_upload(content).notes == ()
    assert likeness(content) > 0.9


@pytest.mark.parametrize("mode", ["P", "L"])
def test_one_colour_may_be_transparent(mode):
    picture = large().point([0] * 128 + [255] * 128).convert(mode)
    content = saved(picture, transparency=int(np.asarray(picture)[0, 0]))
    assert read_upload(content).notes[0] == "Transparent areas were filled with black."
    assert likeness(content) > 0.9


def test_of_an_animation_the_first_frame_is_taken_and_that_is_said():
    frames = [dark_on_white(pixels(digit, False)[0]) for digit in (3, 7)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert read_upload(content).notes == ("The picture is animated: only the first frame is used.",)
    assert likeness(content) > 0.9


def test_a_turned_photo_is_set_upright():
    turned = dark_on_white().transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    assert likeness(saved(turned, "JPEG", exif=exif)) > 0.9
    assert likeness(saved(turned, "JPEG")) < 0.6


def with_metadata(kind: str, metadata: bytes) -> bytes:
    """A picture whose EXIF metadata are these bytes, whatever they are."""
    content = saved(dark_on_white().transpose(Image.Transpose.ROTATE_90), kind)
    if kind == "JPEG":
        segment = b"Exif\0\0" + metadata
        return content[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + content[2:]
    if kind == "PNG":
        chunk = b"eXIf" + metadata
        return content[:33] + struct.pack(">I", len(metadata)) + chunk + struct.pack(">I", 7) + content[33:]
    head = b"VP8X" + struct.pack("<II", 10, 0b1000) + (279).to_bytes(3, "little") * 2
    chunks = head + content[12:] + b"EXIF" + struct.pack("<I", len(metadata)) + metadata
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


#: A TIFF's beginning whose first directory is as far away as 64 bits can say.
FAR = b"II+\0\x08\0\0\0" + b"\xff" * 8


def exif(*entries: tuple[int, int, int, int], order: str = "<") -> bytes:
    """Entries of tag, type, number of values, and value."""
    packed = b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    start = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "IH", 8, len(entries))
    return start + packed + bytes(4)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    "metadata",
    [
        exif((0x0112, 3, 1, 6)),
        exif((0x0112, 3, 1, 6 << 16), order=">"),
        exif((0x011A, 2, 4, 0x41424344), (0x0112, 3, 1, 6)),  # a resolution that is text
        exif((0x011A, 5, 2**31, 2**31), (0x0112, 3, 1, 6), (0x8769, 4, 1, 8)),  # values outside; a loop
        exif((0x0112, 3, 1, 6), (0x0131, 99, 0, 0))[:34],  # cut short
        b'<rdf:Description tiff:Orientation="6"/>',
    ],
    ids=["whole", "big", "text", "outside", "cut", "xmp"],
)
def test_metadata_turn_a_picture_and_cannot_stop_it(metadata, kind):
    content = with_metadata(kind, metadata)
    assert read_upload(content).notes == ()
    assert likeness(content) > 0.9


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("metadata", [b"", b"MM", bytes(500), FAR, exif((0x0112, 5, 1, 6)), exif((0x0112, 3, 1, 77))])
def test_metadata_that_say_nothing_leave_a_picture_as_it_stands(metadata, kind):
    assert likeness(with_metadata(kind, metadata)) < 0.6


def tagged(tag: int, kind: int, value: int) -> bytes:
    """A TIFF with one more tag."""
    content = saved(dark_on_white(), "TIFF")
    (at,) = struct.unpack_from("<I", content, 4)
    (count,) = struct.unpack_from("<H", content, at)
    entries = content[at + 2 : at + 2 + 12 * count] + struct.pack("<HHII", tag, kind, 1, value)
    new = struct.pack("<H", count + 1) + entries + bytes(4)
    return content[:4] + struct.pack("<I", len(content)) + content[8:] + new


@pytest.mark.parametrize(("tag", "kind", "value"), [(0x011A, 2, 0x41424344), (0x8769, 4, 2**32 - 1), (0x02BC, 129, 3)])
def test_tags_that_are_not_needed_do_not_stop_a_tiff(tag, kind, value):
    assert likeness(tagged(tag, kind, value)) > 0.9


def test_a_tiff_whose_directory_is_beyond_any_file_is_refused():
    with pytest.raises(PictureError):
        read_upload(FAR + bytes(100))


def test_a_turned_tiff_is_set_upright():
    assert likeness(tagged(0x0112, 3, 3)) < 0.6


def test_a_gif_is_read_to_the_end_of_its_first_frame_and_no_further():
    frames = [dark_on_white(pixels(digit, False)[0]) for digit in (3, 7)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert likeness(content[:-200]) > 0.9
    for length in range(13, len(content) // 2, 97):
        with pytest.raises(PictureError):
            read_upload(content[:length])


def test_scans_without_end_are_refused():
    content = saved(dark_on_white(), "JPEG", progressive=True)
    with pytest.raises(PictureError, match="A JPEG picture must have at most 100 scans, but it has 30"):
        read_upload(content[:-2] + b"\xff\xda\0\x08\1\1\0\0\0\0" * 300 + content[-2:])


def test_several_pages_are_said():
    content = saved(dark_on_white(), "TIFF", save_all=True, append_images=[large()])
    assert read_upload(content).notes == ("The file has several pages: only the first is used.",)


@pytest.mark.parametrize("around", photos.AROUND)
def test_what_is_around_a_sheet_is_not_taken_as_ink(around):
    rng = np.random.default_rng(1)
    for digit in (0, 4, 7):
        image = pixels(digit, False)[1]
        assert likeness(photos.AROUND[around](image, rng), image, reach=1) > 0.85


@pytest.mark.slow
def test_two_digits_are_refused_and_one_in_pieces_is_read():
    rng = np.random.default_rng(2)
    for first, second in ((3, 7), (1, 1), (5, 0)):
        pair = photos.side_by_side((pixels(first, False)[0], pixels(second, False)[0]), rng)
        with pytest.raises(PictureError, match=r"^The picture must show one digit, but it shows 2\.$"):
            read_upload(pair)
    for digit in (0, 3, 5):
        image = pixels(digit, False)[0]
        assert likeness(photos.in_pieces(image, rng), image, reach=1) > 0.8


@pytest.mark.slow
def test_a_pencil_s_thin_lines_are_found_on_a_large_sheet():
    rng = np.random.default_rng(3)
    for line in (Line(1000, 1), Line(2500, 1), Line(1000, 3, 0.2)):
        assert likeness(pencilled(drawn(THREE, line, rng), rng), reach=1) > 0.6


def header_of(width: int, height: int) -> bytes:
    """A PNG that says how large it is, and breaks off."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(bytes(100))
    return b"\x89PNG\r\n\x1a\n" + body + struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The picture file must not be empty, but it has 0 bytes."),
        (b"%PDF-1.7 and so on", UNKNOWN),
        (
            saved(dark_on_white(), "ICO"),
            UNKNOWN,
        ),
        (bytes(100_000_000), "The picture file must have at most 5 MB, but it has 100.0 MB."),
        (saved(Image.new("L", (1, 1))), "The picture must have at least 8 × 8 pixels, but it has 1 × 1."),
        (
            saved(dark_on_white().convert("RGB"), "WEBP")[:1000],
            UNKNOWN,
        ),
        (header_of(20_000, 20_000), "The picture must have at most 25 million pixels, but it has 400.0 million."),
        (header_of(10_000, 10_000), "The picture must have at most 25 million pixels, but it has 100.0 million."),
        (header_of(6000, 5000), "The picture must have at most 25 million pixels, but it has 30.0 million."),
        (header_of(300, 300), "The picture file is damaged: it cannot be read to the end."),
        (saved(dark_on_white())[:3000], "The picture file is damaged: it cannot be read to the end."),
        (saved(dark_on_white(), "JPEG")[:3000], "The picture file is damaged: it cannot be read to the end."),
        (
            saved(Image.new("L", (300, 200), 200)),
            "No digit found: the picture is almost one shade of grey.",
        ),
        (
            saved(paper(np.random.default_rng(0), noise=8)),
            "No digit found: the picture is almost one shade of grey.",
        ),
        (
            saved(Image.new("RGBA", (50, 50))),
            "No digit found: the picture is almost one shade of grey.",
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


#: Reads files one after another; prints by how many MiB the process grew at most, and at last.
MEASURED = """
import re, sys
from pathlib import Path
from hqnn.inference.photos import read_upload

def memory(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

small, *large = [Path(path).read_bytes() for path in sys.argv[1:]]
read_upload(small)
before = memory("VmRSS")
for content in large:
    read_upload(content)
print(memory("VmHWM") - before, memory("VmRSS") - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_twelve_megapixels_are_held_once_and_not_kept(tmp_path):
    """Decoded, 4 bytes a pixel are 46 MiB, and as much again where colours are weighed by their opacity."""
    sheet = Image.new("L", (4000, 3000), 230)
    sheet.paste(dark_on_white().resize((2000, 2000)), (900, 400))
    clear = Image.merge("LA", (Image.new("L", sheet.size), sheet.point([255 - grey for grey in range(256)])))
    deep = Image.fromarray(np.asarray(sheet, dtype=np.uint16) * 257)
    kept = [(dark_on_white(), "PNG"), (sheet.convert("RGB"), "JPEG"), (sheet.convert("RGB"), "PNG"), (deep, "PNG")]
    kept += [(clear, "PNG"), (clear.convert("RGBA"), "PNG"), (sheet.convert("P"), "GIF")]
    files = [tmp_path / str(place) for place in range(len(kept))]
    for file, (picture, kind) in zip(files, kept, strict=True):
        file.write_bytes(saved(picture, kind, **({"compress_level": 1} if kind == "PNG" else {})))
    done = subprocess.run([sys.executable, "-c", MEASURED, *files], capture_output=True, text=True, check=True)
    most, at_last = map(float, done.stdout.split())
    assert most < 130
    assert at_last < 30


@pytest.mark.slow
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
