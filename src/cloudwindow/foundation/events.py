"""Event streams: committed with the change, numbered inside the stream row's lock, replayed by cursor (invariant 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import asyncpg
from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

REPLAY_LIMIT = 500
"""A client further behind than this many events is told to fetch its state anew."""

CHANNEL = "cloudwindow"
"""The NOTIFY channel; a payload is `stream:<name>`, `hint:<key>@<instant>` or `signal:<stream>:<id>`."""


@dataclass(frozen=True)
class NewEvent:
    """The sub-document `type` of the state behind `stream` is now `data` (null: it is gone). No personal data."""

    stream: str
    type: str
    data: Any

    def json(self) -> str:
        """Return the data as it is stored."""
        return to_json(self.data).decode()


# scope: a number, of a stream found for its own actor
_CURSOR = text("SELECT last_seq FROM event_stream WHERE stream = :stream")

# scope: of streams whose own actors have a line open
_BEHIND = """
    SELECT stream FROM unnest($1::text[], $2::bigint[]) AS told (stream, seq) JOIN event_stream s USING (stream)
    WHERE s.last_seq > told.seq
"""
# scope: of streams whose own actors have a line open
_SINCE = """
    SELECT told.stream, e.seq, e.type, e.data FROM unnest($1::text[], $2::bigint[]) AS told (stream, seq)
    CROSS JOIN LATERAL (SELECT seq, type, data::text AS data FROM event
        WHERE stream = told.stream AND seq > told.seq ORDER BY seq LIMIT $3) AS e
    ORDER BY told.stream, e.seq
"""


class Told(NamedTuple):
    """An event as it is kept: its number, its type, and its data as JSON text."""

    seq: int
    type: str
    data: str


async def cursor(session: AsyncSession, stream: str) -> int:
    """Return the last number of a stream, 0 when nothing ever happened in it."""
    return (await session.scalar(_CURSOR, {"stream": stream})) or 0


async def behind(driver: asyncpg.Connection, cursors: Mapping[str, int]) -> set[str]:
    """Return the streams in which something happened after their cursor."""
    return {row["stream"] for row in await driver.fetch(_BEHIND, list(cursors), list(cursors.values()))}


async def since(driver: asyncpg.Connection, cursors: Mapping[str, int]) -> dict[str, list[Told] | None]:
    """Return what happened in each stream after its cursor, None where the gap is too old to replay."""
    found: dict[str, list[Told] | None] = {stream: [] for stream in cursors}
    rows = await driver.fetch(_SINCE, list(cursors), list(cursors.values()), REPLAY_LIMIT + 1)
    for stream, of_one in groupby(rows, itemgetter("stream")):
        news = [Told(row["seq"], row["type"], row["data"]) for row in of_one]
        whole = len(news) <= REPLAY_LIMIT and news[0].seq == cursors[stream] + 1
        found[stream] = news if whole else None
    return found
