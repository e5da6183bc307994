"""A talk that breaks off: whoever does not come back in the grace is called back (model §10)."""

from datetime import timedelta

import pytest

from cloudwindow.calls import report
from cloudwindow.calls.calling import give_up
from cloudwindow.calls.schemas import Accepted
from cloudwindow.dispatch.callback import come_now
from cloudwindow.foundation.authentication import SYSTEM, Actor
from tests.integration.dispatch.test_callback import before_closing, row_of
from tests.integration.dispatch.test_callback_kept import (
    clock,
    nobody_comes,
    reached_the_second_time,
    texts,
    until_the_time,
)
from tests.integration.dispatch.test_recalling import kinds, open_page, verified
from tests.support.house import House, at_once


async def broken_off(house: House, clerk: Actor, citizen: Actor) -> Accepted:
    """They talked, and the grace after the last good report is over."""
    joined = await house.talk(clerk, citizen)
    await house.after(16)
    await house.after(105)
    return joined


async def test_it_is_called_back_at_the_nearest_time_and_the_clerk_is_free(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await broken_off(house, clerk, citizen)
    row = await row_of(house, citizen)
    assert (row.state, row.close_reason, row.callback_tries) == ("parked", None, 0)
    assert timedelta(minutes=9) < row.callback_at - await house.now() <= timedelta(minutes=15)
    facts = await house.row(
        "SELECT s.state AS session, s.end_reason, c.state AS call, c.ended_reason, e.reason, e.wrap_until"
        " FROM session s JOIN call c ON c.session_id = s.id JOIN engagement e ON e.ticket_id = s.ticket_id"
    )
    assert tuple(facts) == ("open", None, "ended", "dropped", "callback", None)
    kinds_said = [found.kind for found in await house.rows("SELECT kind FROM session_event ORDER BY seq")]
    assert kinds_said[-1] == "dropped"
    state = await house.state(clerk)
    assert (state["presence"]["work"], state["session"], state["call"]) == ("idle", None, None)
    assert await house.value("SELECT count(*) FROM rating") == 0
    mine = await house.state(citizen)
    assert (mine["ticket"]["id"], mine["ticket"]["callback_at"] is None) == (str(joined.session.ticket_id), False)
    assert (mine["call"]["state"], mine["call"]["ended_reason"]) == ("ended", "dropped")


async def test_the_one_session_goes_on_at_that_time(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await broken_off(house, clerk, citizen)
    await house.waiting(2)
    await house.close_tabs(clerk)
    mate = await house.clerk("zhaoshumin")
    await house.close_tabs(mate)
    await until_the_time(house, citizen)
    mate = await house.clerk("zhaoshumin")
    assert (await house.ring_of(mate)).ticket_id == joined.session.ticket_id
    again = await house.accept(mate)
    assert again.session.id == joined.session.id


async def test_who_comes_back_before_goes_to_the_head_at_once(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await broken_off(house, clerk, citizen)
    await house.run(citizen, come_now, joined.session.ticket_id)
    again = await house.accept(clerk)
    assert again.session.id == joined.session.id


async def test_nobody_reached_then_is_tried_again_as_any_callback(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    await broken_off(house, clerk, citizen)
    for tries in (1, 2):
        await until_the_time(house, citizen)
        await nobody_comes(house, clerk)
        assert (await row_of(house, citizen)).callback_tries == tries
    await until_the_time(house, citizen)
    await nobody_comes(house, clerk)
    assert (await row_of(house, citizen)).close_reason == "callback_failed"


async def test_a_callback_that_breaks_off_is_agreed_on_anew(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    first = await reached_the_second_time(house, clerk, citizen)
    await house.after(16)
    await house.after(121)
    row = await row_of(house, citizen)
    assert (row.state, row.callback_tries, row.callback_id != first.callback_id) == ("parked", 0, True)


async def test_towards_closing_time_it_ends_the_service(house: House) -> None:
    await house.city.move_to(await before_closing(house, 8))
    clerk, citizen = await house.clerk(), await house.citizen()
    await broken_off(house, clerk, citizen)
    row = await row_of(house, citizen)
    assert (row.state, row.close_reason) == ("closed", "expired")
    assert tuple(await house.row("SELECT state, end_reason FROM session")) == ("wrapping", "dropped")


async def test_sweepers_at_once_agree_once_and_a_late_report_changes_nothing(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.after(16)
    await house.move(105)

    async def sweep() -> None:
        await house.run(SYSTEM, give_up, joined.call.id)

    await at_once(sweep, sweep, sweep)
    agreed = await row_of(house, citizen)
    assert await house.value("SELECT count(*) FROM session_event WHERE kind = 'dropped'") == 1
    await house.run(citizen, report, joined.call.id, 1, "connected", 10**9)
    assert (await row_of(house, citizen)).callback_id == agreed.callback_id
    assert await house.value("SELECT state FROM call") == "ended"


@pytest.mark.parametrize("looks", [True, False])
async def test_a_verified_phone_is_told_when_no_page_is_open(house: House, *, looks: bool) -> None:
    citizen, clerk = await verified(house), await house.clerk()
    joined = await house.talk(clerk, citizen)
    await house.after(16)
    await house.move(104)
    if looks:
        await open_page(house, citizen)
    await house.after(1)
    row = await row_of(house, citizen)
    assert (row.state, row.id) == ("parked", joined.session.ticket_id)
    if looks:
        assert "callback_dropped" not in await kinds(house, citizen)
        return
    assert (await kinds(house, citizen))[-1] == "callback_dropped"
    said = (await texts(house, citizen))[-1]
    assert said.startswith(f"云A001：通话断了，位置给您留着，{clock(row)} 再叫您。网好了想接着办，点开链接：")
