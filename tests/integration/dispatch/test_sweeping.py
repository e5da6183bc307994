"""Deadlines are rows: what the sweeper does when they are due, and how one bad row holds nobody up."""

from uuid import UUID

import pytest

from cloudwindow.calls.schemas import Draft
from cloudwindow.calls.wrapping import save_draft
from cloudwindow.dispatch.actions import postpone
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.sweeper import Sweep, Sweeper
from cloudwindow.people import set_presence
from cloudwindow.people.actions import sign_out
from cloudwindow.people.schemas import PresenceRequest
from tests.support.house import House, refused


async def _state(house: House, ticket_id: UUID) -> str:
    found: str = await house.value("SELECT state FROM ticket WHERE id = :id", id=ticket_id)
    return found


async def _want(house: House, clerk: Actor, wanted: str) -> str | None:
    """Ask for a break or for being off; returns the refusal."""
    try:
        await house.run(clerk, set_presence, PresenceRequest.model_validate({"wanted": wanted}))
    except Problem as problem:
        return problem.code
    return None


async def test_set_aside_for_a_minute_then_at_the_head(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.serve(clerk, citizen)
    aside = await house.run(citizen, postpone, (await house.state(citizen))["ticket"]["id"])
    assert aside.state == "parked"
    assert aside.parked_until is not None
    assert (await house.presence(clerk)).misses == 0
    assert (await house.state(clerk))["presence"]["work"] == "idle"
    other = await house.take(await house.citizen(), elderly=True)
    assert (await house.ring_of(clerk)).ticket_id == other.id
    await house.after(10)
    assert await _state(house, aside.id) == "parked"
    await house.miss_or_decline(clerk, "decline")
    await house.after(50)
    assert (await house.ring_of(clerk)).ticket_id == aside.id
    row = await house.row("SELECT * FROM ticket WHERE id = :id", id=aside.id)
    assert (row.bonus_reason, row.parked_until) == ("postponed", None)
    again = await house.accept(clerk)
    assert again.session.id == joined.session.id
    assert again.call.id != joined.call.id


async def test_a_page_that_is_gone_keeps_its_place_for_the_grace(house: House) -> None:
    (ticket,) = await house.waiting()
    await house.change("UPDATE test_clock SET shift = shift + interval '280 s'")  # nobody renews
    await house.sweep()
    assert await _state(house, ticket.id) == "waiting"
    await house.change("UPDATE test_clock SET shift = shift + interval '21 s'")
    await house.sweep()
    row = await house.row("SELECT * FROM ticket WHERE id = :id", id=ticket.id)
    assert (row.state, row.close_reason) == ("closed", "expired")
    assert row.closed_at is not None


async def test_a_page_that_is_gone_while_aside(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    await house.serve(clerk, citizen)
    ticket = await house.run(citizen, postpone, (await house.state(citizen))["ticket"]["id"])
    await house.change("UPDATE ticket SET lease_until = app_now(), parked_until = app_now() + interval '1 hour'")
    await house.sweep()
    assert await _state(house, ticket.id) == "closed"
    session = await house.row("SELECT * FROM session")
    assert (session.state, session.end_reason) == ("wrapping", "dropped")
    assert [entry["ticket_id"] for entry in (await house.state(clerk))["unfinished"]] == [str(ticket.id)]


async def test_who_expired_without_an_answer_comes_back_as_anybody(house: House) -> None:
    citizen = await house.citizen()
    await house.take(citizen)
    await house.change("UPDATE ticket SET lease_until = app_now()")
    await house.sweep()
    ticket = await house.take(citizen)
    assert await house.value("SELECT bonus_reason FROM ticket WHERE id = :id", id=ticket.id) is None


async def _wrapping(house: House) -> tuple[Actor, UUID]:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.hang_up(citizen, joined)
    return clerk, joined.session.id


async def test_when_the_time_for_the_wrap_up_is_over_the_clerk_is_ready_and_the_draft_kept(house: House) -> None:
    clerk, session_id = await _wrapping(house)
    draft = Draft(outcome="solved", summary="已经讲清楚", next_step="none")
    await house.run(clerk, save_draft, session_id, draft)
    await house.waiting()
    state = await house.state(clerk)
    assert (state["presence"]["work"], state["session"]["id"]) == ("wrapping", str(session_id))
    await house.after(179)
    assert await house.ring_of(clerk) is None
    await house.after(1)
    state = await house.state(clerk)
    assert (state["presence"]["work"], state["session"]) == ("ringing", None)
    (unfinished,) = state["unfinished"]
    assert unfinished["session_id"] == str(session_id)
    assert unfinished["draft"]["summary"] == "已经讲清楚"
    assert await house.value("SELECT state FROM session") == "wrapping"


@pytest.mark.parametrize("late", [False, True])
async def test_unfinished_wrap_ups_block_break_and_off(house: House, *, late: bool) -> None:
    clerk, session_id = await _wrapping(house)
    if late:
        await house.after(181)
    before = await house.presence(clerk)
    for wanted in ("break", "off"):
        assert await _want(house, clerk, wanted) == "unfinished_wrap_ups"
    assert await refused(house.run(clerk, sign_out)) == "unfinished_wrap_ups"
    assert await house.presence(clerk) == before
    await house.close(clerk, session_id)
    assert await _want(house, clerk, "break") is None
    assert await _want(house, clerk, "off") is None
    await house.run(clerk, sign_out)


async def test_nobody_breaks_off_while_rung_or_serving(house: House) -> None:
    clerk = await house.clerk()
    await house.waiting()
    assert await _want(house, clerk, "break") == "still_serving"
    await house.accept(clerk)
    assert await _want(house, clerk, "off") == "still_serving"
    assert await _want(house, clerk, "ready") is None


async def test_a_desk_may_give_more_time_for_the_wrap_up(house: House) -> None:
    await house.change("UPDATE desk SET wrap_up_seconds = 240")
    clerk, _ = await _wrapping(house)
    await house.after(181)
    assert (await house.state(clerk))["presence"]["work"] == "wrapping"
    await house.after(60)
    assert (await house.state(clerk))["presence"]["work"] == "idle"


async def test_two_sweepers_do_each_row_once(house: House) -> None:
    clerks = [await house.clerk(name) for name in ("zhangyanli", "zhaoshumin")]
    await house.waiting(2)
    await house.move(20)
    second = Sweeper(house.actions, house.sweeper._sweeps)
    await house.sweep()
    await second.sweep()
    assert [(await house.presence(clerk)).misses for clerk in clerks] == [1, 1]


async def test_a_row_that_fails_holds_nobody_up(house: House) -> None:
    seen: list[UUID] = []

    @action("test.sometimes")
    async def sometimes(_tx: Tx, id_: UUID) -> None:
        seen.append(id_)
        if len(seen) < 3:
            raise ZeroDivisionError if len(seen) == 1 else Problem("wrong_state")

    await house.waiting(3)
    sweep = Sweep("sometimes", "SELECT id FROM ticket ORDER BY id LIMIT :batch", sometimes)
    assert await Sweeper(house.actions, [sweep]).sweep() == 3
    assert len(seen) == 3


async def test_a_follow_up_that_fails_takes_nothing_back(house: House) -> None:
    @action("test.fails")
    async def fails(_tx: Tx) -> None:
        raise ZeroDivisionError

    @action("test.does")
    async def does(tx: Tx) -> str:
        tx.audit("test", None, done=True)
        tx.follow_up(fails)
        return "done"

    assert await house.run(Actor("system"), does) == "done"
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'test.does'") == 1


async def test_tabs_of_a_process_that_died_are_forgotten_after_an_hour(house: House) -> None:
    await house.clerk(ready=False)
    await house.change("UPDATE tab_lease SET lease_until = app_now() - interval '59 minutes'")
    await house.sweep()
    assert await house.value("SELECT count(*) FROM tab_lease") == 1
    await house.after(120)
    assert await house.value("SELECT count(*) FROM tab_lease") == 0
