"""What an action leaves behind beside its change, in one statement: its answer, its audit rows, its events."""

from collections.abc import Sequence
from typing import Any

import asyncpg

from cloudwindow.foundation.events import NewEvent
from cloudwindow.foundation.idempotency import AlreadyAnswered, Key

# The answer comes first: who asks twice at once waits there. Streams are locked in sorted order, last of all locks.
# scope: written by an action that was allowed to make the change, under the actor's own login
_RECORD = """
    WITH remembered AS (
        INSERT INTO idempotency (login_id, key, request_digest, action, status, response, at)
        SELECT $13, $14, $15, $16, 200, $17::text::jsonb, app_now() WHERE $13::uuid IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING true
    ), answers AS (
        SELECT count(*) AS n FROM remembered
    ), audited AS (
        INSERT INTO audit (id, at, actor_kind, actor_id, action, subject_table, subject_id, body, digest)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::uuid[],
                             $8::bytea[], $9::bytea[])
    ), incoming AS (
        SELECT stream, type, data, place FROM unnest($10::text[], $11::text[], $12::text[]) WITH ORDINALITY
            AS t (stream, type, data, place)
    ), counted AS (
        SELECT stream, count(*) AS n FROM incoming, answers GROUP BY stream ORDER BY stream
    ), numbered AS (
        INSERT INTO event_stream (stream, last_seq) SELECT stream, n FROM counted
        ON CONFLICT (stream) DO UPDATE SET last_seq = event_stream.last_seq + excluded.last_seq
        RETURNING stream, last_seq
    ), told AS (
        INSERT INTO event (stream, seq, at, type, data)
        SELECT i.stream, s.last_seq - c.n + row_number() OVER (PARTITION BY i.stream ORDER BY i.place), app_now(),
               i.type, i.data::jsonb
        FROM incoming i JOIN counted c USING (stream) JOIN numbered s USING (stream)
    )
    SELECT n FROM answers
"""

_AUDIT_COLUMNS = 9
_NO_ANSWER = (None, None, None, None, None)


async def record(
    driver: asyncpg.Connection,
    notes: Sequence[tuple[Any, ...]],
    news: Sequence[NewEvent] = (),
    answer: tuple[Key, str, str] | None = None,
) -> None:
    """Write rows of `audit.row`, events, and the answer (key, action, JSON) in the action's own transaction.

    Raises `AlreadyAnswered` when the key is taken.
    """
    if not (notes or news or answer):
        return
    columns = map(list, zip(*notes, strict=True)) if notes else ([] for _ in range(_AUDIT_COLUMNS))
    key, action, response = answer or (None, None, None)
    written = await driver.fetchval(
        _RECORD,
        *columns,
        [event.stream for event in news],
        [event.type for event in news],
        [event.json() for event in news],
        *((key.login_id, key.key, key.request_digest, action, response) if key else _NO_ANSWER),
    )
    if answer and not written:
        raise AlreadyAnswered
