"""Files in a session: sent by citizen or clerk, first as a file, then as part of a message or an answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import ClientDisconnect

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.evidence import note
from cloudwindow.calls.schemas import FileView
from cloudwindow.calls.taking_part import check_may_send, lock_to_send
from cloudwindow.foundation import idempotency, limits
from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import RequestKey, once_key
from cloudwindow.foundation.models import StoredFile
from cloudwindow.foundation.storage import Store
from cloudwindow.foundation.storage.files import Place, Purpose, keep, receiving, sent_digest, settle
from cloudwindow.foundation.storage.parameters import UPLOADS_PER_LOGIN

SESSION = "session"
"""The anchor of files in a session."""


@dataclass(frozen=True)
class Upload:
    """What somebody sends: into which session, for what, under which name of its own, and the request's key."""

    session_id: UUID
    purpose: Purpose
    name: str
    key: UUID


async def upload(actions: Actions, actor: Actor, asked: Upload, stream: AsyncIterator[bytes]) -> FileView:
    """Take a file in and keep it; asked again with the same key, file and name, give the same answer.

    Raises `not_found`, `wrong_state`, `too_many_requests`, and what `receiving` and `keep` raise.
    """
    async with actions.database.reading() as session:
        await check_may_send(session, actor, asked.session_id)
    await limits.check(actions.database, (UPLOADS_PER_LOGIN, str(actor.login_id)))
    store = actions.wiring.port(Store)
    try:
        async with receiving(actions.database, store, stream, asked.purpose) as received:
            digest = sent_digest(str(asked.session_id), asked.name, received)
            key = once_key(actor, RequestKey(asked.key, digest), FileView)
            async with actions.database.reading() as session:
                known: FileView | None = await idempotency.find(session, key)
            if known is not None:
                return known
            place = Place(SESSION, asked.session_id)
            file_id = await keep(actions, store, actor, received, place, asked.name)
    except ClientDisconnect as error:
        raise Problem("upload_broken_off") from error  # nobody reads it, and nothing was kept
    return await actions.once(actor, key, add, asked.session_id, file_id)


@action("session.add_file")
async def add(tx: Tx, session_id: UUID, file_id: UUID) -> FileView:
    """Take a file whose bytes are on the disk into a session; its sender may now do something with it."""
    row = await lock_to_send(tx, session_id)
    file = await settle(tx, file_id)
    await note(
        tx,
        row.id,
        "file_stored",
        file=file.id,
        purpose=file.purpose,
        media_type=file.media_type,
        size=file.size,
        sha256=file.digest,
    )
    return show_file(file)


def show_file(file: StoredFile) -> FileView:
    """Show a file without its name, which is personal: answers are kept as they are."""
    return FileView(id=file.id, purpose=file.purpose, media_type=file.media_type, size=file.size)
