"""Asking another member of staff into a call that goes on 邀请: whom, taking it back, leaving, being let go.

How an invitation rings and ends stands in dispatch; here is what it does to the call. The clerk who invites goes on
serving: who was invited takes part, may leave at any time, and writes no wrap-up.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import parameters as limits
from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls import views
from cloudwindow.calls.call_views import show_call
from cloudwindow.calls.calling import lock_call, lock_served, own_place
from cloudwindow.calls.evidence import note
from cloudwindow.calls.models import Call, CallParticipant, Session
from cloudwindow.calls.schemas import CallView, InviteRequest
from cloudwindow.calls.sessions import announce_call, check_room, release_clerk
from cloudwindow.dispatch import (
    Candidate,
    Reply,
    candidates,
    end_invitations,
    reply_to,
    ring_invited,
    withdraw_invitation,
)
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.errors import Problem


async def who_could_come(session: AsyncSession, actor: Actor, call_id: UUID) -> list[Candidate]:
    """List whom the clerk of a call may invite. Raises `not_found` and `not_allowed`."""
    ticket_id, clerk = await served_by(session, actor, call_id)
    return await candidates(session, ticket_id, clerk)


async def read_reply(session: AsyncSession, keys: Keys, actor: Actor, call_id: UUID, invitation_id: UUID) -> Reply:
    """Return what somebody wrote instead of coming, to whoever invited. Raises `not_found` and `not_allowed`."""
    ticket_id, _ = await served_by(session, actor, call_id)
    # scope: a call in which the actor has a place; another clerk may have served before it
    since = (await session.get_one(Call, call_id)).started_at
    return await reply_to(session, keys, ticket_id, invitation_id, since)


async def served_by(session: AsyncSession, actor: Actor, call_id: UUID) -> tuple[UUID, UUID]:
    """Return the ticket of a call whose clerk the actor is, and the clerk. Raises `not_found` and `not_allowed`."""
    place = await session.scalar(scope.select_visible(actor, CallParticipant).where(CallParticipant.call_id == call_id))
    if place is None or actor.id is None:
        raise Problem("not_found")
    if place.side != "clerk":
        raise Problem("not_allowed")
    ticket_id = await session.scalar(
        select(Session.ticket_id).join(Call, Call.session_id == Session.id).where(Call.id == call_id)
        # scope: of a call in which the actor has a place
    )
    if ticket_id is None:
        raise Problem("not_found")
    return ticket_id, actor.id


@action("call.invite")
async def invite(tx: Tx, call_id: UUID, request: InviteRequest) -> CallView:
    """Ring somebody for this call.

    Raises `call_full` when one more than four would be in it, `not_invitable`, `not_free`, `not_allowed`, `call_over`.
    """
    _, row = await lock_served(tx, call_id)
    await check_room(tx, call_id)
    invitation = await ring_invited(tx, row.ticket_id, request.staff_id, request.words)
    await note(tx, row.id, "invited", engagement=str(invitation), staff=str(request.staff_id))
    return await announce_call(tx, row, call_id)


@action("call.uninvite")
async def uninvite(tx: Tx, call_id: UUID, invitation_id: UUID) -> CallView:
    """Take back an invitation that still rings. Raises `ring_over`, `not_allowed`, `call_over`."""
    _, row = await lock_served(tx, call_id)
    staff_id = await withdraw_invitation(tx, row.ticket_id, invitation_id)
    await note(tx, row.id, "invite_withdrawn", engagement=str(invitation_id), staff=str(staff_id))
    return await announce_call(tx, row, call_id)


@action("call.leave")
async def leave(tx: Tx, call_id: UUID) -> CallView:
    """Leave a call into which one was invited; it goes on. Raises `not_allowed` for whose call it is, `call_over`."""
    place = await own_place(tx, call_id)
    if place.side != "invited":
        raise Problem("not_allowed")
    call, row = await lock_call(tx, call_id)
    await _let_go(tx, row, place, "left")
    return await show_call(tx.session, call.id)


@action("call.remove")
async def remove(tx: Tx, call_id: UUID, participant_id: UUID) -> CallView:
    """Let somebody go who was invited. Raises `not_there` for anybody else, `not_allowed`, `call_over`."""
    call, row = await lock_served(tx, call_id)
    place = await tx.session.scalar(
        select(CallParticipant).where(  # scope: of the call in which the actor found its place
            CallParticipant.id == participant_id,
            CallParticipant.call_id == call_id,
            CallParticipant.side == "invited",
            CallParticipant.left_at.is_(None),
        )
    )
    if place is None:
        raise Problem("not_there")
    await _let_go(tx, row, place, "removed")
    return await show_call(tx.session, call.id)


@action("call.invited_lost")
async def lost(tx: Tx, participant_id: UUID) -> None:
    """Who was invited has no page any more and has said nothing for as long as a line may be away: the part is over."""
    place = await tx.session.get(CallParticipant, participant_id)  # scope: the sweeper's own work
    if place is None:
        return
    call = await tx.session.get_one(Call, place.call_id)  # scope: the sweeper's own work
    if call.state == "ended":
        return
    _, row = await lock_call(tx, place.call_id)
    await tx.session.refresh(place)
    grace = timedelta(seconds=await parameters.get(tx.session, limits.GRACE_SECONDS))
    heard = max(at for at in (place.joined_at, place.reported_at, call.started_at) if at is not None)
    if place.left_at is None and heard <= tx.now - grace:
        await _let_go(tx, row, place, "lost")


async def _let_go(tx: Tx, row: Session, place: CallParticipant, reason: str) -> None:
    """End the part of one who was invited, in a locked call; everybody else is told."""
    if place.staff_id is None:
        raise Problem("not_there")
    await tx.session.execute(
        update(CallParticipant)
        .where(CallParticipant.id == place.id)  # scope: of the call that the action locked
        .values(left_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    tx.audit("call_participant", place.id, old={"left_at": None}, left_at=tx.now, reason=reason)
    await end_invitations(tx, row.ticket_id, reason, place.staff_id)
    await note(tx, row.id, "invited_left", participant=str(place.id), staff=str(place.staff_id), reason=reason)
    await _off_stage(tx, row, place)
    release_clerk(tx, place.staff_id)
    await announce_call(tx, row, place.call_id)


async def _off_stage(tx: Tx, row: Session, place: CallParticipant) -> None:
    """What a person showed goes with the person."""
    stage = await views.stage_of(tx.session, place.call_id)
    if stage is None or stage.participant_id != place.id or stage.kind == "picture":
        return
    await tx.session.delete(stage)
    await tx.session.flush()
    tx.audit("call_stage", place.call_id, old={"no": stage.no, "kind": stage.kind}, no=None)
    await note(tx, row.id, "stage_off", call=str(place.call_id), no=stage.no)
