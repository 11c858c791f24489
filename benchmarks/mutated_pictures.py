"""Pictures of eight formats, damaged in bytes, lengths, sizes and metadata: each is read, or refused in a sentence.

`python -m benchmarks.mutated_pictures` makes 100,000 of them, always the same ones, reads each, and prints a table. It
fails if one ends in anything else: another error, a warning, a line on the standard error, too much time or memory.
`--first` and `--count` choose a part of them.
"""

import argparse
import resource
import struct
import sys
import time
import warnings
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image, PngImagePlugin

from hqnn.inference.ink import PictureError, mnist_like
from hqnn.inference.photos import read_upload
from hqnn.network.data import pixels

FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "TIFF", "WEBP", "PPM")
#: Seconds and MB that one picture may take at most: an animated WebP's 25 megapixels are kept four times, 100 MB each.
MOST_SECONDS, MOST_MB = 5.0, 450
#: Numbers at which readers err.
ODD = (0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 4095, 32767, 32768, 65535, 65536, 2**24, 2**31 - 1, 2**31, 2**32 - 1)
#: Types of EXIF's and TIFF's values, and some that there are none of.
TYPES = (*range(14), 16, 17, 18, 129, 65535)
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'

Mutation = Callable[[bytes, np.random.Generator], bytes]


def exif(rng: np.random.Generator | None = None, order: str = "<") -> bytes:
    """EXIF metadata with an orientation, two resolutions and a text; damaged, if a generator is given."""
    entries = [(0x0112, 3, 1, 6), (0x011A, 5, 1, 80), (0x011B, 5, 1, 88), (0x0131, 2, 4, 0x41424300), (0x8769, 4, 1, 8)]
    if rng is not None:
        at = int(rng.integers(len(entries)))
        tag, kind, count, value = entries[at]
        kind, count = (int(rng.choice(TYPES)), count) if rng.random() < 0.6 else (kind, int(rng.choice(ODD)))
        entries[at] = tag, kind, count, value if rng.random() < 0.6 else int(rng.choice(ODD))
    packed = b"".join(struct.pack(order + "HHII", *entry) for entry in entries)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    body = head + struct.pack(order + "H", len(entries)) + packed + bytes(4)
    return body.ljust(80, b"\0") + struct.pack(order + "IIII", 72, 1, 72, 1)


@cache
def whole() -> dict[str, list[bytes]]:
    """Valid pictures of every format, in its colours, depths and ways of keeping them."""
    small = Image.fromarray(pixels(3, False)[0]).resize((56, 48), Image.Resampling.BICUBIC)
    grey = small.point([255 - level for level in range(256)])
    clear = grey.convert("RGB")
    clear.putalpha(small)
    deep, levels = (np.asarray(grey, dtype=kind) for kind in (np.uint16, np.float32))
    words = PngImagePlugin.PngInfo()
    words.add_text("Title", "three")
    words.add_text("Comment", "three " * 9, zip=True)
    words.add_itxt("XML:com.adobe.xmp", XMP.decode())
    about = {"exif": b"Exif\0\0" + exif(), "icc_profile": bytes(200)}

    def frames() -> dict:
        return {"save_all": True, "append_images": [small.copy(), grey.copy()]}

    every = {name: grey.convert(name) for name in ("1", "L", "LA", "RGB", "CMYK", "P", "HSV", "LAB", "YCbCr")}
    every |= {"I": Image.fromarray(levels.astype(np.int32) * 99), "F": Image.fromarray(levels / 255)}
    every |= {"I;16": Image.fromarray(deep * 16), "RGBA": clear}
    plain = [(mode, {}) for mode in ("1", "L", "LA", "RGB", "RGBA", "P", "I;16")]
    deeper = [(mode, {}) for mode in ("CMYK", "I", "F", "LAB", "YCbCr")]
    squeezed = {
        "RGB": ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"),
        "1": ("group3", "group4"),
        "F": ("zstd",),
    }
    made = {
        "PNG": [
            *plain,
            ("L", {"pnginfo": words, "dpi": (72, 72), **about}),
            ("P", {"transparency": 3}),
            ("RGB", frames()),
            ("RGB", {"transparency": (255, 255, 255)}),
            ("I;16", {"pnginfo": words}),
        ],
        "JPEG": [
            ("L", {}),
            ("CMYK", {}),
            ("YCbCr", {"dpi": (72, 72)}),
            ("RGB", {"progressive": True, **about}),
            ("RGB", {"subsampling": 2, **about}),
            ("RGB", {"xmp": XMP, "comment": b"three", "restart_marker_blocks": 2}),
        ],
        "MPO": [("RGB", frames() | about), ("L", frames())],
        "GIF": [("P", {}), ("L", {"transparency": 0}), ("P", frames()), ("L", {"comment": b"three", "interlace": 0})],
        "BMP": [("1", {}), ("L", {}), ("P", {}), ("RGB", {"dpi": (72, 72)}), ("RGBA", {})],
        "TIFF": [
            *plain,
            *deeper,
            *((mode, {"compression": way, "icc_profile": bytes(99)}) for mode in squeezed for way in squeezed[mode]),
            *(("L", options) for options in (frames(), {"big_tiff": True}, {"strip_size": 99})),
        ],
        "WEBP": [("RGB", about | {"xmp": XMP}), ("RGBA", {}), ("RGB", {"lossless": True}), ("RGBA", about | frames())],
        "PPM": [("1", {}), ("L", {}), ("RGB", {}), ("I;16", {}), ("F", {})],
    }
    kept = {name: [_saved(every[mode], name, options) for mode, options in ways] for name, ways in made.items()}
    rows = " ".join(map(str, deep.ravel()))
    head = "{} 56 48 255 ".format
    kept["PPM"] += [head("P2").encode() + rows.encode(), b"P5 56 48 4095 " + (deep * 16).astype(">u2").tobytes()]
    kept["PPM"] += [b"P1 56 48 " + b"10" * 1344, (head("P3") + f"{rows} {rows} {rows}").encode()]
    return kept


def _saved(picture: Image.Image, kind: str, options: dict) -> bytes:
    content = BytesIO()
    picture.copy().save(content, kind, **options)  # Pillow notes on a picture how it was saved last
    return content.getvalue()


def _bytes(content: bytes, rng: np.random.Generator) -> bytes:
    """Other bytes at a few places, more often near the beginning."""
    changed = bytearray(content)
    reach = len(content) if rng.random() < 0.5 else min(len(content), 200)
    for at in rng.integers(reach, size=int(rng.integers(1, 9))):
        changed[at] = rng.integers(256)
    return bytes(changed)


def _cut(content: bytes, rng: np.random.Generator) -> bytes:
    """Cut short."""
    return content[: rng.integers(1, len(content))]


def _moved(content: bytes, rng: np.random.Generator) -> bytes:
    """A part of it left out, twice there, or put elsewhere."""
    first, last, to = np.sort(rng.integers(len(content), size=3))
    part = content[first:last]
    ways = (content[:first] + content[last:], content[:last] + part + content[last:])
    return (*ways, content[:first] + content[last:to] + part + content[to:])[rng.integers(3)]


def _number(content: bytes, rng: np.random.Generator) -> bytes:
    """A number in two or four bytes that is odd: a length, a size, a count."""
    at, form = int(rng.integers(min(len(content), 400))), str(rng.choice(["<H", ">H", "<I", ">I"]))
    number = int(rng.choice(ODD)) % 256 ** struct.calcsize(form)
    return content[:at] + struct.pack(form, number) + content[at + struct.calcsize(form) :]


def _png(content: bytes, rng: np.random.Generator) -> bytes:
    """A chunk of PNG damaged within, its checksum right; pixels are damaged before they are compressed."""
    chunks = _png_chunks(content)
    at = int(rng.integers(len(chunks)))
    kind, body = chunks[at]
    if kind == b"IDAT" and rng.random() < 0.7:
        body = zlib.compress(_bytes(zlib.decompress(body), rng))
    elif kind == b"IHDR" and rng.random() < 0.7:
        place = int(rng.integers(7))
        fields = list(struct.unpack(">IIBBBBB", body))
        fields[place] = int(rng.choice(ODD)) if place < 2 else int(rng.integers(20))
        body = struct.pack(">IIBBBBB", *fields)
    else:
        body = (_cut if rng.random() < 0.3 and len(body) > 1 else _bytes)(body or b"\0", rng)
    chunks[at] = (kind, body) if rng.random() < 0.9 else (chunks[rng.integers(len(chunks))][0], body)
    if rng.random() < 0.3:
        chunks.insert(int(rng.integers(1, len(chunks))), (b"eXIf", exif(rng)))
    return _png_of(chunks)


def _png_chunks(content: bytes) -> list[tuple[bytes, bytes]]:
    chunks, at = [], 8
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        chunks.append((kind, content[at + 8 : at + 8 + length]))
        at += 12 + length
    return chunks


def _png_of(chunks: list[tuple[bytes, bytes]]) -> bytes:
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def _segments(content: bytes, rng: np.random.Generator) -> bytes:
    """A segment of JPEG damaged within, or one more with damaged metadata."""
    ends = [at for at in range(2, min(len(content), 3000)) if content[at] == 0xFF and content[at + 1] not in (0, 0xFF)]
    at = int(rng.choice(ends))
    if rng.random() < 0.5:
        kind, body = [(0xE1, b"Exif\0\0" + exif(rng, "<>"[rng.integers(2)])), (0xEE, b"Adobe"), (0xE0, b"JFIF\0")][
            rng.integers(3) if rng.random() < 0.4 else 0
        ]
        return content[:2] + struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body + content[2:]
    end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return content[:at] + (_number if rng.random() < 0.5 else _bytes)(content[at:end] + b"\0", rng) + content[end:]


def _riff(content: bytes, rng: np.random.Generator) -> bytes:
    """A chunk of WebP damaged within, or one more with damaged metadata; all lengths right."""
    chunks, at = [], 12
    while at < len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        chunks.append((kind, content[at + 8 : at + 8 + length]))
        at += 8 + length + length % 2
    place = int(rng.integers(len(chunks)))
    kind, body = chunks[place]
    chunks[place] = kind, (_number if rng.random() < 0.4 else _bytes)(body, rng)
    if rng.random() < 0.4:
        chunks.append((b"EXIF", exif(rng)))
    packed = b"".join(kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2) for kind, body in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(packed)) + b"WEBP" + packed


def _entries(content: bytes, rng: np.random.Generator) -> bytes:
    """An entry of a TIFF directory with another tag, type, number of values or value."""
    order, is_big = "<" if content[:2] == b"II" else ">", content[2:4] in (b"+\0", b"\0+")
    (at,) = struct.unpack_from(order + ("Q" if is_big else "I"), content, 8 if is_big else 4)
    (count,) = struct.unpack_from(order + ("Q" if is_big else "H"), content, at)
    size, first = (20, at + 8) if is_big else (12, at + 2)
    entry = first + size * int(rng.integers(count))
    place, form = [(0, "H"), (2, "H"), (4, "I"), (size - 4, "I"), (size - 4, "H")][rng.integers(5)]
    number = int(rng.choice(TYPES if place == 2 else (*ODD, *range(256, 350)))) % 256 ** struct.calcsize(form)
    at = entry + place
    return content[:at] + struct.pack(order + form, number) + content[at + struct.calcsize(form) :]


def _tokens(content: bytes, rng: np.random.Generator) -> bytes:
    """A number in the head of PPM that is odd, or none."""
    odd = [b"-1", b"0", b"1", b"nan", b"1e9", b"#", b"x", b"99999999999", *(str(number).encode() for number in ODD)]
    tokens = content.split(maxsplit=4)
    tokens[rng.integers(1, len(tokens))] = odd[rng.integers(len(odd))]
    return b"\n".join(tokens)


OF_ALL: tuple[Mutation, ...] = (_bytes, _bytes, _cut, _moved, _number, _number)
OF_FORMAT: dict[str, Mutation] = {
    "PNG": _png,
    "JPEG": _segments,
    "MPO": _segments,
    "TIFF": _entries,
    "WEBP": _riff,
    "PPM": _tokens,
}


def mutated(number: int) -> tuple[str, bytes]:
    """The picture of a number, always the same one: its format, and its file's content."""
    rng = np.random.default_rng(number)
    kind = FORMATS[number % len(FORMATS)]
    content = whole()[kind][rng.integers(len(whole()[kind]))]
    own = OF_FORMAT.get(kind)
    if own and rng.random() < 0.6:
        content = own(content, rng)
    if not own or rng.random() < 0.4:
        content = OF_ALL[rng.integers(len(OF_ALL))](content, rng)
    return kind, content


def outcome(content: bytes) -> str:
    """What becomes of a picture: "read", "refused", or what is neither."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = mnist_like(read_upload(content).ink)
    except PictureError as error:
        return "refused" if str(error).endswith(".") else f"no sentence: {error}"
    except BaseException as error:  # noqa: BLE001 (that there is none of them is what is shown)
        return f"{type(error).__name__}: {error}"
    return "read" if image.shape == (28, 28) else f"an image of {image.shape}"


def main() -> None:
    """Read them all; print how many of each format were read and refused, and whatever else became of one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=100_000)
    chosen = parser.parse_args()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    slowest, others = 0.0, []
    outcome(whole()["PNG"][0])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(chosen.first, chosen.first + chosen.count):
        kind, content = mutated(number)
        began = time.perf_counter()
        became = outcome(content)
        took = time.perf_counter() - began
        slowest = max(slowest, took)
        if took > MOST_SECONDS:
            became = f"{took:.1f} s"
        if became not in ("read", "refused"):
            others.append(f"picture {number}, {kind}: {became}")
        found[kind][became if became in ("read", "refused") else "neither"] += 1
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print("| format | read | refused | neither |\n|---|---|---|---|")
    for kind in FORMATS:
        print(f"| {kind} | {' | '.join(f'{found[kind][what]:,}' for what in ('read', 'refused', 'neither'))} |")
    print(f"\nSlowest: {slowest:.2f} s. Memory grew by {grown:.0f} MB at most.")
    if others or grown > MOST_MB:
        sys.exit("\n".join(others) or "too much memory")


if __name__ == "__main__":
    main()
