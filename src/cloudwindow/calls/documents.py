"""Pushing a document: the clerk's file, for the citizen to keep, and its pages as pictures for the stage."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select
from starlette.requests import ClientDisconnect

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.evidence import note
from cloudwindow.calls.files import SESSION
from cloudwindow.calls.models import Call, CallParticipant
from cloudwindow.calls.models_pushed import PushedPage
from cloudwindow.calls.pushing import add, lock_to_push
from cloudwindow.calls.schemas_pushed import PushedMark
from cloudwindow.calls.sessions import announce_call
from cloudwindow.foundation import idempotency, limits, scope
from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import RequestKey, once_key
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.storage import Store
from cloudwindow.foundation.storage.files import Place, Received, keep, pages_of, receiving, sent_digest, settle, use
from cloudwindow.foundation.storage.parameters import UPLOADS_PER_LOGIN


@dataclass(frozen=True)
class Document:
    """What a clerk pushes: into which call, under which name of the file, and the request's key."""

    call_id: UUID
    name: str
    key: UUID


async def push(actions: Actions, actor: Actor, asked: Document, stream: AsyncIterator[bytes]) -> PushedMark:
    """Take a document in and push it; asked again with the same key, file and name, give the same answer.

    Raises `not_found`, `not_allowed`, `call_over`, `too_much_pushed`, `too_many_requests`, `document_type_refused`, and
    what `receiving`, `pages_of` and `keep` raise; whatever is refused leaves nothing behind.
    """
    session_id = await _session_of(actions, actor, asked.call_id)
    await limits.check(actions.database, (UPLOADS_PER_LOGIN, str(actor.login_id)))
    store = actions.wiring.port(Store)
    try:
        async with receiving(actions.database, store, stream, "document") as received, AsyncExitStack() as stack:
            if received.kind.family == "office":
                raise Problem("document_type_refused")
            digest = sent_digest(str(asked.call_id), asked.name, received)
            key = once_key(actor, RequestKey(asked.key, digest), PushedMark)
            async with actions.database.reading() as session:
                known: PushedMark | None = await idempotency.find(session, key)
            if known is not None:
                return known
            pages: list[Received] = []
            if received.kind.family == "pdf":
                pages = await pages_of(actions.database, store, stack, received)
            place = Place(SESSION, session_id)
            file_id = await keep(actions, store, actor, received, place, asked.name)
            page_ids = [await keep(actions, store, actor, page, place, "") for page in pages]
    except ClientDisconnect as error:
        raise Problem("upload_broken_off") from error  # nobody reads it, and nothing was kept
    return await actions.once(actor, key, push_document, asked.call_id, file_id, page_ids)


async def _session_of(actions: Actions, actor: Actor, call_id: UUID) -> UUID:
    """Look, before a long upload, whether it can be pushed at all."""
    async with actions.database.reading() as session:
        row = (
            await session.execute(
                select(Call.session_id, Call.state, CallParticipant.side)
                .join(CallParticipant, CallParticipant.call_id == Call.id)
                .where(scope.visible(actor, CallParticipant), Call.id == call_id)  # scope: with one's own place in it
            )
        ).one_or_none()
    if row is None:
        raise Problem("not_found")
    if row.side != "clerk":
        raise Problem("not_allowed")
    if row.state == "ended":
        raise Problem("call_over")
    session_id: UUID = row.session_id
    return session_id


@action("push.document")
async def push_document(tx: Tx, call_id: UUID, file_id: UUID, page_ids: list[UUID]) -> PushedMark:
    """Push a document whose bytes are on the disk, with the pictures of its pages; a picture is its own page."""
    row = await lock_to_push(tx, call_id)
    place = Place(SESSION, row.id)
    for one in (*page_ids, file_id):
        await settle(tx, one)
    for one in page_ids:
        await use(tx, one, place)
    file = await use(tx, file_id, place)
    what = {"file": file.id, "media_type": file.media_type, "size": file.size, "sha256": file.digest}
    pushed_id = new_id()
    pages = page_ids or [file_id]
    seq = await note(tx, row.id, "push_doc", pushed=pushed_id, pages=len(pages), **what)
    await add(tx, row, pushed_id, kind="document", file_id=file_id, changed=seq)
    await tx.session.execute(  # scope: of what was pushed just now
        insert(PushedPage), [{"pushed_id": pushed_id, "page": n, "file_id": one} for n, one in enumerate(pages, 1)]
    )
    await announce_call(tx, row, call_id)
    return PushedMark(id=pushed_id)
