"""Small files put in place as a whole and on the disk, whatever kills the process meanwhile."""

import os
from contextlib import suppress
from pathlib import Path


def put(path: Path, content: bytes, mode: int) -> None:
    """Put a file in place of whatever is there, so that no reader ever sees half of it. Raises `OSError`."""
    draft = _draft(path, content, mode)
    draft.replace(path)
    sync_folder(path.parent)


def put_first(path: Path, content: bytes, mode: int) -> None:
    """Put a file in place unless one is there already: of several writers the first counts. Raises `OSError`.

    What root makes belongs to the owner of the folder, so that the service can read it.
    """
    draft = _draft(path, content, mode)
    try:
        give_to_owner_of(path.parent, draft)
        with suppress(FileExistsError):  # a rename would destroy what is there
            os.link(draft, path)
    finally:
        draft.unlink()
    sync_folder(path.parent)


def give_to_owner_of(folder: Path, path: Path) -> None:
    """Let the service read what root made for it."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(path: Path, content: bytes, mode: int) -> Path:
    """Write beside the place, under a name that nobody else has."""
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft
