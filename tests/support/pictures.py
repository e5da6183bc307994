"""Files as people and enemies send them."""

import io
import struct
import zipfile
import zlib

from PIL import Image

PLACE = b"48.8584"
CAMERA = "Honor 90 GT"


def picture(kind: str = "JPEG", size: tuple[int, int] = (120, 80), **how: object) -> bytes:
    """A picture, red on its left and blue on its right."""
    image = Image.new("RGB", size, (200, 10, 10))
    image.paste((10, 10, 200), (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def photo_of_a_phone(orientation: int = 6, size: tuple[int, int] = (120, 80)) -> bytes:
    """A JPEG that says which way the camera was held, which one it was, and where."""
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = orientation, CAMERA
    exif.get_ifd(0x8825).update({1: "N", 2: (34.0, 2.0, 11.5), 3: "E", 4: (113.0, 51.0, 0.1), 0x1B: PLACE})
    return picture(size=size, exif=exif, comment=b"taken at home", icc_profile=b"profile" * 20)


def png_of(width: int, height: int) -> bytes:
    """A small PNG that unfolds to this size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(min((width + 1) * height, 1_000_000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def office(folder: str = "word", *more: str) -> bytes:
    """An Office document: the parts by which it is one, and more."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            archive.writestr(name, "<x/>")
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(100)
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
