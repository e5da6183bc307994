"""Reads of this room."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import views
from cloudwindow.calls.matters import further
from cloudwindow.calls.models import Outcome, Session
from cloudwindow.calls.ports import Ratings
from cloudwindow.calls.schemas import OutcomeView, SessionSummary
from cloudwindow.catalogue import frozen
from cloudwindow.dispatch import ClerkCard, Ticket
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.people import card


async def outcomes(session: AsyncSession) -> list[OutcomeView]:
    """List the ways for a session to end, in the order of the wrap-up's digits."""
    rows = await session.scalars(select(Outcome).order_by(Outcome.position))
    return [OutcomeView(code=row.code, group=row.group, solved=row.solved) for row in rows]


async def summary(session: AsyncSession, wiring: Wiring, keys: Keys, actor: Actor, session_id: UUID) -> SessionSummary:
    """Return what was done in a session, for its citizen or its clerk. Raises `not_found`."""
    row = await session.scalar(scope.select_visible(actor, Session).where(Session.id == session_id))
    if row is None:
        raise Problem("not_found")
    ticket = await session.get_one(Ticket, row.ticket_id)  # scope: of the session that is visible
    resolved, _ = await frozen(session, ticket.version_id)
    name, organisation = await card(session, row.clerk_id) or ("", "")
    return SessionSummary(
        session=views.for_applicant(row),
        ticket_number=ticket.number,
        item_key=resolved.item.key,
        item_name=resolved.item.task_name,
        region_code=ticket.region_code,
        summary=row.summary_cipher and keys.decrypt("session", "summary", row.id, row.summary_cipher),
        next_step=row.next_step,
        clerk=ClerkCard(name=name, organisation=organisation),
        consult_phone=resolved.implementation.consult_phone,
        complaint_phone=resolved.implementation.complaint_phone,
        rating=await wiring.port(Ratings).of_session(session, actor, row.id),
        further=await further(session, row.id),
    )
