"""Taking a number and what becomes of it: once per account, without gaps, in opening hours, under the notice."""

import json
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.dispatch.actions import leave, postpone
from cloudwindow.dispatch.schemas import Taken, TicketView
from cloudwindow.dispatch.taking import take
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.idempotency import Key
from tests.support.city import CITY, WEIDU, ZONE
from tests.support.house import House, at_once, refused, wish


def key_of(actor: Actor, key: UUID | None = None, digest: bytes = b"a", model: Any = Taken) -> Key:
    assert actor.login_id is not None
    return Key(actor.login_id, key or uuid4(), digest, model)


async def _count(house: House, table: str) -> int:
    found: int = await house.value(f"SELECT count(*) FROM {table}")  # noqa: S608  our own names
    return found


async def test_a_second_number_of_one_account_is_the_first(house: House) -> None:
    citizen = await house.citizen()
    first = await house.run(citizen, take, wish())
    second = await house.run(citizen, take, wish("P18", CITY))
    assert (first.created, second.created) == (True, False)
    assert second.ticket == first.ticket
    assert await _count(house, "ticket") == await _count(house, "consent") == 1


async def test_two_numbers_at_once_are_one_and_leave_no_gap(house: House) -> None:
    for _ in range(4):
        citizen = await house.citizen()
        answers = await at_once(*[partial(house.run, citizen, take, wish()) for _ in range(4)])
        assert sorted(answer.created for answer in answers) == [False, False, False, True]
        assert len({answer.ticket.id for answer in answers}) == 1
    numbers = [row.number for row in await house.rows("SELECT number FROM ticket ORDER BY number")]
    assert numbers == ["云A001", "云A002", "云A003", "云A004"]
    assert await house.value("SELECT value FROM counter WHERE name LIKE 'ticket:%'") == 4


async def test_after_the_end_the_next_number_is_a_new_one(house: House) -> None:
    citizen = await house.citizen()
    first = await house.take(citizen)
    await house.run(citizen, leave, first.id)
    second = await house.take(citizen)
    assert (first.number, second.number) == ("云A001", "云A002")


async def test_numbers_have_no_gaps_per_desk_and_day(house: House) -> None:
    citizens = [await house.citizen() for _ in range(20)]
    places = [("P01", WEIDU) if number % 2 else ("P18", CITY) for number in range(20)]
    calls = [partial(house.run, who, take, wish(*place)) for who, place in zip(citizens, places, strict=True)]
    calls.insert(7, partial(house.run, citizens[0], take, wish("P01", "999999999999")))  # refused: uses no number
    await at_once(*calls)
    expected = [f"云A{number:03}" for number in range(1, 11)]
    for desk in ("desk-411002-social", "desk-411000-people"):
        rows = await house.rows(
            "SELECT t.number FROM ticket t JOIN desk d ON d.id = t.desk_id WHERE d.key = :k ORDER BY t.number", k=desk
        )
        assert [row.number for row in rows] == expected
    await house.move(86400)
    assert (await house.take(await house.citizen())).number == "云A001"


async def test_the_thousandth_number_of_a_day_has_four_digits(house: House) -> None:
    await house.waiting()
    await house.change("UPDATE counter SET value = 998 WHERE name LIKE 'ticket:%'")
    assert [ticket.number for ticket in await house.waiting(3)] == ["云A999", "云A1000", "云A1001"]


async def test_a_request_that_is_sent_again_gets_the_first_answer(house: House) -> None:
    citizen, key = await house.citizen(), uuid4()
    first = await house.actions.once(citizen, key_of(citizen, key), take, wish())
    before = {table: await _count(house, table) for table in ("audit", "event", "consent", "ticket")}
    again = await house.actions.once(citizen, key_of(citizen, key), take, wish())
    assert again == first
    assert again.created
    assert {table: await _count(house, table) for table in before} == before


async def test_a_lost_answer_is_given_again_although_things_moved_on(house: House) -> None:
    citizen, taking, leaving = await house.citizen(), uuid4(), uuid4()
    first = await house.actions.once(citizen, key_of(citizen, taking), take, wish())
    left = await house.actions.once(citizen, key_of(citizen, leaving, model=TicketView), leave, first.ticket.id)
    assert await refused(house.run(citizen, leave, first.ticket.id)) == "wrong_state"
    again = await house.actions.once(citizen, key_of(citizen, leaving, model=TicketView), leave, first.ticket.id)
    assert again == left
    assert (await house.actions.once(citizen, key_of(citizen, taking), take, wish())) == first
    assert await _count(house, "ticket") == 1


async def test_one_key_for_two_requests_is_refused(house: House) -> None:
    citizen, key = await house.citizen(), uuid4()
    first = await house.actions.once(citizen, key_of(citizen, key), take, wish())
    await house.run(citizen, leave, first.ticket.id)
    other = house.actions.once(citizen, key_of(citizen, key, b"another body"), take, wish("P18", CITY))
    assert await refused(other) == "idempotency_key_reused"
    assert await _count(house, "ticket") == 1


async def test_what_is_recorded_of_a_number_names_it(house: House) -> None:
    """The number is known to the closing statement only, and stands in all that it records."""
    citizen, key = await house.citizen(), uuid4()
    taken = await house.actions.once(citizen, key_of(citizen, key), take, wish())
    assert taken.ticket.number == "云A001"
    audited = json.loads(await house.value("SELECT body FROM audit WHERE action = 'ticket.take'"))
    assert audited["new"]["number"] == "云A001"
    assert await house.value("SELECT data ->> 'number' FROM event WHERE type = 'ticket'") == "云A001"
    assert await house.value("SELECT response -> 'ticket' ->> 'number' FROM idempotency") == "云A001"
    assert await house.value("SELECT bool_and(digest = sha256(body)) FROM audit")


async def test_a_refused_number_is_not_used_up(house: House) -> None:
    citizen, key = await house.citizen(), uuid4()
    first = await house.actions.once(citizen, key_of(citizen, key), take, wish())
    await house.run(citizen, leave, first.ticket.id)
    counted = "SELECT value FROM counter WHERE name LIKE 'ticket:%'"
    assert await house.value(counted) == 1
    with pytest.raises(Problem):
        await house.actions.once(citizen, key_of(citizen, key, b"another body"), take, wish())
    assert await house.value(counted) == 1


async def test_the_same_request_at_once_changes_things_once(house: House) -> None:
    citizen, key = await house.citizen(), uuid4()
    once = partial(house.actions.once, citizen, key_of(citizen, key), take, wish())
    answers = await at_once(*[once for _ in range(5)])
    assert all(answer == answers[0] for answer in answers)
    assert await _count(house, "ticket") == await _count(house, "consent") == await _count(house, "idempotency") == 1


async def test_one_key_in_two_logins_is_two_requests(house: House) -> None:
    key = uuid4()
    for _ in range(2):
        citizen = await house.citizen()
        assert (await house.actions.once(citizen, key_of(citizen, key), take, wish())).created


async def test_answers_are_forgotten_after_a_day(house: House) -> None:
    citizen = await house.citizen()
    await house.actions.once(citizen, key_of(citizen), take, wish())
    await house.after(86_000)
    assert await _count(house, "idempotency") == 1
    await house.after(500)
    assert await _count(house, "idempotency") == 0


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"item_key": "P99"}, "item_unknown"),
        ({"item_key": "'; DROP TABLE ticket; --"}, "item_unknown"),
        ({"region_code": "999999999999"}, "region_unknown"),
        ({"answers": {"nonsense": "s1.o1"}}, "answers_unknown"),
        ({"answers": {"s1": "nonsense"}}, "answers_unknown"),
        ({"consent_version": "2025-01"}, "consent_outdated"),
    ],
)
async def test_what_is_unknown_is_refused(house: House, more: dict[str, Any], code: str) -> None:
    citizen = await house.citizen()
    body = wish(more.pop("item_key", "P01"), more.pop("region_code", WEIDU), **more)
    assert await refused(house.run(citizen, take, body)) == code
    assert await _count(house, "ticket") == await _count(house, "counter") == await _count(house, "consent") == 0


async def test_an_item_that_no_desk_serves_is_refused(house: House) -> None:
    await house.change("DELETE FROM desk_item")
    assert await refused(house.run(await house.citizen(), take, wish())) == "no_desk"


async def test_an_older_notice_is_refused_once_a_newer_one_is_in_force(house: House) -> None:
    await house.change(
        "INSERT INTO consent_text SELECT '2027-01', digest, content, app_now() + interval '1 hour' FROM consent_text"
    )
    await house.waiting()
    await house.move(3600)
    citizen = await house.citizen()
    assert await refused(house.run(citizen, take, wish())) == "consent_outdated"
    assert (await house.run(citizen, take, wish(consent_version="2027-01"))).created


CLOSED = [
    ("tuesday", time(8, 29), ("tuesday", "08:30")),
    ("tuesday", time(12, 30), ("tuesday", None)),
    ("tuesday", time(17, 30), ("wednesday", "08:30")),
    ("friday", time(18, 0), ("monday", "08:30")),
    ("sunday", time(10, 0), ("monday", "08:30")),
]
DAYS = ["tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "monday"]


async def _coming_week(house: House) -> dict[str, date]:
    """A week from the next Tuesday on without any holiday, so that the test holds on every day of the year."""
    await house.city.keep_hours()
    await house.change("DELETE FROM calendar_day")
    tomorrow = (await house.now()).astimezone(ZONE).date() + timedelta(days=1)
    tuesday = tomorrow + timedelta(days=(1 - tomorrow.weekday()) % 7)
    return {name: tuesday + timedelta(days=number) for number, name in enumerate(DAYS)}


@pytest.mark.parametrize(("day", "clock", "opens"), CLOSED, ids=str)
async def test_outside_hours_the_desk_says_when_it_opens(
    house: House, day: str, clock: time, opens: tuple[str, str | None]
) -> None:
    citizen, week = await house.citizen(), await _coming_week(house)
    await house.city.move_to(datetime.combine(week[day], clock, ZONE))
    with pytest.raises(Problem) as caught:
        await house.run(citizen, take, wish())
    opening = week[opens[0]]
    hour = opens[1] or ("14:30" if opening.month in {6, 7, 8, 9} else "14:00")
    assert (caught.value.code, caught.value.params) == ("desk_closed", {"opens": f"{opening:%m-%d} {hour}"})
    assert await _count(house, "ticket") == 0
    await house.city.move_to(datetime.combine(opening, time.fromisoformat(hour), ZONE))
    assert (await house.run(citizen, take, wish())).created


async def test_a_day_off_is_closed_and_a_make_up_day_open(house: House) -> None:
    citizen, week = await house.citizen(), await _coming_week(house)
    insert = "INSERT INTO calendar_day VALUES (:day, :kind, 'a test', false, false, 'a test')"
    await house.change(insert, day=week["tuesday"], kind="off")
    await house.change(insert, day=week["saturday"], kind="make_up")
    await house.city.move_to(datetime.combine(week["tuesday"], time(10), ZONE))
    assert await refused(house.run(citizen, take, wish())) == "desk_closed"
    await house.city.move_to(datetime.combine(week["saturday"], time(10), ZONE))
    assert (await house.run(citizen, take, wish())).created


async def test_a_clerk_or_a_stranger_takes_no_number(house: House) -> None:
    for actor in (await house.clerk(), Actor("anonymous"), Actor("system")):
        assert await refused(house.run(actor, take, wish())) == "not_allowed"


async def _in_state(house: House, state: str) -> tuple[Actor, TicketView]:
    citizen = await house.citizen()
    clerk = await house.clerk() if state != "waiting" else None
    ticket = await house.take(citizen)
    if clerk and state in {"serving", "parked"}:
        await house.accept(clerk)
    if state == "parked":
        await house.run(citizen, postpone, ticket.id)
    if state == "closed":
        await house.run(citizen, leave, ticket.id)
    assert await house.value("SELECT state FROM ticket WHERE id = :id", id=ticket.id) == state
    return citizen, ticket


@pytest.mark.parametrize("state", ["waiting", "ringing", "parked"])
async def test_one_may_leave_before_the_service(house: House, state: str) -> None:
    citizen, ticket = await _in_state(house, state)
    left = await house.run(citizen, leave, ticket.id)
    assert (left.state, left.close_reason) == ("closed", "left")
    assert await house.value("SELECT closed_at FROM ticket WHERE id = :id", id=ticket.id) is not None
    assert await house.value("SELECT count(*) FROM engagement WHERE state IN ('ringing', 'accepted')") == 0
    if state == "ringing":
        row = await house.row("SELECT state, reason FROM engagement")
        assert tuple(row) == ("withdrawn", "left")


@pytest.mark.parametrize("state", ["serving", "closed"])
async def test_one_cannot_leave_afterwards(house: House, state: str) -> None:
    citizen, ticket = await _in_state(house, state)
    before = await _count(house, "audit")
    assert await refused(house.run(citizen, leave, ticket.id)) == "wrong_state"
    assert await _count(house, "audit") == before


async def test_who_leaves_while_aside_leaves_a_wrap_up_to_the_clerk(house: House) -> None:
    citizen, ticket = await _in_state(house, "parked")
    await house.run(citizen, leave, ticket.id)
    row = await house.row("SELECT * FROM session")
    assert (row.state, row.end_reason) == ("wrapping", "applicant")
    assert await house.value("SELECT state FROM rating") == "asked"


async def test_a_foreign_ticket_is_not_found(house: House) -> None:
    (ticket,) = await house.waiting()
    stranger = await house.citizen()
    for act in (leave, postpone):
        assert await refused(house.run(stranger, act, ticket.id)) == "not_found"
        assert await refused(house.run(stranger, act, uuid4())) == "not_found"


@pytest.mark.parametrize("state", ["waiting", "ringing", "parked", "closed"])
async def test_only_a_call_that_connects_can_be_postponed(house: House, state: str) -> None:
    citizen, ticket = await _in_state(house, state)
    assert await refused(house.run(citizen, postpone, ticket.id)) == "wrong_state"
