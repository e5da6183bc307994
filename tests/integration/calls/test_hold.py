"""Hold: both sides are told, the time is measured, and the end of a call ends it."""

import pytest

from cloudwindow.calls.calling import join
from cloudwindow.calls.hold import hold, resume
from cloudwindow.calls.schemas import Accepted
from cloudwindow.foundation.authentication import Actor
from tests.support.house import House, refused

HOLD = "SELECT round(extract(epoch FROM ended_at - started_at))::int AS seconds, end_reason FROM call_hold"

SLACK = 20
"""Seconds that a busy machine may take itself, while the clock is moved."""


class Talk:
    """A clerk and a citizen who talk."""

    def __init__(self, house: House, clerk: Actor, citizen: Actor, joined: Accepted) -> None:
        self.house, self.clerk, self.citizen, self.call = house, clerk, citizen, joined.call.id
        self.joined = joined


@pytest.fixture
async def talk(house: House) -> Talk:
    clerk, citizen = await house.clerk(), await house.citizen()
    return Talk(house, clerk, citizen, await house.talk(clerk, citizen))


async def _kinds(house: House) -> list[str]:
    rows = await house.rows("SELECT kind FROM session_event WHERE kind LIKE 'hold%' ORDER BY seq")
    return [row.kind for row in rows]


async def test_both_sides_are_told_and_the_time_is_measured(talk: Talk) -> None:
    house = talk.house
    view = await house.run(talk.clerk, hold, talk.call)
    assert view.hold is not None
    assert (view.hold.remind_at - view.hold.started_at).total_seconds() == 120
    for side in (talk.clerk, talk.citizen):
        assert (await house.told(side))["call"]["hold"] is not None
        assert (await house.told(side))["call"] == (await house.state(side))["call"]
    await house.move(75)
    again = await house.run(talk.clerk, hold, talk.call)  # a second press is none
    assert again.hold == view.hold
    view = await house.run(talk.clerk, resume, talk.call)
    assert view.hold is None
    row = await house.row(HOLD)
    assert row.end_reason == "resumed"
    assert 75 <= row.seconds < 75 + SLACK
    for side in (talk.clerk, talk.citizen):
        assert (await house.told(side))["call"]["hold"] is None
    await house.run(talk.clerk, resume, talk.call)
    assert await _kinds(house) == ["hold", "hold_over"]
    acts = await house.rows("SELECT action FROM audit WHERE subject_table = 'call_hold' ORDER BY at")
    assert [row.action for row in acts] == ["call.hold", "call.resume"]


async def test_how_long_before_the_reminder_is_the_office_s_to_say(talk: Talk) -> None:
    await talk.house.city.set_parameter("calls.hold_remind_seconds", value=45)
    view = await talk.house.run(talk.clerk, hold, talk.call)
    assert view.hold is not None
    assert (view.hold.remind_at - view.hold.started_at).total_seconds() == 45


async def test_only_the_clerk_holds_and_only_a_call_that_goes_on(talk: Talk) -> None:
    house = talk.house
    for act in (hold, resume):
        assert await refused(house.run(talk.citizen, act, talk.call)) == "not_allowed"
    await house.hang_up(talk.citizen, talk.joined)
    for act in (hold, resume):
        assert await refused(house.run(talk.clerk, act, talk.call)) == "call_over"
    assert await house.value("SELECT count(*) FROM call_hold") == 0


async def test_a_citizen_hangs_up_and_the_hold_is_over(talk: Talk) -> None:
    house = talk.house
    await house.run(talk.clerk, hold, talk.call)
    await house.move(30)
    await house.hang_up(talk.citizen, talk.joined)
    row = await house.row(HOLD)
    assert row.end_reason == "applicant"
    assert 30 <= row.seconds < 30 + SLACK
    assert await _kinds(house) == ["hold", "hold_over"]
    assert (await house.state(talk.citizen))["call"]["hold"] is None


async def test_who_comes_back_is_still_on_hold(talk: Talk) -> None:
    house = talk.house
    await house.run(talk.clerk, hold, talk.call)
    joined = await house.run(talk.citizen, join, talk.call)
    assert joined.call.hold is not None
    await house.flow(talk.joined, talk.clerk, talk.citizen)
    assert (await house.run(talk.clerk, join, talk.call)).call.hold is not None


async def test_a_clerk_who_is_lost_on_hold_is_lost_as_in_any_call(talk: Talk) -> None:
    house = talk.house
    await house.run(talk.clerk, hold, talk.call)
    await house.after(16)
    assert (await house.state(talk.citizen))["call"]["state"] == "interrupted"
    await house.close_tabs(talk.clerk)
    await house.after(121)
    row = await house.row(HOLD)
    assert row.end_reason == "clerk_lost"
    ticket = await house.row("SELECT state, bonus_reason FROM ticket")
    assert (ticket.state, ticket.bonus_reason) == ("waiting", "clerk_lost")
    other = await house.clerk("zhaoshumin")
    assert (await house.accept(other)).call.hold is None
