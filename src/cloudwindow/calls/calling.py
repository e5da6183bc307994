"""Being in a call: join, report media, lose it, end it (model §3: the server sees no media, the clients report)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text, update

from cloudwindow.calls import parameters as limits
from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.call_views import show_call
from cloudwindow.calls.evidence import note
from cloudwindow.calls.models import Call, CallParticipant, Session
from cloudwindow.calls.schemas import CallView, Joined
from cloudwindow.calls.sessions import announce_call, end_live_call, end_session, join_info, release_clerk
from cloudwindow.calls.states import CALL
from cloudwindow.dispatch import (
    NOTHING_AGREED,
    Ticket,
    agree_after_drop,
    end_engagement,
    match_ticket,
    missed,
    nearest,
    return_to_head,
    try_again,
)
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem

CONNECTED = {"connected", "completed"}
"""ICE states in which media can flow (WebRTC 1.0 §5.6.4)."""


async def own_place(tx: Tx, call_id: UUID) -> CallParticipant:
    """Return the actor's own place in a call. Raises `not_found`."""
    place = await tx.session.scalar(
        scope.select_visible(tx.actor, CallParticipant).where(CallParticipant.call_id == call_id)
    )
    if place is None:
        raise Problem("not_found")
    return place


async def lock_call(tx: Tx, call_id: UUID) -> tuple[Call, Session]:
    """Lock the ticket of a call, then the call; the caller has found the actor's place in it."""
    # scope: the ticket of a call in which the caller found its place
    ticket_id = await tx.session.scalar(
        select(Ticket.id)
        .join(Session, Session.ticket_id == Ticket.id)
        .join(Call, Call.session_id == Session.id)
        .where(Call.id == call_id)
        .with_for_update(of=Ticket)
    )
    if ticket_id is None:
        raise Problem("not_found")
    call, row = (
        await tx.session.execute(
            select(Call, Session)  # scope: the caller found its place
            .join(Session, Session.id == Call.session_id)
            .where(Call.id == call_id)
            .with_for_update(of=Call),
            execution_options={"populate_existing": True},
        )
    ).one()
    if call.state == "ended":
        raise Problem("call_over")
    return call, row


async def lock_served(tx: Tx, call_id: UUID) -> tuple[Call, Session]:
    """Lock the ticket and the call that the actor serves. Raises `not_found`, `not_allowed` and `call_over`."""
    place = await own_place(tx, call_id)
    if place.side != "clerk":
        raise Problem("not_allowed")
    return await lock_call(tx, call_id)


@action("call.join")
async def join(tx: Tx, call_id: UUID) -> Joined:
    """Join, or join again after a reload: the attempt grows, and the other side starts anew. Raises `call_over`."""
    place = await own_place(tx, call_id)
    call, row = await lock_call(tx, call_id)
    await tx.session.refresh(place)
    attempt = place.attempt + 1
    await tx.session.execute(
        update(CallParticipant)
        .where(CallParticipant.id == place.id)  # scope: the actor's own place
        .values(attempt=attempt, joined_at=tx.now, flowing_at=None, bytes_received=0, ice=None)
        .execution_options(synchronize_session=False)
    )
    tx.audit("call_participant", place.id, old={"attempt": place.attempt}, attempt=attempt)
    await note(tx, row.id, "joined" if attempt == 1 else "resumed", side=place.side, attempt=attempt)
    return join_info(tx, await announce_call(tx, row, call.id), place.id, attempt)


@action("call.end")
async def end(tx: Tx, call_id: UUID) -> CallView:
    """Hang up: the service ends for everybody. Raises `call_over`, and `not_allowed` for who was invited."""
    place = await own_place(tx, call_id)
    if place.side == "invited":
        raise Problem("not_allowed")
    call, row = await lock_call(tx, call_id)
    await end_session(tx, row, place.side, "served")
    return await show_call(tx.session, call.id)


# scope: the place of the actor is found by call and person in the same statement
_REPORT = """
    UPDATE call_participant p
    SET reported_at = app_now(), ice = $4, bytes_received = $5,
        flowing_at = CASE WHEN $6 AND $5 > p.bytes_received THEN app_now() ELSE p.flowing_at END
    WHERE p.call_id = $1 AND p.attempt = $3 AND p.left_at IS NULL AND $2 IN (p.staff_id, p.account_id)
    RETURNING p.id
"""


@action("call.report")
async def report(tx: Tx, call_id: UUID, attempt: int, ice: str, bytes_received: int) -> None:
    """Take a client's report of its ICE state and bytes received; it may connect the call. Old attempts are ignored."""
    call = await tx.session.scalar(  # the call before its places, as `join` locks them
        select(Call)  # scope: the actor's place is found below
        .where(Call.id == call_id, Call.state != "ended")
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    )
    if call is None:
        return
    flowing = ice in CONNECTED
    found = await tx.driver.fetchval(_REPORT, call_id, tx.actor.id, attempt, ice, bytes_received, flowing)
    if found and flowing:
        await _check_flow(tx, call)


async def _check_flow(tx: Tx, call: Call) -> None:
    """Connect a locked call when both sides have reported flowing media of late."""
    call_id = call.id
    seconds = await parameters.get(tx.session, limits.FLOWING_SECONDS)
    good_at = await tx.driver.fetchval(_BOTH_FLOW, call_id, seconds)
    if good_at is None:
        return
    await tx.session.execute(
        update(Call)
        .where(Call.id == call_id)
        .values(
            last_good_at=func.greatest(Call.last_good_at, good_at)
        )  # scope: the actor's place was found by the report
        .execution_options(synchronize_session=False)
    )
    if call.state != "connected":
        await _move_call(tx, call, "flow", connected_at=call.connected_at or tx.now, grace_until=None)


# scope: of a call that the caller locked
_BOTH_FLOW = """
    SELECT min(flowing_at) FROM call_participant
    WHERE call_id = $1 AND side <> 'invited' AND flowing_at > app_now() - make_interval(secs => $2)
    HAVING count(*) = 2
"""
"""Until when citizen and clerk saw media: the report of whoever has been silent for longer. A call is theirs; whoever
was invited may come, fail and go without it."""


async def _move_call(tx: Tx, call: Call, event: str, **values: datetime | str | None) -> None:
    state = CALL.after(call.state, event)
    await tx.session.execute(
        update(Call)
        .where(Call.id == call.id)  # scope: locked by the caller
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    row = await tx.session.get_one(Session, call.session_id)  # scope: of that call
    tx.audit("call", call.id, old={"state": call.state}, state=state)
    await note(tx, row.id, state)
    await announce_call(tx, row, call.id)


@action("call.lose")
async def lose(tx: Tx, call_id: UUID) -> None:
    """Media has not been reported flowing for 15 s: interrupted; grace runs from the last good report."""
    grace, flowing = (await parameters.read(tx.session, limits.GRACE_SECONDS, limits.FLOWING_SECONDS)).values()
    call = await tx.session.scalar(
        select(Call)  # scope: the sweeper's own work
        .where(Call.id == call_id, Call.state == "connected")
        .with_for_update(skip_locked=True)
    )
    if call is None or call.last_good_at is None or call.last_good_at > tx.now - timedelta(seconds=flowing):
        return
    await _move_call(
        tx, call, "lose", grace_until=call.last_good_at + timedelta(seconds=grace), recall="looking", recall_at=tx.now
    )


# scope: whether the clerk of a call that is being given up still has an open page
_PRESENT = text("SELECT EXISTS (SELECT 1 FROM tab_lease WHERE staff_id = :id AND lease_until > app_now())")


@action("call.give_up")
async def give_up(tx: Tx, call_id: UUID) -> None:
    """Grace ran out (model §10). A citizen whose clerk is gone goes to the head of the queue.

    A citizen who does not come back is called back; who was not reached by a callback is called once more later, unless
    it was the last time. Where no time is left today the session ends.
    """
    known = await tx.session.get(Call, call_id)  # scope: the sweeper's own work
    if known is None or known.state == "ended":
        return
    call, row = await lock_call(tx, call_id)
    if call.state == "connected" or call.grace_until is None or call.grace_until > tx.now:
        return
    talked = call.connected_at is not None
    if not await tx.session.scalar(_PRESENT, {"id": row.clerk_id}):
        await _take_clerk_out(tx, row, "clerk_lost", "lost")
        await return_to_head(tx, row.ticket_id, "clerk_lost", **(NOTHING_AGREED if talked else {}))
        tx.follow_up(match_ticket, row.ticket_id)
    elif talked:
        await _call_back(tx, row)
    else:
        await _not_reached(tx, row)


async def _call_back(tx: Tx, row: Session) -> None:
    at = await nearest(tx, row.ticket_id)
    if at is None:
        await end_session(tx, row, "dropped", "expired")
        return
    await _take_clerk_out(tx, row, "dropped", "callback")
    await agree_after_drop(tx, row.ticket_id, at)


async def _not_reached(tx: Tx, row: Session) -> None:
    reached = await missed(tx, row.ticket_id)
    if reached.again_at is None:
        await end_session(tx, row, "dropped", "callback_failed" if reached.agreed else "expired")
        return
    await _take_clerk_out(tx, row, "not_reached", "not_reached")
    await try_again(tx, row.ticket_id, reached.again_at)


async def _take_clerk_out(tx: Tx, row: Session, reason: str, part_reason: str) -> None:
    """End the live call and its clerk's part, without a wrap-up: the session goes on with the next answer."""
    await end_live_call(tx, row, reason)
    await end_engagement(tx, row.ticket_id, part_reason, None)
    await note(tx, row.id, reason)
    release_clerk(tx, row.clerk_id)
