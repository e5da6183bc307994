"""Breaks: which are reminded of and when, the record of presence, and the sums of today."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from cloudwindow.foundation.authentication import Actor
from cloudwindow.people import PresenceRequest, breaks_today, set_presence
from cloudwindow.people.actions import sign_out
from cloudwindow.people.breaks import LIMITED
from cloudwindow.people.parameters import BREAK_MINUTES
from cloudwindow.people.schemas import Breaks
from tests.support.city import ZONE
from tests.support.house import House, at_once, id_of

MINUTE = 60
SLACK = 5
"""Seconds that a test itself may take."""


async def want(house: House, clerk: Actor, wanted: str, reason: str | None = None) -> Any:
    request = PresenceRequest.model_validate({"wanted": wanted, "reason": reason})
    return await house.run(clerk, set_presence, request)


async def today(house: House, clerk: Actor) -> Breaks:
    async with house.database.reading() as session:
        return await breaks_today(session, id_of(clerk))


async def record(house: House, clerk: Actor) -> list[tuple[str, str | None]]:
    rows = await house.rows("SELECT wanted, reason FROM presence_change WHERE staff_id = :id ORDER BY at", id=clerk.id)
    return [(row.wanted, row.reason) for row in rows]


def seconds_of(breaks: Breaks, reason: str) -> int:
    return next(one.seconds for one in breaks.reasons if one.reason == reason)


def is_about(seconds: int, minutes: float) -> bool:
    return 0 <= seconds - minutes * MINUTE <= SLACK


@pytest.mark.parametrize("reason", ["rest", "helping_on_site", "paperwork", "meeting", "device_fault", "other"])
async def test_a_break_that_ends_by_choice_is_reminded_of_and_no_other(house: House, reason: str) -> None:
    clerk = await house.clerk()
    view = await want(house, clerk, "break", reason)
    assert view.remind_at == (view.since + timedelta(minutes=15) if reason in LIMITED else None)
    state = await house.state(clerk)
    assert (await house.told(clerk))["presence"] == state["presence"]
    assert (state["presence"]["remind_at"] is None) == (reason not in LIMITED)
    await house.after(16 * MINUTE)
    assert (await house.presence(clerk)).wanted == "break"  # reminded of, not forced
    assert (await want(house, clerk, "ready")).remind_at is None


async def test_another_reason_has_a_time_of_its_own(house: House) -> None:
    clerk = await house.clerk()
    await want(house, clerk, "break", "rest")
    await house.move(10 * MINUTE)
    paperwork = await want(house, clerk, "break", "paperwork")
    assert paperwork.remind_at == paperwork.since + timedelta(minutes=15)
    assert (await want(house, clerk, "break", "paperwork")).remind_at == paperwork.remind_at  # the same one goes on
    assert (await want(house, clerk, "break", "meeting")).remind_at is None


async def test_the_limit_is_what_the_office_says(house: House) -> None:
    await house.city.set_parameter(BREAK_MINUTES, 20)
    clerk = await house.clerk()
    view = await want(house, clerk, "break")
    assert (view.reason, view.remind_at) == ("rest", view.since + timedelta(minutes=20))
    limits = {one.reason: one.limit_minutes for one in (await today(house, clerk)).reasons}
    assert {reason for reason, limit in limits.items() if limit == 20} == LIMITED
    assert limits["missed_rings"] is limits["meeting"] is None


@pytest.mark.parametrize("reason", ["missed_rings", "training", "tea", ""])
async def test_nobody_chooses_what_is_not_offered(reason: str) -> None:
    with pytest.raises(ValidationError):
        PresenceRequest.model_validate({"wanted": "break", "reason": reason})


async def test_every_change_is_on_record_once_and_nothing_else(house: House) -> None:
    clerk = await house.clerk()
    other = await house.clerk("zhaoshumin", ready=False)
    for wanted, reason in (("ready", None), ("break", "rest"), ("break", "rest"), ("break", "meeting")):
        await want(house, clerk, wanted, reason)
    await at_once(*[lambda: want(house, clerk, "break", "other")] * 4)
    await house.run(clerk, sign_out)
    assert await record(house, clerk) == [
        ("ready", None),
        ("break", "rest"),
        ("break", "meeting"),
        ("break", "other"),
        ("off", None),
    ]
    assert await record(house, other) == []


async def test_the_sums_of_a_day_with_several_breaks(house: House) -> None:
    clerk, other = await house.clerk(), await house.clerk("zhaoshumin", ready=False)
    await want(house, clerk, "break", "rest")
    await house.move(4 * MINUTE)
    await want(house, clerk, "ready")
    await house.move(30 * MINUTE)
    await want(house, clerk, "break", "rest")
    await house.move(2 * MINUTE)
    await want(house, clerk, "break", "meeting")  # goes on with the same break
    await house.move(10 * MINUTE)
    found = await today(house, clerk)
    assert found.times == 2
    assert is_about(found.seconds, 16)
    assert is_about(seconds_of(found, "rest"), 6)
    assert is_about(seconds_of(found, "meeting"), 10)  # the one that goes on is counted up to now
    assert found.at <= await house.now()
    nothing = await today(house, other)
    assert (nothing.times, nothing.seconds, {one.seconds for one in nothing.reasons}) == (0, 0, {0})


async def test_a_break_after_missed_rings_counts_as_well(house: House) -> None:
    clerk = await house.clerk()
    await house.waiting(2)
    await house.after(20)
    await house.after(20)
    view = (await house.state(clerk))["presence"]
    assert (view["wanted"], view["reason"], view["remind_at"]) == ("break", "missed_rings", None)
    await house.move(3 * MINUTE)
    await want(house, clerk, "break", "rest")
    found = await today(house, clerk)
    assert found.times == 1
    assert is_about(seconds_of(found, "missed_rings"), 3)
    assert (await record(house, clerk))[-2:] == [("break", "missed_rings"), ("break", "rest")]


async def test_over_midnight_each_day_has_its_part(house: House) -> None:
    clerk = await house.clerk()
    evening = datetime.combine((await house.now()).astimezone(ZONE), time(23, 50), ZONE)
    await house.city.move_to(evening)
    await want(house, clerk, "break", "meeting")
    await house.move(5 * MINUTE)
    assert is_about((await today(house, clerk)).seconds, 5)
    await house.move(12 * MINUTE)  # seven past midnight
    found = await today(house, clerk)
    assert found.times == 1
    assert is_about(found.seconds, 7)
    await want(house, clerk, "break", "rest")
    await house.move(MINUTE)
    await want(house, clerk, "ready")
    found = await today(house, clerk)
    assert found.times == 1
    assert is_about(seconds_of(found, "meeting"), 7)
    assert is_about(seconds_of(found, "rest"), 1)
    await house.city.move_to(evening + timedelta(days=2))
    assert (await today(house, clerk)).times == 0
