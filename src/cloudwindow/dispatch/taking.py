"""Taking a number: the hot path of this room, in few statements run by the driver (architecture §4, §6)."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from asyncpg import Record
from sqlalchemy import Boolean, Text, bindparam, case, func, select, true

from cloudwindow.catalogue import RESOLVING, Implementation, Item, Version, validate_answers
from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import views
from cloudwindow.dispatch.choosing import desk_for
from cloudwindow.dispatch.models import ConsentText, Desk
from cloudwindow.dispatch.ringing import desk_hint, match_ticket
from cloudwindow.dispatch.schemas import Taken, TakeRequest
from cloudwindow.dispatch.states import TICKET
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.hot import Hot
from cloudwindow.foundation.ids import new_id
from cloudwindow.organisation import centre_above, find_place, timetable
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
    last = await tx.driver.fetchrow(_LAST, account_id)
    if last is not None and last["state"] != "closed":
        return await _the_one(tx, last)
    wish = await _check(tx, request)
    row = await _insert(tx, account_id, wish, await _place_in_queue(tx, wish, last))
    if row is None:  # another request of this account was faster: its ticket is the one
        await tx.driver.execute(_GIVE_BACK, _series(tx, wish))
        return await _the_one(tx, await tx.driver.fetchrow(_LAST, account_id))
    view = views.show_ticket(_Row(row), request.item_key, None)
    tx.audit("ticket", row["id"], number=row["number"], desk=row["desk_id"], item=request.item_key, state=row["state"])
    tx.event(account_stream(account_id), "ticket", view.model_dump(mode="json"))
    if last is not None:  # what belonged to the ticket before is not shown with this one
        for part in ("session", "call", "rating"):
            tx.event(account_stream(account_id), part, None)
    tx.hint(desk_hint(row["desk_id"]))
    tx.follow_up(match_ticket, row["id"])
    return Taken(ticket=view, created=True)


class _Row:
    """Attribute access to a driver's row."""

    def __init__(self, row: Any) -> None:
        self.__dict__.update(row)


async def _the_one(tx: Tx, live: Record | None) -> Taken:
    if live is None or live["state"] == "closed":
        raise Problem("busy_try_again")
    return Taken(ticket=await views.ticket_view(tx.session, tx.wiring, live["id"]), created=False)


# scope: the actor's own account, the live ticket first
_LAST = """
    SELECT id, state, close_reason, answered_at, closed_at FROM ticket WHERE account_id = $1
    ORDER BY (state = 'closed'), taken_at DESC LIMIT 1
"""

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
_WHAT_COUNTS = Hot(
    select(
        *_what.c,
        *(_where.c.id.label("desk_id"), _where.c.key.label("desk_key"), _where.c.hours_key),
        centre_above(_region).scalar_subquery().label("home_organisation_id"),
        _notice.scalar_subquery().label("consent_version"),
    ).select_from(_what.outerjoin(_where, true()))
)
"""What counts for an item and a flow at a place: version, desk (null: none), home, notice."""


@dataclass(frozen=True)
class _Wish:
    """A request that may be fulfilled: what was asked, what counts there, and the answers that stand."""

    request: TakeRequest
    counts: Record
    answers: dict[str, str]


async def _check(tx: Tx, request: TakeRequest) -> _Wish:
    counts = await _WHAT_COUNTS.row(
        tx.driver,
        item=request.item_key,
        region=request.region_code,
        flow=request.flow,
        with_situations=bool(request.answers),
    )
    if counts is None:
        await find_place(tx.session, request.region_code)  # it is the place that is unknown, or the item
        raise Problem("item_unknown", item=request.item_key, region=request.region_code)
    answers = validate_answers({"situations": counts["situations"] or []}, request.answers)
    if counts["desk_id"] is None or request.flow not in counts["flows"]:
        raise Problem("no_desk")
    opening = (await timetable(tx.session, counts["hours_key"], tx.zone)).at(tx.now)
    if not opening.open:
        opens = opening.opens_at
        raise Problem("desk_closed", opens=opens.astimezone(tx.zone).strftime("%m-%d %H:%M") if opens else "—")
    if counts["consent_version"] != request.consent_version:
        raise Problem("consent_outdated")
    if counts["home_organisation_id"] is None:
        raise Problem("region_unknown", region=request.region_code)
    return _Wish(request, counts, answers)


@dataclass(frozen=True)
class _Place:
    """How much earlier the person counts as having come, why, and for how long the page may be gone."""

    bonus_seconds: int
    reason: str | None
    grace_seconds: int


async def _place_in_queue(tx: Tx, wish: _Wish, last: Record | None) -> _Place:
    values = await parameters.read(
        tx.session,
        *(limits.ELDERLY_BONUS, limits.RETURN_BONUS, limits.RETURN_WITHIN, limits.WAITING_GRACE),
        desk=wish.counts["desk_key"],
        region=wish.request.region_code,
    )
    grace: int = values[limits.WAITING_GRACE]
    if last is not None and last["close_reason"] == "expired" and last["answered_at"] is not None:
        kept_until = last["closed_at"] + timedelta(minutes=values[limits.RETURN_WITHIN])
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
    return f"ticket:{wish.counts['desk_id']}:{tx.today.isoformat()}"


async def _insert(tx: Tx, account_id: UUID, wish: _Wish, place: _Place) -> Record | None:
    request, counts = wish.request, wish.counts
    return await tx.driver.fetchrow(
        _INSERT,
        _series(tx, wish),
        new_id(),
        tx.today,
        account_id,
        counts["item_id"],
        counts["implementation_id"],
        counts["version_id"],
        counts["line"],
        request.flow,
        request.region_code,
        counts["home_organisation_id"],
        request.device,
        request.elderly,
        json.dumps(wish.answers, ensure_ascii=False),
        counts["desk_id"],
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
