"""Until when a letter is answered: by the end of a day's hours. Pure reckoning (domain §5.3, outside hours → 留言)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cloudwindow.organisation import HORIZON_DAYS, Timetable


def answer_by(now: datetime, hours: Timetable, zone: ZoneInfo, minutes: int) -> datetime | None:
    """Return the end of today's hours while at least `minutes` of them are left, else that of the next day with hours.

    None for a desk that is never open.
    """
    local = now.astimezone(zone)
    passed = local.hour * 60 + local.minute
    for ahead in range(HORIZON_DAYS):
        day = local.date() + timedelta(days=ahead)
        spans = hours.spans_on(day)
        left = sum(max(0, span.end - max(span.start, passed)) for span in spans) if ahead == 0 else minutes
        if spans and left >= minutes and (end := hours.instant(day, spans[-1].end)) > now:
            return end
    return None
