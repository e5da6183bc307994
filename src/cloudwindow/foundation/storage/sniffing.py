"""What a file is, by its content: its name and what its sender says of it count for nothing (invariant 12).

A table of our own instead of a library such as puremagic or filetype: those guess among hundreds of kinds and partly
by name, while what is accepted here is six kinds, each by a mark at a fixed place, and everything else is refused.
"""

import struct
import zipfile
from dataclasses import dataclass
from typing import IO, Literal

from cloudwindow.foundation.errors import Problem

HEAD = 32
"""So many bytes from the begin tell a kind."""

Family = Literal["picture", "pdf", "office"]
_OOXML = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True)
class Kind:
    """A kind of file that is accepted: its media type (IANA), and the ending of a name under which it is saved."""

    family: Family
    media_type: str
    ending: str


JPEG = Kind("picture", "image/jpeg", "jpg")
PNG = Kind("picture", "image/png", "png")
WEBP = Kind("picture", "image/webp", "webp")
PDF = Kind("pdf", "application/pdf", "pdf")
ZIP = Kind("office", "application/zip", "zip")
"""Not accepted as such: `office_kind` says which document it is."""

OFFICE = {
    "word/": Kind("office", f"{_OOXML}.wordprocessingml.document", "docx"),
    "xl/": Kind("office", f"{_OOXML}.spreadsheetml.sheet", "xlsx"),
    "ppt/": Kind("office", f"{_OOXML}.presentationml.presentation", "pptx"),
}
KINDS = {kind.media_type: kind for kind in (JPEG, PNG, WEBP, PDF, *OFFICE.values())}

_ACTIVE = ("vbaproject.bin", "/activex/", "/vbadata.xml", "macrosheets/")
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"heif"}
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END_OF_ZIP = struct.Struct("<4s4H2LH")
_MOST_PARTS, _MOST_DIRECTORY = 10_000, 2_000_000
"""Parts of a document, and bytes of their list: a long report has some hundred, and a bomb must not be unfolded."""


def sniff(head: bytes) -> Kind:
    """Tell a kind by the first `HEAD` bytes.

    Raises `file_empty`, `picture_heic`, `file_old_office`, and `file_type_refused` for everything that is not known.
    """
    if not head:
        raise Problem("file_empty")
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"PK\x03\x04"):
        return ZIP
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise Problem("picture_heic")
    if head.startswith(_OLD_OFFICE):
        raise Problem("file_old_office")
    raise Problem("file_type_refused")


def office_kind(file: IO[bytes]) -> Kind:
    """Tell which Office document a ZIP is, by the names of its parts; nothing is unpacked.

    Raises `file_has_macros`, and `file_type_refused` for any other archive.
    """
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            names = [name.lower().replace("\\", "/") for name in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, EOFError) as error:
        raise Problem("file_type_refused") from error
    if any(mark in f"/{name}" for name in names for mark in _ACTIVE):
        raise Problem("file_has_macros")
    found = [kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)]
    if "[content_types].xml" not in names or len(found) != 1:
        raise Problem("file_type_refused")
    return found[0]


def _check_directory(file: IO[bytes]) -> None:
    """Look at what a ZIP says about its list of parts before that list is read into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_OF_ZIP.size - 65_535))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END_OF_ZIP.size:
        raise Problem("file_type_refused")
    *_, parts, directory, _, _ = _END_OF_ZIP.unpack_from(tail, at)
    if parts > _MOST_PARTS or directory > _MOST_DIRECTORY:
        raise Problem("file_type_refused")
