"""Invitations 邀请: asking another member of staff into a call that goes on (domain §5.3, model §3, §4).

An invitation is an engagement like any other, so the unique index that keeps a clerk to one ring or one talk holds for
it as well. It leaves the ticket alone: that goes on being served by whoever invites.
"""

import json
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Record, UniqueViolationError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import views
from cloudwindow.dispatch.candidates import INVITABLE, INVITE, listed
from cloudwindow.dispatch.matching import TAKE_PERSON
from cloudwindow.dispatch.models import Desk, Engagement
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.ringing import (
    Ring,
    announce_clerk,
    finish_part,
    give_back,
    lock_own_ring,
    move_engagement,
    withdraw,
)
from cloudwindow.dispatch.schemas import Candidate, Declined, OfferView, Reply, ReplyRequest
from cloudwindow.dispatch.states import ENGAGEMENT
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.people import card

# scope: an invitation that the action checked
_INSERT = """
    INSERT INTO engagement (id, kind, ticket_id, staff_id, station_id, desk_id, state, why, offered_at, expires_at,
                            words_cipher)
    VALUES ($1, 'invite', $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10)
"""


REPLIED = "replied"
"""The reason of an invitation that was answered in writing."""


async def candidates(session: AsyncSession, ticket_id: UUID, inviter: UUID) -> list[Candidate]:
    """List who could be asked into the call of a ticket that the caller may see, the best first."""
    return await listed(await driver_of(session), INVITABLE, ticket_id, inviter)


async def ring_invited(tx: Tx, ticket_id: UUID, staff_id: UUID, words: str) -> UUID:
    """Ring somebody for the call of a locked ticket, in the name of the actor. Returns the invitation.

    Raises `not_invitable` for who may not take the matter, `not_free` for who is busy or just became so.
    """
    inviter = tx.actor.id
    if inviter is None:
        raise Problem("not_allowed")
    rows = await tx.driver.fetch(INVITABLE, ticket_id, inviter)
    found = next((row for row in rows if row["staff_id"] == staff_id), None)
    if found is None:
        raise Problem("not_invitable")
    person = await tx.driver.fetchrow(TAKE_PERSON.format(lock="FOR NO KEY UPDATE OF p SKIP LOCKED"), staff_id)
    if person is None:
        raise Problem("not_free")
    engagement_id = new_id()
    try:
        await tx.driver.execute(
            _INSERT,
            *(engagement_id, ticket_id, staff_id, person["station_id"], found["desk_id"], ENGAGEMENT.first),
            json.dumps(await _why(tx, inviter, found, rows), ensure_ascii=False),
            *(tx.now, tx.now + timedelta(seconds=await _ring_seconds(tx, found["desk_id"]))),
            tx.keys.encrypt("engagement", "words", engagement_id, words) if words else None,
        )
    except UniqueViolationError:  # rung by somebody else in the same moment; the index is the last word (invariant 1)
        raise Problem("not_free") from None
    tx.audit("engagement", engagement_id, state="ringing", kind=INVITE, ticket=ticket_id, staff=staff_id)
    await announce_clerk(tx, staff_id)
    return engagement_id


async def _ring_seconds(tx: Tx, desk_id: UUID) -> int:
    own = await tx.session.scalar(select(Desk.ring_seconds).where(Desk.id == desk_id))
    seconds: int = own or await parameters.get(tx.session, limits.RING_SECONDS)
    return seconds


async def _why(tx: Tx, inviter: UUID, found: Record, rows: list[Record]) -> dict[str, object]:
    name, organisation = await card(tx.session, inviter) or ("", "")
    free = sum(row["state"] == "ready" and row["expert"] == found["expert"] for row in rows)
    facts = [
        {"code": "invited", "params": {"name": name, "organisation": organisation}},
        {"code": "expert_of_desk" if found["expert"] else "serves_item", "params": {"desk": found["desk"]}},
        {"code": "skill", "params": {"level": found["level"]}},
    ]
    figures = {"candidates": free, "level": found["level"], "waited_seconds": 0, "bonus_seconds": 0}
    return {"rule": "invited", **figures, "facts": facts}


async def withdraw_invitation(tx: Tx, ticket_id: UUID, engagement_id: UUID) -> UUID:
    """Take back an invitation of a locked ticket that still rings. Returns whose. Raises `ring_over`."""
    engagement = await tx.session.scalar(
        select(Engagement)  # scope: of the ticket that the action locked
        .where(Engagement.id == engagement_id, Engagement.ticket_id == ticket_id, Engagement.kind == INVITE)
        .with_for_update()
    )
    if engagement is None or engagement.state != "ringing":
        raise Problem("ring_over")
    await withdraw(tx, engagement, "inviter")
    return engagement.staff_id


async def end_invitations(tx: Tx, ticket_id: UUID, reason: str, staff_id: UUID | None = None) -> list[UUID]:
    """End the parts of who was invited to a locked ticket, or of one of them. Returns who took part and does no more.

    Without `staff_id` the call is over, and what still rings is taken back.
    """
    only = [Engagement.staff_id == staff_id] if staff_id else []  # scope: a condition of the query below
    found = await tx.session.scalars(
        select(Engagement)  # scope: of the ticket that the action locked
        .where(Engagement.ticket_id == ticket_id, Engagement.kind == INVITE, *only)
        .where(Engagement.state.in_(("ringing", "accepted")))
        .order_by(Engagement.staff_id)
        .with_for_update()
    )
    gone = []
    for engagement in found.all():
        if engagement.state == "accepted":
            await move_engagement(tx, engagement, "end", ended_at=tx.now, reason=reason)
            await finish_part(tx, engagement.staff_id)
            gone.append(engagement.staff_id)
        elif staff_id is None:
            await withdraw(tx, engagement, "call_over")
    return gone


@action("engagement.write")
async def begin_to_write(tx: Tx, engagement_id: UUID) -> OfferView:
    """Let an invitation ring on while the invited writes an answer; asked for again it rings no longer than that.

    Raises `ring_over`, and `not_allowed` for a ring that is no invitation.
    """
    ticket, _, engagement = await _lock_invitation(tx, engagement_id)
    longest = timedelta(seconds=await parameters.get(tx.session, limits.WRITING_SECONDS))
    until = engagement.offered_at + timedelta(seconds=await _ring_seconds(tx, engagement.desk_id)) + longest
    if engagement.expires_at < until:
        await tx.session.execute(
            update(Engagement)
            .where(Engagement.id == engagement.id)  # scope: the actor's own ring, locked above
            .values(expires_at=until)
            .execution_options(synchronize_session=False)
        )
        tx.audit("engagement", engagement.id, old={"expires_at": engagement.expires_at}, expires_at=until)
        await announce_clerk(tx, engagement.staff_id)
        await tx.port(Sessions).rings_on(tx, ticket.id)
    offer = await views.offer_view(tx.session, engagement.staff_id)
    if offer is None:
        raise Problem("ring_over")
    return offer


@action("engagement.reply")
async def reply(tx: Tx, engagement_id: UUID, request: ReplyRequest) -> Declined:
    """回文字: answer an invitation in writing instead of coming; only whoever invited reads it.

    Raises `ring_over`, and `not_allowed` for a ring that is no invitation.
    """
    ring = await _lock_invitation(tx, engagement_id)
    await tx.session.execute(
        update(Engagement)
        .where(Engagement.id == engagement_id)  # scope: the actor's own ring, locked above
        .values(reply_cipher=tx.keys.encrypt("engagement", "reply", engagement_id, request.words))
        .execution_options(synchronize_session=False)
    )
    return await give_back(tx, ring, REPLIED)


async def _lock_invitation(tx: Tx, engagement_id: UUID) -> Ring:
    ring = await lock_own_ring(tx, engagement_id)
    if ring.engagement.kind != INVITE:
        raise Problem("not_allowed")
    return ring


async def reply_to(session: AsyncSession, keys: Keys, ticket_id: UUID, engagement_id: UUID, since: datetime) -> Reply:
    """Return what somebody wrote who was invited since the caller serves a ticket. Raises `not_found`."""
    found = await session.scalar(
        select(Engagement.reply_cipher).where(  # scope: of the ticket that the caller serves
            Engagement.id == engagement_id,
            Engagement.ticket_id == ticket_id,
            Engagement.kind == INVITE,
            Engagement.offered_at >= since,
        )
    )
    if found is None:
        raise Problem("not_found")
    return Reply(words=keys.decrypt("engagement", "reply", engagement_id, found))
