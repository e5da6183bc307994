"""The chat of a session: say something, say how far one has read, read what was said.

A message is there once its sender was answered (sent); its other side says when it came to a device (delivered) and
when it was looked at (read). Texts are in no event and no answer that is kept: pages learn that there is something new,
and fetch it.
"""

import hashlib
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from cloudwindow.calls import parameters as limits
from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls import views
from cloudwindow.calls.chat_views import chat_of_session, data_key_of, messages, text_field
from cloudwindow.calls.evidence import note
from cloudwindow.calls.files import SESSION
from cloudwindow.calls.models import ChatMark, ChatMessage, Session
from cloudwindow.calls.schemas import ChatView, Marks, MessagePage, Say, Sent, Side
from cloudwindow.calls.taking_part import lock_own, lock_to_send, takes_part
from cloudwindow.dispatch import is_shown
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.storage.files import Place, use
from cloudwindow.people import account_stream, staff_stream


def side_of(actor: Actor) -> Side:
    """Say on which side somebody stands who takes part."""
    return "applicant" if actor.kind == "account" else "clerk"


@action("chat.say")
async def say(tx: Tx, session_id: UUID, asked: Say) -> Sent:
    """Send a message; one that is there already under its sender's number is answered as it was then.

    Raises `message_empty`, `message_too_long`, `not_found`, `wrong_state`, `idempotency_key_reused`.
    """
    await _check(tx, asked)
    row = await lock_to_send(tx, session_id)
    data_key = await data_key_of(tx.session, row)
    if known := await _known(tx, row, asked, data_key):
        return known
    sent = Sent(id=new_id(), seq=(await chat_of_session(tx.session, row.id)).last + 1, at=tx.now)
    cipher = None
    if asked.text:
        cipher = tx.keys.seal_for(row.account_id, data_key, text_field(sent.id), asked.text)
    file = await use(tx, asked.file_id, Place(SESSION, row.id)) if asked.file_id else None
    side = side_of(tx.actor)
    await tx.session.execute(  # scope: into a session in which the actor takes part
        insert(ChatMessage).values(
            id=sent.id,
            session_id=row.id,
            seq=sent.seq,
            at=sent.at,
            side=side,
            sender_id=tx.actor.id,
            client_id=asked.client_id,
            text_cipher=cipher,
            file_id=file and file.id,
        )
    )
    what = {"sha256": file.digest} if file else {"cipher_sha256": hashlib.sha256(cipher or b"").digest()}
    tx.audit("chat_message", sent.id, session=row.id, seq=sent.seq, side=side)
    await note(tx, row.id, "message", message=sent.id, seq=sent.seq, side=side, file=asked.file_id, **what)
    await announce_chat(tx, row)
    return sent


async def _check(tx: Tx, asked: Say) -> None:
    if asked.text and asked.file_id:
        raise Problem("message_not_one")
    if not asked.text and not asked.file_id:
        raise Problem("message_empty")
    limit = await parameters.get(tx.session, limits.LONGEST_TEXT)
    if asked.text and len(asked.text) > limit:
        raise Problem("message_too_long", length=len(asked.text), limit=limit)


async def _known(tx: Tx, row: Session, asked: Say, data_key: bytes) -> Sent | None:
    """Find the message of a retry. Raises `idempotency_key_reused` when it was another one, or another's."""
    there = await tx.session.scalar(
        select(ChatMessage).where(  # scope: of the session locked by the caller
            ChatMessage.session_id == row.id, ChatMessage.client_id == asked.client_id
        )
    )
    if there is None:
        return None
    cipher = there.text_cipher
    text = None if cipher is None else tx.keys.open_for(row.account_id, data_key, text_field(there.id), cipher)
    if (there.sender_id, text or None, there.file_id) != (tx.actor.id, asked.text or None, asked.file_id):
        raise Problem("idempotency_key_reused")
    return Sent(id=there.id, seq=there.seq, at=there.at)


@action("chat.mark")
async def mark(tx: Tx, session_id: UUID, asked: Marks) -> ChatView:
    """Say how far messages have come to one's own side; marks only grow, and not beyond what there is.

    What somebody invited has read the clerk has not: those marks are not kept.
    """
    row = await lock_own(tx, session_id)
    before, side = await chat_of_session(tx.session, row.id), side_of(tx.actor)
    if side == "clerk" and tx.actor.id != row.clerk_id:
        return before
    old = getattr(before, side)
    read = max(old.read, min(asked.read, before.last))
    new = Marks(read=read, delivered=max(old.delivered, read, min(asked.delivered, before.last)))
    if new == old:
        return before
    put = upsert(ChatMark)  # scope: the own side of a session in which the actor takes part
    put = put.values(session_id=row.id, side=side, **new.model_dump())
    await tx.session.execute(put.on_conflict_do_update(index_elements=["session_id", "side"], set_=new.model_dump()))
    tx.audit("chat_mark", row.id, old=old.model_dump(), side=side, **new.model_dump())
    if new.read > old.read:
        await note(tx, row.id, "messages_read", side=side, up_to=new.read)
    await announce_chat(tx, row)
    return await chat_of_session(tx.session, row.id)


async def history(
    actions: Actions, actor: Actor, session_id: UUID, *, after: int | None, before: int | None, limit: int
) -> MessagePage:
    """Read what was said. Staff who take no part in the session are on record for it. Raises `not_found`."""
    async with actions.database.reading() as session:
        row = await session.scalar(scope.select_visible(actor, Session).where(Session.id == session_id))
        if row is None:
            raise Problem("not_found")
        if actor.kind == "staff" and not await takes_part(session, actor, session_id):
            await actions.run(actor, look, session_id)
        return await messages(session, actions.keys, row, after=after, before=before, limit=limit)


@action("chat.look")
async def look(tx: Tx, session_id: UUID) -> None:
    """Put on record that somebody reads a chat from outside."""
    tx.audit("session", session_id, looked=["chat"])


async def announce_chat(tx: Tx, row: Session) -> None:
    """Tell the pages that show this session how far its chat is."""
    chat = await chat_of_session(tx.session, row.id)
    if await is_shown(tx, row.account_id, row.ticket_id):
        tx.event(account_stream(row.account_id), "chat", chat)
    current = await views.current_of_clerk(tx.session, row.clerk_id)
    if current is not None and current.id == row.id:
        tx.event(staff_stream(row.clerk_id), "chat", chat)
    for staff_id in await views.invited_to(tx.session, row.ticket_id):
        tx.event(staff_stream(staff_id), "chat", chat)
