"""Changes of a ticket: take, leave, set aside, come back, expire (model §3, architecture §4)."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from cloudwindow.catalogue import Resolved, resolve, validate_answers
from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import views
from cloudwindow.dispatch.choosing import find_desk
from cloudwindow.dispatch.models import Consent, ConsentText, Desk, Engagement, Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.ringing import (
    desk_hint,
    end_engagement,
    match_ticket,
    move_ticket,
    return_to_head,
    withdraw,
)
from cloudwindow.dispatch.schemas import Taken, TakeRequest, TicketView
from cloudwindow.dispatch.states import TICKET
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.organisation import find_place, service_centre, timetable
from cloudwindow.people import account_stream

PURPOSES = ["video_call"]
"""What the notice asks consent for; recording joins with its room (model §9)."""


@action("ticket.take")
async def take(tx: Tx, request: TakeRequest) -> Taken:
    """Take a number. An account that already has a live ticket gets that one (model §2).

    Raises `item_unknown`, `region_unknown`, `answers_unknown`, `no_desk`, `desk_closed`, `consent_outdated`.
    """
    account_id = tx.actor.id
    if tx.actor.kind != "account" or account_id is None:
        raise Problem("not_allowed")
    live = await _live_ticket(tx, account_id)
    if live is not None:
        return Taken(ticket=await views.ticket_view(tx.session, tx.wiring, live), created=False)
    resolved = await resolve(tx.session, request.item_key, request.region_code)
    if resolved is None:
        await find_place(tx.session, request.region_code)  # it is the place that is unknown, or the item
        raise Problem("item_unknown", item=request.item_key, region=request.region_code)
    answers = validate_answers(resolved.version.content, request.answers)
    desk = await _open_desk(tx, resolved, request)
    await _check_consent(tx, request.consent_version)
    row = await _insert_ticket(tx, resolved, desk, request, answers)
    if row is None:  # another request of this account was faster: its ticket is the one
        await tx.driver.execute(_GIVE_BACK, _series(tx, desk))
        other = await _live_ticket(tx, account_id)
        if other is None:
            raise Problem("busy_try_again")
        return Taken(ticket=await views.ticket_view(tx.session, tx.wiring, other), created=False)
    await tx.session.execute(  # scope: the actor's own consent
        insert(Consent).values(
            id=new_id(),
            account_id=account_id,
            ticket_id=row["id"],
            version=request.consent_version,
            purposes=PURPOSES,
            given_at=tx.now,
        )
    )
    view = views.show_ticket(_Row(row), resolved.item.key, None)
    tx.audit("ticket", row["id"], number=row["number"], desk=desk.id, item=resolved.item.key, state=row["state"])
    tx.event(account_stream(account_id), "ticket", view.model_dump(mode="json"))
    for part in ("session", "call", "rating"):
        tx.event(account_stream(account_id), part, None)
    tx.hint(desk_hint(desk.id))
    tx.follow_up(match_ticket, row["id"])
    return Taken(ticket=view, created=True)


class _Row:
    """Attribute access to a driver's row."""

    def __init__(self, row: Any) -> None:
        self.__dict__.update(row)


async def _live_ticket(tx: Tx, account_id: UUID) -> UUID | None:
    return await tx.session.scalar(
        select(Ticket.id).where(
            scope.visible(tx.actor, Ticket), Ticket.account_id == account_id, Ticket.state != "closed"
        )
    )


async def _open_desk(tx: Tx, resolved: Resolved, request: TakeRequest) -> Desk:
    if request.flow not in resolved.item.flows:
        raise Problem("no_desk")
    desk = await find_desk(tx.session, resolved.item.id, request.region_code, request.flow)
    if desk is None:
        raise Problem("no_desk")
    opening = (await timetable(tx.session, desk.hours_key, tx.zone)).at(tx.now)
    if not opening.open:
        opens = opening.opens_at
        raise Problem("desk_closed", opens=opens.astimezone(tx.zone).strftime("%m-%d %H:%M") if opens else "—")
    return desk


async def _check_consent(tx: Tx, version: str) -> None:
    current = await tx.session.scalar(
        select(ConsentText.version)
        .where(ConsentText.valid_from <= tx.now)
        .order_by(ConsentText.valid_from.desc())
        .limit(1)
    )
    if current != version:
        raise Problem("consent_outdated")


# scope: the ticket is made for the actor's own account.
_INSERT = """
    WITH n AS (
        INSERT INTO counter (name, value) VALUES ($1, 1)
        ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
    )
    INSERT INTO ticket (id, number, day, account_id, item_id, implementation_id, version_id, line, flow, region_code,
        home_organisation_id, channel, device, elderly, answers, desk_id, state, taken_at, enqueued_at, bonus_seconds,
        bonus_reason, queue_key, lease_until)
    SELECT $2, '云A' || lpad(n.value::text, greatest(3, length(n.value::text)), '0'), $3, $4, $5, $6, $7, $8, $9, $10,
        $11, 'web', $12, $13, $14::text::jsonb, $15, $16, $17, $17, $18, $19, $20, $21
    FROM n
    ON CONFLICT (account_id) WHERE state <> 'closed' DO NOTHING
    RETURNING *
"""


_GIVE_BACK = "UPDATE counter SET value = value - 1 WHERE name = $1"
"""The number that the insert drew and did not use; its row is still ours, so the series stays without gaps."""


def _series(tx: Tx, desk: Desk) -> str:
    return f"ticket:{desk.id}:{tx.today.isoformat()}"


async def _insert_ticket(tx: Tx, resolved: Resolved, desk: Desk, request: TakeRequest, answers: dict[str, str]) -> Any:
    bonus, reason, grace = await _bonus(tx, request, desk)
    return await tx.driver.fetchrow(
        _INSERT,
        _series(tx, desk),
        new_id(),
        tx.today,
        tx.actor.id,
        resolved.item.id,
        resolved.implementation.id,
        resolved.version.id,
        resolved.item.line,
        request.flow,
        request.region_code,
        await service_centre(tx.session, request.region_code),
        request.device,
        request.elderly,
        json.dumps(answers, ensure_ascii=False),
        desk.id,
        TICKET.first,
        tx.now,
        bonus,
        reason,
        tx.now - timedelta(seconds=bonus),
        tx.now + timedelta(seconds=grace),
    )


async def _bonus(tx: Tx, request: TakeRequest, desk: Desk) -> tuple[int, str | None, int]:
    """How much earlier the person counts as having come, why, and how long the page may be gone."""
    values = await parameters.read(
        tx.session,
        limits.ELDERLY_BONUS,
        limits.RETURN_BONUS,
        limits.RETURN_WITHIN,
        limits.WAITING_GRACE,
        desk=desk.key,
        region=request.region_code,
    )
    grace: int = values[limits.WAITING_GRACE]
    last = await tx.session.scalar(
        scope.select_visible(tx.actor, Ticket)
        .where(Ticket.account_id == tx.actor.id)
        .order_by(Ticket.taken_at.desc())
        .limit(1)
    )
    kept_until = tx.now - timedelta(minutes=values[limits.RETURN_WITHIN])
    if last and last.close_reason == "expired" and last.answered_at and last.closed_at and last.closed_at > kept_until:
        return values[limits.RETURN_BONUS], "dropped_call", grace
    if request.elderly:
        return values[limits.ELDERLY_BONUS], "elderly", grace
    return 0, None, grace


async def _own_ticket(tx: Tx, ticket_id: UUID) -> Ticket:
    ticket = await tx.session.scalar(
        scope.select_visible(tx.actor, Ticket)
        .where(Ticket.id == ticket_id, Ticket.account_id == tx.actor.id)
        .with_for_update()
    )
    if ticket is None:
        raise Problem("not_found")
    return ticket


@action("ticket.leave")
async def leave(tx: Tx, ticket_id: UUID) -> TicketView:
    """Leave the queue; a ring on its way is taken back. Raises `wrong_state` once the service has begun."""
    ticket = await _own_ticket(tx, ticket_id)
    TICKET.after(ticket.state, "leave")
    await _withdraw_ring(tx, ticket, "left")
    if ticket.answered_at is not None:
        await tx.port(Sessions).abandoned(tx, ticket)
    await move_ticket(tx, ticket_id, "leave", close_reason="left")
    return await views.ticket_view(tx.session, tx.wiring, ticket_id)


async def _withdraw_ring(tx: Tx, ticket: Ticket, reason: str) -> None:
    ringing = await tx.session.scalar(
        select(Engagement)  # scope: of the ticket that the action locked
        .where(Engagement.ticket_id == ticket.id, Engagement.state == "ringing")
        .with_for_update()
    )
    if ringing is not None:
        await withdraw(tx, ringing, reason)


@action("ticket.postpone")
async def postpone(tx: Tx, ticket_id: UUID) -> TicketView:
    """先不接: after a clerk answered and before they see each other, step aside for a minute, then come to the head."""
    ticket = await _own_ticket(tx, ticket_id)
    TICKET.after(ticket.state, "park")
    sessions = tx.port(Sessions)
    if not await sessions.is_connecting(tx.session, ticket_id):
        raise Problem("wrong_state", thing="call", state="connected", event="park")
    await sessions.set_aside(tx, ticket, "postponed")
    await end_engagement(tx, ticket_id, "postponed", None)
    seconds = await parameters.get(tx.session, limits.PARK_SECONDS)
    await move_ticket(tx, ticket_id, "park", parked_until=tx.now + timedelta(seconds=seconds))
    return await views.ticket_view(tx.session, tx.wiring, ticket_id)


@action("ticket.resume")
async def resume(tx: Tx, ticket_id: UUID) -> None:
    """The minute aside is over: to the head of the queue."""
    ticket = await _due(tx, ticket_id, "parked")
    if ticket is None or ticket.parked_until is None or ticket.parked_until > tx.now:
        return
    await return_to_head(tx, ticket_id, "postponed", event="resume")
    tx.follow_up(match_ticket, ticket_id)


@action("ticket.expire")
async def expire(tx: Tx, ticket_id: UUID) -> None:
    """The citizen's page has been gone longer than the place is kept."""
    ticket = await _due(tx, ticket_id, "waiting", "parked")
    if ticket is None or ticket.lease_until > tx.now:
        return
    if ticket.answered_at is not None:
        await tx.port(Sessions).abandoned(tx, ticket)
    await move_ticket(tx, ticket_id, "expire", close_reason="expired")


async def _due(tx: Tx, ticket_id: UUID, *states: str) -> Ticket | None:
    return await tx.session.scalar(
        select(Ticket)  # scope: the sweeper's own work
        .where(Ticket.id == ticket_id, Ticket.state.in_(states))
        .with_for_update(skip_locked=True)
    )


async def renew_leases(tx: Tx, account_ids: list[UUID], until: datetime) -> None:
    """Believe for a while longer that these citizens' pages are open."""
    await tx.driver.execute(_RENEW, account_ids, until)


# scope: the leases of connections that this process holds
_RENEW = """
    UPDATE ticket t SET lease_until = greatest(t.lease_until, $2)
    FROM (SELECT id FROM ticket WHERE account_id = ANY ($1::uuid[]) AND state <> 'closed' ORDER BY id FOR UPDATE) due
    WHERE t.id = due.id
"""
