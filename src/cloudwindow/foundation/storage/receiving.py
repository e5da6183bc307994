"""Taking a file in: what comes over the wire is limited, told by its content, checked, and written anew (invariant 12).

Everything here happens before there is a row: a file that is refused leaves nothing behind.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import IO, Literal, ParamSpec, TypeVar, cast

from cloudwindow.foundation import parameters
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.storage import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.foundation.storage.folder import Store
from cloudwindow.foundation.storage.parameters import LARGEST_MB, MOST_MEGAPIXELS
from cloudwindow.foundation.storage.pictures import rewrite
from cloudwindow.foundation.storage.sniffing import ZIP, Kind, office_kind, sniff
from cloudwindow.foundation.storage.spool import Spool

P = ParamSpec("P")
T = TypeVar("T")

Purpose = Literal["photo", "frame", "document"]
"""What a file is for. All but a document are pictures.

A photo shows a person or a paper and was taken for somebody who asked, a frame is what the stage of a call showed at
one moment; a document may also be PDF or Office.
"""

Kept = Literal[Purpose, "page"]
"""What a kept file may be for: a page is a picture of a document's page, made by the house and sent by nobody."""

MEBIBYTE = 1_048_576
_PIECE = 262_144
pictures_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
"""One at a time in a process: a picture of 50 million pixels needs 400 MB while it is written anew."""


@dataclass(frozen=True)
class Received:
    """A file that may be kept. `sent` is the SHA-256 of what was sent, which tells a retry from another file."""

    spool: Spool
    kind: Kind
    purpose: Kept
    sent: bytes


@asynccontextmanager
async def receiving(
    database: Database, store: Store, stream: AsyncIterator[bytes], purpose: Purpose
) -> AsyncIterator[Received]:
    """Take in what a stream brings, for as long as the block lasts. Raises a `Problem` for what is not accepted."""
    async with database.reading() as session:
        largest, megapixels = (await parameters.read(session, LARGEST_MB, MOST_MEGAPIXELS)).values()
    async with AsyncExitStack() as stack:
        spool = await _spool(stack, store)
        kind = await _fill(spool, stream, purpose, largest)
        sent = spool.writer.digest
        if kind is ZIP:
            kind = await _stored(_look_inside, spool)
        if kind.family == "picture":
            raw, spool = spool, await _spool(stack, store)
            await asyncio.get_running_loop().run_in_executor(pictures_thread, _rewrite, raw, kind, spool, megapixels)
        yield Received(spool, kind, purpose, sent)


async def _spool(stack: AsyncExitStack, store: Store) -> Spool:
    spool = await _stored(Spool, store)
    stack.push_async_callback(asyncio.to_thread, spool.close)
    return spool


async def _fill(spool: Spool, stream: AsyncIterator[bytes], purpose: Purpose, largest_mb: int) -> Kind:
    """Take the bytes in. What they are is asked of the first ones, so that a wrong file is refused at once."""
    kind: Kind | None = None
    async for piece in _pieces(stream):
        if kind is None:
            kind = sniff(piece)
            if purpose != "document" and kind.family != "picture":
                raise Problem("picture_type_refused")
        if spool.writer.size + len(piece) > largest_mb * MEBIBYTE:
            raise Problem("file_too_large", limit_mb=largest_mb)
        await _stored(spool.writer.write, piece)
    if kind is None:
        raise Problem("file_empty")
    await _stored(spool.finish)
    return kind


async def _pieces(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Join what comes to pieces that are worth a thread's time; the last one may be short."""
    waiting = bytearray()
    async for piece in stream:
        waiting += piece
        if len(waiting) >= _PIECE:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def _look_inside(spool: Spool) -> Kind:
    with spool.open() as file:
        return office_kind(file)


def _rewrite(raw: Spool, kind: Kind, clean: Spool, megapixels: int) -> None:
    with raw.open() as source:
        rewrite(source, kind, cast("IO[bytes]", clean.writer), megapixels)
    clean.finish()


async def _stored(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do something with the disk in a thread. Raises `storage_unavailable` when the disk is full or gone."""
    try:
        return await asyncio.to_thread(work, *args, **kwargs)
    except OSError as error:
        raise Problem("storage_unavailable") from error
