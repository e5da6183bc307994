"""Answering a ring: one answer only, in time, whoever else moves at the same moment."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from cloudwindow.calls.schemas import Accepted
from cloudwindow.dispatch import accept
from cloudwindow.dispatch.actions import leave
from cloudwindow.dispatch.ringing import decline, miss, tab_gone
from cloudwindow.dispatch.schemas import DeclineRequest
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.idempotency import Key
from tests.support.house import House, at_once, refused

COHERENT = """
    SELECT count(*) FROM ticket t
    WHERE (t.state = 'ringing') <> EXISTS (SELECT 1 FROM engagement e WHERE e.ticket_id = t.id AND e.state = 'ringing')
       OR (t.state = 'serving') <> EXISTS (SELECT 1 FROM engagement e WHERE e.ticket_id = t.id AND e.state = 'accepted')
"""
ROUNDS = 5


async def test_the_first_tab_that_answers_wins(house: House) -> None:
    clerk = await house.clerk()
    await house.waiting()
    ring = await house.ring_of(clerk)
    answers = await at_once(*[partial(house.run, clerk, accept, ring.id) for _ in range(4)])
    assert answers.count("ring_over") == 3
    assert await refused(house.run(clerk, accept, ring.id)) == "ring_over"
    assert await house.value("SELECT count(*) FROM call") == 1
    assert await house.value("SELECT count(*) FROM session") == 1


async def test_the_same_tab_gets_its_answer_again(house: House) -> None:
    clerk = await house.clerk()
    await house.waiting()
    ring = await house.ring_of(clerk)
    assert clerk.login_id is not None
    key = Key(clerk.login_id, uuid4(), b"accept", Accepted)
    first = await house.actions.once(clerk, key, accept, ring.id)
    assert await house.actions.once(clerk, key, accept, ring.id) == first
    assert await house.value("SELECT count(*) FROM call") == 1


async def test_a_ring_that_ran_out_cannot_be_answered(house: House) -> None:
    clerk = await house.clerk()
    (ticket,) = await house.waiting()
    ring = await house.ring_of(clerk)
    await house.move(19)
    assert await house.ring_of(clerk)
    await house.move(1)  # due, and not swept yet
    for act in (partial(accept, engagement_id=ring.id), None):
        running = (
            house.run(clerk, accept, ring.id)
            if act
            else house.run(clerk, decline, ring.id, DeclineRequest(reason="need_break"))
        )
        assert await refused(running) == "ring_over"
    await house.sweep()
    assert await refused(house.run(clerk, accept, ring.id)) == "ring_over"
    assert await house.value("SELECT state FROM ticket WHERE id = :id", id=ticket.id) == "waiting"


async def test_a_ring_of_somebody_else_is_not_found(house: House) -> None:
    clerk, other = await house.clerk(), await house.clerk("zhaoshumin", ready=False)
    await house.waiting()
    ring = await house.ring_of(clerk)
    citizen = await house.citizen()
    for actor in (other, citizen):
        assert await refused(house.run(actor, accept, ring.id)) == "not_found"
        answer = house.run(actor, decline, ring.id, DeclineRequest(reason="need_break"))
        assert await refused(answer) == "not_found"
    assert await refused(house.run(clerk, accept, uuid4())) == "not_found"
    assert (await house.ring_of(clerk)).id == ring.id


async def test_answering_and_leaving_at_once(house: House) -> None:
    seen = set()
    for round_ in range(ROUNDS):
        clerk = await house.clerk()
        citizen = await house.citizen()
        ticket = await house.take(citizen)
        ring = await house.ring_of(clerk)
        calls: list[Callable[[], Awaitable[Any]]] = [partial(house.run, clerk, accept, ring.id)]
        calls += [partial(house.run, citizen, leave, ticket.id)]
        answers = await at_once(*(calls if round_ % 2 else calls[::-1]))
        assert await house.value(COHERENT) == 0
        state = await house.value("SELECT state FROM ticket WHERE id = :id", id=ticket.id)
        assert [answer for answer in answers if isinstance(answer, str)] == [
            {"serving": "wrong_state", "closed": "ring_over"}[state]
        ]
        seen.add(state)
        await house.change("UPDATE engagement SET state = 'ended'")
        await house.change("UPDATE ticket SET state = 'closed'")
    assert seen <= {"serving", "closed"}


async def test_answering_and_running_out_at_once(house: House) -> None:
    for round_ in range(ROUNDS):
        clerk = await house.clerk()
        (ticket,) = await house.waiting()
        ring = await house.ring_of(clerk)
        await house.change("UPDATE engagement SET expires_at = app_now() + interval '20 ms' WHERE id = :id", id=ring.id)
        calls: list[Callable[[], Awaitable[Any]]] = [partial(house.run, clerk, accept, ring.id)]
        calls += [partial(house.run, SYSTEM, miss, ring.id)]
        calls += [partial(house.run, SYSTEM, miss, ring.id) for _ in range(3)]
        await at_once(*(calls if round_ % 2 else calls[::-1]))
        await house.move(1)
        await house.run(SYSTEM, miss, ring.id)
        assert await house.value(COHERENT) == 0
        row = await house.row("SELECT state FROM engagement WHERE id = :id", id=ring.id)
        assert row.state in {"accepted", "missed"}
        await house.change("UPDATE engagement SET state = 'ended', ended_at = app_now() - interval '1 day'")
        await house.change("UPDATE ticket SET state = 'closed' WHERE id = :id", id=ticket.id)


async def test_running_out_is_counted_once_by_however_many_sweepers(house: House) -> None:
    clerk = await house.clerk()
    await house.waiting()
    ring = await house.ring_of(clerk)
    await house.move(20)
    await at_once(*[partial(house.run, SYSTEM, miss, ring.id) for _ in range(4)])
    assert (await house.presence(clerk)).misses == 1
    assert (await house.row("SELECT count(*) AS n FROM audit WHERE action = 'engagement.miss'")).n == 2


async def test_a_ring_to_a_clerk_whose_last_page_closed_moves_on(house: House) -> None:
    clerk, colleague = await house.clerk(), await house.clerk("zhaoshumin")
    (ticket,) = await house.waiting()
    rung, other = (clerk, colleague) if await house.ring_of(clerk) else (colleague, clerk)
    ring = await house.ring_of(rung)
    await house.run(SYSTEM, tab_gone, ring.id)
    assert await house.ring_of(rung)  # the page is open
    await house.close_tabs(rung)
    await house.sweep()
    assert await house.ring_of(rung) is None
    assert (await house.ring_of(other)).ticket_id == ticket.id
    row = await house.row("SELECT state, reason FROM engagement WHERE id = :id", id=ring.id)
    assert tuple(row) == ("withdrawn", "tab_gone")
    assert (await house.presence(rung)).misses == 0
    await house.open_tab(rung)
    await house.sweep()
    assert await house.ring_of(rung) is None  # the ticket rings elsewhere


@pytest.mark.parametrize("seconds", [None, 45])
async def test_a_desk_may_ring_longer(house: House, seconds: int | None) -> None:
    await house.change("UPDATE desk SET ring_seconds = :s", s=seconds)
    clerk = await house.clerk()
    await house.waiting()
    ring = await house.ring_of(clerk)
    assert (ring.expires_at - ring.offered_at).total_seconds() == (seconds or 20)
    assert (await house.state(clerk))["offer"]["ring_seconds"] == (seconds or 20)


async def test_an_offer_says_why(house: House) -> None:
    clerk = await house.clerk(ready=False)
    await house.take(await house.citizen(), elderly=True)
    await house.move(90)
    await house.ready(clerk)
    why = (await house.ring_of(clerk)).why
    assert (why["rule"], why["candidates"], why["level"]) == ("head_of_queue", 1, 3)
    assert 90 <= why["waited_seconds"] <= 95
    assert [fact["code"] for fact in why["facts"]] == ["only_free", "skill", "waited", "elderly"]
