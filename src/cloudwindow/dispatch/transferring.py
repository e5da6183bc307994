"""Handing a matter on 转接: to somebody who may take it, or to a desk that serves it (domain §5.3, model §3).

The ticket keeps its number and its time and comes to the head of the queue where it goes. Somebody who was chosen is
rung at once; who does not answer leaves it at the head of that desk's queue. The words of whoever hands it on stay with
the part that ends, for whoever takes it next.
"""

from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue import Item
from cloudwindow.dispatch import estimates
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch.callback import NOTHING_AGREED
from cloudwindow.dispatch.candidates import ABLE_TO_TAKE_OVER, listed
from cloudwindow.dispatch.choosing import find_desks
from cloudwindow.dispatch.matching import FREE, HANDED_ON, MAY_TAKE, ON_DUTY
from cloudwindow.dispatch.models import Engagement, Ticket
from cloudwindow.dispatch.ringing import desk_hint, end_engagement, match_ticket, return_to_head, ring_for
from cloudwindow.dispatch.schemas import TransferDesk, TransferOptions
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.errors import Problem
from cloudwindow.organisation import Region, timetables
from cloudwindow.people import card

# scope: counts of who could take a ticket that the caller serves, by the condition by which it would be handed out
_STAFFED = f"""
    SELECT d.id, count(*) FILTER (WHERE {ON_DUTY}) AS present, count(*) FILTER (WHERE {FREE}) AS free
    FROM ticket t JOIN desk d ON d.id = ANY ($2::uuid[]) JOIN desk_member m ON m.desk_id = d.id
    JOIN presence p ON p.staff_id = m.staff_id JOIN staff s ON s.id = m.staff_id
    WHERE t.id = $1 AND m.staff_id <> $3 AND s.status = 'active' AND s.certificate_valid_to >= (SELECT app_now())::date
      AND {MAY_TAKE.format(staff="m.staff_id", line="t.line", flow="t.flow")}
    GROUP BY d.id
"""  # noqa: S608  composed of conditions written in this room


class Target(NamedTuple):
    """To whom a matter is handed on: a `person` or a `desk`, and its key."""

    kind: str
    id: UUID


async def transfer_options(session: AsyncSession, zone: ZoneInfo, ticket_id: UUID, staff_id: UUID) -> TransferOptions:
    """List to whom the ticket that a clerk serves could go; who or what cannot take it now stays, with the reason."""
    people = await listed(await driver_of(session), ABLE_TO_TAKE_OVER, ticket_id, staff_id)
    # scope: the ticket that the caller serves
    ticket = await session.get_one(Ticket, ticket_id)
    return TransferOptions(people=people, desks=await _desks(session, zone, ticket, staff_id))


async def _desks(session: AsyncSession, zone: ZoneInfo, ticket: Ticket, giver: UUID) -> list[TransferDesk]:
    desks = await find_desks(session, ticket.item_id, ticket.region_code, ticket.flow)
    average = await session.scalar(select(Item.average_minutes).where(Item.id == ticket.item_id)) or 0
    now = (await session.execute(text("SELECT app_now()"))).scalar_one()
    hours = await timetables(session, sorted({desk.hours_key for desk in desks}), zone)
    regions = select(Region).where(Region.code.in_([desk.region_code for desk in desks]))
    names = {region.code: region.name for region in await session.scalars(regions)}
    driver = await driver_of(session)
    rows = await driver.fetch(_STAFFED, ticket.id, [desk.id for desk in desks], giver)
    staffed = {row["id"]: (row["present"], row["free"]) for row in rows}
    found = []
    for desk in desks:
        present, free = staffed.get(desk.id, (0, 0))
        pulse = replace(await estimates.pulse(session, desk.id), present=present, free=free)
        opening = hours[desk.hours_key].at(now)
        found.append(
            TransferDesk(
                desk_id=desk.id,
                name=desk.name,
                region_name=names[desk.region_code],
                here=desk.id == ticket.desk_id,
                open=opening.open,
                opens_at=opening.opens_at,
                present=present,
                free=free,
                waiting=pulse.waiting,
                # at the head nobody is ahead, and whoever is being served is waited for
                estimate_minutes=estimates.minutes(0, pulse, average),
            )
        )
    return found


async def hand_on(tx: Tx, ticket_id: UUID, to: Target, words: str) -> None:
    """Hand a locked ticket on whose call has just ended; its clerk, the actor, is free at once.

    Raises `not_invitable` for who may not take it and `not_free` for who is busy or just became so; `desk_unsuited`,
    `desk_closed` and `desk_empty` for a desk.
    """
    # scope: locked by the action, which checked the actor
    ticket = await tx.session.get_one(Ticket, ticket_id, populate_existing=True)
    if tx.actor.id is None:
        raise Problem("not_allowed")
    if to.kind == "desk":
        desk_id, why = await _suited(tx, ticket, tx.actor.id, to.id), None
    else:
        desk_id, why = await _able(tx, ticket, tx.actor.id, to.id)
    await _leave_words(tx, ticket_id, words)
    await end_engagement(tx, ticket_id, HANDED_ON, None)
    await return_to_head(tx, ticket_id, HANDED_ON, event="transfer", desk_id=desk_id, **NOTHING_AGREED)
    tx.hint(desk_hint(desk_id))  # the move has told the desk that it left
    if why is None:
        tx.follow_up(match_ticket, ticket_id)
    else:
        await ring_for(tx, ticket_id, to.id, why)


async def _suited(tx: Tx, ticket: Ticket, giver: UUID, desk_id: UUID) -> UUID:
    desks = await _desks(tx.session, tx.zone, ticket, giver)
    desk = next((one for one in desks if one.desk_id == desk_id), None)
    if desk is None:
        raise Problem("desk_unsuited")
    if not desk.open:
        opens = desk.opens_at and desk.opens_at.astimezone(tx.zone)
        raise Problem("desk_closed", opens=opens.strftime("%m-%d %H:%M") if opens else "—")
    if not desk.present:
        raise Problem("desk_empty")
    return desk_id


async def _able(tx: Tx, ticket: Ticket, giver: UUID, staff_id: UUID) -> tuple[UUID, dict[str, Any]]:
    """Return the desk at which a person would take the ticket, and why it rings there."""
    rows = await tx.driver.fetch(ABLE_TO_TAKE_OVER, ticket.id, giver)
    found = next((row for row in rows if row["staff_id"] == staff_id), None)
    if found is None:
        raise Problem("not_invitable")
    name, organisation = await card(tx.session, giver) or ("", "")
    waited = int((tx.now - ticket.enqueued_at).total_seconds())
    facts = [
        {"code": "handed_to_you", "params": {"name": name, "organisation": organisation}},
        {"code": "skill", "params": {"level": found["level"]}},
        {"code": "waited", "params": {"seconds": waited}},
    ]
    figures = {"candidates": 1, "level": found["level"], "waited_seconds": waited, "bonus_seconds": 0}
    return found["desk_id"], {"rule": HANDED_ON, **figures, "facts": facts}


async def _leave_words(tx: Tx, ticket_id: UUID, words: str) -> None:
    if not words:
        return
    # scope: the part of the actor, who serves the locked ticket
    part = select(Engagement.id).where(
        Engagement.ticket_id == ticket_id, Engagement.kind == "serve", Engagement.state == "accepted"
    )
    id_ = (await tx.session.execute(part)).scalar_one()
    await tx.session.execute(
        update(Engagement)
        .where(Engagement.id == id_)  # scope: the same part of the actor
        .values(words_cipher=tx.keys.encrypt("engagement", "words", id_, words))
        .execution_options(synchronize_session=False)
    )
