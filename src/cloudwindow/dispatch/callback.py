"""Callbacks 约定回呼: the last step of the weak-network ladder, and the way out of a long queue (architecture §4, §5).

The ticket steps aside until the agreed time and then comes to the head of its queue: from there on it is rung for like
any other. Its session, number and place stay. When the time came and nobody was reached it is agreed anew, some while
later, a few times in all. A talk that breaks off without its citizen coming back is called back too (model §10).
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import recalling, views
from cloudwindow.dispatch.callback_times import in_hours, offered, round_up
from cloudwindow.dispatch.locking import is_served_by, own_ticket, served_ticket
from cloudwindow.dispatch.matching import CALLED_BACK
from cloudwindow.dispatch.models import Desk, Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.ringing import end_engagement, match_ticket, move_ticket, return_to_head
from cloudwindow.dispatch.schemas import CallbackOffer, CallbackRequest, CallbackTime, TicketView
from cloudwindow.dispatch.states import TICKET
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.organisation import timetable

_NOW = text("SELECT app_now()")


class Terms(NamedTuple):
    """The times that are offered, by minutes from now, and from when on one of them may be chosen."""

    times: dict[int, datetime]
    chosen_from: datetime


async def terms(session: AsyncSession, ticket: Ticket, now: datetime, zone: ZoneInfo) -> Terms:
    """Say what may be agreed on for a ticket that the caller may see."""
    desk = await session.get_one(Desk, ticket.desk_id)
    after, minutes = limits.CALLBACK_AFTER, limits.CALLBACK_MINUTES
    values = await parameters.read(session, after, minutes, desk=desk.key)
    times = offered(values[minutes], now, await timetable(session, desk.hours_key, zone), zone)
    first_wait = ticket.state == "waiting" and ticket.answered_at is None
    return Terms(times, ticket.enqueued_at + timedelta(seconds=values[after]) if first_wait else now)


async def offer_to_owner(
    session: AsyncSession, wiring: Wiring, zone: ZoneInfo, actor: Actor, ticket_id: UUID
) -> CallbackOffer:
    """Return what is offered to the citizen of a ticket. Raises `not_found`."""
    query = scope.select_visible(actor, Ticket).where(Ticket.id == ticket_id, Ticket.account_id == actor.id)
    return await _offer(session, wiring, zone, await session.scalar(query))


async def offer_to_clerk(
    session: AsyncSession, wiring: Wiring, zone: ZoneInfo, actor: Actor, ticket_id: UUID
) -> CallbackOffer:
    """Return what is offered to the clerk who serves a ticket. Raises `not_found`."""
    query = select(Ticket).where(Ticket.id == ticket_id, is_served_by(actor))  # scope: the ticket that the actor serves
    return await _offer(session, wiring, zone, await session.scalar(query))


async def _offer(session: AsyncSession, wiring: Wiring, zone: ZoneInfo, ticket: Ticket | None) -> CallbackOffer:
    if ticket is None:
        raise Problem("not_found")
    found = await terms(session, ticket, (await session.execute(_NOW)).scalar_one(), zone)
    return CallbackOffer(
        offered_from=found.chosen_from,
        times=[CallbackTime(minutes=minutes, at=at) for minutes, at in found.times.items()],
        recall=await recalling.recall_of(session, wiring, ticket.account_id),
    )


@action("ticket.call_back")
async def call_back(tx: Tx, ticket_id: UUID, request: CallbackRequest) -> TicketView:
    """The citizen agrees on a callback: out of the queue after some waiting, out of a call at any time.

    Raises `wrong_state`, `callback_too_early` and `callback_not_offered`.
    """
    await _agree(tx, await own_ticket(tx, ticket_id), request)
    return await views.ticket_view(tx.session, tx.wiring, ticket_id)


@action("ticket.call_back_by_clerk")
async def call_back_by_clerk(tx: Tx, ticket_id: UUID, request: CallbackRequest) -> CallbackTime:
    """The clerk who serves a ticket agrees on a callback with its citizen. Raises as `call_back` does."""
    at = await _agree(tx, await served_ticket(tx, ticket_id), request)
    return CallbackTime(minutes=request.minutes, at=at)


async def _agree(tx: Tx, ticket: Ticket, request: CallbackRequest) -> datetime:
    TICKET.after(ticket.state, "call_back")
    found = await terms(tx.session, ticket, tx.now, tx.zone)
    if found.chosen_from > tx.now:
        minutes = ceil((found.chosen_from - ticket.enqueued_at).total_seconds() / 60)
        raise Problem("callback_too_early", minutes=minutes)
    at = found.times.get(request.minutes)
    if at is None:
        raise Problem("callback_not_offered")
    if ticket.state == "serving":
        await tx.port(Sessions).set_aside(tx, ticket, "callback")
        await end_engagement(tx, ticket.id, "callback", None)
    await _set_aside_until(tx, ticket, at, tries=0)
    return at


async def _set_aside_until(tx: Tx, ticket: Ticket, at: datetime, tries: int) -> Ticket:
    """Park a locked ticket until a callback; the place is kept for a good while after that, with or without a page."""
    kept = {"callback_at": at, "callback_id": new_id(), "callback_tries": tries}
    lease = max(ticket.lease_until, at + await _grace(tx))
    return await move_ticket(tx, ticket.id, "call_back", parked_until=at, lease_until=lease, **kept)


async def _grace(tx: Tx) -> timedelta:
    """For how long a callback's time is waited for: as long as for a phone that a message recalls."""
    return timedelta(seconds=await parameters.get(tx.session, limits.RECALL_GRACE))


NOTHING_AGREED: dict[str, Any] = {"callback_at": None, "callback_id": None, "callback_tries": 0}


@action("ticket.callback_now")
async def come_now(tx: Tx, ticket_id: UUID) -> TicketView:
    """现在就办: take the callback back, and come to the head at once. Raises `wrong_state`."""
    ticket = await own_ticket(tx, ticket_id)
    if ticket.state != "parked" or ticket.callback_at is None:
        raise Problem("wrong_state", thing="ticket", state=ticket.state, event="resume")
    grace = timedelta(seconds=await parameters.get(tx.session, limits.WAITING_GRACE))
    await return_to_head(tx, ticket_id, "callback_now", event="resume", lease_until=tx.now + grace, **NOTHING_AGREED)
    tx.follow_up(match_ticket, ticket_id)
    return await views.ticket_view(tx.session, tx.wiring, ticket_id)


async def come_to_head(tx: Tx, ticket: Ticket) -> None:
    """Put a locked ticket whose callback is to be kept now to the head; the place is kept for the whole grace."""
    lease = max(ticket.lease_until, tx.now + await _grace(tx))
    await return_to_head(tx, ticket.id, CALLED_BACK, event="resume", lease_until=lease)


async def resume_called_back(tx: Tx, ticket: Ticket) -> None:
    """The agreed time has come: to the head. Who comes late to it through a fault of ours has the whole grace.

    Where neither a page nor a phone would ring no clerk is made to wait for it. The page may still come for as long as
    the place of who waits is kept; a downtime adds to that. Then it counts as a try.
    """
    if await recalling.would_ring(tx, ticket):
        await come_to_head(tx, ticket)
        tx.follow_up(match_ticket, ticket.id)
        return
    patience = timedelta(seconds=await parameters.get(tx.session, limits.WAITING_GRACE))
    until = min(ticket.lease_until, tx.now + patience)
    if until <= tx.now:
        await return_to_head(tx, ticket.id, CALLED_BACK, event="resume", lease_until=until)
        return
    await tx.session.execute(
        update(Ticket)
        .where(Ticket.id == ticket.id)  # scope: the ticket that the action locked
        .values(parked_until=tx.now + LOOK_AGAIN, lease_until=until)
        .execution_options(synchronize_session=False)
    )


LOOK_AGAIN = timedelta(seconds=5)
"""How often it is looked whether a page has come for a callback whose time is there."""


async def nearest(tx: Tx, ticket_id: UUID) -> datetime | None:
    """Return the nearest time that could be agreed on for a locked ticket; none when its desk closes before."""
    # scope: locked by the action, which checked the actor
    ticket = await tx.session.get_one(Ticket, ticket_id, populate_existing=True)
    return next(iter((await terms(tx.session, ticket, tx.now, tx.zone)).times.values()), None)


async def agree_after_drop(tx: Tx, ticket_id: UUID, at: datetime) -> None:
    """Agree on a callback for who did not come back to a talk that broke off, and tell the phone (model §10)."""
    # scope: locked by the action, which checked the actor
    ticket = await tx.session.get_one(Ticket, ticket_id, populate_existing=True)
    await recalling.say_it_broke_off(tx, await _set_aside_until(tx, ticket, at, tries=0))


class Missed(NamedTuple):
    """What follows when the citizen of a ticket was not reached: whether a callback was agreed, and the next try."""

    agreed: bool
    again_at: datetime | None


async def missed(tx: Tx, ticket_id: UUID) -> Missed:
    """Say what follows when the citizen of a locked ticket was not reached; before its time that time stays."""
    # scope: locked by the action, which checked the actor
    ticket = await tx.session.get_one(Ticket, ticket_id, populate_existing=True)
    if ticket.callback_at is None:
        return Missed(agreed=False, again_at=None)
    if ticket.callback_at > tx.now:
        return Missed(agreed=True, again_at=ticket.callback_at)
    desk = await tx.session.get_one(Desk, ticket.desk_id)
    tries, gap = limits.CALLBACK_TRIES, limits.CALLBACK_GAP
    values = await parameters.read(tx.session, tries, gap, desk=desk.key)
    if ticket.callback_tries + 1 >= values[tries]:
        return Missed(agreed=True, again_at=None)
    hours = await timetable(tx.session, desk.hours_key, tx.zone)
    wished = round_up(tx.now + timedelta(minutes=values[gap]))
    return Missed(agreed=True, again_at=in_hours(wished, tx.now, hours, tx.zone))


async def try_again(tx: Tx, ticket_id: UUID, at: datetime) -> None:
    """Agree anew on a callback that reached nobody, and tell the phone."""
    # scope: locked by the action, which checked the actor
    ticket = await tx.session.get_one(Ticket, ticket_id, populate_existing=True)
    if await keep_the_time(tx, ticket):
        await recalling.say_it_stays(tx, ticket)
        return
    moved = await _set_aside_until(tx, ticket, at, ticket.callback_tries + 1)
    await recalling.say_it_moved(tx, moved)


async def keep_the_time(tx: Tx, ticket: Ticket) -> bool:
    """Set a locked ticket that was called before its time aside until then; say whether it was.

    An early call is a favour: whoever does not hear it, or has no time yet, loses neither the time nor a try. To the
    phone it is a new occasion, since it was told already that it rings.
    """
    if ticket.callback_at is None or ticket.callback_at <= tx.now:
        return False
    await _set_aside_until(tx, ticket, ticket.callback_at, ticket.callback_tries)
    return True
