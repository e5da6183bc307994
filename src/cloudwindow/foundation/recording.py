"""What an action leaves behind beside its change, in one statement: its answer, its audit rows, its events."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from cloudwindow.foundation import audit
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.events import NewEvent
from cloudwindow.foundation.idempotency import AlreadyAnswered, Key
from cloudwindow.foundation.ids import new_id

LATE = f"late {new_id()}"
"""Stands, in what an action records, for the one text that only its closing statement knows, such as a number."""

_PARAMETERS = 19

# The answer comes first: who asks twice at once waits there. Streams are locked in sorted order, last of all locks.
# Each is counted up by its events; an event's number is that of the last one less the events that come after it.
# scope: written by an action that was allowed to make the change, under the actor's own login
_RECORD = """
    remembered AS (
        INSERT INTO idempotency (login_id, key, request_digest, action, status, response, at)
        SELECT $14, $15, $16, $2, 200, replace($17, $18, late.value)::jsonb, $1 FROM late WHERE $14::uuid IS NOT NULL
        RETURNING true
    ), audited AS (
        INSERT INTO audit (id, at, actor_kind, actor_id, action, subject_table, subject_id, body, digest)
        SELECT id, $1, $3, $4, $2, table_, subject, exact.body, sha256(exact.body)
        FROM unnest($5::uuid[], $6::text[], $7::uuid[], $8::text[]) AS a (id, table_, subject, body),
            late, LATERAL (SELECT convert_to(replace(a.body, $18, late.value), 'UTF8')) AS exact (body)
    ), numbered AS (
        INSERT INTO event_stream (stream, last_seq)
        SELECT stream, more FROM (SELECT count(*) FROM remembered) AS answered,
            unnest($9::text[], $10::int[]) AS s (stream, more)
        ON CONFLICT (stream) DO UPDATE SET last_seq = event_stream.last_seq + excluded.last_seq
        RETURNING stream, last_seq
    ), told AS (
        INSERT INTO event (stream, seq, at, type, data)
        SELECT stream, last_seq - after, $1, type, replace(data, $18, late.value)::jsonb
        FROM unnest($11::text[], $12::text[], $13::int[], $19::text[]) AS e (stream, type, after, data)
            JOIN numbered USING (stream), late
    )
    SELECT value FROM late
"""


class Closing:
    """A change that is written and recorded in one statement, so that no lock waits for a round trip of ours.

    `ctes` are the common table expressions of the change with parameters from `$1`. One of them is `late (value)`: one
    row with the text that takes the place of `LATE`; it holds nothing that JSON would have to escape.
    """

    def __init__(self, ctes: str) -> None:
        shifted = re.sub(r"\$(\d+)", lambda number: f"${int(number[1]) + _PARAMETERS}", ctes)
        self.sql = f"WITH {shifted}, {_RECORD}"


_NOTHING_LATE = Closing("late AS (SELECT '' AS value)")


@dataclass(frozen=True)
class Record:
    """What is to stay of an action: who did what and when, and the answer to its request key, as JSON.

    `origin` is the blind index of the sender's address.
    """

    at: datetime
    action: str
    actor: Actor
    origin: str = ""
    notes: Sequence[audit.AuditNote] = ()
    news: Sequence[NewEvent] = ()
    answer: tuple[Key, str] | None = None

    def arguments(self) -> list[Any]:
        """The parameters of the statement."""
        bodies = [audit.body(self.actor, self.origin, self.action, note, self.at) for note in self.notes]
        streams = Counter(event.stream for event in self.news)
        key, response = self.answer or (None, None)
        left = dict(streams)
        after = []
        for event in self.news:
            left[event.stream] -= 1
            after.append(left[event.stream])
        return [
            *(self.at, self.action, self.actor.kind, self.actor.id),
            [new_id() for _ in self.notes],
            [note.table for note in self.notes],
            [note.subject for note in self.notes],
            bodies,
            sorted(streams),
            [streams[stream] for stream in sorted(streams)],
            [event.stream for event in self.news],
            [event.type for event in self.news],
            after,
            *((key.login_id, key.key, key.request_digest) if key else (None, None, None)),
            *(response, LATE),
            [event.json() for event in self.news],
        ]


async def record(
    driver: asyncpg.Connection, what: Record, closing: Closing | None = None, arguments: Sequence[Any] = ()
) -> str:
    """Write a record in the action's own transaction; with `closing`, the change itself too. Returns the late text.

    Raises `AlreadyAnswered` when the key is taken.
    """
    if not (what.notes or what.news or what.answer or closing):
        return ""
    try:
        late: str = await driver.fetchval((closing or _NOTHING_LATE).sql, *what.arguments(), *arguments)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "pk_idempotency":
            raise AlreadyAnswered from None
        raise
    return late
