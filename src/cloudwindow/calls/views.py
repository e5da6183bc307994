"""Sub-documents of the state that clients keep; the same functions serve events and fresh fetches."""

import json
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.models import Session, Stage
from cloudwindow.calls.schemas import ApplicantSession, ClerkSession, Draft, Unfinished
from cloudwindow.catalogue import Item
from cloudwindow.dispatch import Engagement, Ticket
from cloudwindow.foundation.crypto import Keys

_FRESH = {"populate_existing": True}


async def invited_to(session: AsyncSession, ticket_id: UUID) -> list[UUID]:
    """List who was invited to the call of a ticket and takes part in it."""
    rows = await session.scalars(
        select(Engagement.staff_id)  # scope: of a ticket that the caller may see
        .where(Engagement.ticket_id == ticket_id, Engagement.kind == "invite", Engagement.state == "accepted")
        .order_by(Engagement.staff_id)
    )
    return list(rows)


async def stage_of(session: AsyncSession, call_id: UUID) -> Stage | None:
    """Return what is on the stage of a call that the caller may see."""
    return await session.get(Stage, call_id, populate_existing=True)  # scope: as the docstring says


def for_applicant(row: Session) -> ApplicantSession:
    """Show a session to the citizen."""
    return ApplicantSession(
        id=row.id,
        number=row.number,
        state=row.state,
        clerk_id=row.clerk_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        end_reason=row.end_reason,
    )


def for_clerk(row: Session, keys: Keys | None, staff_id: UUID | None = None) -> ClerkSession:
    """Show a session to its clerk; an event keeps it without `keys`, and so without the draft (model §8).

    A `staff_id` that is not its clerk's was invited, and sees no draft.
    """
    invited = staff_id is not None and staff_id != row.clerk_id
    return ClerkSession(
        id=row.id,
        part="invite" if invited else "serve",
        number=row.number,
        state=row.state,
        ticket_id=row.ticket_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        end_reason=row.end_reason,
        wrap_until=row.wrap_until,
        coached=row.coached,
        draft=None if invited else read_draft(keys, row.id, row.draft_cipher),
    )


def read_draft(keys: Keys | None, session_id: UUID, cipher: bytes | None) -> Draft | None:
    """Decrypt a draft for the clerk who typed it."""
    if keys is None or cipher is None:
        return None
    return Draft.model_validate_json(keys.decrypt("session", "draft", session_id, cipher))


DRAFTED = {"session": "id", "unfinished": "session_id"}
"""Types of events that name sessions which may have a draft, and the field of the key in them."""


async def completed(session: AsyncSession, keys: Keys, type_: str, data: str) -> str:
    """Put the drafts of now into the JSON of a clerk's own event, on its way to the clerk's pages."""
    if type_ not in DRAFTED or not (told := json.loads(data)):
        return data
    parts = [part for part in (told if isinstance(told, list) else [told]) if part.get("part") != "invite"]
    if not parts:
        return data
    ids = [UUID(part[DRAFTED[type_]]) for part in parts]
    # scope: sessions that the clerk's own stream names
    rows = await session.execute(select(Session.id, Session.draft_cipher).where(Session.id.in_(ids)))
    drafts = {str(row.id): read_draft(keys, row.id, row.draft_cipher) for row in rows}
    kept = {id_: draft.model_dump() for id_, draft in drafts.items() if draft}
    filled = [part | {"draft": kept.get(part[DRAFTED[type_]])} for part in parts]
    return json.dumps(filled if isinstance(told, list) else filled[0], ensure_ascii=False)


async def of_ticket(session: AsyncSession, ticket_id: UUID) -> Session | None:
    """Return the session of a ticket that the caller may see."""
    return await session.scalar(
        select(Session).where(Session.ticket_id == ticket_id),  # scope: as the docstring says
        execution_options=_FRESH,
    )


async def current_of_clerk(session: AsyncSession, staff_id: UUID) -> Session | None:
    """Return the session the clerk serves or is invited to, else the one whose wrap-up is in its time."""
    return await session.scalar(
        select(Session)  # scope: the clerk's own engagement
        .join(Engagement, Engagement.ticket_id == Session.ticket_id)
        .where(
            Engagement.staff_id == staff_id,
            or_(
                and_(
                    Engagement.kind == "serve",
                    (Engagement.state == "accepted") | (Engagement.wrap_until > func.app_now()),
                    Session.clerk_id == staff_id,
                    Session.state != "closed",
                ),
                and_(Engagement.kind == "invite", Engagement.state == "accepted", Session.state == "open"),
            ),
        )
        .order_by((Engagement.state != "accepted"), Engagement.offered_at.desc())
        .limit(1),
        execution_options=_FRESH,
    )


async def unfinished_of_clerk(session: AsyncSession, keys: Keys | None, staff_id: UUID) -> list[Unfinished]:
    """List the wrap-ups whose time ran out unwritten, the oldest first; without `keys` without their drafts."""
    rows = await session.execute(
        select(Session, Item.key)  # scope: the clerk's own sessions
        .join(Ticket, Ticket.id == Session.ticket_id)
        .join(Item, Item.id == Ticket.item_id)
        .where(
            Session.clerk_id == staff_id,
            Session.state == "wrapping",
            (Session.wrap_until.is_(None)) | (Session.wrap_until <= func.app_now()),
        )
        .order_by(Session.ended_at),
        execution_options=_FRESH,
    )
    return [
        Unfinished(
            session_id=row.id,
            number=row.number,
            ended_at=row.ended_at or row.started_at,
            item_key=key,
            ticket_id=row.ticket_id,
            draft=read_draft(keys, row.id, row.draft_cipher),
        )
        for row, key in rows
    ]
