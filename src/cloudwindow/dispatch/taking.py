"""Taking a number: the hot path of this room, in few statements run by the driver (architecture §4, §6)."""

import json
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg import Record

from cloudwindow.catalogue import validate_answers
from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import views
from cloudwindow.dispatch.knowing import LATELY, LIMITS, look
from cloudwindow.dispatch.models import ONE_LIVE_TICKET
from cloudwindow.dispatch.ringing import desk_hint, match_ticket
from cloudwindow.dispatch.schemas import Taken, TakeRequest
from cloudwindow.dispatch.states import TICKET
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.limits import too_many
from cloudwindow.foundation.recording import LATE, Closing
from cloudwindow.organisation import OPEN_ALL_HOURS, find_place, read_hours
from cloudwindow.people import account_stream

SERIES = "云A"
"""What a number begins with: a first-time video matter at a cloud window."""
PURPOSES = ["video_call"]
"""What the notice asks consent for; recording joins with its room (model §9)."""
_FROM_KNOWN = ("item_id", "implementation_id", "version_id", "line", "home_organisation_id", "desk_id")


@action("ticket.take", in_one_statement=True)
async def take(tx: Tx, request: TakeRequest) -> Taken:
    """Take a number. An account that already has a live ticket gets that one (model §2).

    Raises `item_unknown`, `region_unknown`, `answers_unknown`, `no_desk`, `desk_closed`, `consent_outdated`,
    `too_many_requests`, and `blocked_for_…` a reason.
    """
    account_id = tx.actor.id
    if tx.actor.kind != "account" or account_id is None:
        raise Problem("not_allowed")
    known = await look(tx, account_id, request)
    if known["last_id"] is not None and known["last_state"] != "closed":
        return await _the_one(tx, known)
    wish = await _check(tx, request, known)
    try:
        return await _take(tx, account_id, wish, had_one=known["last_id"] is not None)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name != ONE_LIVE_TICKET:
            raise
    # Another request of this account was faster: its ticket is the one, and nothing of ours is to be recorded.
    tx.forget()
    return await _the_one(tx, await look(tx, account_id, request))


async def _the_one(tx: Tx, known: Record) -> Taken:
    if known["last_id"] is None or known["last_state"] == "closed":
        raise Problem("busy_try_again")
    async with tx.database.reading() as session:
        return Taken(ticket=await views.ticket_view(session, tx.wiring, known["last_id"]), created=False)


@dataclass(frozen=True)
class _Wish:
    """A request that may be fulfilled: what was asked, what counts there, and the answers that stand."""

    request: TakeRequest
    known: Record
    limits: dict[str, Any]
    answers: dict[str, str]


def _check_block(tx: Tx, known: Record) -> None:
    if known["block_until"] is not None:
        until = known["block_until"].astimezone(tx.zone)
        raise _blocked(known["block_reason"], until.strftime("%Y-%m-%d %H:%M"))


async def _check(tx: Tx, request: TakeRequest, known: Record) -> _Wish:
    _check_block(tx, known)
    if known["version_id"] is None:
        async with tx.database.reading() as session:
            await find_place(session, request.region_code)  # it is the place that is unknown, or the item
        raise Problem("item_unknown", item=request.item_key, region=request.region_code)
    answers = validate_answers({"situations": known["situations"] or []}, request.answers)
    if known["desk_id"] is None or request.flow not in known["flows"]:
        raise Problem("no_desk")
    values = {key: (known["limits"] or {}).get(key, parameters.default_of(key)) for key in LIMITS}
    await _check_hours(tx, known["hours_key"], always=bool(values[OPEN_ALL_HOURS]))
    if known["lately_count"] >= values[limits.NUMBERS_PER_ACCOUNT]:
        wait = known["lately_first"] + LATELY - tx.now
        raise too_many(tx.now, max(1, ceil(wait.total_seconds())), tx.zone)
    if known["consent_version"] != request.consent_version:
        raise Problem("consent_outdated")
    if known["home_organisation_id"] is None:
        raise Problem("region_unknown", region=request.region_code)
    return _Wish(request, known, values, answers)


async def _check_hours(tx: Tx, hours_key: str, *, always: bool) -> None:
    if always:
        return
    hours = await tx.gathered(read_hours, hours_key)
    if hours is None:
        raise RuntimeError("hours without rules are closed, but they are an answer")
    opening = hours.timetable(tx.zone).at(tx.now)
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


_COLUMNS = (
    *("id", "day", "account_id", "item_id", "implementation_id", "version_id", "line", "flow", "region_code"),
    *("home_organisation_id", "channel", "device", "elderly", "typed_only", "answers", "desk_id", "state", "taken_at"),
    *("enqueued_at", "bonus_seconds", "bonus_reason", "queue_key", "lease_until", "taken_desk_id", "line_before"),
)
_JSON = {"answers", "line_before"}
_FIRST = 6
_VALUES = [f"${place}" + "::text::jsonb" * (name in _JSON) for place, name in enumerate(_COLUMNS, _FIRST)]

# scope: ticket and consent are made for the actor's own account. The desk's counter stays locked for one statement
# only: with a round trip of ours in between, a desk gives out no more numbers than there are such trips in a second.
# The account is locked before all, as `queries.is_shown` does.
_TAKE = Closing(f"""
    who AS (
        SELECT id FROM account WHERE id = $8 FOR KEY SHARE
    ), n AS (
        INSERT INTO counter (name, value) SELECT $1, 1 FROM who
        ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
    ), taken AS (
        INSERT INTO ticket (number, {", ".join(_COLUMNS)})
        SELECT '{SERIES}' || lpad(n.value::text, greatest(3, length(n.value::text)), '0'), {", ".join(_VALUES)} FROM n
        RETURNING id, account_id, number
    ), agreed AS (
        INSERT INTO consent (id, account_id, ticket_id, version, purposes, given_at)
        SELECT $2, account_id, id, $3, $4::text[], $5 FROM taken
    ), late AS (
        SELECT number AS value FROM taken
    )
""")  # noqa: S608  composed of names written above


async def _take(tx: Tx, account_id: UUID, wish: _Wish, *, had_one: bool) -> Taken:
    row = _row(tx, account_id, wish)
    view = views.show_ticket(_Row(row), wish.request.item_key, None)
    tx.audit("ticket", row["id"], number=LATE, desk=row["desk_id"], item=wish.request.item_key, state=row["state"])
    tx.event(account_stream(account_id), "ticket", view)
    if had_one:  # what belonged to the ticket before is not shown with this one
        for part in ("session", "call", "chat", "matters", "rating"):
            tx.event(account_stream(account_id), part, None)
    taken = await tx.close(
        _TAKE,
        f"ticket:{row['desk_id']}:{tx.today.isoformat()}",
        new_id(),
        wish.request.consent_version,
        PURPOSES,
        tx.now,
        *(row[name] for name in _COLUMNS),
        answer=Taken(ticket=view, created=True),
    )
    tx.hint(desk_hint(row["desk_id"]))
    tx.follow_up(match_ticket, row["id"])
    return taken


def _row(tx: Tx, account_id: UUID, wish: _Wish) -> dict[str, Any]:
    """Fill in the ticket, but for its number."""
    request, place = wish.request, _place_in_queue(tx, wish)
    return {name: wish.known[name] for name in _FROM_KNOWN} | {
        "id": new_id(),
        "number": LATE,
        "taken_desk_id": wish.known["desk_id"],
        "day": tx.today,
        "account_id": account_id,
        "flow": request.flow,
        "region_code": request.region_code,
        "channel": "web",
        "device": request.device,
        "elderly": request.elderly,
        "typed_only": request.typed_only,
        "answers": json.dumps(wish.answers, ensure_ascii=False),
        "line_before": request.line and request.line.model_dump_json(),
        "state": TICKET.first,
        "taken_at": tx.now,
        "enqueued_at": tx.now,
        "bonus_seconds": place.bonus_seconds,
        "bonus_reason": place.reason,
        "queue_key": tx.now - timedelta(seconds=place.bonus_seconds),
        "lease_until": tx.now + timedelta(seconds=place.grace_seconds),
        **dict.fromkeys(("close_reason", "parked_until", "callback_at")),
        "callback_tries": 0,
    }


class _Row:
    """Attribute access to a ticket that is not written yet."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.__dict__.update(row)


def _blocked(reason: str, until: str) -> Problem:
    if reason == "insults":
        return Problem("blocked_for_insults", until=until)
    if reason == "threats":
        return Problem("blocked_for_threats", until=until)
    return Problem("blocked_for_harassment", until=until)
