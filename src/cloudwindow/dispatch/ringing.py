"""Changes of an engagement: ring, accept, decline, miss, withdraw, end (model §3)."""

import json
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from asyncpg import UniqueViolationError
from pydantic import BaseModel
from sqlalchemy import select, update

from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import recalling, views
from cloudwindow.dispatch.matching import (
    HANDED_ON,
    NO_LOCKS,
    TAKE_PERSON,
    TAKE_TICKET,
    Match,
    free_members,
    is_anybody_free,
    match_for,
)
from cloudwindow.dispatch.models import Desk, Engagement, Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.schemas import Declined, DeclineRequest
from cloudwindow.dispatch.states import ENGAGEMENT, TICKET
from cloudwindow.foundation import failpoints, parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.people import (
    Presence,
    account_stream,
    announce_presence,
    change_presence,
    staff_stream,
)


def desk_hint(desk_id: UUID) -> str:
    """Name the hint on which queues and places of a desk are fetched anew."""
    return f"desk:{desk_id}"


@action("dispatch.ring_next")
async def ring_next(tx: Tx, staff_id: UUID) -> UUID | None:
    """Ring a free clerk for the first ticket the clerk may take. Returns the ticket, None when nothing fits."""
    match = await match_for(tx, staff_id)
    if match is None:
        return None
    await _ring(tx, match)
    ticket_id: UUID = match.ticket["id"]
    return ticket_id


@action("dispatch.match_ticket", unless_idle=is_anybody_free)
async def match_ticket(tx: Tx, ticket_id: UUID) -> None:
    """A ticket arrived: let the best free clerks take their next, until this one rings somewhere."""
    for staff_id in await free_members(tx, ticket_id):
        if await ring_next(tx, staff_id) == ticket_id:
            return


async def ring_for(tx: Tx, ticket_id: UUID, staff_id: UUID, why: dict[str, Any]) -> None:
    """Ring one person, who was chosen, for a waiting ticket that the action locked. Raises `not_free`."""
    person = await tx.driver.fetchrow(TAKE_PERSON.format(lock="FOR NO KEY UPDATE OF p SKIP LOCKED"), staff_id)
    if person is None:
        raise Problem("not_free")
    ticket = await tx.driver.fetchrow(TAKE_TICKET.format(lock=""), ticket_id)
    await _ring(tx, Match(ticket, staff_id, person["station_id"], why))


# scope: the ring of a ticket and a clerk that matching locked
_INSERT = """
    INSERT INTO engagement (id, kind, ticket_id, staff_id, station_id, desk_id, state, why, offered_at, expires_at)
    VALUES ($1, 'serve', $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9)
"""


async def _ring(tx: Tx, match: Match) -> None:
    ticket = match.ticket
    desk_seconds = await tx.session.scalar(select(Desk.ring_seconds).where(Desk.id == ticket["desk_id"]))
    seconds = desk_seconds or await parameters.get(tx.session, limits.RING_SECONDS)
    engagement_id = new_id()
    try:
        await tx.driver.execute(
            _INSERT,
            engagement_id,
            ticket["id"],
            match.staff_id,
            match.station_id,
            ticket["desk_id"],
            ENGAGEMENT.first,
            json.dumps(match.why, ensure_ascii=False),
            tx.now,
            tx.now + timedelta(seconds=seconds),
        )
    except UniqueViolationError:  # somebody was faster; the indexes are the last word (invariant 1)
        raise Problem("ring_over") from None
    rung = await move_ticket(tx, ticket["id"], "ring", first_rung_at=ticket["first_rung_at"] or tx.now)
    await recalling.say_it_rings(tx, rung)
    tx.audit("engagement", engagement_id, state="ringing", ticket=ticket["id"], staff=match.staff_id)
    await announce_clerk(tx, match.staff_id)


async def move_ticket(tx: Tx, ticket_id: UUID, event: str, **values: Any) -> Ticket:
    """Make one move of a ticket that this action has locked, and tell its owner and the desk.

    Raises `wrong_state` when the state machine has no such move.
    """
    query = (
        select(Ticket)  # scope: locked by the action, which checked the actor
        .where(Ticket.id == ticket_id)
        .execution_options(populate_existing=True)
    )
    ticket = await tx.session.scalar(query if failpoints.is_on(NO_LOCKS) else query.with_for_update())
    if ticket is None:
        raise Problem("not_found")
    before = ticket.state
    values["state"] = TICKET.after(before, event)
    if values["state"] == "closed":
        values.setdefault("closed_at", tx.now)
    await tx.session.execute(
        update(Ticket)
        .where(Ticket.id == ticket_id)
        .values(**values)  # scope: locked above by this action
        .execution_options(synchronize_session=False)
    )
    tx.audit("ticket", ticket_id, old={"state": before}, **values)
    tx.hint(desk_hint(ticket.desk_id))
    await tx.session.refresh(ticket)
    await announce_ticket(tx, ticket)
    return ticket


async def announce_ticket(tx: Tx, ticket: Ticket) -> None:
    """Send the owner's pages the ticket as it is now."""
    view = await views.ticket_view(tx.session, tx.wiring, ticket.id)
    tx.event(account_stream(ticket.account_id), "ticket", view)


async def announce_clerk(tx: Tx, staff_id: UUID) -> None:
    """Send the clerk's own pages the ring and the presence as they are now."""
    offer = await views.offer_view(tx.session, staff_id)
    tx.event(staff_stream(staff_id), "offer", offer)
    await announce_presence(tx, staff_id)


class Ring(NamedTuple):
    """What a ring is about, whom it rings for, and the ring itself."""

    ticket: Ticket
    person: Presence
    engagement: Engagement


async def lock_ring(tx: Tx, engagement_id: UUID) -> Ring:
    """Lock ticket, person and engagement of a ring that is the actor's own, in that order. Raises `not_found`."""
    known = (
        await tx.session.execute(
            select(Engagement.ticket_id, Engagement.staff_id).where(
                scope.visible(tx.actor, Engagement), Engagement.id == engagement_id
            )
        )
    ).first()
    if known is None:
        raise Problem("not_found")
    # scope: the ticket of a ring that is the actor's own
    ticket = await tx.session.scalar(select(Ticket).where(Ticket.id == known.ticket_id).with_for_update())
    # scope: the presence of the clerk who is rung, the actor
    person = await tx.session.scalar(
        select(Presence).where(Presence.staff_id == known.staff_id).with_for_update(key_share=True)
    )
    engagement = await tx.session.scalar(
        scope.select_visible(tx.actor, Engagement).where(Engagement.id == engagement_id).with_for_update()
    )
    if ticket is None or person is None or engagement is None:
        raise Problem("not_found")
    return Ring(ticket, person, engagement)


async def lock_own_ring(tx: Tx, engagement_id: UUID) -> Ring:
    """Lock a ring that still rings at the actor. Raises `not_found` and `ring_over`."""
    ring = await lock_ring(tx, engagement_id)
    if ring.engagement.state != "ringing" or ring.engagement.expires_at <= tx.now:
        raise Problem("ring_over")
    return ring


@action("engagement.accept")
async def accept(tx: Tx, engagement_id: UUID) -> BaseModel:
    """Answer a ring in time: the ticket is served, and the session's call begins with the clerk in it.

    Who was invited comes into the call that goes on. Raises `ring_over` when it ran out, was withdrawn, or another tab
    answered it first; `call_over` and `call_full` for the invited.
    """
    ticket, person, engagement = await lock_own_ring(tx, engagement_id)
    await move_engagement(tx, engagement, "accept", answered_at=tx.now)
    await tx.session.execute(
        update(Presence)
        .where(Presence.staff_id == person.staff_id)
        .values(misses=0)  # scope: the row locked above
        .execution_options(synchronize_session=False)
    )
    if engagement.kind == "invite":
        welcomed = await tx.port(Sessions).welcome(tx, ticket, engagement)
        await announce_clerk(tx, engagement.staff_id)
        return welcomed
    ticket.state = TICKET.after(ticket.state, "accept")
    await tx.session.execute(
        update(Ticket)
        .where(Ticket.id == ticket.id)  # scope: the row locked above
        .values(state=ticket.state, answered_at=ticket.answered_at or tx.now)
        .execution_options(synchronize_session=False)
    )
    await tx.session.refresh(ticket)
    joined = await tx.port(Sessions).begin(tx, ticket, engagement)
    tx.audit("ticket", ticket.id, old={"state": "ringing"}, state="serving")
    await announce_ticket(tx, ticket)
    await announce_clerk(tx, engagement.staff_id)
    tx.hint(desk_hint(ticket.desk_id))
    return joined


@action("engagement.decline")
async def decline(tx: Tx, engagement_id: UUID, request: DeclineRequest) -> Declined:
    """Give a ring back with a reason: the ticket goes to the head, and this clerk is passed over for a while."""
    return await give_back(tx, await lock_own_ring(tx, engagement_id), request.reason)


async def give_back(tx: Tx, ring: Ring, reason: str) -> Declined:
    """Give a locked ring back: whoever asked is told, or the next is rung; this clerk may be rung for another."""
    ticket, person, engagement = ring
    await move_engagement(tx, engagement, "decline", ended_at=tx.now, reason=reason)
    await _not_answered(tx, ticket, engagement, "declined")
    await tx.session.execute(
        update(Presence)
        .where(Presence.staff_id == person.staff_id)
        .values(idle_since=tx.now)  # scope: the row locked above
        .execution_options(synchronize_session=False)
    )
    await announce_clerk(tx, engagement.staff_id)
    tx.follow_up(ring_next, engagement.staff_id)
    presence = await views.presence_view(tx.session, person.staff_id)
    if presence is None:
        raise Problem("not_allowed")
    return Declined(presence=presence)


@action("engagement.miss")
async def miss(tx: Tx, engagement_id: UUID) -> None:
    """A ring ran out: back to the head; two misses in a row put the clerk on break (model §10)."""
    ticket, person, engagement = await lock_ring(tx, engagement_id)
    if engagement.state != "ringing" or engagement.expires_at > tx.now:
        return
    await move_engagement(tx, engagement, "miss", ended_at=tx.now)
    await _not_answered(tx, ticket, engagement, "missed_ring")
    misses = person.misses + 1
    await tx.session.execute(
        update(Presence)
        .where(Presence.staff_id == person.staff_id)  # scope: the row locked above
        .values(misses=misses, idle_since=tx.now)
        .execution_options(synchronize_session=False)
    )
    if misses >= await parameters.get(tx.session, limits.MISSES_TO_BREAK):
        await change_presence(tx, person, "break", "missed_rings")
    await announce_clerk(tx, engagement.staff_id)
    tx.follow_up(ring_next, engagement.staff_id)


async def _not_answered(tx: Tx, ticket: Ticket, engagement: Engagement, reason: str) -> None:
    """Tell whoever invited, or put the ticket back to the head and let the next one be rung for it."""
    if engagement.kind == "invite":
        await tx.port(Sessions).not_coming(tx, ticket, engagement)
        return
    # That it was handed on says more to the next clerk, and to the citizen, than that the first ring was in vain.
    await return_to_head(tx, ticket.id, HANDED_ON if ticket.bonus_reason == HANDED_ON else reason)
    tx.follow_up(match_ticket, ticket.id)


# scope: whether the clerk who is rung still has an open page
_OPEN_TAB = "SELECT EXISTS (SELECT 1 FROM tab_lease WHERE staff_id = $1 AND lease_until > app_now())"


@action("engagement.tab_gone")
async def tab_gone(tx: Tx, engagement_id: UUID) -> None:
    """It rings where no page is open any more: that is no miss, and somebody else may take it at once."""
    ticket, person, engagement = await lock_ring(tx, engagement_id)
    if engagement.state != "ringing" or await tx.driver.fetchval(_OPEN_TAB, person.staff_id):
        return
    await withdraw(tx, engagement, "tab_gone")
    await _not_answered(tx, ticket, engagement, "clerk_lost")


async def withdraw(tx: Tx, engagement: Engagement, reason: str) -> None:
    """Take a ring back whose ticket and engagement are locked; the caller decides what becomes of the ticket."""
    await move_engagement(tx, engagement, "withdraw", ended_at=tx.now, reason=reason)
    await announce_clerk(tx, engagement.staff_id)
    tx.follow_up(ring_next, engagement.staff_id)


async def end_engagement(tx: Tx, ticket_id: UUID, reason: str, wrap_until: Any) -> None:
    """End the part of who serves a ticket; until `wrap_until` (null: none) the clerk wraps up and is not rung."""
    engagement = await tx.session.scalar(
        select(Engagement)  # scope: the ticket was locked by an action that checked the actor
        .where(Engagement.ticket_id == ticket_id, Engagement.kind == "serve", Engagement.state == "accepted")
        .with_for_update()
    )
    if engagement is None:
        return
    await move_engagement(tx, engagement, "end", ended_at=tx.now, reason=reason, wrap_until=wrap_until)
    if wrap_until is None:
        await finish_part(tx, engagement.staff_id)
        return
    await _idle_from_now(tx, engagement.staff_id)
    await announce_presence(tx, engagement.staff_id)


async def finish_part(tx: Tx, staff_id: UUID) -> None:
    """A part ended that has no wrap-up: the clerk may be rung again at once."""
    await _idle_from_now(tx, staff_id)
    await announce_presence(tx, staff_id)
    tx.follow_up(ring_next, staff_id)


async def _idle_from_now(tx: Tx, staff_id: UUID) -> None:
    await tx.session.execute(
        update(Presence)
        .where(Presence.staff_id == staff_id)
        .values(idle_since=tx.now)  # scope: the engaged clerk
        .execution_options(synchronize_session=False)
    )


async def finish_wrap_up(tx: Tx, staff_id: UUID, ticket_id: UUID | None) -> None:
    """The wrap-up is saved, or its time is over (`ticket_id` null: whatever is due): the clerk may be rung again."""
    # scope: a condition on the clerk's own engagements below
    due = Engagement.wrap_until <= tx.now if ticket_id is None else Engagement.ticket_id == ticket_id
    released = await tx.session.execute(
        update(Engagement)  # scope: the clerk's own engagement
        .where(Engagement.staff_id == staff_id, Engagement.wrap_until.is_not(None), due)
        .values(wrap_until=None)
        .returning(Engagement.id)
        .execution_options(synchronize_session=False)
    )
    ids = list(released.scalars())
    if not ids:
        return
    for id_ in ids:
        tx.audit("engagement", id_, wrap_until=None)
    await finish_part(tx, staff_id)


@action("engagement.wrap_up_over")
async def wrap_up_over(tx: Tx, staff_id: UUID) -> None:
    """The time for the wrap-up is over: the draft is kept and the clerk becomes ready (model §3)."""
    await finish_wrap_up(tx, staff_id, None)
    await tx.port(Sessions).announce(tx, staff_id)


async def return_to_head(tx: Tx, ticket_id: UUID, reason: str, event: str = "return", **values: Any) -> Ticket:
    """Put a locked ticket back to the head of its queue, keeping when it came."""
    bonus = await parameters.get(tx.session, limits.RETURN_BONUS)
    ticket = await tx.session.get_one(Ticket, ticket_id)  # scope: locked by the caller
    return await move_ticket(
        tx,
        ticket_id,
        event,
        bonus_seconds=bonus,
        bonus_reason=reason,
        queue_key=ticket.enqueued_at - timedelta(seconds=bonus),
        parked_until=None,
        **values,
    )


async def move_engagement(tx: Tx, engagement: Engagement, event: str, **values: Any) -> None:
    """Make one move of an engagement that the action has locked, and put it on record."""
    before = engagement.state
    values["state"] = ENGAGEMENT.after(before, event)
    await tx.session.execute(
        update(Engagement)
        .where(Engagement.id == engagement.id)
        .values(**values)  # scope: locked by the action
        .execution_options(synchronize_session=False)
    )
    tx.audit("engagement", engagement.id, old={"state": before}, **values)
