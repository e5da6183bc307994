"""The outbox of a demonstration: what would have come to people's phones. In production these routes do not exist."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys, mask_phone
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import Acting, Reading, address_of, check_origin, house
from cloudwindow.messages import Message, phone_of, text_of
from cloudwindow.people import Wire

SHOWN = 50
"""Messages on the page, the newest first; older ones are asked for from the last one on."""

router = APIRouter(prefix="/api/outbox", tags=["demonstration"])


class OutboxMessage(Wire):
    """A message as a phone would get it, the phone masked."""

    id: UUID
    kind: Literal[
        "recall_ringing",
        "recall_near",
        "recall_call",
        "callback_moved",
        "callback_kept",
        "callback_dropped",
        "letter_answered",
        "phone_code",
    ]
    phone_masked: str
    text: str
    state: Literal["queued", "sending", "sent", "failed", "unknown"]
    attempts: int
    queued_at: datetime


class Outbox(Wire):
    """The messages, and from which one on there are older ones (null: none)."""

    messages: list[OutboxMessage]
    before: UUID | None


class PhoneShown(Wire):
    """The whole number that a message went to."""

    phone: str


async def newest(session: AsyncSession, keys: Keys, before: UUID | None) -> Outbox:
    """List the messages, the newest first; with `before` those that are older than it."""
    query = select(Message).order_by(Message.id.desc()).limit(SHOWN + 1)  # scope: a demonstration shows its outbox
    if before is not None:
        query = query.where(Message.id < before)  # scope: a demonstration shows its outbox
    rows = list(await session.scalars(query))
    shown = [_show(row, keys) for row in rows[:SHOWN]]
    return Outbox(messages=shown, before=shown[-1].id if len(rows) > SHOWN else None)


def _show(row: Message, keys: Keys) -> OutboxMessage:
    return OutboxMessage.model_validate(
        {
            "id": row.id,
            "kind": row.kind,
            "phone_masked": mask_phone(phone_of(row, keys)),
            "text": text_of(row, keys),
            "state": row.state,
            "attempts": row.attempts,
            "queued_at": row.queued_at,
        }
    )


@action("outbox.look")
async def look(tx: Tx, message_id: UUID) -> PhoneShown:
    """Show the whole number of a message; the look is on record (invariant 11). Raises `not_found`."""
    row = await tx.session.get(Message, message_id)  # scope: a demonstration shows its outbox
    if row is None:
        raise Problem("not_found")
    tx.audit("message", message_id, seen="phone")
    return PhoneShown(phone=phone_of(row, tx.keys))


@router.get("")
async def outbox(request: Request, session: Reading, before: Annotated[UUID | None, Query()] = None) -> Outbox:
    """What would have come to people's phones."""
    return await newest(session, house(request).keys, before)


@router.post("/{message_id}/phone")
async def show_phone(message_id: UUID, request: Request, acting: Acting) -> PhoneShown:
    """The whole number of one message; the look is on record."""
    check_origin(request)
    return await acting.run(Actor("anonymous", address=address_of(request)), look, message_id)
