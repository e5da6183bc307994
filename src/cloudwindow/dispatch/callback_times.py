"""For when a callback can be agreed on: whole five minutes, while the desk is open. Pure reckoning."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cloudwindow.organisation import Timetable

STEP = timedelta(minutes=5)
"""Times that people tell each other are whole five minutes."""

_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def round_up(instant: datetime) -> datetime:
    """Return the next whole five minutes, or the instant itself when it is one."""
    return instant + (_BEGINNING - instant) % STEP


def in_hours(at: datetime, now: datetime, hours: Timetable, zone: ZoneInfo) -> datetime | None:
    """Return the time itself while the desk is open then, else its next opening of the same day, if there is one."""
    opening = hours.at(at)
    if opening.open:
        return at
    opens = opening.opens_at
    same_day = opens is not None and opens.astimezone(zone).date() == now.astimezone(zone).date()
    return opens if same_day else None


def offered(minutes: Iterable[int], now: datetime, hours: Timetable, zone: ZoneInfo) -> dict[int, datetime]:
    """Return the times that are offered, by the minutes they were asked for with, the nearest first and none twice."""
    found: dict[int, datetime] = {}
    for one in sorted(minutes):
        at = in_hours(round_up(now + timedelta(minutes=one)), now, hours, zone)
        if at is not None and at not in found.values():
            found[one] = at
    return found
