"""No double assignment (invariant 1): the indexes refuse it, by themselves too, and without them it would happen."""

import random
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from cloudwindow.dispatch import accept, match_ticket, ring_next
from cloudwindow.dispatch.ringing import decline
from cloudwindow.dispatch.schemas import DeclineRequest
from cloudwindow.foundation import failpoints
from cloudwindow.foundation.authentication import SYSTEM, Actor
from cloudwindow.foundation.ids import new_id
from tests.support.city import CITY
from tests.support.house import House, at_once, id_of

INSERT = """
    INSERT INTO engagement (id, kind, ticket_id, staff_id, desk_id, state, why, offered_at, expires_at)
    SELECT $1, $4, t.id, $3, t.desk_id, $5, '{}', app_now(), app_now() FROM ticket t WHERE t.id = $2
"""
DOUBLES = """
    SELECT (SELECT count(*) FROM (SELECT 1 FROM engagement WHERE state IN ('ringing', 'accepted')
                                  GROUP BY staff_id HAVING count(*) > 1) s) AS persons,
           (SELECT count(*) FROM (SELECT 1 FROM engagement WHERE state IN ('ringing', 'accepted') AND kind = 'serve'
                                  GROUP BY ticket_id HAVING count(*) > 1) t) AS tickets
"""
DISAGREEING = """
    SELECT count(*) FROM ticket t
    WHERE (t.state = 'ringing') <> EXISTS (SELECT 1 FROM engagement e WHERE e.ticket_id = t.id AND e.state = 'ringing')
       OR (t.state = 'serving') <> EXISTS (SELECT 1 FROM engagement e WHERE e.ticket_id = t.id AND e.state = 'accepted')
"""
ROUNDS = 12


async def _two_raw_inserts(house: House, first: tuple[UUID, UUID], second: tuple[UUID, UUID], kind: str) -> None:
    """Insert two live engagements in two transactions that are open at the same time; the first one commits."""
    one, two = await house.database.connect_alone(), await house.database.connect_alone()
    try:
        async with two.transaction():
            await two.execute("SELECT 1")
            async with one.transaction():
                await one.execute(INSERT, new_id(), *first, "serve", "accepted")
            await two.execute(INSERT, new_id(), *second, kind, "ringing")
    finally:
        await one.close()
        await two.close()


async def test_the_indexes_refuse_a_second_live_engagement(house: House) -> None:
    one, two = [(await house.clerk(name, ready=False)).id for name in ("zhangyanli", "zhaoshumin")]
    first, second = [ticket.id for ticket in await house.waiting(2)]
    assert one is not None
    assert two is not None
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_engagement_live_staff"):
        await _two_raw_inserts(house, (first, one), (second, one), "serve")
    await house.change("UPDATE engagement SET state = 'ended'")
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_engagement_live_ticket"):
        await _two_raw_inserts(house, (first, one), (first, two), "serve")
    await house.change("UPDATE engagement SET state = 'ended'")
    await _two_raw_inserts(house, (first, one), (first, two), "invite")  # an expert may be asked in
    assert tuple(await house.row(DOUBLES)) == (0, 0)


async def _prepare(house: House) -> list[Actor]:
    await house.change("UPDATE parameter SET value = '0' WHERE key = 'dispatch.exclude_seconds'")
    await house.waiting(8, item="P18", region=CITY)
    return [await house.clerk(name) for name in ("wangjunfeng", "chenxiaona", "sunmengjie")]


async def _assign(house: House, clerks: list[Actor], dice: random.Random) -> None:
    """Everything that assigns, at the same moment, for every clerk and some tickets."""
    waiting = await house.rows("SELECT id FROM ticket WHERE state = 'waiting' ORDER BY queue_key LIMIT 4")
    calls: list[Callable[[], Awaitable[Any]]] = [
        partial(house.run, SYSTEM, ring_next, id_of(clerk)) for clerk in clerks for _ in range(3)
    ]
    calls += [partial(house.run, SYSTEM, match_ticket, ticket.id) for ticket in waiting]
    dice.shuffle(calls)
    await at_once(*calls)


async def _answer(house: House, clerks: list[Actor], dice: random.Random) -> None:
    """Whoever is rung accepts or declines, each from two tabs at the same moment."""
    answers: list[Callable[[], Awaitable[Any]]] = []
    for clerk in clerks:
        if ring := await house.ring_of(clerk):
            no = DeclineRequest(reason="busy_paperwork")
            answer: Callable[[], Awaitable[Any]] = partial(house.run, clerk, accept, ring.id)
            if dice.random() < 0.7:
                answer = partial(house.run, clerk, decline, ring.id, no)
            answers += [answer] * 2
    await at_once(*answers)


@pytest.mark.parametrize("locks", ["on", "off"])
async def test_the_race_ends_without_a_double(house: House, locks: str) -> None:
    clerks = await _prepare(house)
    if locks == "off":
        failpoints.arm("matching.no_locks", "on")
    for round_ in range(ROUNDS):
        dice = random.Random(round_)  # noqa: S311  a test's dice
        await _assign(house, clerks, dice)
        await _answer(house, clerks, dice)
        assert tuple(await house.row(DOUBLES)) == (0, 0)
        assert await house.value(DISAGREEING) == 0
        if await house.value("SELECT count(*) FROM engagement WHERE state = 'accepted'") == len(clerks):
            break
    assert await house.value("SELECT count(*) FROM engagement") >= ROUNDS // 2


LIVE_TICKET, LIVE_STAFF = "uq_engagement_live_ticket", "uq_engagement_live_staff"


@pytest.mark.parametrize("dropped", [[LIVE_TICKET], [LIVE_TICKET, LIVE_STAFF]], ids=["ticket", "both"])
async def test_without_locks_and_an_index_the_race_finds_a_double(house: House, dropped: list[str]) -> None:
    clerks = await _prepare(house)
    failpoints.arm("matching.no_locks", "on")
    for index in dropped:
        await house.change(f"DROP INDEX {index}")
    found = (0, 0)
    for round_ in range(ROUNDS):
        await house.change("UPDATE engagement SET state = 'ended', ended_at = app_now() - interval '1 day'")
        await house.change("UPDATE ticket SET state = 'waiting' WHERE state <> 'closed'")
        await _assign(house, clerks, random.Random(round_))  # noqa: S311  a test's dice
        persons, tickets = await house.row(DOUBLES)
        found = (found[0] + persons, found[1] + tickets)
        if found[1] and (found[0] or len(dropped) == 1):
            break
    assert found[1] > 0
    assert (found[0] > 0) is (len(dropped) == 2)
