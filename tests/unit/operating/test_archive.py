"""A backup is whole or it is refused, wherever it was cut and whatever was changed in it."""

import io
import json
import os
import stat
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from cloudwindow.operating import archive
from cloudwindow.operating.manifest import BackupError, Content, Manifest

DUMP = os.urandom(300_000)


def nothing(_: int) -> None:
    pass


def manifest(files: dict[str, Content]) -> Manifest:
    return Manifest(1, "0.1.0", "2026-11-28T00:00:00Z", "test", "0001", "ab" * 8, "18.1", files)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    path = tmp_path / "whole.tar"
    with archive.writing(path) as writer:
        writer.add("database.dump", io.BytesIO(DUMP), nothing)
        writer.add("keys/field.key", io.BytesIO(b"k" * 32), nothing)
        writer.add(archive.MANIFEST, io.BytesIO(manifest(dict(writer.files)).json()), nothing)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BackupError) as refused, archive.reading(path, nothing):
        pass
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_what_was_written_is_read(whole: Path) -> None:
    seen: list[int] = []
    with archive.reading(whole, seen.append) as backup, backup.open("database.dump") as dump:
        assert dump.read() == DUMP
        assert backup.manifest == manifest(backup.manifest.files)
    assert sum(seen) == len(DUMP) + 32
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    assert [path.name for path in whole.parent.iterdir()] == [whole.name]


def test_other_programs_can_read_it(whole: Path) -> None:
    with tarfile.open(whole) as tar:
        assert tar.getnames() == ["database.dump", "keys/field.key", "manifest.json"]


def test_it_is_refused_wherever_it_was_cut(whole: Path, tmp_path: Path) -> None:
    content, cut = whole.read_bytes(), tmp_path / "cut.tar"
    needed = len(content.rstrip(b"\0"))  # a tar that lacks only its last zeros has lost nothing
    for length in (0, 1, 511, 512, 513, 200_000, 300_544, 301_056, 302_000, needed - 600, needed - 1):
        cut.write_bytes(content[:length])
        assert refusal(cut)


@pytest.mark.parametrize("place", ["dump", "key", "manifest", "header"])
def test_a_single_changed_bit_is_found(whole: Path, place: str) -> None:
    content = bytearray(whole.read_bytes())
    at = {"dump": 512 + 150_000, "key": content.index(b"k" * 32), "manifest": content.index(b'"mode"') + 9, "header": 3}
    content[at[place]] ^= 1
    whole.write_bytes(content)
    assert refusal(whole)


def test_nothing_may_be_added_or_missing(whole: Path, tmp_path: Path) -> None:
    with tarfile.open(whole) as tar:
        parts = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]  # files only
    for names in (["database.dump", archive.MANIFEST], ["keys/field.key", "database.dump", "more", archive.MANIFEST]):
        other = tmp_path / "other.tar"
        with tarfile.open(other, "w") as tar:
            for name in names:
                info = tarfile.TarInfo(name)
                info.size = len(parts.get(name, b""))
                tar.addfile(info, io.BytesIO(parts.get(name, b"")))
        assert "does not hold the files" in refusal(other)


def test_links_in_it_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    digest = Content("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", 1)
    other = tmp_path / "other.tar"
    with tarfile.open(other, "w") as tar:
        link = tarfile.TarInfo("database.dump")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret")
        tar.addfile(link)
        raw = manifest({"database.dump": digest}).json()
        info = tarfile.TarInfo(archive.MANIFEST)
        info.size = len(raw)
        tar.addfile(info, io.BytesIO(raw))
    assert refusal(other)


@pytest.mark.parametrize("content", [b"", b"no tar at all", b"\x1f\x8b" + bytes(600), bytes(10240)])
def test_what_is_no_backup(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    assert refusal(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.tar")
    assert refusal(tmp_path)


def test_writing_that_fails_leaves_nothing(tmp_path: Path) -> None:
    class Breaking(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), archive.writing(tmp_path / "x.tar") as writer:
        writer.add("database.dump", Breaking(), nothing)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(whole: Path) -> None:
    before = whole.read_bytes()
    with pytest.raises(BackupError, match="already"), archive.writing(whole):
        pass
    assert whole.read_bytes() == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="cannot be written"), archive.writing(tmp_path / "no" / "x.tar"):
        pass


def test_a_format_of_the_future_is_named() -> None:
    raw = replace(manifest({}), format=2).json()
    with pytest.raises(BackupError, match="format 2"):
        Manifest.read(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"format": 1}', b'{"format": 1, "sha256": 1, "files": 3}', b"\xff"]
)
def test_a_manifest_that_is_none(raw: bytes) -> None:
    with pytest.raises(BackupError):
        Manifest.read(raw)


def test_more_than_it_knows_is_refused() -> None:
    body = json.loads(manifest({}).json()) | {"extra": 1}
    with pytest.raises(BackupError):
        Manifest.read(json.dumps(body).encode())
