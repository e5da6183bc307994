"""Sub-documents of the state that clients keep: the same functions serve events and fresh fetches, so they agree."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue import Item
from cloudwindow.dispatch.models import Engagement, Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.schemas import OfferView, TicketView, Why
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.people import Presence, PresenceView


async def ticket_view(session: AsyncSession, wiring: Wiring, ticket_id: UUID) -> TicketView:
    """Read a ticket as its owner keeps it; whoever calls this has checked that it may be seen."""
    row = (
        await session.execute(
            select(Ticket, Item.key)  # scope: by id, checked by the caller
            .join(Item, Item.id == Ticket.item_id)
            .where(Ticket.id == ticket_id)
            .execution_options(populate_existing=True)
        )
    ).one()
    ticket: Ticket = row[0]
    session_id = None
    if ticket.answered_at is not None:
        session_id = await wiring.port(Sessions).session_id(session, ticket.id)
    return show_ticket(ticket, row[1], session_id)


def show_ticket(ticket: Any, item_key: str, session_id: UUID | None) -> TicketView:
    """Build the view from a ticket's row."""
    return TicketView(
        id=ticket.id,
        number=ticket.number,
        state=ticket.state,
        close_reason=ticket.close_reason,
        flow=ticket.flow,
        item_key=item_key,
        version_id=ticket.version_id,
        region_code=ticket.region_code,
        desk_id=ticket.desk_id,
        enqueued_at=ticket.enqueued_at,
        parked_until=ticket.parked_until,
        session_id=session_id,
        elderly=ticket.elderly,
        typed_only=ticket.typed_only,
        callback_at=ticket.callback_at,
        callback_tries=ticket.callback_tries,
        bonus_reason=ticket.bonus_reason,
    )


async def offer_view(session: AsyncSession, staff_id: UUID) -> OfferView | None:
    """Read the ring of a clerk, if there is one."""
    engagement = await session.scalar(
        select(Engagement)  # scope: the clerk's own ring
        .where(Engagement.staff_id == staff_id, Engagement.state == "ringing")
        .execution_options(populate_existing=True)
    )
    if engagement is None:
        return None
    return OfferView(
        engagement_id=engagement.id,
        kind=engagement.kind,
        ticket_id=engagement.ticket_id,
        desk_id=engagement.desk_id,
        offered_at=engagement.offered_at,
        expires_at=engagement.expires_at,
        ring_seconds=round((engagement.expires_at - engagement.offered_at).total_seconds()),
        why=Why.model_validate(engagement.why),
    )


async def presence_view(session: AsyncSession, staff_id: UUID) -> PresenceView | None:
    """Read the presence of a clerk with the work state derived from the clerk's engagements (invariant 5)."""
    return (await presence_views(session, [staff_id])).get(staff_id)


async def presence_views(session: AsyncSession, staff_ids: Sequence[UUID]) -> dict[UUID, PresenceView]:
    """Read the presence of several clerks at once; who has none is left out."""
    presences = await session.execute(
        select(  # scope: own row, or those that the caller was allowed to see
            *(Presence.staff_id, Presence.wanted, Presence.reason),
            *(Presence.since, Presence.idle_since, Presence.remind_at),
        ).where(Presence.staff_id.in_(staff_ids))
    )
    engagements = await session.execute(
        select(
            Engagement.staff_id, Engagement.state, Engagement.offered_at, Engagement.answered_at, Engagement.ended_at
        )  # scope: the work of persons whom the caller may see
        .where(
            Engagement.staff_id.in_(staff_ids),
            Engagement.state.in_(("ringing", "accepted")) | Engagement.wrap_until.is_not(None),
        )
        .order_by(Engagement.offered_at)
    )
    current = {row.staff_id: row for row in engagements}  # of each clerk the last one
    return {presence.staff_id: _presence(presence, current.get(presence.staff_id)) for presence in presences}


def _presence(presence: Any, current: Any) -> PresenceView:
    work, since = "idle", presence.idle_since
    if current is not None:
        work, instant = {
            "ringing": ("ringing", current.offered_at),
            "accepted": ("serving", current.answered_at),
        }.get(current.state, ("wrapping", current.ended_at))
        since = instant or since
    return PresenceView(
        wanted=presence.wanted,
        reason=presence.reason,
        since=presence.since,
        remind_at=presence.remind_at,
        work=work,
        work_since=since,
    )
