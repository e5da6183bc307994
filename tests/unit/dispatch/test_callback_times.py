"""For when a callback is offered: whole five minutes, in hours, no later than today."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudwindow.dispatch.callback_times import STEP, in_hours, offered, round_up
from cloudwindow.organisation import Rule, Span, Timetable

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 24)
WORKING = Rule(frozenset(range(1, 6)), "01-01", "12-31", (Span.parse("08:30-12:00"), Span.parse("14:00-17:30")))
HOURS = Timetable([WORKING], {}, ZONE)
ALWAYS = Timetable([], {}, ZONE, always=True)
MINUTES = [10, 30, 60, 120]


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M:%S").time(), ZONE).astimezone(UTC)  # noqa: DTZ007


def shown(now: str, hours: Timetable = HOURS) -> dict[int, str]:
    found = offered(MINUTES, at(now), hours, ZONE)
    return {minutes: f"{instant.astimezone(ZONE):%H:%M}" for minutes, instant in found.items()}


@pytest.mark.parametrize(
    ("now", "times"),
    [
        ("14:02:10", {10: "14:15", 30: "14:35", 60: "15:05", 120: "16:05"}),
        ("14:05:00", {10: "14:15", 30: "14:35", 60: "15:05", 120: "16:05"}),
        ("11:20:00", {10: "11:30", 30: "11:50", 60: "14:00"}),  # the break at noon, once
        ("16:40:00", {10: "16:50", 30: "17:10"}),
        ("17:20:30", {}),  # 17:30 is closed
        ("20:00:00", {}),
        ("07:00:00", {10: "08:30", 120: "09:00"}),
    ],
)
def test_times_are_offered_within_the_hours_of_today(now: str, times: dict[int, str]) -> None:
    assert shown(now) == times


def test_a_desk_that_never_closes_offers_times_after_midnight() -> None:
    assert shown("23:40:00", ALWAYS) == {10: "23:50", 30: "00:10", 60: "00:40", 120: "01:40"}


def test_the_next_day_is_not_today() -> None:
    assert in_hours(at("17:45:00"), at("17:15:00"), HOURS, ZONE) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_rounding_goes_up_by_less_than_a_step(instant: datetime) -> None:
    rounded = round_up(instant)
    assert timedelta(0) <= rounded - instant < STEP
    assert rounded.minute % 5 == rounded.second == rounded.microsecond == 0
    assert round_up(rounded) == rounded


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_whatever_is_offered_is_open_and_not_too_soon(now: datetime) -> None:
    times = offered(MINUTES, now, HOURS, ZONE)
    for minutes, instant in times.items():
        assert HOURS.at(instant).open
        assert instant - now >= timedelta(minutes=minutes)
    assert len(set(times.values())) == len(times)
    assert list(times.values()) == sorted(times.values())
