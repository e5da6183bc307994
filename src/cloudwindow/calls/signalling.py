"""WebRTC signalling between two browsers that may hang on two processes: keyed by call and attempt, never replayed.

A batch is one row of an unlogged table and one NOTIFY that names it; whichever process holds a tab of the other side
reads it. Rows are swept away after half a minute.
"""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.ids import new_id

BATCH_LIMIT = 64
"""Descriptions and candidates in one batch."""

BYTES_LIMIT = 64_000
"""Bytes of one batch as JSON; a description with many codecs has about 6 kB."""

KEPT_SECONDS = 30
"""What nobody fetched in this time was for a browser that is gone."""

# scope: both the sender's own place and the other place in the same live call are found in the statement itself
_SEND = text(
    """
    INSERT INTO signal (id, call_id, to_participant_id, body, at)
    SELECT :id, c.id, other.id, jsonb_build_object('from', mine.id, 'from_attempt', mine.attempt,
               'to_attempt', other.attempt, 'batch', CAST(:batch AS jsonb)), app_now()
    FROM call c
    JOIN call_participant mine ON mine.call_id = c.id AND mine.attempt = :from_attempt
        AND :person IN (mine.staff_id, mine.account_id)
    JOIN call_participant other ON other.call_id = c.id AND other.id = :to AND other.attempt = :to_attempt
    WHERE c.id = :call AND c.state <> 'ended'
    RETURNING id, (SELECT coalesce('staff:' || p.staff_id, 'account:' || p.account_id) FROM call_participant p
                   WHERE p.id = to_participant_id) AS stream
    """
)
# scope: addressed by the notice to the one stream that may read it
_FETCH = text("SELECT id, call_id, body FROM signal WHERE id = ANY (:ids) ORDER BY id")
_CLEAN = text("DELETE FROM signal WHERE at < app_now() - make_interval(secs => :kept)")


async def send(session: AsyncSession, actor: Actor, message: dict[str, Any]) -> str | None:
    """Put a batch on its way. Returns the notice to send, None when it is stale or not the sender's to send."""
    try:
        values = {
            "id": new_id(),
            "call": UUID(str(message["call"])),
            "to": UUID(str(message["to"])),
            "from_attempt": int(message["from_attempt"]),
            "to_attempt": int(message["to_attempt"]),
            "person": actor.id,
            "batch": _batch(message["batch"]),
        }
    except (KeyError, ValueError, TypeError):
        return None
    row = (await session.execute(_SEND, values)).first()
    return f"signal:{row.stream}:{row.id}" if row else None


def _batch(batch: Any) -> str:
    encoded = json.dumps(batch)
    if not isinstance(batch, list) or len(batch) > BATCH_LIMIT or len(encoded) > BYTES_LIMIT:
        msg = "a batch is a short list"
        raise ValueError(msg)
    return encoded


async def fetch(session: AsyncSession, ids: list[UUID]) -> list[dict[str, Any]]:
    """Read batches by their ids, in the order of sending."""
    rows = await session.execute(_FETCH, {"ids": ids})
    return [{"id": row.id, "type": "signal", "call": str(row.call_id), **row.body} for row in rows]


async def clean(session: AsyncSession) -> None:
    """Drop what nobody fetched."""
    await session.execute(_CLEAN, {"kept": KEPT_SECONDS})
