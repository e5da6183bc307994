"""Taking a number: the hot path of this room, in few statements run by the driver (architecture §4, §6)."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from asyncpg import Record
from sqlalchemy import Boolean, Text, bindparam, case, func, literal, select, true

from cloudwindow.catalogue import RESOLVING, Implementation, Item, Version, validate_answers
from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import views
from cloudwindow.dispatch.choosing import desk_for
from cloudwindow.dispatch.models import ConsentText, Desk, Ticket
from cloudwindow.dispatch.ringing import desk_hint, match_ticket
from cloudwindow.dispatch.schemas import Taken, TakeRequest
from cloudwindow.dispatch.states import TICKET
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.hot import TEXTS, Hot
from cloudwindow.foundation.ids import new_id
from cloudwindow.organisation import OPEN_ALL_HOURS, centre_above, find_place, read_timetables
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
    known = await _look(tx, account_id, request)
    if known["last_id"] is not None and known["last_state"] != "closed":
        return await _the_one(tx, known)
    wish = await _check(tx, request, known)
    row = await _insert(tx, account_id, wish, _place_in_queue(tx, wish))
    if row is None:  # another request of this account was faster: its ticket is the one
        await tx.driver.execute(_GIVE_BACK, _series(tx, wish))
        return await _the_one(tx, await _look(tx, account_id, request))
    view = views.show_ticket(_Row(row), request.item_key, None)
    tx.audit("ticket", row["id"], number=row["number"], desk=row["desk_id"], item=request.item_key, state=row["state"])
    tx.event(account_stream(account_id), "ticket", view.model_dump(mode="json"))
    if known["last_id"] is not None:  # what belonged to the ticket before is not shown with this one
        for part in ("session", "call", "rating"):
            tx.event(account_stream(account_id), part, None)
    tx.hint(desk_hint(row["desk_id"]))
    tx.follow_up(match_ticket, row["id"])
    return Taken(ticket=view, created=True)


class _Row:
    """Attribute access to a driver's row."""

    def __init__(self, row: Any) -> None:
        self.__dict__.update(row)


async def _the_one(tx: Tx, known: Record) -> Taken:
    if known["last_id"] is None or known["last_state"] == "closed":
        raise Problem("busy_try_again")
    return Taken(ticket=await views.ticket_view(tx.session, tx.wiring, known["last_id"]), created=False)


LIMITS = [limits.ELDERLY_BONUS, limits.RETURN_BONUS, limits.RETURN_WITHIN, limits.WAITING_GRACE, OPEN_ALL_HOURS]

# scope: the actor's own account, the live ticket first
_last = (
    select(Ticket.id, Ticket.state, Ticket.close_reason, Ticket.answered_at, Ticket.closed_at)
    .where(Ticket.account_id == bindparam("account"))
    .order_by((Ticket.state == "closed"), Ticket.taken_at.desc())
    .limit(1)
    .subquery("last")
)
_what = RESOLVING.with_only_columns(
    *(Item.id.label("item_id"), Item.line, Item.flows, Implementation.id.label("implementation_id")),
    Version.id.label("version_id"),
    # The content is long and stored apart: it is fetched only to check answers against it.
    case((bindparam("with_situations", type_=Boolean), Version.content["situations"])).label("situations"),
    maintain_column_froms=True,
).subquery("what")
_region = bindparam("region", type_=Text)
_desk = desk_for(_what.c.item_id, _region, bindparam("flow", type_=Text)).with_only_columns(
    Desk.id, Desk.key, Desk.hours_key, maintain_column_froms=True
)
_where = _desk.lateral("where_")
_notice = (
    select(ConsentText.version)
    .where(ConsentText.valid_from <= func.app_now())
    .order_by(ConsentText.valid_from.desc())
    .limit(1)
)
_rows = parameters.in_force(bindparam("limits", type_=TEXTS), _region, func.coalesce(_where.c.key, ""))
_in_force = _rows.correlate(_where).subquery("in_force")
_values = select(func.jsonb_object_agg(_in_force.c.key, _in_force.c.value)).scalar_subquery()
_KNOWN = Hot(
    select(
        *(column.label(f"last_{column.key}") for column in _last.c),
        *_what.c,
        *(_where.c.id.label("desk_id"), _where.c.hours_key),
        centre_above(_region).scalar_subquery().label("home_organisation_id"),
        _notice.scalar_subquery().label("consent_version"),
        _values.label("limits"),
    ).select_from(
        select(literal(1)).subquery("one").outerjoin(_last, true()).outerjoin(_what, true()).outerjoin(_where, true())
    )
)
"""All that must be known, in one statement: the account's last ticket, and for an item and a flow at a place the
version (null: no such item there), the desk (null: none), home, notice and parameters."""


async def _look(tx: Tx, account_id: UUID, request: TakeRequest) -> Record:
    (row,) = await _KNOWN.rows(
        tx.driver,
        account=account_id,
        item=request.item_key,
        region=request.region_code,
        flow=request.flow,
        with_situations=bool(request.answers),
        limits=LIMITS,
    )
    return row


@dataclass(frozen=True)
class _Wish:
    """A request that may be fulfilled: what was asked, what counts there, and the answers that stand."""

    request: TakeRequest
    known: Record
    limits: dict[str, Any]
    answers: dict[str, str]


async def _check(tx: Tx, request: TakeRequest, known: Record) -> _Wish:
    if known["version_id"] is None:
        await find_place(tx.session, request.region_code)  # it is the place that is unknown, or the item
        raise Problem("item_unknown", item=request.item_key, region=request.region_code)
    answers = validate_answers({"situations": known["situations"] or []}, request.answers)
    if known["desk_id"] is None or request.flow not in known["flows"]:
        raise Problem("no_desk")
    values = {key: (known["limits"] or {}).get(key, parameters.default_of(key)) for key in LIMITS}
    await _check_hours(tx, known["hours_key"], always=bool(values[OPEN_ALL_HOURS]))
    if known["consent_version"] != request.consent_version:
        raise Problem("consent_outdated")
    if known["home_organisation_id"] is None:
        raise Problem("region_unknown", region=request.region_code)
    return _Wish(request, known, values, answers)


async def _check_hours(tx: Tx, hours_key: str, *, always: bool) -> None:
    opening = (await read_timetables(tx.driver, [hours_key], tx.zone, always=always))[hours_key].at(tx.now)
    if not opening.open:
        opens = opening.opens_at
        raise Problem("desk_closed", opens=opens.astimezone(tx.zone).strftime("%m-%d %H:%M") if opens else "—")


@dataclass(frozen=True)
class _Place:
    """How much earlier the person counts as having come, why, and for how long the page may be gone."""

    bonus_seconds: int
    reason: str | None
    grace_seconds: int


def _place_in_queue(tx: Tx, wish: _Wish) -> _Place:
    values, known = wish.limits, wish.known
    grace: int = values[limits.WAITING_GRACE]
    if known["last_close_reason"] == "expired" and known["last_answered_at"] is not None:
        kept_until = known["last_closed_at"] + timedelta(minutes=values[limits.RETURN_WITHIN])
        if kept_until > tx.now:
            return _Place(values[limits.RETURN_BONUS], "dropped_call", grace)
    if wish.request.elderly:
        return _Place(values[limits.ELDERLY_BONUS], "elderly", grace)
    return _Place(0, None, grace)


# scope: ticket and consent are made for the actor's own account
_INSERT = """
    WITH n AS (
        INSERT INTO counter (name, value) VALUES ($1, 1)
        ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
    ), taken AS (
        INSERT INTO ticket (id, number, day, account_id, item_id, implementation_id, version_id, line, flow,
            region_code, home_organisation_id, channel, device, elderly, answers, desk_id, state, taken_at,
            enqueued_at, bonus_seconds, bonus_reason, queue_key, lease_until)
        SELECT $2, '云A' || lpad(n.value::text, greatest(3, length(n.value::text)), '0'), $3, $4, $5, $6, $7, $8, $9,
            $10, $11, 'web', $12, $13, $14::text::jsonb, $15, $16, $17, $17, $18, $19, $20, $21
        FROM n
        ON CONFLICT (account_id) WHERE state <> 'closed' DO NOTHING
        RETURNING *
    ), agreed AS (
        INSERT INTO consent (id, account_id, ticket_id, version, purposes, given_at)
        SELECT $22, account_id, id, $23, $24::text[], $17 FROM taken
    )
    SELECT * FROM taken
"""

_GIVE_BACK = "UPDATE counter SET value = value - 1 WHERE name = $1"
"""The number that the insert drew and did not use; its row is still ours, so the series stays without gaps."""


def _series(tx: Tx, wish: _Wish) -> str:
    return f"ticket:{wish.known['desk_id']}:{tx.today.isoformat()}"


async def _insert(tx: Tx, account_id: UUID, wish: _Wish, place: _Place) -> Record | None:
    request, known = wish.request, wish.known
    return await tx.driver.fetchrow(
        _INSERT,
        _series(tx, wish),
        new_id(),
        tx.today,
        account_id,
        known["item_id"],
        known["implementation_id"],
        known["version_id"],
        known["line"],
        request.flow,
        request.region_code,
        known["home_organisation_id"],
        request.device,
        request.elderly,
        json.dumps(wish.answers, ensure_ascii=False),
        known["desk_id"],
        TICKET.first,
        tx.now,
        place.bonus_seconds,
        place.reason,
        tx.now - timedelta(seconds=place.bonus_seconds),
        tx.now + timedelta(seconds=place.grace_seconds),
        new_id(),
        request.consent_version,
        PURPOSES,
    )
