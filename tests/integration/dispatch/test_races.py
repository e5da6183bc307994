"""Two things at the same moment, from two processes: whoever comes second finds what the first made, and says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from cloudwindow.calls.calling import end, join
from cloudwindow.calls.schemas import Accepted, ApplicantSession, CallView, Joined
from cloudwindow.calls.wrapping import wrap_up
from cloudwindow.dispatch import accept
from cloudwindow.dispatch.actions import leave, postpone
from cloudwindow.dispatch.ringing import decline, wrap_up_over
from cloudwindow.dispatch.schemas import Declined, DeclineRequest
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import SYSTEM, Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.idempotency import Key
from tests.integration.kills.invariants import check
from tests.support.city import open_city
from tests.support.cluster import Cluster
from tests.support.house import House, at_once, id_of, open_house, refused, summary

Houses = tuple[House, House]
REFUSED = {"ring_over", "wrong_state", "call_over", "not_found"}


@pytest.fixture
async def houses(cluster: Cluster) -> AsyncIterator[Houses]:
    """Two processes on one city."""
    async with open_city(cluster) as city, open_house(city) as one, open_house(city) as other:
        yield one, other


async def _ringing(house: House) -> tuple[Actor, Actor, UUID]:
    clerk, citizen = await house.clerk(), await house.citizen()
    await house.take(citizen)
    ring = await house.ring_of(clerk)
    return clerk, citizen, ring.id


def _one_won(answers: list[Any]) -> None:
    won = [answer for answer in answers if not isinstance(answer, str)]
    assert len(won) == 1
    assert {answer for answer in answers if isinstance(answer, str)} <= REFUSED


@pytest.mark.parametrize("first", range(2))
@pytest.mark.parametrize("_round", range(4))
async def test_leaving_against_accepting(houses: Houses, first: int, _round: int) -> None:
    one, other = houses
    clerk, citizen, ring = await _ringing(one)
    ticket = (await one.state(citizen))["ticket"]["id"]
    both = [partial(one.run, citizen, leave, ticket), partial(other.run, clerk, accept, ring)]
    _one_won(await at_once(*(both if first == 0 else reversed(both))))
    await check(one.city)
    assert (await one.state(citizen))["ticket"]["state"] in {"closed", "serving"}


@pytest.mark.parametrize("_round", range(4))
async def test_accepting_against_the_end_of_the_ring(houses: Houses, _round: int) -> None:
    """At the last moment either counts, but only one: the clerk talks, or the ring was missed once."""
    one, other = houses
    clerk, citizen, ring = await _ringing(one)
    await one.move(20)
    await at_once(one.sweep, partial(other.run, clerk, accept, ring), other.sweep)
    await check(one.city)
    state = (await one.state(citizen))["ticket"]["state"]
    misses = await one.value("SELECT misses FROM presence WHERE staff_id = :id", id=clerk.id)
    assert (state, misses) in {("serving", 0), ("waiting", 1), ("ringing", 1)}


@pytest.mark.parametrize("_round", range(4))
async def test_two_sweepers_count_a_missed_ring_once(houses: Houses, _round: int) -> None:
    one, other = houses
    clerk, _citizen, ring = await _ringing(one)
    await one.move(21)
    await at_once(one.sweep, other.sweep, one.sweep, other.sweep)
    assert await one.value("SELECT misses FROM presence WHERE staff_id = :id", id=clerk.id) == 1
    audited = await one.value(
        "SELECT count(*) FROM audit WHERE subject_id = :id AND action = 'engagement.miss'", id=ring
    )
    assert audited == 1
    await check(one.city)


async def test_two_tabs_accept_one_ring(houses: Houses) -> None:
    one, other = houses
    clerk, _citizen, ring = await _ringing(one)
    _one_won(await at_once(partial(one.run, clerk, accept, ring), partial(other.run, clerk, accept, ring)))
    await check(one.city)


@pytest.mark.parametrize("_round", range(4))
async def test_accepting_against_declining(houses: Houses, _round: int) -> None:
    one, other = houses
    clerk, _citizen, ring = await _ringing(one)
    no = DeclineRequest(reason="busy_paperwork")
    _one_won(await at_once(partial(one.run, clerk, accept, ring), partial(other.run, clerk, decline, ring, no)))
    await check(one.city)


async def test_both_hang_up(houses: Houses) -> None:
    one, other = houses
    clerk, citizen = await one.clerk(), await one.citizen()
    joined = await one.talk(clerk, citizen)
    _one_won(
        await at_once(partial(one.run, clerk, end, joined.call.id), partial(other.run, citizen, end, joined.call.id))
    )
    await check(one.city)


def _once(house: House, actor: Actor, key: Key, act: Any, args: tuple[Any, ...]) -> Any:
    return lambda: house.actions.once(actor, key, act, *args)


async def test_an_answer_that_was_lost_is_given_again_by_the_other_process(houses: Houses) -> None:
    """Every step of a service, each asked of both processes with one key at once, and once more later."""
    one, other = houses
    clerk, citizen, ring = await _ringing(one)

    async def twice(actor: Actor, model: Any, act: Any, *args: Any) -> Any:
        assert actor.login_id is not None
        key = Key(actor.login_id, uuid4(), b"a", model)
        calls: list[Any] = [_once(house, actor, key, act, args) for house in (one, other)]
        first, second = await at_once(*calls)
        assert first == second
        assert await calls[0]() == first
        return first

    answer = Accepted.model_validate(await twice(clerk, Accepted, accept, ring))
    call, session = answer.call.id, answer.session.id
    joined = await twice(citizen, Joined, join, call)
    assert joined.attempt == 1
    await twice(citizen, CallView, end, call)
    await twice(clerk, ApplicantSession, wrap_up, session, summary())
    await check(one.city)


async def test_a_decline_is_asked_twice(houses: Houses) -> None:
    one, other = houses
    clerk, _citizen, ring = await _ringing(one)
    assert clerk.login_id is not None
    key, no = Key(clerk.login_id, uuid4(), b"a", Declined), DeclineRequest(reason="busy_paperwork")
    first, second = await at_once(*(partial(house.actions.once, clerk, key, decline, ring, no) for house in houses))
    assert first == second
    assert await refused(other.run(clerk, decline, ring, no)) == "ring_over"
    await check(one.city)


async def test_a_deadlock_runs_its_victim_once_more(houses: Houses) -> None:
    """Two actions lock two rows in opposite order, each waiting for the other's first lock."""
    one, other = houses
    await one.change("INSERT INTO counter (name, value) VALUES ('a', 0), ('b', 0)")
    holding, begun = {"a": asyncio.Event(), "b": asyncio.Event()}, {"a": 0, "b": 0}
    lock = text("SELECT value FROM counter WHERE name = :name FOR UPDATE")

    @action("test.cross")
    async def cross(tx: Tx, mine: str, theirs: str) -> None:
        begun[mine] += 1
        await tx.session.execute(lock, {"name": mine})
        holding[mine].set()
        await holding[theirs].wait()
        await tx.session.execute(lock, {"name": theirs})
        await tx.session.execute(text("UPDATE counter SET value = value + 1 WHERE name IN ('a', 'b')"))
        tx.audit("counter", None, by=mine)

    await at_once(partial(one.run, SYSTEM, cross, "a", "b"), partial(other.run, SYSTEM, cross, "b", "a"))
    assert sorted(begun.values()) == [1, 2]  # PostgreSQL chose one, and it was run again
    assert [row.value for row in await one.rows("SELECT value FROM counter WHERE name IN ('a', 'b')")] == [2, 2]
    assert await one.value("SELECT count(*) FROM audit WHERE action = 'test.cross'") == 2


async def test_a_deadlock_that_comes_twice_is_told_and_changes_nothing(house: House) -> None:
    calls = 0

    @action("test.always_deadlocked")
    async def deadlocked(tx: Tx) -> None:
        nonlocal calls
        calls += 1
        await tx.session.execute(text("INSERT INTO counter (name, value) VALUES ('left', 1)"))
        await tx.session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$"))

    with pytest.raises(Problem, match="busy_try_again"):
        await house.run(SYSTEM, deadlocked)
    assert calls == 2
    assert await house.value("SELECT count(*) FROM counter WHERE name = 'left'") == 0


async def test_two_matters_of_one_clerk_end_at_once_and_the_workbench_knows_of_both(houses: Houses) -> None:
    one, other = houses
    clerk, citizens = await one.clerk(), [await one.citizen() for _ in range(2)]
    tickets = []
    for citizen in citizens:
        await one.serve(clerk, citizen)
        tickets.append((await one.state(citizen))["ticket"]["id"])
        await one.run(citizen, postpone, tickets[-1])
    async with _nobody_told(one, clerk):  # both get as far as telling the workbench, then both go on
        leaving = [
            asyncio.create_task(house.run(citizen, leave, ticket))
            for house, citizen, ticket in zip(houses, citizens, tickets, strict=True)
        ]
        await _blocked(other, 2)
    await asyncio.gather(*leaving)
    assert len((await one.state(clerk))["unfinished"]) == 2
    assert (await one.told(clerk))["unfinished"] == (await one.state(clerk))["unfinished"]


async def test_a_wrap_up_runs_out_late_while_the_next_citizen_joins(houses: Houses) -> None:
    one, other = houses
    clerk, before, citizen = await one.clerk(), await one.citizen(), await one.citizen()
    await one.hang_up(before, await one.talk(clerk, before))
    await one.move(181)
    joined = await one.serve(clerk, citizen)
    async with _nobody_told(one, clerk):
        joining = asyncio.create_task(one.run(citizen, join, joined.call.id))
        await _blocked(one, 1)
        running_out = asyncio.create_task(other.run(SYSTEM, wrap_up_over, id_of(clerk)))
        await _blocked(one, 2)
    await asyncio.gather(joining, running_out)
    for part in ("session", "call", "unfinished"):
        assert (await one.told(clerk))[part] == (await one.state(clerk))[part]


@asynccontextmanager
async def _nobody_told(house: House, clerk: Actor) -> AsyncIterator[None]:
    """Meanwhile whoever wants to tell a clerk's workbench waits, in the order in which they came."""
    async with house.database.transaction() as held:
        query = text("SELECT 1 FROM event_stream WHERE stream = :stream FOR UPDATE")
        await held.execute(query, {"stream": f"staff:{clerk.id}"})
        yield


async def _blocked(house: House, number: int) -> None:
    """Wait until so many transactions of this city wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(10):
        while await house.value(waiting) < number:  # noqa: ASYNC110  others change it
            await asyncio.sleep(0.01)
