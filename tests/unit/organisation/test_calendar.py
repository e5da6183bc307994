"""The calendar that seeds the table, against the `chinesecalendar` package that only checks it (model §5)."""

import warnings
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from cloudwindow.demonstration import places
from cloudwindow.organisation import Timetable

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import chinese_calendar

CALENDAR = {row["day"]: row for row in places.calendar()}
TABLE = Timetable((), {day: row["kind"] for day, row in CALENDAR.items()}, ZoneInfo("Asia/Shanghai"))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=ahead) for ahead in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_of_a_published_year_agrees(year: int) -> None:
    wrong = [day for day in days_of(year) if TABLE.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert wrong == []


@pytest.mark.parametrize("year", [2025, 2026])
def test_statutory_days_are_days_off_of_a_published_notice(year: int) -> None:
    statutory = [row for row in CALENDAR.values() if row["statutory"] and row["day"].year == year]
    assert len(statutory) == 13  # 全国年节及纪念日放假办法 (2024) §2
    assert {row["kind"] for row in statutory} == {"off"}
    assert not any(row["provisional"] for row in statutory)


def test_make_up_days_are_weekend_days() -> None:
    made_up = [row["day"] for row in CALENDAR.values() if row["kind"] == "make_up"]
    assert made_up
    assert all(day.isoweekday() > 5 for day in made_up)


def test_next_year_is_provisional_and_says_by_what() -> None:
    rows = [row for row in CALENDAR.values() if row["day"].year == 2027]
    assert rows
    assert all(row["provisional"] and row["source"] for row in rows)
