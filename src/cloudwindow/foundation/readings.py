"""Figures that stand in the database, read when somebody looks at `/metrics` and at no other time.

Rooms declare them beside their sweeps. They are read on a connection of their own, so that a scrape neither waits for
a busy pool nor takes a connection from anybody, under a short limit, so that looking never becomes the load.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import structlog
from prometheus_client.core import GaugeMetricFamily

log = structlog.get_logger()

STATEMENT_MS = 1000
"""A statement that takes longer is given up, and its figures are missing from this answer."""

LIMIT_SECONDS = 4.0
"""All of them together; Prometheus itself gives up after ten by default."""

OVERDUE = "cloudwindow_deadline_overdue_seconds"
OVERDUE_HELP = "How long the oldest due deadline has been waiting for the sweeper; 0 when none is."


@dataclass(frozen=True)
class Reading:
    """One figure for each row of `sql`: the values of `labels`, then the number. No personal data.

    Readings of one name make one family, such as the deadlines of all rooms.
    """

    name: str
    help: str
    labels: tuple[str, ...]
    sql: str


def overdue(deadline: str, due: str) -> Reading:
    """How late the oldest deadline of a kind is; `due` selects one instant, null without any."""
    sql = f"SELECT '{deadline}', greatest(0, extract(epoch FROM (SELECT app_now()) - ({due})))"  # noqa: S608  our own words
    return Reading(OVERDUE, OVERDUE_HELP, ("deadline",), sql)


async def read(url: str, application_name: str, readings: Sequence[Reading]) -> list[GaugeMetricFamily]:
    """Read everything now. What cannot be read is missing; `cloudwindow_database_up` says whether it answered."""
    families: dict[str, GaugeMetricFamily] = {}
    up = GaugeMetricFamily("cloudwindow_database_up", "Whether the database answered this scrape (1) or not (0).")
    answered = 0
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            connection = await _connect(url, application_name)
            try:
                for reading in readings:
                    await _add(families, connection, reading)
                answered = 1
            finally:
                connection.terminate()
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("readings.failed", error=type(error).__name__)
    up.add_metric((), answered)
    return [up, *families.values()]


async def _connect(url: str, application_name: str) -> asyncpg.Connection:
    server = {
        "application_name": application_name,
        "statement_timeout": str(STATEMENT_MS),
        "default_transaction_read_only": "on",
    }
    return await asyncpg.connect(url, timeout=LIMIT_SECONDS, server_settings=server)


async def _add(families: dict[str, GaugeMetricFamily], connection: asyncpg.Connection, reading: Reading) -> None:
    try:
        rows = await connection.fetch(reading.sql)
    except asyncpg.PostgresError as error:  # too slow, above all
        log.warning("readings.failed", name=reading.name, error=type(error).__name__)
        return
    family = families.get(reading.name)
    if family is None:
        family = families[reading.name] = GaugeMetricFamily(reading.name, reading.help, labels=reading.labels)
    for *labels, value in rows:
        family.add_metric([str(label) for label in labels], float(value or 0))
