"""The file of a backup: an ordinary tar whose last member is the manifest.

It is written under another name and renamed once it is on disk: what bears its own name is whole. The database's dump
streams into it, so that no second copy of it needs room.
"""

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from cloudwindow.foundation.durable import sync_folder
from cloudwindow.operating.manifest import BackupError, Content, Manifest

MANIFEST = "manifest.json"
CHUNK = 1 << 20
Step = Callable[[int], object]
"""Told how many bytes have gone by since the last time."""


class Readable(Protocol):
    """Anything that gives bytes until it gives none."""

    def read(self, size: int = ..., /) -> bytes:
        """Give up to `size` bytes."""
        ...


class Writer:
    """A backup being written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.files: dict[str, Content] = {}

    def add(self, name: str, source: Readable, step: Step) -> None:
        """Add a file of any length; its header is written when the length is known."""
        header = self._file.tell()
        self._file.write(bytes(tarfile.BLOCKSIZE))
        digest, size = hashlib.sha256(), 0
        while chunk := source.read(CHUNK):
            self._file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            step(len(chunk))
        self._file.write(bytes(-size % tarfile.BLOCKSIZE))
        end = self._file.tell()
        self._file.seek(header)
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self._file.write(info.tobuf(tarfile.GNU_FORMAT))
        self._file.seek(end)
        self.files[name] = Content(digest.hexdigest(), size)

    def close(self) -> None:
        """End the tar and bring it to the disk."""
        self._file.write(bytes(2 * tarfile.BLOCKSIZE))
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Write a backup that appears under `path` at the end of the block, or not at all.

    Raises:
        BackupError: `path` is there already, or it cannot be written.
    """
    if path.exists():
        raise BackupError(f"{path} is there already.")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                writer = Writer(file)
                yield writer
                writer.close()
            partial.rename(path)
        except BaseException:
            with suppress(OSError):
                partial.unlink()
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror or error}.") from error


class Reader:
    """A backup that was verified when it was opened."""

    def __init__(self, tar: tarfile.TarFile, manifest: Manifest) -> None:
        self._tar = tar
        self.manifest = manifest

    def open(self, name: str) -> IO[bytes]:
        """One of its files."""
        return _open(self._tar, name)


@contextmanager
def reading(path: Path, step: Step) -> Iterator[Reader]:
    """Open a backup after comparing every file with its digest.

    Raises:
        BackupError: it is none, it was cut off, or any of it is damaged.
    """
    try:
        tar = tarfile.open(path, "r:")  # noqa: SIM115  closed below
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
    except tarfile.TarError as error:
        raise BackupError(f"{path} is no backup, or it is damaged.") from error
    with tar:
        yield Reader(tar, _verified(path, tar, step))


def _verified(path: Path, tar: tarfile.TarFile, step: Step) -> Manifest:
    try:
        names = tar.getnames()
        if not names or names[-1] != MANIFEST:
            raise BackupError(f"{path} has no manifest at its end: it was cut off, or it is no backup.")
        with _open(tar, MANIFEST) as file:
            manifest = Manifest.read(file.read())
        if sorted(names[:-1]) != sorted(manifest.files):
            raise BackupError(f"{path} does not hold the files that its manifest names.")
        for name, content in manifest.files.items():
            if _content(tar, name, step) != content:
                raise BackupError(f"{path} is damaged: {name} is not what was backed up.")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{path} is damaged or was cut off.") from error
    return manifest


def _open(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(name) if tar.getmember(name).isreg() else None
    if file is None:  # such as a link, which may lead anywhere
        raise BackupError(f"{name} in the backup is no file.")
    return file


def _content(tar: tarfile.TarFile, name: str, step: Step) -> Content:
    digest, size = hashlib.sha256(), 0
    with _open(tar, name) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            step(len(chunk))
    return Content(digest.hexdigest(), size)
