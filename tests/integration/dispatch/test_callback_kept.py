"""What becomes of an agreed callback: rung for at its time, kept, missed and tried again, given up."""

from datetime import timedelta
from typing import Any

import pytest

from cloudwindow.dispatch.actions import postpone
from cloudwindow.dispatch.callback import call_back
from cloudwindow.dispatch.queries import queue
from cloudwindow.foundation.authentication import Actor
from tests.integration.dispatch.test_callback import IN_30, agreed, before_closing, called_back_from_a_call, row_of
from tests.integration.dispatch.test_recalling import kinds, open_page, said, verified
from tests.support.city import ZONE
from tests.support.house import House


async def until_the_time(house: House, citizen: Actor, more: float = 1, *, looks: bool = True) -> None:
    """Let the agreed time come; clerks are at work meanwhile, and the citizen looks at a page then, or does not."""
    due = (await row_of(house, citizen)).callback_at
    await _clerks_stay(house, (due - await house.now()).total_seconds() + more)
    if looks:
        await open_page(house, citizen)
    await house.sweep()


async def _clerks_stay(house: House, seconds: float) -> None:
    for table, column in (("tab_lease", "lease_until"), ("login", "idle_at")):
        await house.change(f"UPDATE {table} SET {column} = {column} + make_interval(secs => :s)", s=seconds)  # noqa: S608  names written above
    await house.change("UPDATE test_clock SET shift = shift + make_interval(secs => :s)", s=seconds)


async def without_a_page(house: House, seconds: float) -> None:
    """Let time pass in which no citizen looks at a page; the sweeper looks at its beginning and its end."""
    await house.sweep()
    await _clerks_stay(house, seconds)
    for _ in range(3):
        await house.sweep()


async def nobody_comes(house: House, clerk: Actor) -> None:
    """The clerk answers, and nobody is seen for longer than the grace."""
    await house.accept(clerk)
    await house.after(125)


async def reached_the_second_time(house: House, clerk: Actor, citizen: Actor) -> Any:
    """Let them talk after a callback that reached nobody; return the ticket as it was before they did."""
    await called_back_from_a_call(house, clerk, citizen)
    await until_the_time(house, citizen)
    await nobody_comes(house, clerk)
    first = await row_of(house, citizen)
    await until_the_time(house, citizen)
    joined = await house.accept(clerk)
    await house.flow(joined, clerk, citizen)
    return first


async def test_at_the_time_it_rings_before_everybody_else(house: House) -> None:
    citizen = await house.citizen()
    await agreed(house, citizen)
    await house.waiting(2)
    await until_the_time(house, citizen)
    row = await row_of(house, citizen)
    assert (row.state, row.bonus_reason) == ("waiting", "callback")
    clerk = await house.clerk()
    ring = await house.ring_of(clerk)
    assert ring.ticket_id == row.id
    facts = {fact["code"]: fact["params"] for fact in ring.why["facts"]}
    assert facts["callback"] == {"at": row.callback_at.isoformat()}
    assert row.callback_tries == 0


async def test_it_goes_on_in_the_same_session_with_whoever_answers(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await called_back_from_a_call(house, clerk, citizen)
    await house.close_tabs(clerk)
    mate = await house.clerk("zhaoshumin")
    await until_the_time(house, citizen)
    again = await house.accept(mate)
    assert again.session.id == joined.session.id
    await house.flow(again, mate, citizen)
    assert (await row_of(house, citizen)).state == "serving"
    await house.hang_up(citizen, again)
    assert (await row_of(house, citizen)).close_reason == "served"
    assert await house.value("SELECT count(*) FROM session") == 1


async def test_the_clerk_learns_of_it_after_a_missed_ring_too(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk()
    await called_back_from_a_call(house, clerk, citizen)
    await until_the_time(house, citizen)
    await house.after(21)
    assert (await row_of(house, citizen)).bonus_reason == "missed_ring"
    mate = await house.clerk("zhaoshumin")
    codes = [fact["code"] for fact in (await house.ring_of(mate)).why["facts"]]
    assert codes[-2:] == ["missed_ring", "callback"]


async def test_the_place_does_not_lapse_before_the_time_and_the_hour_after(house: House) -> None:
    citizen = await house.citizen()
    await agreed(house, citizen)
    await house.change("UPDATE ticket SET lease_until = app_now() - interval '1 s'")
    await house.sweep()
    assert (await row_of(house, citizen)).state == "parked"
    await until_the_time(house, citizen)
    await house.change("UPDATE test_clock SET shift = shift + interval '3590 s'")
    await house.sweep()
    row = await row_of(house, citizen)
    assert (row.state, row.callback_tries) == ("waiting", 0)


async def test_nobody_reached_is_tried_again_half_an_hour_later_and_given_up_the_third_time(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    await called_back_from_a_call(house, clerk, citizen)
    for tries in (1, 2):
        await until_the_time(house, citizen)
        await nobody_comes(house, clerk)
        row = await row_of(house, citizen)
        assert (row.state, row.callback_tries) == ("parked", tries)
        wait = row.callback_at - await house.now()
        assert timedelta(minutes=29) < wait <= timedelta(minutes=35)
        async with house.database.reading() as session:
            assert [queued.callback_tries for queued in await queue(session, clerk)] == [tries]
        assert (await house.state(clerk))["presence"]["work"] == "idle"
        assert await house.value("SELECT state FROM session") == "open"
    await until_the_time(house, citizen)
    await nobody_comes(house, clerk)
    row = await row_of(house, citizen)
    assert (row.state, row.close_reason) == ("closed", "callback_failed")
    assert tuple(await house.row("SELECT state, end_reason FROM session")) == ("wrapping", "dropped")
    assert (await house.state(clerk))["presence"]["work"] == "wrapping"
    reasons = [found.reason for found in await house.rows("SELECT reason FROM engagement ORDER BY offered_at")]
    assert reasons == ["callback", "not_reached", "not_reached", "dropped"]


@pytest.mark.parametrize("talked", [False, True])
async def test_where_nobody_answers_in_the_hour_it_is_tried_again_too(house: House, *, talked: bool) -> None:
    await house.city.set_parameter("dispatch.callback_tries", 2)
    citizen = await house.citizen()
    if talked:
        clerk = await house.clerk()
        await called_back_from_a_call(house, clerk, citizen)
        await house.close_tabs(clerk)
    else:
        await agreed(house, citizen)
    for state, reason in (("parked", None), ("closed", "callback_failed")):
        await until_the_time(house, citizen)
        await house.change("UPDATE test_clock SET shift = shift + interval '3601 s'")
        await house.sweep()
        row = await row_of(house, citizen)
        assert (row.state, row.close_reason) == (state, reason)
    assert await house.value("SELECT count(*) FROM session WHERE state = 'wrapping'") == int(talked)


async def test_after_hours_nothing_is_tried_again(house: House) -> None:
    await house.city.move_to(await before_closing(house, 50))
    clerk, citizen = await house.clerk(), await house.citizen()
    await called_back_from_a_call(house, clerk, citizen)
    await until_the_time(house, citizen)
    await nobody_comes(house, clerk)
    row = await row_of(house, citizen)
    assert (row.state, row.close_reason) == ("closed", "callback_failed")


async def test_a_new_agreement_counts_its_tries_anew(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    first = await reached_the_second_time(house, clerk, citizen)
    await house.run(citizen, call_back, first.id, IN_30)
    row = await row_of(house, citizen)
    assert (row.callback_tries, row.callback_id != first.callback_id) == (0, True)


@pytest.mark.parametrize("talked", [False, True])
async def test_a_lost_clerk_leaves_it_agreed_until_they_have_talked(house: House, *, talked: bool) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    await called_back_from_a_call(house, clerk, citizen)
    await until_the_time(house, citizen)
    joined = await house.accept(clerk)
    if talked:
        await house.flow(joined, clerk, citizen)
        await house.after(16)
    await house.close_tabs(clerk)
    await house.after(121)
    row = await row_of(house, citizen)
    assert (row.state, row.bonus_reason) == ("waiting", "clerk_lost")
    assert (row.callback_at is None) == talked


async def test_who_says_not_now_when_called_back_was_reached(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    await called_back_from_a_call(house, clerk, citizen)
    await until_the_time(house, citizen)
    await house.accept(clerk)
    await house.run(citizen, postpone, (await row_of(house, citizen)).id)
    row = await row_of(house, citizen)
    assert (row.state, row.callback_at, row.callback_id) == ("parked", None, None)


# What the phone is told.


async def texts(house: House, citizen: Actor) -> list[str]:
    return [text for _, text in await said(house, citizen)]


def clock(row: Any) -> str:
    return f"{row.callback_at.astimezone(ZONE):%H:%M}"


async def test_the_ring_of_a_callback_is_said_although_an_earlier_ring_was(house: House) -> None:
    citizen, clerk = await verified(house), await house.clerk()
    await called_back_from_a_call(house, clerk, citizen)
    await until_the_time(house, citizen, looks=False)
    row = await row_of(house, citizen)
    await house.sweep()
    assert await kinds(house, citizen) == ["recall_ringing", "recall_ringing"]
    assert (await texts(house, citizen))[1].startswith(f"云A001：约好 {clock(row)} 的回呼到了")


async def test_where_all_clerks_are_busy_the_time_is_said_and_then_the_ring(house: House) -> None:
    citizen = await verified(house)
    await agreed(house, citizen)
    await until_the_time(house, citizen, looks=False)
    await house.sweep()
    near = (await texts(house, citizen))[-1]
    assert f"约好 {clock(await row_of(house, citizen))} 的回呼到了，下一位就是您" in near
    await house.clerk()
    await house.sweep()
    assert (await kinds(house, citizen))[-2:] == ["recall_near", "recall_ringing"]


async def test_a_callback_that_is_moved_is_said(house: House) -> None:
    citizen, clerk = await verified(house), await house.clerk()
    await called_back_from_a_call(house, clerk, citizen)
    await until_the_time(house, citizen, looks=False)
    await nobody_comes(house, clerk)
    assert (await kinds(house, citizen))[-1] == "callback_moved"
    assert f"改在 {clock(await row_of(house, citizen))} 再回呼" in (await texts(house, citizen))[-1]


async def test_a_page_that_is_open_rings_itself(house: House) -> None:
    citizen = await verified(house)
    await agreed(house, citizen)
    await until_the_time(house, citizen)
    clerk = await house.clerk()
    await house.sweep()
    assert await house.ring_of(clerk) is not None
    assert await house.value("SELECT count(*) FROM message") == 0


async def test_who_opens_the_page_a_little_late_is_rung(house: House) -> None:
    guest = await house.citizen()
    await agreed(house, guest)
    clerk = await house.clerk()
    await until_the_time(house, guest, looks=False)
    await without_a_page(house, 200)
    assert await house.ring_of(clerk) is None
    await open_page(house, guest)
    await house.move(6)
    await house.sweep()
    assert (await house.ring_of(clerk)).ticket_id == (await row_of(house, guest)).id
    assert (await row_of(house, guest)).callback_tries == 0


async def test_a_downtime_over_the_time_takes_nothing_of_the_patience(house: House) -> None:
    guest = await house.citizen()
    ticket = await agreed(house, guest)
    clerk = await house.clerk()
    await until_the_time(house, guest, more=-5, looks=False)
    await house.change("UPDATE heartbeat SET at = at - interval '1000 s'")
    await house.change("UPDATE test_clock SET shift = shift + interval '1000 s'")
    await house.change("UPDATE tab_lease SET lease_until = app_now() + interval '45 s'")
    await house.sweeper.sweep()
    await house.sweeper.sweep()
    row = await row_of(house, guest)
    assert (row.state, row.callback_at, row.callback_tries) == ("parked", ticket.callback_at, 0)
    await open_page(house, guest)
    await house.move(6)
    await house.sweep()
    assert await house.ring_of(clerk) is not None


async def test_no_clerk_waits_for_whom_neither_page_nor_phone_would_ring(house: House) -> None:
    guest = await house.citizen()
    await agreed(house, guest)
    clerk = await house.clerk()
    for tries in (1, 2, 3):
        await until_the_time(house, guest, looks=False)
        await without_a_page(house, 290)
        assert (await row_of(house, guest)).callback_tries == tries - 1
        await without_a_page(house, 15)
        row = await row_of(house, guest)
        assert (row.state, row.close_reason) == (("parked", None) if tries < 3 else ("closed", "callback_failed"))
        assert await house.ring_of(clerk) is None
    assert await house.value("SELECT count(*) FROM engagement") == 0
    assert await house.value("SELECT count(*) FROM message") == 0
