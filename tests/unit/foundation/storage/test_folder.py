"""A file is there as a whole and on the disk, or not at all; nobody else reads it."""

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest

from cloudwindow.foundation.storage import Folder
from cloudwindow.foundation.storage.spool import Spool


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


def test_written_read_removed(tmp_path: Path) -> None:
    store, one = Folder(tmp_path / "deep" / "files"), uuid4()
    with store.writing(one) as sink:
        sink.write(b"some")
        sink.write(b"thing")
        assert not store.path(one).exists()
    source = store.open(one)
    assert (source.length, source.read_at(2, 4), source.read_at(7, 100)) == (9, b"meth", b"ng")
    source.close()
    with pytest.raises(ValueError, match="closed"):
        source.read_at(0, 1)
    for place, mode in ((store.root, 0o700), (store.path(one).parent, 0o700), (store.path(one), 0o600)):
        assert stat.S_IMODE(place.stat().st_mode) == mode
    store.remove(one)
    store.remove(one)
    assert _files(store.root) == []
    with pytest.raises(FileNotFoundError):
        store.open(one)


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    store, one = Folder(tmp_path), uuid4()

    def fail() -> None:
        with store.writing(one) as sink:
            sink.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert _files(tmp_path) == []


def test_what_a_killed_process_left_is_removed_with_its_id(tmp_path: Path) -> None:
    store, one = Folder(tmp_path), uuid4()
    store.path(one).parent.mkdir()
    (store.path(one).parent / f".{one.hex}.part").write_bytes(b"half")
    store.remove(one)
    assert _files(tmp_path) == []


def test_nothing_is_acknowledged_before_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """File, then its name, then the folder of the name: in this order, before the block ends."""
    store, one = Folder(tmp_path), uuid4()
    store.path(one).parent.mkdir()
    happened: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def seen_fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        happened.append(f"fsync {'folder' if path.is_dir() else path.suffix}")
        fsync(descriptor)

    def seen_rename(self: Path, target: Path) -> Path:
        happened.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(Path, "rename", seen_rename)
    with store.writing(one) as sink:
        sink.write(b"x" * 100_000)
    assert happened == ["fsync .part", "rename", "fsync folder"]


def test_a_spool_has_no_name_and_nothing_in_clear(tmp_path: Path) -> None:
    spool = Spool(Folder(tmp_path))
    secret = b"410102199001011234" * 10_000
    spool.writer.write(secret)
    spool.finish()
    assert _files(tmp_path) == []
    assert secret[:18] not in os.pread(spool._file.fileno(), 200_000, 0)
    with spool.open() as one, spool.open() as two:
        assert one.read(5) == two.read(5) == secret[:5]
        assert one.read() == secret[5:]
    spool.close()
