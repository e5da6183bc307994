"""Reads of this room."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import TIMESTAMP, Uuid, and_, bindparam, case, func, select, text, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue import Availability, CoachAvailability, Flow, Item, explain_answers, frozen, guide
from cloudwindow.dispatch import callback_early, estimates, recalling, views
from cloudwindow.dispatch.choosing import find_desk
from cloudwindow.dispatch.matching import HANDED_ON
from cloudwindow.dispatch.models import ConsentText, Desk, DeskMember, Engagement, Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.schemas import (
    AnswerShown,
    ClerkCard,
    Colleague,
    ConsentTextView,
    Fact,
    HandoverCard,
    InvitationCard,
    LineBefore,
    PlaceView,
    QueueRow,
    TicketCard,
    TicketPage,
)
from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.hot import Hot
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.organisation import Region, Station, timetable
from cloudwindow.people import Account, DeskName, Presence, Staff, card, phone_indexes, show_account

GUEST_LEVEL = 2
"""The identity level of a guest with a form of address and a phone (model §7)."""

QUEUED = {"waiting", "ringing", "parked"}
"""States in which a ticket has a place."""

QUEUE_SHOWN = 50
"""How many tickets the workbench lists; the count above it is exact."""


async def consent_text(session: AsyncSession) -> ConsentTextView:
    """Return the notice in force. Raises `not_found` when none was published."""
    row = await session.scalar(
        select(ConsentText)
        .where(ConsentText.valid_from <= func.app_now())
        .order_by(ConsentText.valid_from.desc())
        .limit(1)
    )
    if row is None:
        raise Problem("not_found")
    return ConsentTextView(version=row.version, digest=row.digest.hex(), zh=row.content["zh"], en=row.content["en"])


async def current_ticket(session: AsyncSession, actor: Actor) -> UUID | None:
    """Return the account's live ticket, else its latest."""
    return await session.scalar(
        select(Ticket.id)
        .where(scope.visible(actor, Ticket), Ticket.account_id == actor.id)
        .order_by((Ticket.state == "closed"), Ticket.taken_at.desc())
        .limit(1)
    )


async def is_shown(tx: Tx, account_id: UUID, ticket_id: UUID) -> bool:
    """Say whether a ticket is the one that the account's page shows, and keep it so until the action is over.

    What belongs to an older ticket — a wrap-up written late, a rating that expires — is not told to a page that shows
    the next one already. Taking a number locks the account as well, so the two come one after the other.
    """
    # scope: the account and the ticket belong to a session that the action was allowed to change
    await tx.driver.execute("SELECT FROM account WHERE id = $1 FOR UPDATE", account_id)
    latest = await tx.session.scalar(
        select(Ticket.id)  # scope: as said above: of a session that the action may change
        .where(Ticket.account_id == account_id)
        .order_by((Ticket.state == "closed"), Ticket.taken_at.desc())
        .limit(1)
    )
    return latest == ticket_id


async def ticket_page(session: AsyncSession, wiring: Wiring, actor: Actor, ticket_id: UUID) -> TicketPage:
    """Return the owner's ticket with place and estimate while it waits, and the clerk from the answer on."""
    row = (
        await session.execute(
            select(Ticket, Item.key, Item.average_minutes, Desk.name.label("desk_name"))
            .join(Item, Item.id == Ticket.item_id)
            .join(Desk, Desk.id == Ticket.desk_id)
            .where(scope.visible(actor, Ticket), Ticket.id == ticket_id)
        )
    ).first()
    if row is None:
        raise Problem("not_found")
    ticket: Ticket = row[0]
    session_id = await wiring.port(Sessions).session_id(session, ticket.id) if ticket.answered_at is not None else None
    return TicketPage(
        ticket=views.show_ticket(ticket, row.key, session_id),
        desk_name=row.desk_name,
        place=await _place(session, ticket, row.average_minutes) if ticket.state in QUEUED else None,
        clerk=await _clerk(session, ticket),
        recall=await recalling.recall_of(session, wiring, ticket.account_id),
    )


# scope: a count, which the owner of the ticket is shown. Hot: every page that waits asks for it upon each hint
_AHEAD = Hot(
    select(func.count())
    .select_from(Ticket)
    .where(
        Ticket.desk_id == bindparam("desk", type_=Uuid),
        Ticket.state == "waiting",
        tuple_(Ticket.queue_key, Ticket.id)
        < tuple_(bindparam("key", type_=TIMESTAMP(timezone=True)), bindparam("ticket", type_=Uuid)),
    )
)


async def _place(session: AsyncSession, ticket: Ticket, average_minutes: int) -> PlaceView:
    ahead = 0
    if ticket.state == "waiting":
        driver = await driver_of(session)
        (row,) = await _AHEAD.rows(driver, desk=ticket.desk_id, key=ticket.queue_key, ticket=ticket.id)
        ahead = row[0]
    pulse = await estimates.pulse(session, ticket.desk_id)
    estimate = estimates.minutes(ahead, pulse, average_minutes)
    return PlaceView(ahead=ahead, estimate_minutes=estimate, present=pulse.present)


async def _clerk(session: AsyncSession, ticket: Ticket) -> ClerkCard | None:
    if ticket.answered_at is None:
        return None
    staff_id = await session.scalar(
        select(Engagement.staff_id)  # scope: of a ticket that the actor may see
        .where(Engagement.ticket_id == ticket.id, Engagement.kind == "serve", Engagement.answered_at.is_not(None))
        .order_by(Engagement.answered_at.desc())
        .limit(1)
    )
    found = await card(session, staff_id) if staff_id else None
    return ClerkCard(name=found[0], organisation=found[1]) if found else None


async def desks_of(session: AsyncSession, staff_id: UUID) -> list[DeskName]:
    """List the desks a clerk sits at, by priority."""
    rows = await session.execute(
        select(Desk.id, Desk.name)
        .join(DeskMember, DeskMember.desk_id == Desk.id)
        .where(DeskMember.staff_id == staff_id)
        .order_by(Desk.priority, Desk.key)
    )
    return [DeskName(id=row.id, name=row.name) for row in rows]


_AGREED = and_(Ticket.state == "parked", Ticket.callback_at.is_not(None))  # scope: an order of rows
_AGREED_AT = case((_AGREED, Ticket.callback_at))  # scope: an order of rows
"""Who waits at home for a callback waits in no queue, and is listed behind those who do, by the time."""


async def queue(session: AsyncSession, actor: Actor) -> list[QueueRow]:
    """List who waits or rings at the clerk's desks, in their order, then who agreed on a callback."""
    rows = await session.execute(
        select(
            *(
                Ticket.id,
                Ticket.number,
                Ticket.enqueued_at,
                Ticket.state,
                Ticket.device,
                Ticket.elderly,
                Ticket.typed_only,
            ),
            *(Ticket.desk_id, Ticket.bonus_reason, Ticket.bonus_seconds, Ticket.callback_at),
            Ticket.callback_tries,
            *(Item.short_name, Region.name.label("region_name")),
        )
        .join(Item, Item.id == Ticket.item_id)
        .join(Region, Region.code == Ticket.region_code)
        .where(
            scope.visible(actor, Ticket),
            Ticket.desk_id.in_(select(DeskMember.desk_id).where(DeskMember.staff_id == actor.id)),
            Ticket.state.in_(QUEUED),
        )
        .order_by((Ticket.state != "ringing"), _AGREED, _AGREED_AT, Ticket.queue_key, Ticket.id)
        .limit(QUEUE_SHOWN)
    )
    found = rows.all()
    agreed = [row.id for row in found if row.state == "parked" and row.callback_at is not None]
    early = await callback_early.possible_from(await driver_of(session), agreed, actor)
    return [_queue_row(row, early.get(row.id)) for row in found]


def _queue_row(row: Any, callback_from: datetime | None) -> QueueRow:
    why = [Fact(code=row.bonus_reason, params={"seconds": row.bonus_seconds})] if row.bonus_reason else []
    return QueueRow(
        ticket_id=row.id,
        number=row.number,
        item_short_name=row.short_name,
        waited_since=row.enqueued_at,
        state=row.state,
        device=row.device,
        region_name=row.region_name,
        why=why,
        elderly=row.elderly,
        typed_only=row.typed_only,
        desk_id=row.desk_id,
        callback_at=row.callback_at,
        callback_from=callback_from,
        callback_tries=row.callback_tries,
    )


async def colleagues(session: AsyncSession, actor: Actor) -> list[Colleague]:
    """List who sits at the clerk's desks with their state, the ready ones first; those who are off are left out."""
    mine = select(DeskMember.desk_id).where(DeskMember.staff_id == actor.id)
    rows = (
        await session.execute(
            select(Staff.id, Staff.name, Station.number)
            .join(Presence, Presence.staff_id == Staff.id)
            .outerjoin(Station, Station.id == Presence.station_id)
            .where(
                scope.visible(actor, Staff),  # scope: presence goes with its person, who is visible
                Presence.wanted != "off",
                Staff.id.in_(select(DeskMember.staff_id).where(DeskMember.desk_id.in_(mine))),
            )
            .order_by(Staff.account)
        )
    ).all()
    presences = await views.presence_views(session, [row.id for row in rows])
    found = []
    for staff_id, name, station in rows:
        presence = presences.get(staff_id)
        if presence is None:
            continue
        found.append(
            Colleague(
                staff_id=staff_id,
                name=name,
                station=station,
                wanted=presence.wanted,
                work=presence.work,
                work_since=presence.work_since if presence.work != "idle" else presence.since,
                is_me=staff_id == actor.id,
            )
        )
    return sorted(found, key=lambda row: (not row.is_me, row.wanted != "ready"))


async def ticket_card(session: AsyncSession, wiring: Wiring, keys: Keys, actor: Actor, ticket_id: UUID) -> TicketCard:
    """Return who and what, for the clerk who is rung for the ticket or serves it; others do not find it.

    Who was asked into its call sees it until that part is over, also where the desk is not one of theirs.
    The action that calls this puts the look on record (invariant 11).
    """
    part = await session.scalar(
        scope.select_visible(actor, Engagement)
        .where(
            Engagement.ticket_id == ticket_id,
            Engagement.state.in_(("ringing", "accepted"))
            | ((Engagement.kind == "serve") & (Engagement.state == "ended")),
        )
        .order_by((Engagement.state == "ended"), Engagement.offered_at.desc())
        .limit(1)
    )
    invited = part is not None and part.kind == "invite"
    seen = true() if invited else scope.visible(actor, Ticket)
    row = (
        await session.execute(
            select(Ticket, Account, Region.name)  # scope: the engaged clerk is shown whose ticket it is
            .join(Account, Account.id == Ticket.account_id)
            .join(Region, Region.code == Ticket.region_code)
            .where(seen, Ticket.id == ticket_id)
        )
    ).first()
    if part is None or row is None:
        raise Problem("not_found")
    ticket, account, region = row
    resolved, organisation = await frozen(session, ticket.version_id)
    shown = show_account(account, keys)
    coach = wiring.port(CoachAvailability)
    availability = await coach.for_item(session, resolved.item.id, ticket.region_code, "coach")
    return TicketCard(
        ticket_id=ticket.id,
        number=ticket.number,
        form_of_address=shown.form_of_address,
        phone_masked=shown.phone_masked,
        elderly=ticket.elderly,
        typed_only=ticket.typed_only,
        flow=ticket.flow,
        item_key=resolved.item.key,
        item_name=resolved.item.task_name,
        region_code=ticket.region_code,
        region_name=region,
        device=ticket.device,
        line=LineBefore.model_validate(ticket.line_before) if ticket.line_before else None,
        enqueued_at=ticket.enqueued_at,
        answers=[AnswerShown.model_validate(a) for a in explain_answers(resolved.version.content, ticket.answers)],
        trust_level=GUEST_LEVEL,
        previous=await wiring.port(Sessions).previous(session, phone_indexes(account, keys), ticket),
        guide=guide(resolved, organisation, availability),
        invitation=_invitation(keys, part, ticket) if invited else None,
        handover=await _handover(session, keys, part),
    )


async def _handover(session: AsyncSession, keys: Keys, part: Engagement) -> HandoverCard | None:
    """Say who handed the matter on to whose part this is, if that is how it came."""
    if part.kind != "serve":
        return None
    giver = await session.scalar(
        select(Engagement)  # scope: of a ticket in which the actor has this part
        .where(Engagement.ticket_id == part.ticket_id, Engagement.kind == "serve", Engagement.state == "ended")
        .where(Engagement.ended_at <= part.offered_at)
        .order_by(Engagement.ended_at.desc())
        .limit(1)
    )
    if giver is None or giver.ended_at is None or giver.reason != HANDED_ON:
        return None
    name, organisation = await card(session, giver.staff_id) or ("", "")
    words = giver.words_cipher and keys.decrypt("engagement", "words", giver.id, giver.words_cipher)
    return HandoverCard(name=name, organisation=organisation, at=giver.ended_at, words=words)


def _invitation(keys: Keys, part: Engagement, ticket: Ticket) -> InvitationCard:
    by = next(fact["params"] for fact in part.why["facts"] if fact["code"] == "invited")
    words = part.words_cipher and keys.decrypt("engagement", "words", part.id, part.words_cipher)
    return InvitationCard(talking_since=ticket.answered_at, words=words, **by)


class DeskAvailability:
    """Implements the catalogue's `CoachAvailability` on desks, hours, presence and queues."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    async def for_item(self, session: AsyncSession, item_id: UUID, region_code: str, flow: Flow) -> Availability:
        """Return the availability at the desk where a ticket taken now would wait."""
        desk = await find_desk(session, item_id, region_code, flow)
        if desk is None:
            return NOT_OFFERED
        average = await session.scalar(select(Item.average_minutes).where(Item.id == item_id)) or 0
        pulse = await estimates.pulse(session, desk.id)
        now = (await session.execute(text("SELECT app_now()"))).scalar_one()
        opening = (await timetable(session, desk.hours_key, self._zone)).at(now)
        return Availability(
            offered=True,
            open=opening.open,
            opens_at=opening.opens_at,
            closes_at=opening.closes_at,
            present=pulse.present,
            waiting=pulse.waiting,
            estimate_minutes=estimates.minutes(pulse.waiting, pulse, average),
            desk_name=desk.name,
            desk_id=desk.id,
        )


NOT_OFFERED = Availability(
    offered=False,
    open=False,
    opens_at=None,
    closes_at=None,
    present=0,
    waiting=0,
    estimate_minutes=None,
    desk_name=None,
    desk_id=None,
)
