"""The rings that led to a break: what became of each, whose they are, and why they were missed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from cloudwindow.calls.calling import end
from cloudwindow.calls.inviting import invite
from cloudwindow.calls.schemas import InviteRequest
from cloudwindow.dispatch import misses as missed
from cloudwindow.dispatch.actions import leave
from cloudwindow.dispatch.callback import call_back
from cloudwindow.dispatch.parameters import MISSES_TO_BREAK
from cloudwindow.dispatch.schemas import CallbackRequest, Miss, MissReasonRequest
from cloudwindow.foundation.authentication import Actor
from cloudwindow.people import PresenceRequest, set_presence
from tests.support.house import House, at_once, id_of, refused

MATE, EXPERT = "zhaoshumin", "lihongxia"


async def list_of(house: House, who: Actor) -> list[Miss]:
    async with house.database.reading() as session:
        return await missed.misses(session, who)


async def explain(house: House, who: Actor, reason: str = "unnoticed") -> Any:
    return await house.run(who, missed.explain, MissReasonRequest.model_validate({"reason": reason}))


async def reasons(house: House) -> list[tuple[UUID, str | None]]:
    rows = await house.rows("SELECT staff_id, reason FROM engagement WHERE state = 'missed' ORDER BY offered_at")
    return [(row.staff_id, row.reason) for row in rows]


async def paused(house: House, account: str = "zhangyanli") -> tuple[Actor, Actor, Actor]:
    """A clerk alone at the desk misses two rings; returns the clerk, and whose rings these were."""
    clerk, first, second = await house.clerk(account), await house.citizen(), await house.citizen("陈思远")
    await house.take(first)
    await house.take(second)
    await house.after(20)
    await house.after(20)
    assert (await house.presence(clerk)).reason == "missed_rings"
    return clerk, first, second


async def test_the_rings_in_a_row_with_number_item_and_how_long_it_rang(house: House) -> None:
    clerk, *_ = await paused(house)
    rows = await list_of(house, clerk)
    assert [(row.number, row.item_short_name, row.kind, row.seconds) for row in rows] == [
        ("云A001", "居民养老参保", "serve", 20),
        ("云A002", "居民养老参保", "serve", 20),
    ]
    assert rows[1].rung_at - rows[0].rung_at >= timedelta(seconds=20)
    assert [(row.became, row.by, row.at, row.reason) for row in rows] == [("waiting", None, None, None)] * 2
    told = str([row.model_dump() for row in rows])
    assert "刘桂英" not in told
    assert "陈思远" not in told


async def test_it_rings_elsewhere_then_a_colleague_answers(house: House) -> None:
    clerk, *_ = await paused(house)
    mate = await house.clerk(MATE)
    assert [row.became for row in await list_of(house, clerk)] == ["ringing", "waiting"]
    joined = await house.accept(mate)
    answered_at = await house.value("SELECT answered_at FROM engagement WHERE state = 'accepted'")
    row = (await list_of(house, clerk))[0]
    assert (row.became, row.by, row.at) == ("answered", "赵书敏", answered_at)
    await house.hang_up(mate, joined)
    await house.close(mate, joined.session.id)
    assert (await list_of(house, clerk))[0] == row  # what became of it stays said


async def test_who_left_and_who_is_called_back(house: House) -> None:
    clerk, first, second = await paused(house)
    await house.run(first, leave, (await house.state(first))["ticket"]["id"])
    await house.move(150)
    callback = await house.run(
        second, call_back, (await house.state(second))["ticket"]["id"], CallbackRequest(minutes=30)
    )
    left, called = await list_of(house, clerk)
    assert (left.became, left.at) == (
        "left",
        await house.value("SELECT closed_at FROM ticket WHERE number = '云A001'"),
    )
    assert (called.became, called.at) == ("callback", callback.callback_at)


async def test_whose_page_has_been_gone_for_too_long(house: House) -> None:
    clerk, *_ = await paused(house)
    await house.change("UPDATE test_clock SET shift = shift + interval '301 s'")  # nobody renews
    await house.sweep()
    assert [row.became for row in await list_of(house, clerk)] == ["expired"] * 2


async def test_a_missed_invitation_tells_whether_that_call_goes_on(house: House) -> None:
    expert, clerk, citizen = await house.clerk(EXPERT), await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    for _ in range(2):
        await house.run(clerk, invite, joined.call.id, InviteRequest(staff_id=id_of(expert), words="能不能认？"))
        await house.after(20)
        await house.flow(joined, clerk, citizen)
    rows = await list_of(house, expert)
    assert [(row.kind, row.number, row.became, row.by) for row in rows] == [("invite", "云A001", "talking", None)] * 2
    await house.run(clerk, end, joined.call.id)
    assert {row.became for row in await list_of(house, expert)} == {"over"}


async def test_as_many_as_the_office_says_and_none_of_an_earlier_row(house: House) -> None:
    clerk, *_ = await paused(house)
    await house.ready(clerk)
    assert await list_of(house, clerk) == []  # that break is over
    for sql in ("UPDATE ticket SET state = 'closed', close_reason = 'left'", "UPDATE presence SET misses = 0"):
        await house.change(sql)
    await house.change("UPDATE engagement SET state = 'withdrawn' WHERE state = 'ringing'")
    await house.city.set_parameter(MISSES_TO_BREAK, 3)
    await house.waiting(3)
    for _ in range(3):
        await house.after(20)
    numbers = [row.number for row in await list_of(house, clerk)]
    assert len(numbers) == 3
    assert "云A001" not in numbers
    await house.city.set_parameter(MISSES_TO_BREAK, 5)
    assert len(await list_of(house, clerk)) == 3  # the two of the earlier break were no part of it


async def test_the_reason_is_kept_once_and_the_last_word_counts(house: House) -> None:
    clerk, *_ = await paused(house)
    answers = await at_once(*[lambda: explain(house, clerk, "helping_on_site")] * 3)
    assert [{row.reason for row in rows} for rows in answers] == [{"helping_on_site"}] * 3
    assert await reasons(house) == [(clerk.id, "helping_on_site")] * 2
    written = "SELECT count(*) FROM audit WHERE action = 'engagement.explain_misses'"
    assert await house.value(written) == 2
    await explain(house, clerk, "away_from_seat")
    assert await reasons(house) == [(clerk.id, "away_from_seat")] * 2
    assert await house.value(written) == 4


async def test_refused_without_such_a_break(house: House) -> None:
    clerk, *_ = await paused(house)
    await explain(house, clerk)
    await house.run(clerk, set_presence, PresenceRequest(wanted="break", reason="rest"))
    assert await refused(explain(house, clerk, "away_from_seat")) == "wrong_state"
    assert await reasons(house) == [(clerk.id, "unnoticed")] * 2
    assert await list_of(house, clerk) == []
    mate = await house.clerk(MATE, ready=False)
    assert await refused(explain(house, mate)) == "wrong_state"
    for other in (await house.clerk("xuwenbo", ready=False, tab=False), await house.citizen()):
        assert await refused(explain(house, other)) == "not_allowed"
        assert await list_of(house, other) == []


async def test_nobody_speaks_for_somebody_else(house: House) -> None:
    clerk, *_ = await paused(house)
    mate = await house.clerk(MATE)
    await house.after(20)
    await house.after(20)
    assert (await house.presence(mate)).reason == "missed_rings"
    await explain(house, mate, "away_from_seat")
    assert set(await reasons(house)) == {(clerk.id, None), (mate.id, "away_from_seat")}
    mine = {row.engagement_id for row in await list_of(house, clerk)}
    assert mine.isdisjoint(row.engagement_id for row in await list_of(house, mate))


@pytest.mark.parametrize("reason", ["busy", "", None, "missed_rings", ["unnoticed"]])
async def test_other_reasons_are_no_reasons(reason: object) -> None:
    with pytest.raises(ValidationError):
        MissReasonRequest.model_validate({"reason": reason})
