"""Until when a letter is answered: within today's hours while enough of them are left, else within the next day's."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudwindow.letters.due import answer_by
from cloudwindow.organisation import Rule, Span, Timetable

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY, FRIDAY = date(2026, 11, 24), date(2026, 11, 27)
WORKING = Rule(frozenset(range(1, 6)), "01-01", "12-31", (Span.parse("08:30-12:00"), Span.parse("14:00-17:00")))
HOURS = Timetable([WORKING], {}, ZONE)
MINUTES = 180


def at(clock: str, day: date = TUESDAY) -> datetime:
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), ZONE).astimezone(UTC)  # noqa: DTZ007


def shown(now: datetime, hours: Timetable = HOURS, minutes: int = MINUTES) -> str | None:
    due = answer_by(now, hours, ZONE, minutes)
    return f"{due.astimezone(ZONE):%m-%d %H:%M}" if due else None


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at("07:00"), "11-24 17:00"),
        (at("10:00"), "11-24 17:00"),
        (at("12:18"), "11-24 17:00"),  # as the workbench is drawn
        (at("14:00"), "11-24 17:00"),
        (at("14:02"), "11-25 17:00"),
        (at("19:30"), "11-25 17:00"),
        (at("16:00", FRIDAY), "11-30 17:00"),
        (at("09:00", FRIDAY + timedelta(days=1)), "11-30 17:00"),
    ],
)
def test_it_is_the_end_of_a_day_with_hours(now: datetime, due: str) -> None:
    assert shown(now) == due


def test_the_calendar_counts() -> None:
    days = Timetable([WORKING], {FRIDAY: "off", date(2026, 11, 28): "make_up"}, ZONE)
    assert shown(at("16:00", date(2026, 11, 26)), days) == "11-28 17:00"


def test_with_no_minutes_asked_for_the_evening_still_goes_to_the_next_day() -> None:
    assert shown(at("16:59"), minutes=0) == "11-24 17:00"
    assert shown(at("17:00"), minutes=0) == "11-25 17:00"


def test_hours_until_midnight_end_with_the_day() -> None:
    assert shown(at("10:00"), Timetable([], {}, ZONE, always=True)) == "11-25 00:00"


def test_a_desk_that_is_never_open_answers_nobody() -> None:
    assert shown(at("10:00"), Timetable([], {}, ZONE)) is None


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 390),
)
def test_it_lies_ahead_and_leaves_the_minutes(now: datetime, minutes: int) -> None:
    due = answer_by(now, HOURS, ZONE, minutes)
    assert due is not None
    assert due > now
    assert HOURS.at(due - timedelta(microseconds=1)).closes_at == due
    assert open_until(due, now) > timedelta(minutes=minutes - 1)


def open_until(due: datetime, now: datetime) -> timedelta:
    """How long it is open between two instants."""
    found = timedelta()
    while now < due:
        opening = HOURS.at(now)
        until = opening.closes_at or opening.opens_at
        assert until is not None
        found += until - now if opening.open else timedelta()
        now = until
    return found
