"""Opening hours: the rules of the data in examples, and what must hold of any timetable."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudwindow.organisation import DayKind, Rule, Span, Timetable

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORKDAYS = frozenset({1, 2, 3, 4, 5})


def spans(*texts: str) -> tuple[Span, ...]:
    return tuple(Span.parse(text) for text in texts)


HALL = (
    Rule(WORKDAYS, "06-01", "09-30", spans("08:30-12:00", "14:30-17:30")),
    Rule(WORKDAYS, "10-01", "05-31", spans("08:30-12:00", "14:00-17:00")),
    Rule(frozenset({6}), "01-01", "12-31", spans("09:00-11:30")),
)
DAYS: dict[date, DayKind] = {
    date(2026, 10, 1): "off",
    date(2026, 10, 2): "off",
    date(2026, 10, 3): "off",  # a Saturday
    date(2026, 10, 10): "make_up",  # a Saturday
}
TABLE = Timetable(HALL, DAYS, SHANGHAI)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("at", "closes"),
    [
        ("2026-11-25 08:30", "2026-11-25 12:00"),
        ("2026-11-25 16:59:59", "2026-11-25 17:00"),
        ("2026-07-01 17:15", "2026-07-01 17:30"),  # summer
        ("2027-01-04 09:00", "2027-01-04 12:00"),  # the winter rule wraps the new year
        ("2026-11-28 09:00", "2026-11-28 11:30"),  # Saturday's own rule
        ("2026-10-10 16:00", "2026-10-10 17:00"),  # a make-up Saturday runs as a Monday
    ],
)
def test_open_until(at: str, closes: str) -> None:
    found = TABLE.at(local(at))
    assert (found.open, found.closes_at, found.opens_at) == (True, local(closes), None)
    assert found.closes_at is not None
    assert found.closes_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-25 12:00", "2026-11-25 14:00"),  # the end is not included
        ("2026-11-25 17:00", "2026-11-26 08:30"),
        ("2026-11-28 11:30", "2026-11-30 08:30"),  # over Sunday
        ("2026-09-30 17:30", "2026-10-05 08:30"),  # over the holiday, Saturday's rule included
        ("2026-11-25 00:00", "2026-11-25 08:30"),
    ],
)
def test_closed_until(at: str, opens: str) -> None:
    found = TABLE.at(local(at))
    assert (found.open, found.closes_at, found.opens_at) == (False, None, local(opens))


def test_local_time_decides_not_the_zone_of_the_question() -> None:
    assert TABLE.at(datetime(2026, 11, 25, 0, 30, tzinfo=UTC)).open
    assert not TABLE.at(datetime(2026, 11, 25, 9, 0, tzinfo=UTC)).open


def test_always_open_has_no_end() -> None:
    found = Timetable(HALL, DAYS, SHANGHAI, always=True).at(local("2026-10-01 03:00"))
    assert (found.open, found.closes_at, found.opens_at) == (True, None, None)


def test_never_open_has_no_beginning() -> None:
    found = Timetable((), {}, SHANGHAI).at(local("2026-11-25 10:00"))
    assert (found.open, found.closes_at, found.opens_at) == (False, None, None)


def test_round_the_clock_has_no_end_and_a_night_is_one_stretch() -> None:
    every_day = frozenset(range(1, 8))
    whole = Timetable((Rule(every_day, "01-01", "12-31", spans("00:00-24:00")),), {}, SHANGHAI)
    assert whole.at(local("2026-11-25 10:00")).closes_at is None
    night = Timetable((Rule(every_day, "01-01", "12-31", spans("00:00-06:00", "20:00-24:00")),), {}, SHANGHAI)
    assert night.at(local("2026-11-25 22:00")).closes_at == local("2026-11-26 06:00")
    assert night.at(local("2026-11-26 02:00")).closes_at == local("2026-11-26 06:00")


def test_working_days_follow_the_calendar() -> None:
    kinds = {day: TABLE.is_working_day(date(2026, 10, day)) for day in (1, 3, 5, 10, 11)}
    assert kinds == {1: False, 3: False, 5: True, 10: True, 11: False}


@pytest.mark.parametrize("text", ["", "08:30", "8-9", "12:00-08:00", "08:00-08:00", "08:00-24:01", "08:70-09:00"])
def test_a_span_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        Span.parse(text)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        TABLE.at(datetime(2026, 11, 25, 10, 0))  # noqa: DTZ001  that is the point


# --- what must hold of any timetable

minutes = st.integers(0, 24 * 60)
any_span = st.tuples(minutes, minutes).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Span(*pair))
day_of_year = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: f"{day:%m-%d}")
any_rule = st.builds(
    Rule,
    st.frozensets(st.integers(1, 7), min_size=1),
    day_of_year,
    day_of_year,
    st.lists(any_span, min_size=1, max_size=3).map(tuple),
)
near = st.dates(date(2026, 12, 20), date(2027, 1, 12))
days_that_differ = st.dictionaries(near, st.sampled_from(["off", "make_up"]), max_size=8)
tables = st.builds(Timetable, st.lists(any_rule, min_size=1, max_size=4), days_that_differ, st.just(SHANGHAI))
moments = st.builds(
    lambda day, minute: datetime.combine(day, time(), tzinfo=SHANGHAI) + timedelta(minutes=minute),
    near,
    minutes,
)


def open_by_spans(table: Timetable, at: datetime) -> bool:
    here = at.astimezone(SHANGHAI)
    minute = here.hour * 60 + here.minute
    return any(span.start <= minute < span.end for span in table.spans_on(here.date()))


@given(tables, moments)
def test_the_answer_agrees_with_the_spans_of_the_day(table: Timetable, at: datetime) -> None:
    assert table.at(at).open == open_by_spans(table, at)


@given(tables, moments)
def test_what_changes_next_really_changes_there_and_not_before(table: Timetable, at: datetime) -> None:
    now = table.at(at)
    change = now.closes_at if now.open else now.opens_at
    if change is None:
        return
    assert change > at
    assert table.at(change).open != now.open
    assert table.at(change - timedelta(seconds=1)).open == now.open
    halfway = at + (change - at) / 2
    assert table.at(halfway).open == now.open


@given(tables, near)
def test_spans_of_a_day_are_sorted_and_apart(table: Timetable, day: date) -> None:
    found = table.spans_on(day)
    assert all(one.end < other.start for one, other in pairwise(found))


@given(st.lists(any_rule, max_size=4), near, moments)
def test_a_day_off_is_closed_whatever_the_rules(rules: list[Rule], day: date, at: datetime) -> None:
    table = Timetable(rules, {day: "off"}, SHANGHAI)
    moment = datetime.combine(day, at.time(), tzinfo=SHANGHAI)
    assert not table.at(moment).open


@given(any_rule, near)
def test_a_rule_and_its_complement_share_the_year(rule: Rule, day: date) -> None:
    weekday = next(iter(rule.weekdays))
    inside = rule.holds(day, weekday)
    key = f"{day:%m-%d}"
    if rule.from_day <= rule.to_day:
        assert inside == (rule.from_day <= key <= rule.to_day)
    else:
        assert inside != (rule.to_day < key < rule.from_day)
