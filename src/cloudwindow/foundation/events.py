"""Event streams: committed with the change, numbered inside the stream row's lock, replayed by cursor (invariant 4)."""

from dataclasses import dataclass
from typing import Any

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


# scope: of the stream that the live line or the state document found for its own actor
_SINCE = text("SELECT seq, type, data FROM event WHERE stream = :stream AND seq > :after ORDER BY seq LIMIT :limit")
# scope: a number, of a stream found for its own actor
_CURSOR = text("SELECT last_seq FROM event_stream WHERE stream = :stream")


async def cursor(session: AsyncSession, stream: str) -> int:
    """Return the last number of a stream, 0 when nothing ever happened in it."""
    return (await session.scalar(_CURSOR, {"stream": stream})) or 0


async def since(session: AsyncSession, stream: str, after: int) -> list[tuple[int, str, Any]] | None:
    """Return `(seq, type, data)` after a cursor, or None when the gap is too old to replay."""
    rows = (await session.execute(_SINCE, {"stream": stream, "after": after, "limit": REPLAY_LIMIT + 1})).all()
    if len(rows) > REPLAY_LIMIT or (rows and rows[0].seq != after + 1):
        return None
    return [(row.seq, row.type, row.data) for row in rows]
