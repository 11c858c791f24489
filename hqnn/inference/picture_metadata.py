"""Remove the metadata of a picture file, so that damaged metadata cannot prevent reading the picture.

Only complete parts of a file are removed. Unknown parts stay, for the picture's reader to judge.
"""

import re
import struct
from collections.abc import Callable
from typing import Literal, NamedTuple

#: Tag of the orientation, and bytes of each possible type of its value.
ORIENTATION, BYTES = 0x0112, {1: 1, 3: 2, 4: 4}
#: Tags of a TIFF file about its pixels: size, depth, compression, places, colours, tiles and samples.
PIXEL_TAGS = {
    *(256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325),
    *(332, 336, 338, 339, 347, 512, 513, 514, 515, 519, 520, 521, 529, 530, 532),
}
XMP_ORIENTATION = re.compile(rb"tiff:Orientation(?:=\"|>)([1-8])")


class Bare(NamedTuple):
    """A picture file without its metadata."""

    content: bytes
    #: 1 to 8, as EXIF counts: 1 for an upright picture.
    orientation: int


def without_metadata(content: bytes) -> Bare:
    """Return a PNG, JPEG, WebP or TIFF file without its metadata; any other file unchanged."""
    for start, split in FORMATS.items():
        if re.match(start, content, re.DOTALL):
            try:
                kept, metadata = split(content)
            except (struct.error, IndexError, ValueError):  # an incomplete part
                break
            return Bare(kept, next((found for part in metadata if 1 <= (found := _orientation(part)) <= 8), 1))
    return Bare(content, 1)


class _Directory(NamedTuple):
    """The first directory of a TIFF file, or of EXIF data, which have the same format."""

    byte_order: Literal["little", "big"]
    #: Its position; formats of positions in the file and of its number of entries.
    at: int
    place: struct.Struct
    counted: struct.Struct
    #: Format of an entry: tag, type, number of values, and the values or their position.
    entry: struct.Struct
    entries: list[bytes]

    @classmethod
    def of(cls, content: bytes) -> "_Directory":
        order = "<" if content[:2] == b"II" else ">"
        is_big = content[2:4] in (b"+\0", b"\0+")
        place = struct.Struct(order + ("Q" if is_big else "I"))
        (at,) = place.unpack_from(content, 8 if is_big else 4)
        counted = struct.Struct(order + ("Q" if is_big else "H"))
        entry = struct.Struct(order + ("HHQ8s" if is_big else "HHI4s"))
        (count,) = counted.unpack(content[at : at + counted.size])  # a slice, for the position may be beyond the end
        first = at + counted.size
        starts = range(first, min(first + count * entry.size, len(content)), entry.size)
        entries = [content[start : start + entry.size] for start in starts]
        return cls("little" if order == "<" else "big", at, place, counted, entry, entries)


def _orientation(part: bytes) -> int:
    """Return the orientation in EXIF or XMP metadata; 0 if there is none that can be read."""
    if said := XMP_ORIENTATION.search(part):
        return int(said[1])
    part = part.removeprefix(b"Exif\0\0")
    try:
        directory = _Directory.of(part if part.startswith((b"II", b"MM")) else b"")
        for tag, kind, count, value in map(directory.entry.unpack, directory.entries):
            if (tag, count) == (ORIENTATION, 1) and kind in BYTES:
                return int.from_bytes(value[: BYTES[kind]], directory.byte_order)
    except struct.error:
        pass
    return 0


def _jpeg(content: bytes) -> tuple[bytes, list[bytes]]:
    """Return the segments without comments and application data, except Adobe's, which defines the colours."""
    kept, metadata, at = [content[:2]], [], 2
    while (kind := content[(at := content.index(b"\xff", at)) + 1]) not in (0xDA, 0xD9):
        if not 0xC0 <= kind <= 0xFE or 0xD0 <= kind <= 0xD8:  # no segment starts here
            at += 1
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        segment = content[at : at + 2 + length]
        is_adobe = kind == 0xEE and segment[4:9] == b"Adobe" and length >= 14
        if (0xE0 <= kind <= 0xEF or kind == 0xFE) and not is_adobe:
            metadata.append(segment[4:])
        else:
            kept.append(segment)
        at += 2 + length
    return b"".join([*kept, content[at:]]), metadata


def _png(content: bytes) -> tuple[bytes, list[bytes]]:
    """Return the critical chunks and the transparency chunk."""
    kept, metadata, at = [content[:8]], [], 8
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + 12 + length]
        if kind[0] & 0x20 and kind != b"tRNS":
            metadata.append(chunk[8:-4])
        else:
            kept.append(chunk)
        at += len(chunk)
    return b"".join(kept), metadata


def _webp(content: bytes) -> tuple[bytes, list[bytes]]:
    """Return the chunks with pixels, and the header without flags for colour profile, EXIF and XMP."""
    kept, metadata, at = [], [], 12
    while at < len(content):
        kind, length = struct.unpack_from("<4sI", content, at)
        chunk = content[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            kept.append(chunk[:8] + bytes([chunk[8] & ~0b101100]) + chunk[9:])
        elif kind in (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"):
            kept.append(chunk)
        else:
            metadata.append(chunk[8:])
        at += len(chunk)
    chunks = b"".join(kept)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks, metadata


def _tiff(content: bytes) -> tuple[bytes, list[bytes]]:
    """Return the first page, with the tags about its pixels."""
    directory = _Directory.of(content)
    kept = [entry for entry in directory.entries if directory.entry.unpack(entry)[0] in PIXEL_TAGS]
    no_page_after_it = bytes(directory.place.size)
    page = directory.counted.pack(len(kept)) + b"".join(kept) + no_page_after_it
    return content[: directory.at] + page + content[directory.at + len(page) :], [content]


#: Start of each format's files, and function that splits them into kept parts and metadata.
FORMATS: dict[bytes, Callable[[bytes], tuple[bytes, list[bytes]]]] = {
    rb"\xff\xd8\xff": _jpeg,
    rb"\x89PNG\r\n\x1a\n": _png,
    rb"RIFF.{4}WEBP": _webp,
    rb"II\*\0|MM\0\*|MM\*\0|II\0\*|MM\0\+|II\+\0": _tiff,
}
