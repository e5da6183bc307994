"""A picture as it is kept: decoded and written anew, upright, without place, camera, thumbnail or anything behind it.

What a sender's program wrote around the pixels — where and when, a thumbnail of what was cut away, a web page after the
end — is not carried over, because only pixels are. Colours of a wide profile become a little paler; that is accepted.
"""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.storage.sniffing import JPEG, PNG, WEBP, Kind

Image.MAX_IMAGE_PIXELS = None  # asked below, as a parameter and before anything is decoded

_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_HOW: dict[Kind, dict[str, object]] = {JPEG: {"quality": 90}, PNG: {}, WEBP: {"quality": 90, "method": 2}}
_MOST_SCANS = 100
"""A progressive JPEG has some ten; each costs the whole picture again, so thousands would cost hours."""

SMALL = 320
"""Pixels of the longer side of a small picture: twice what a list shows, for dense screens."""

_READ = 1 << 20
_WEBP_HEAD = 30
_MEGA = 1_000_000


def rewrite(source: IO[bytes], kind: Kind, target: IO[bytes], most_megapixels: int) -> None:
    """Write the picture that `source` holds anew into `target`. Blocks, and takes eight bytes a pixel meanwhile.

    Raises `picture_too_many_pixels` before anything is decoded, and `picture_broken`.
    """
    if kind is WEBP:
        _check_pixels(_webp_size(_begin(source, _WEBP_HEAD)), most_megapixels)
    if kind is JPEG and _scans(source) > _MOST_SCANS:
        raise Problem("picture_broken")
    source.seek(0)
    try:
        with _without_warnings(), Image.open(source, formats=(_FORMATS[kind],)) as opened:
            _check_pixels(opened.size, most_megapixels)
            picture = _upright(opened)
            picture.save(target, _FORMATS[kind], **_HOW[kind])
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, IndexError, EOFError) as error:
        raise Problem("picture_broken") from error


def make_small(source: IO[bytes], target: IO[bytes]) -> None:
    """Write a picture that was kept as a JPEG of at most `SMALL` pixels a side, for a list. Blocks, as `rewrite` does.

    Raises `file_unreadable`: what was kept had been written by us.
    """
    try:
        with _without_warnings(), Image.open(source, formats=tuple(_FORMATS.values())) as opened:
            opened.draft("RGB", (SMALL, SMALL))  # a JPEG is then decoded at an eighth of its size and less
            picture = opened.convert("RGBA") if opened.has_transparency_data else opened.convert("RGB")
            picture.thumbnail((SMALL, SMALL))
            if picture.mode == "RGBA":
                on_white = Image.new("RGB", picture.size, "white")
                on_white.paste(picture, mask=picture.getchannel("A"))
                picture = on_white
            picture.save(target, "JPEG", quality=80)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, IndexError, EOFError) as error:
        raise Problem("file_unreadable") from error


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Pillow warns of what is odd in a file, which is no fault of ours. Not for two threads at once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _upright(opened: Image.Image) -> Image.Image:
    """Decode, turn as the camera was held, and leave everything but the pixels behind; copies only what it must."""
    opened.load()
    with suppress(SyntaxError, ValueError, KeyError, TypeError, ZeroDivisionError, OverflowError, struct.error):
        ImageOps.exif_transpose(opened, in_place=True)  # what it cannot read is no rotation
    mode = "RGBA" if opened.has_transparency_data else "RGB"
    picture = opened if opened.mode == mode else opened.convert(mode)
    picture.info.clear()
    return picture


def _check_pixels(size: tuple[int, int], most_megapixels: int) -> None:
    if size[0] * size[1] > most_megapixels * _MEGA:
        raise Problem("picture_too_many_pixels", megapixels=most_megapixels)


def _begin(source: IO[bytes], size: int) -> bytes:
    source.seek(0)
    return source.read(size)


def _webp_size(head: bytes) -> tuple[int, int]:
    """Read width and height (RFC 9649 §2.5–2.7): Pillow makes room for all of it already on opening."""
    little = int.from_bytes
    if head[12:16] == b"VP8X":
        return little(head[24:27], "little") + 1, little(head[27:30], "little") + 1
    if head[12:16] == b"VP8L":
        bits = little(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8 ":
        return little(head[26:28], "little") & 0x3FFF, little(head[28:30], "little") & 0x3FFF
    raise Problem("picture_broken")


def _scans(source: IO[bytes]) -> int:
    """Count the begins of scans; between them the bytes FF DA do not come (ITU-T T.81 §B.1.1.5)."""
    source.seek(0)
    found, before = 0, b""
    while piece := source.read(_READ):
        found += (before + piece).count(b"\xff\xda")
        before = piece[-1:]
    return found
