"""Giving a file out: to whom its scope allows, in parts where asked, never as a page of ours (RFC 9110 §14, §8.8.3)."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from io import BufferedReader, BytesIO
from pathlib import PurePosixPath
from urllib.parse import quote
from uuid import UUID

import structlog
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import KeyFault
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import problem_response
from cloudwindow.foundation.models import StoredFile
from cloudwindow.foundation.storage import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.foundation.storage.folder import Store
from cloudwindow.foundation.storage.pictures import make_small
from cloudwindow.foundation.storage.receiving import pictures_thread
from cloudwindow.foundation.storage.sealed import FileDamaged, open_sealed
from cloudwindow.foundation.storage.sniffing import KINDS

log = structlog.get_logger()

_PIECE = 262_144
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
"""What is in no name on some system, or turns the order in which a name is read."""


@dataclass(frozen=True)
class Found:
    """A file that the actor may see; `name` is its sender's, None without one."""

    id: UUID
    key: bytes
    media_type: str
    size: int
    digest: bytes
    name: str | None


@action("file.look")
async def look(tx: Tx, file_id: UUID, media: str = "") -> Found:
    """Find a file for somebody who may see it; a member of staff who does is on record. Raises `not_found`.

    `media` is what its media type must begin with.
    """
    row = await tx.session.scalar(
        scope.select_visible(tx.actor, StoredFile).where(
            StoredFile.id == file_id, StoredFile.state == "stored", StoredFile.media_type.startswith(media)
        )
    )
    if row is None:
        raise Problem("not_found")
    if tx.actor.kind == "staff":
        tx.audit("file", row.id, looked=["content"])
    return Found(
        row.id,
        tx.keys.unwrap_data_key(row.id, row.data_key),
        row.media_type,
        row.size,
        row.digest,
        tx.keys.decrypt("file", "name", row.id, row.name_cipher) if row.name_cipher else None,
    )


async def answer(
    actions: Actions, store: Store, actor: Actor, file_id: UUID, wanted: str | None, if_range: str | None
) -> Response:
    """Answer a request for a file; `wanted` and `if_range` are the headers Range and If-Range.

    Raises `not_found` and `file_unreadable`. A range of another form or of several parts is answered with the whole.
    """
    found = await actions.run(actor, look, file_id)
    tag = f'"{found.digest.hex()}"'
    headers = _headers(found) | {"etag": tag}
    part = _part(wanted, found.size) if if_range in {None, tag} else range(found.size)
    if part is None:
        refused = problem_response(Problem("range_not_satisfiable"))
        refused.headers["content-range"] = f"bytes */{found.size}"
        return refused
    file = await _open(store, found)
    headers["content-length"] = str(len(part))
    if len(part) < found.size:
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{found.size}"
    return StreamingResponse(
        _pieces(file, part, found.id),
        status_code=206 if "content-range" in headers else 200,
        headers=headers,
        media_type=found.media_type,
        background=BackgroundTask(file.close),
    )


async def answer_small(actions: Actions, store: Store, actor: Actor, file_id: UUID) -> Response:
    """Answer with a picture made small, so that a strip of twenty does not fetch twenty photos.

    Made anew each time and kept nowhere: a copy would be one more thing to seal, to back up and to delete. That costs
    up to seconds of a core, so only the staff may ask, who have such strips. Raises `not_allowed`, `not_found`, which
    is also for what is no picture, and `file_unreadable`.
    """
    if actor.kind != "staff":
        raise Problem("not_allowed")
    found = await actions.run(actor, look, file_id, "image/")
    file, small = await _open(store, found), BytesIO()
    try:
        await asyncio.get_running_loop().run_in_executor(pictures_thread, make_small, file, small)
    except (FileDamaged, Problem) as error:
        log.exception("storage.unreadable", file=str(found.id))
        raise Problem("file_unreadable") from error
    finally:
        file.close()
    headers = _headers(replace(found, media_type="image/jpeg")) | {"accept-ranges": "none"}
    return Response(small.getvalue(), headers=headers, media_type="image/jpeg")


def _part(wanted: str | None, size: int) -> range | None:
    """Read a Range header: the bytes to send, all of them when it is none that we know, None when none can be sent."""
    match = _RANGE.fullmatch(wanted.replace(" ", "")) if wanted else None
    if match is None or match[1] == match[2] == "":
        return range(size)
    if not match[1]:
        part = range(max(0, size - int(match[2])), size)
    else:
        start, end = int(match[1]), int(match[2]) if match[2] else size - 1
        if match[2] and end < start:
            return range(size)  # of no meaning, so as if it were not there
        part = range(start, min(end + 1, size))
    return part or None


async def _open(store: Store, found: Found) -> BufferedReader:
    """Open a file and read its first chunk, so that one that is gone or damaged is refused before a byte is sent."""
    try:
        file = await asyncio.to_thread(lambda: open_sealed(store.open(found.id), found.key, found.id))
    except (OSError, FileDamaged, KeyFault) as error:
        log.exception("storage.unreadable", file=str(found.id), error=type(error).__name__)
        raise Problem("file_unreadable") from error
    if file.seek(0, 2) != found.size:
        file.close()
        log.error("storage.unreadable", file=str(found.id), error="another length")
        raise Problem("file_unreadable")
    return file


async def _pieces(file: BufferedReader, part: range, file_id: UUID) -> AsyncIterator[bytes]:
    """Read a part piece by piece. One that is damaged further in breaks the answer off: its length tells the client."""
    file.seek(part.start)
    left = len(part)
    while left:
        try:
            piece = await asyncio.to_thread(file.read, min(left, _PIECE))
        except FileDamaged:
            log.exception("storage.unreadable", file=str(file_id))
            raise
        left -= len(piece)
        yield piece


def _headers(found: Found) -> dict[str, str]:
    """Say that it is to be saved and nothing else: no page of ours, nothing that runs, kept by no cache or disk.

    `no-store`, since a town's computer must not keep what was shown on it (domain, edge case 11).
    """
    return {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(_name(found), safe='')}",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "private, no-store",
        "accept-ranges": "bytes",
    }


def _name(found: Found) -> str:
    """Name a file for saving: as its sender did, but with the ending of what it is."""
    stem = _UNFIT.sub("", PurePosixPath(found.name or "").stem).strip(" .")
    return f"{stem or found.id.hex[-8:]}.{KINDS[found.media_type].ending}"
