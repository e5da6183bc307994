"""What the pages of a call say they measured, and how supervisors read it."""

import re
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BeforeValidator, Field, StrictBool

from cloudwindow.people import NOT_GUESSED, Asked, Wire

Cause = Literal["permission", "no_device", "no_route", "signalling_timeout", "insecure_page", "unknown"]

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
Setup = Annotated[int, Field(ge=0, le=HOUR_MS), NOT_GUESSED]
RoundTrip = Annotated[int, Field(ge=0, le=60_000), NOT_GUESSED]
Count = Annotated[int, Field(ge=0, le=100_000), NOT_GUESSED]
Permille = Annotated[int, Field(ge=0, le=1000), NOT_GUESSED]


def _written(value: object) -> object:
    """In an address a day is written with hyphens, and yes is `true`: seconds since 1970 and `yes` are guesses."""
    if isinstance(value, str) and value not in {"true", "false"} and not re.match(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("not_guessed")
    return value


Day = Annotated[date, BeforeValidator(_written)]
Instant = Annotated[AwareDatetime, BeforeValidator(_written)]
Flag = Annotated[bool, BeforeValidator(_written)]


class QualityReport(Asked):
    """One page's measurements of a call so far; the one with the highest `number` counts, so that order is no matter.

    `setup_ms` is from joining to the first media, `first_frame_ms` to the first picture; null: there was none yet.
    `round_trip_ms` is the median of the readings, `kbps` the average of what was received.
    """

    attempt: Annotated[int, Field(ge=1, lt=2**31), NOT_GUESSED]
    number: Annotated[int, Field(ge=1, le=100_000), NOT_GUESSED]
    setup_ms: Setup | None
    first_frame_ms: Setup | None
    freezes: Count
    frozen_ms: Annotated[int, Field(ge=0, le=DAY_MS), NOT_GUESSED]
    loss_permille: Permille | None
    round_trip_ms: RoundTrip | None
    worst_round_trip_ms: RoundTrip | None
    kbps: Annotated[int, Field(ge=0, le=1_000_000), NOT_GUESSED]
    rung_changes: Count
    relay: StrictBool
    cause: Cause | None


class Taken(Wire):
    """The report with this number is the one that counts now."""

    number: int


class QualitySide(Wire):
    """One side's measurements over all page loads of its person: the first setup, sums, and the worst of the rest."""

    setup_ms: int | None
    first_frame_ms: int | None
    freezes: int
    frozen_ms: int
    loss_permille: int | None
    round_trip_ms: int | None
    worst_round_trip_ms: int | None
    kbps: int
    rung_changes: int
    relay: bool
    cause: Cause | None
    page_loads: int


class QualityRow(Wire):
    """A call of the day; a side is null from which no report came. It was on hold `holds` times, `held_seconds` in all.

    A hold that goes on counts as far as it has come.
    """

    call_id: UUID
    session_number: str
    desk: str
    started_at: datetime
    bad: bool
    holds: int
    held_seconds: int
    applicant: QualitySide | None
    clerk: QualitySide | None


class QualityDay(Wire):
    """Figures of one day over the sides of its calls: the median, and what 95 of 100 stay below.

    `held` calls were on hold; the figures of hold are over these, each with all its times together.
    """

    day: date
    calls: int
    bad: int
    failed: int
    setup_p50_ms: int | None
    setup_p95_ms: int | None
    first_frame_p50_ms: int | None
    first_frame_p95_ms: int | None
    round_trip_p50_ms: int | None
    round_trip_p95_ms: int | None
    loss_p50_permille: int | None
    loss_p95_permille: int | None
    held: int
    held_p50_seconds: int | None
    held_p95_seconds: int | None


class QualityPage(Wire):
    """The calls of one day, newest first; `more`: others are older than the last of these."""

    today: date
    figures: QualityDay
    rows: list[QualityRow]
    more: bool
