"""When something is open: pure reckoning over opening rules and the calendar with its make-up days 调休.

Opening hours are local time of the deployment's zone; instants that go in and come out are UTC (model §5).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

DayKind = Literal["off", "make_up"]

DAY_MINUTES = 24 * 60
MONDAY, FRIDAY = 1, 5
HORIZON_DAYS = 400  # rules depend on the day of the year, so a year without an opening means there is none


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of a day in minutes after local midnight, `start` included, `end` (at most 1440) not."""

    start: int
    end: int

    def __post_init__(self) -> None:
        """Refuse an empty span or one that leaves the day."""
        if not 0 <= self.start < self.end <= DAY_MINUTES:
            raise ValueError(f"not a span of a day: {self.start}-{self.end} minutes")

    @classmethod
    def parse(cls, text: str) -> "Span":
        """Read `HH:MM-HH:MM`; the end may be `24:00`. Raises `ValueError` on anything else."""
        start, separator, end = text.partition("-")
        if not separator:
            raise ValueError(f"not a span like 08:30-12:00: {text!r}")
        return cls(_minutes(start), _minutes(end))


@dataclass(frozen=True)
class Rule:
    """Which spans hold on which weekdays (1 = Monday … 7) between two days of the year.

    `from_day` and `to_day` are `MM-DD`, both included; a `to_day` before `from_day` wraps the new year.
    """

    weekdays: frozenset[int]
    from_day: str
    to_day: str
    spans: tuple[Span, ...]

    def holds(self, day: date, weekday: int) -> bool:
        """Say whether the rule speaks of `day`, counted as `weekday` (a make-up day counts as a Monday)."""
        if weekday not in self.weekdays:
            return False
        key = f"{day:%m-%d}"
        if self.from_day <= self.to_day:
            return self.from_day <= key <= self.to_day
        return key >= self.from_day or key <= self.to_day


@dataclass(frozen=True)
class Opening:
    """Whether something is open at an instant, and when that changes next (UTC; None: it does not change)."""

    open: bool
    closes_at: datetime | None
    opens_at: datetime | None


class Timetable:
    """The opening hours of a desk or site in one zone, with the days that differ from their weekday.

    A day `off` has no hours, whatever the rules say; a `make_up` day is a working day and runs as a Monday:
    a Saturday's own rule leaves it alone. `always` is the demonstration switch 全天开放.
    """

    def __init__(
        self, rules: Iterable[Rule], days: Mapping[date, DayKind], zone: ZoneInfo, *, always: bool = False
    ) -> None:
        self._rules = tuple(rules)
        self._days = days
        self._zone = zone
        self._always = always

    def is_working_day(self, day: date) -> bool:
        """Say whether `day` is a working day: Monday to Friday but for days off, and the make-up days."""
        kind = self._days.get(day)
        return kind == "make_up" or (kind is None and day.isoweekday() <= FRIDAY)

    def spans_on(self, day: date) -> list[Span]:
        """List the spans of a local day, sorted, those that touch or overlap joined into one."""
        if self._always:
            return [Span(0, DAY_MINUTES)]
        kind = self._days.get(day)
        if kind == "off":
            return []
        weekday = MONDAY if kind == "make_up" else day.isoweekday()
        return _joined(span for rule in self._rules if rule.holds(day, weekday) for span in rule.spans)

    def at(self, instant: datetime) -> Opening:
        """Tell whether it is open at `instant`, until when, else from when on.

        Raises:
            ValueError: `instant` has no time zone.
        """
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        if self._always:
            return Opening(open=True, closes_at=None, opens_at=None)
        for start, end in self._stretches(instant):
            if instant < start:
                return Opening(open=False, closes_at=None, opens_at=start)
            if instant < end:
                never = end - instant > timedelta(days=HORIZON_DAYS - 3)
                return Opening(open=True, closes_at=None if never else end, opens_at=None)
        return Opening(open=False, closes_at=None, opens_at=None)

    def _stretches(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield open stretches as UTC instants from the day before on, those that meet at midnight as one."""
        first = instant.astimezone(self._zone).date() - timedelta(days=1)
        pending: tuple[datetime, datetime] | None = None
        for day in (first + timedelta(days=ahead) for ahead in range(HORIZON_DAYS)):
            for span in self.spans_on(day):
                start, end = self.instant(day, span.start), self.instant(day, span.end)
                if pending and pending[1] == start:
                    pending = (pending[0], end)
                    continue
                if pending:
                    yield pending
                pending = (start, end)
        if pending:
            yield pending

    def instant(self, day: date, minutes: int) -> datetime:
        """Return the instant (UTC) that many minutes after the midnight with which a local day begins."""
        midnight = datetime.combine(day + timedelta(days=minutes // DAY_MINUTES), datetime.min.time())
        local = midnight + timedelta(minutes=minutes % DAY_MINUTES)
        return local.replace(tzinfo=self._zone).astimezone(UTC)


def _joined(spans: Iterable[Span]) -> list[Span]:
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.start <= result[-1].end:
            result[-1] = Span(result[-1].start, max(span.end, result[-1].end))
        else:
            result.append(span)
    return result


def _minutes(text: str) -> int:
    hours, separator, minutes = text.strip().partition(":")
    if not (separator and hours.isdigit() and minutes.isdigit() and int(minutes) < 60):  # noqa: PLR2004  an hour
        raise ValueError(f"not a time of day like 08:30: {text!r}")
    return int(hours) * 60 + int(minutes)
