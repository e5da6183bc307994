"""Files in a folder of this machine: each appears whole and on the disk, or not at all.

Why not `obstore`, which the architecture names: its local store renames without fsync and offers no way to ask for it
(0.12.1, seen with strace), so what it acknowledges may be gone after a power cut. Four system calls are all that is
needed here; the interface is one that an S3 store fits, when there is somebody who uses one.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol
from uuid import UUID

from cloudwindow.foundation.durable import sync_folder
from cloudwindow.foundation.storage.sealed import Sink, Source


class Store(Protocol):
    """Where stored bytes lie, by the id of their file. Every call blocks: it belongs into a thread."""

    def writing(self, file_id: UUID) -> AbstractContextManager[Sink]:
        """Make an object: durable when the block ends, and not there at all when the block is left by an error."""
        ...

    def open(self, file_id: UUID) -> Source:
        """Open an object. Raises `FileNotFoundError`."""
        ...

    def remove(self, file_id: UUID) -> None:
        """Remove an object and whatever a process that died while writing left of it; nothing there is fine."""
        ...

    def scratch(self) -> IO[bytes]:
        """Open a file without a name, for as long as it is open."""
        ...


class Folder:
    """Implements `Store`. A file lies under its id in one of 256 folders, named after the id's last, random byte.

    `root` is made at the first write; nobody else may read it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, file_id: UUID) -> Path:
        """Return where a file lies."""
        return self.root / file_id.hex[-2:] / file_id.hex

    @contextmanager
    def writing(self, file_id: UUID) -> Iterator[Sink]:
        """Write beside the place, and rename once all is on the disk; then bring the name to the disk, too."""
        path = self.path(file_id)
        self._make(path.parent)
        partial = _partial(path)
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            partial.rename(path)
        except BaseException:
            with suppress(FileNotFoundError):
                partial.unlink()
            raise
        sync_folder(path.parent)

    def open(self, file_id: UUID) -> Source:
        """Open what lies there."""
        return Opened(os.open(self.path(file_id), os.O_RDONLY))

    def remove(self, file_id: UUID) -> None:
        """Remove it, written to its end or not."""
        path = self.path(file_id)
        for each in (_partial(path), path):
            with suppress(FileNotFoundError):
                each.unlink()
        if path.parent.is_dir():
            sync_folder(path.parent)

    def scratch(self) -> IO[bytes]:
        """Open a file that has no name, so that the kernel removes it however its process ends."""
        self._make(self.root)
        return tempfile.TemporaryFile(dir=self.root)

    def _make(self, folder: Path) -> None:
        for each in (self.root, folder):
            if not each.is_dir():
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync_folder(each.parent)


class Opened:
    """A file that is open for reading at any place."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        self.length = os.fstat(descriptor).st_size

    def read_at(self, start: int, size: int) -> bytes:
        """Return `size` bytes from `start`."""
        if self._descriptor is None:
            msg = "the file is closed"
            raise ValueError(msg)
        pieces = []
        while size and (piece := os.pread(self._descriptor, size, start)):
            pieces.append(piece)
            start, size = start + len(piece), size - len(piece)
        return b"".join(pieces)

    def close(self) -> None:
        """Close it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
