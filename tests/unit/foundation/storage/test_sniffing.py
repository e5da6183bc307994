"""What a file is, its content says; what is not known is refused."""

import io
import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.storage import problems as _problems  # noqa: F401  registers the codes
from cloudwindow.foundation.storage.sniffing import HEAD, KINDS, ZIP, office_kind, sniff
from tests.support.pictures import HEIC, HTML, OLD_WORD, PDF, SVG, office, picture


def _refusal(data: bytes) -> str:
    with pytest.raises(Problem) as caught:
        office_kind(io.BytesIO(data)) if data[:2] == b"PK" else sniff(data[:HEAD])
    return caught.value.code


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
        (picture("WEBP", lossless=True), "image/webp"),
        (PDF, "application/pdf"),
    ],
)
def test_what_is_accepted_is_known_by_its_begin(data: bytes, media_type: str) -> None:
    assert sniff(data[:HEAD]).media_type == media_type


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (HTML, "file_type_refused"),
        (SVG, "file_type_refused"),
        (HEIC, "picture_heic"),
        (OLD_WORD, "file_old_office"),
        (b"GIF89a" + bytes(40), "file_type_refused"),
        (b"MZ" + bytes(40), "file_type_refused"),
        (b"\x7fELF" + bytes(40), "file_type_refused"),
        (b"\n" + PDF, "file_type_refused"),
        (b"\xff\xd8", "file_type_refused"),
        (b"RIFF\x00\x00\x00\x00WAVE", "file_type_refused"),
        ("身份证".encode(), "file_type_refused"),
    ],
)
def test_what_is_refused(data: bytes, code: str) -> None:
    assert _refusal(data) == code


@pytest.mark.parametrize(("folder", "ending"), [("word", "docx"), ("xl", "xlsx"), ("ppt", "pptx")])
def test_office_documents_are_known_by_their_parts(folder: str, ending: str) -> None:
    assert sniff(office(folder)[:HEAD]) is ZIP
    kind = office_kind(io.BytesIO(office(folder)))
    assert (kind.ending, KINDS[kind.media_type]) == (ending, kind)


@pytest.mark.parametrize(
    "part", ["word/vbaProject.bin", "WORD/VBAPROJECT.BIN", "word\\vbaProject.bin", "word/activeX/activeX1.bin"]
)
def test_macros_are_refused(part: str) -> None:
    assert _refusal(office("word", part)) == "file_has_macros"


def test_other_archives_are_refused() -> None:
    for data in (
        office("META-INF"),
        office("word", "xl/workbook.xml"),
        office("word").replace(b"[Content_Types].xml", b"[Content_Typos].xml"),
        office("word")[:-30],
        b"PK\x03\x04" + bytes(100),
    ):
        assert _refusal(data) == "file_type_refused"


@pytest.mark.parametrize(("parts", "directory"), [(60_000, 100), (3, 19_000_000)])
def test_a_list_of_parts_is_not_read_when_it_is_too_long(parts: int, directory: int) -> None:
    data = bytearray(office("word"))
    struct.pack_into("<HHL", data, data.rindex(b"PK\x05\x06") + 8, parts, parts, directory)
    assert _refusal(bytes(data)) == "file_type_refused"


@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    """A kind, or a refusal; anything else that is raised fails this test."""
    with suppress(Problem):
        assert sniff(data[:HEAD]).media_type
    with suppress(Problem):
        assert office_kind(io.BytesIO(b"PK\x03\x04" + data)).media_type
