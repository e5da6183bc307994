"""Keeping a file: a row first, then the bytes, then the answer, so that whatever a kill leaves has a row to go by.

    begin   the row, `arriving`, is committed
    write   the bytes are written under its id and brought to the disk, and their name, too
    settle  the row becomes `stored` in the action of the room that took the file; only now its sender hears of it
    use     something is done with it, such as sending it in a message

A row that does not get as far as `use` in time is swept with its bytes; a repeated request gives the first answer.
"""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import func, insert, select, update

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.models import StoredFile
from cloudwindow.foundation.storage.folder import Store
from cloudwindow.foundation.storage.parameters import UNUSED_MINUTES
from cloudwindow.foundation.storage.receiving import Received
from cloudwindow.foundation.storage.sealed import SealedWriter
from cloudwindow.foundation.storage.spool import Spool
from cloudwindow.foundation.storage.states import FILE
from cloudwindow.foundation.sweeper import Sweep

log = structlog.get_logger()

LONGEST_NAME = 255
"""Characters of a name that are kept: no file system has longer ones."""

_READ = 1 << 20


@dataclass(frozen=True)
class Place:
    """Where a file belongs: a kind of thing that a room declared (`anchored`), and its id."""

    anchor: str
    id: UUID


async def keep(actions: Actions, store: Store, actor: Actor, received: Received, place: Place, name: str) -> UUID:
    """Write a file that was received to the disk; its id is for `settle`. Raises `storage_unavailable`."""
    file_id = new_id()
    wrapped = await actions.run(actor, begin, file_id, received, place, name)
    key = actions.keys.unwrap_data_key(file_id, wrapped)
    with _a_disk_that_works():
        await asyncio.to_thread(_write, store, file_id, key, received.spool)
    return file_id


@action("file.begin")
async def begin(tx: Tx, file_id: UUID, received: Received, place: Place, name: str) -> bytes:
    """Make the row of a file that is about to be written. Returns its data key, wrapped."""
    data_key = tx.keys.new_data_key(file_id)
    what = received.spool.writer
    await tx.session.execute(  # scope: the room found the place for this actor
        insert(StoredFile).values(
            id=file_id,
            purpose=received.purpose,
            anchor=place.anchor,
            anchor_id=place.id,
            staff_id=tx.actor.id if tx.actor.kind == "staff" else None,
            account_id=tx.actor.id if tx.actor.kind == "account" else None,
            state=FILE.first,
            media_type=received.kind.media_type,
            size=what.size,
            digest=what.digest,
            name_cipher=tx.keys.encrypt("file", "name", file_id, name[:LONGEST_NAME]) if name else None,
            data_key=data_key,
            created_at=tx.now,
        )
    )
    tx.audit("file", file_id, state=FILE.first, anchor=place.anchor, anchor_id=place.id)
    return data_key


def _write(store: Store, file_id: UUID, key: bytes, spool: Spool) -> None:
    with spool.open() as source, store.writing(file_id) as sink:
        writer = SealedWriter(sink, key, file_id)
        while piece := source.read(_READ):
            writer.write(piece)
        writer.finish()


async def settle(tx: Tx, file_id: UUID) -> StoredFile:
    """Make a file whose bytes are on the disk a stored one. Raises `wrong_state` when it took too long."""
    row = await _lock(tx, file_id)
    if row is None:
        raise Problem("not_found")
    state = FILE.after(row.state, "store")
    await _change(tx, row, state=state)
    tx.audit(
        "file", row.id, old={"state": row.state}, state=state, media_type=row.media_type, size=row.size,
        sha256=row.digest,
    )  # fmt: skip
    return row


async def use(tx: Tx, file_id: UUID, place: Place) -> StoredFile:
    """Do something with a file: it stays from now on, and whoever sees its place sees it.

    Raises `not_found` unless the actor sent it to this place.
    """
    row = await _lock(tx, file_id)
    if row is None or row.state != "stored" or (row.anchor, row.anchor_id) != (place.anchor, place.id):
        raise Problem("not_found")
    if row.used_at is None:
        await _change(tx, row, used_at=tx.now)
        tx.audit("file", row.id, used=True)
    return row


@action("file.give_up")
async def give_up(tx: Tx, file_id: UUID) -> None:
    """Remove a file that did not arrive, or with which nothing was done in time: its bytes, its key and its name."""
    minutes = await parameters.get(tx.session, UNUSED_MINUTES)
    row = await tx.session.scalar(
        select(StoredFile)  # scope: the sweeper's own work
        .where(StoredFile.id == file_id, StoredFile.used_at.is_(None), StoredFile.state.in_(["arriving", "stored"]))
        .with_for_update(skip_locked=True)
    )
    if row is None or (tx.now - row.created_at).total_seconds() < minutes * 60:
        return
    await asyncio.to_thread(tx.port(Store).remove, row.id)
    state = FILE.after(row.state, "give_up")
    await _change(tx, row, state=state, data_key=b"", name_cipher=None)
    tx.audit("file", row.id, old={"state": row.state}, state=state)


async def _lock(tx: Tx, file_id: UUID) -> StoredFile | None:
    """Lock a file that the actor sent."""
    row: StoredFile | None = await tx.session.scalar(
        select(StoredFile)  # scope: the actor's own file, sent by this very person
        .where(StoredFile.id == file_id, func.coalesce(StoredFile.staff_id, StoredFile.account_id) == tx.actor.id)
        .with_for_update(),
        execution_options={"populate_existing": True},
    )
    return row


async def _change(tx: Tx, row: StoredFile, **values: object) -> None:
    await tx.session.execute(
        update(StoredFile)
        .where(StoredFile.id == row.id)  # scope: locked by the caller
        .values(**values)
        .execution_options(synchronize_session=False)
    )


@contextmanager
def _a_disk_that_works() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.exception("storage.write_failed", error=type(error).__name__)
        raise Problem("storage_unavailable") from error


def sent_digest(path: str, name: str, received: Received) -> bytes:
    """Digest what was asked, as request keys want it: the file is part of the question."""
    asked = f"POST {path}\n{received.purpose}\n{name}\n".encode(errors="surrogatepass")
    return hashlib.sha256(asked + received.sent).digest()


# scope: the sweeper finds what nobody uses
SWEEPS = [
    Sweep(
        "files that nobody uses",
        """
        SELECT id FROM file WHERE used_at IS NULL AND state <> 'removed'
            AND created_at <= app_now() - make_interval(mins => (
                SELECT (value)::int FROM parameter
                WHERE key = 'files.unused_minutes' AND scope_kind = 'all' AND valid_from <= app_now()
                ORDER BY valid_from DESC LIMIT 1))
        LIMIT :batch
        """,
        give_up,
    )
]
