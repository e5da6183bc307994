"""WebRTC signalling between two browsers that may hang on two processes: keyed by call and attempt, never replayed.

A batch is one row of an unlogged table and one NOTIFY that names it; whichever process holds a tab of the other side
reads it. A tab without a connection of its own, which polls, finds the row when it asks next. Rows are swept away after
half a minute.
"""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.schemas import Attempt
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.ids import new_id
from cloudwindow.people import Asked

BATCH_LIMIT = 64
"""Descriptions and candidates in one batch."""

BYTES_LIMIT = 64_000
"""Bytes of one batch as JSON; a description with many codecs has about 6 kB."""

KEPT_SECONDS = 30
"""What nobody fetched in this time was for a browser that is gone."""

MOST_KEPT = 500
"""More for one person in that time is no signalling; the newest count. A call that starts has some twenty."""

# scope: both the sender's own place and the other place in the same live call are found in the statement itself
_SEND = text(
    """
    INSERT INTO signal (id, call_id, to_participant_id, body, at)
    SELECT :id, c.id, other.id, jsonb_build_object('from', mine.id, 'from_attempt', mine.attempt,
               'to_attempt', other.attempt, 'batch', CAST(:batch AS jsonb)), app_now()
    FROM call c
    JOIN call_participant mine ON mine.call_id = c.id AND mine.attempt = :from_attempt AND mine.attempt > 0
        AND mine.left_at IS NULL AND :person IN (mine.staff_id, mine.account_id)
    JOIN call_participant other ON other.call_id = c.id AND other.id = :to AND other.attempt = :to_attempt
        AND other.id <> mine.id AND other.left_at IS NULL
    WHERE c.id = :call AND c.state <> 'ended'
    ON CONFLICT (id) DO NOTHING
    RETURNING id, (SELECT coalesce('staff:' || p.staff_id, 'account:' || p.account_id) FROM call_participant p
                   WHERE p.id = to_participant_id) AS stream
    """
)
# scope: addressed by the notice to the one stream that may read it
_FETCH = text("SELECT id, call_id, body FROM signal WHERE id = ANY (:ids) ORDER BY at, id")
# scope: addressed to the actor's own places
_KEPT = text(
    """
    SELECT s.id, s.call_id, CASE WHEN s.id = ANY (:told) THEN NULL ELSE s.body END AS body
    FROM signal s JOIN call_participant p ON p.id = s.to_participant_id AND p.left_at IS NULL
    WHERE s.at > greatest(:since, app_now() - make_interval(secs => :kept)) AND :person IN (p.staff_id, p.account_id)
    ORDER BY s.at DESC, s.id DESC LIMIT :most
    """
)
# scope: the sweeper drops what is too old for anybody
_CLEAN = text("DELETE FROM signal WHERE at < app_now() - make_interval(secs => :kept)")


class Batch(Asked):
    """A `signal` message: descriptions and candidates from one attempt of a browser to one attempt of another."""

    model_config = ConfigDict(extra="ignore")

    call: UUID
    to: UUID
    from_attempt: Attempt
    to_attempt: Attempt
    batch: Annotated[list[Any], Field(max_length=BATCH_LIMIT)]


async def send(session: AsyncSession, actor: Actor, message: dict[str, Any], key: UUID | None = None) -> str | None:
    """Put a batch on its way. Returns the notice to send, None when it is malformed, stale or not the sender's.

    A `key` is the batch's own, for a sender who may have to say it twice: the second one is dropped.
    """
    try:
        asked = Batch.model_validate(message)
        batch = _json(asked.batch)
    except ValueError:
        return None
    values = {"id": key or new_id(), "person": actor.id, **asked.model_dump(exclude={"batch"}), "batch": batch}
    row = (await session.execute(_SEND, values)).first()
    return f"signal:{row.stream}:{row.id}" if row else None


def _json(batch: list[Any]) -> str:
    """Write a batch as PostgreSQL can hold it. Raises `ValueError` for U+0000, halves of surrogate pairs, or too much.

    Its depth was limited by whoever parsed it.
    """
    encoded = json.dumps(batch, ensure_ascii=False, allow_nan=False)
    if len(encoded.encode()) > BYTES_LIMIT or "\\u0000" in encoded.replace("\\\\", ""):
        msg = "a batch is short, and text"
        raise ValueError(msg)
    return encoded


async def fetch(session: AsyncSession, ids: list[UUID]) -> list[dict[str, Any]]:
    """Read batches by their ids, in the order of sending."""
    return [_message(row) for row in await session.execute(_FETCH, {"ids": ids})]


async def kept(
    session: AsyncSession, actor: Actor, since: datetime, told: Collection[UUID]
) -> list[tuple[UUID, dict[str, Any] | None]]:
    """Read what is still kept for an actor of the batches after an instant: id, and the message unless it was told.

    Which were told is said by their ids, since instants are not in the order of commits.
    """
    values = {"person": actor.id, "since": since, "told": list(told), "kept": KEPT_SECONDS, "most": MOST_KEPT}
    rows = (await session.execute(_KEPT, values)).all()
    return [(row.id, _message(row) if row.body else None) for row in reversed(rows)]


def _message(row: Row[Any]) -> dict[str, Any]:
    return {"id": str(row.id), "type": "signal", "call": str(row.call_id), **row.body}


@action("signal.clean")
async def clean(tx: Tx, _one: UUID) -> None:
    """Drop what nobody fetched in time."""
    await tx.session.execute(_CLEAN, {"kept": KEPT_SECONDS})
