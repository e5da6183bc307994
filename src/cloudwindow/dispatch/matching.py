"""Who serves whom: a free clerk takes the first ticket of all desks that the clerk may take (architecture §4).

There is one way to assign, `ring_next`: every other path (a ticket arrives, a clerk becomes free, the sweeper) ends in
it, so the order of `queue_key` always holds. Locks: ticket first, then person; both are skipped when somebody else
has them, and the window is doubled when that left us empty-handed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg import Record

from cloudwindow.dispatch import parameters as limits
from cloudwindow.foundation import failpoints, parameters
from cloudwindow.foundation.actions import Tx

NO_LOCKS = "matching.no_locks"
"""The failpoint that switches the locks of an assignment off, to prove that the unique indexes hold by themselves."""

CALLED_BACK = "callback"
"""The reason of a ticket whose agreed time has come, and the fact by which a clerk learns of it."""

HANDED_ON = "transferred"
"""The reason of a ticket that was handed on 转接, and of the part that ended with it."""

FIRST_WINDOW = 8
LAST_WINDOW = 1024

SERVES = """
    g.role = ANY (CASE {flow} WHEN 'coach' THEN ARRAY['agent', 'acceptor']
                              WHEN 'accept' THEN ARRAY['acceptor'] ELSE ARRAY['expert'] END)
"""
# scope: matching is the system's own work; this is the check of what it hands out
MAY_TAKE = f"""
    EXISTS (SELECT 1 FROM role_grant g
            WHERE g.staff_id = {{staff}} AND (g.lines IS NULL OR {{line}} = ANY (g.lines)) AND {SERVES}
              AND (SELECT run.path FROM organisation run WHERE run.id = d.organisation_id)
               <@ (SELECT held.path FROM organisation held WHERE held.id = g.scope_organisation_id) OFFSET 0)
"""
"""A role that serves the flow, whose scope covers the desk and whose lines hold the item's (model §4)."""

# scope: matching asks who is free, and tells nobody
FREE = """
    p.wanted = 'ready'
    AND EXISTS (SELECT 1 FROM staff s WHERE s.id = p.staff_id AND s.status = 'active'
                AND s.certificate_valid_to >= (SELECT app_now())::date OFFSET 0)
    AND EXISTS (SELECT 1 FROM tab_lease l WHERE l.staff_id = p.staff_id AND l.lease_until > (SELECT app_now()) OFFSET 0)
    AND NOT EXISTS (SELECT 1 FROM engagement e WHERE e.staff_id = p.staff_id AND e.state IN ('ringing', 'accepted')
                    OFFSET 0)
    AND NOT EXISTS (SELECT 1 FROM engagement w WHERE w.staff_id = p.staff_id AND w.wrap_until > (SELECT app_now())
                    OFFSET 0)
"""
"""Ready, allowed to serve today, with a live tab, not rung, not serving, not writing a wrap-up.

`OFFSET 0` keeps each look-up to itself, one index each: as a join of eleven tables planning took 20 ms.
"""

# scope: counted, for who waits or hands on
ON_DUTY = """
    EXISTS (SELECT 1 FROM tab_lease l WHERE l.staff_id = p.staff_id AND l.lease_until > (SELECT app_now()))
    AND (p.wanted = 'ready' OR EXISTS (SELECT 1 FROM engagement e WHERE e.staff_id = p.staff_id
                                       AND e.state IN ('ringing', 'accepted')))
"""
"""At work with an open page: ready, rung or serving."""

# scope: matching passes over whoever gave the ticket back, or handed it on
NOT_EXCLUDED = f"""
    NOT EXISTS (SELECT 1 FROM engagement x WHERE x.ticket_id = t.id AND x.staff_id = {{staff}}
                AND (x.state IN ('missed', 'declined') OR x.kind = 'serve' AND x.reason = '{HANDED_ON}')
                AND x.ended_at > (SELECT app_now()) - make_interval(secs => {{seconds}}) OFFSET 0)
"""

# scope: matching is the system's own work. `may` is MAY_TAKE of one clerk for all flows of the clerk's desks at once:
# asked per ticket it made every look of somebody who may take none of a long queue cost as much as the queue is long.
HEADS = f"""
    WITH may AS MATERIALIZED (
        SELECT m.desk_id, f.flow, g.lines FROM desk_member m
        JOIN desk d ON d.id = m.desk_id
        JOIN organisation run ON run.id = d.organisation_id
        JOIN role_grant g ON g.staff_id = m.staff_id
        JOIN organisation held ON held.id = g.scope_organisation_id
        CROSS JOIN (VALUES ('coach'), ('accept'), ('support')) AS f (flow)
        WHERE m.staff_id = $1 AND run.path <@ held.path AND {SERVES.format(flow="f.flow")}
    )
    SELECT t.id, t.desk_id FROM (SELECT DISTINCT desk_id FROM may) m
    CROSS JOIN LATERAL (
        SELECT t.id, t.desk_id, t.queue_key FROM ticket t
        WHERE t.desk_id = m.desk_id AND t.state = 'waiting' AND t.lease_until > (SELECT app_now())
          AND EXISTS (SELECT 1 FROM may WHERE may.desk_id = t.desk_id AND may.flow = t.flow
                      AND (may.lines IS NULL OR t.line = ANY (may.lines)) OFFSET 0)
          AND {NOT_EXCLUDED.format(staff="$1", seconds="$3")}
        ORDER BY t.queue_key, t.id LIMIT $2
    ) t
    ORDER BY t.queue_key, t.id LIMIT $2
"""

# scope: matching asks who is free, and tells nobody. Being free is looked at first: it leaves hardly anybody.
_FREE_FOR = f"""
    WITH t AS MATERIALIZED (
        SELECT t.id, t.line, t.flow, t.desk_id, t.item_id FROM ticket t
        WHERE t.id = ANY ($1::uuid[]) AND t.state || '' = 'waiting'
    ), free AS MATERIALIZED (
        SELECT m.desk_id, d.organisation_id, p.staff_id, p.idle_since FROM (SELECT DISTINCT desk_id FROM t) asked
        JOIN desk d ON d.id = asked.desk_id
        JOIN desk_member m ON m.desk_id = asked.desk_id
        CROSS JOIN LATERAL (
            SELECT p.staff_id, p.idle_since FROM presence p WHERE p.staff_id = m.staff_id AND {FREE} OFFSET 0) p
    )
    {{wanted}} FROM free d JOIN t ON t.desk_id = d.desk_id
    WHERE {MAY_TAKE.format(staff="d.staff_id", line="t.line", flow="t.flow")}
"""
# scope: matching compares levels, and tells a clerk the own one
LEVEL = """
    coalesce((SELECT k.level FROM skill k WHERE k.staff_id = {staff} AND k.subject = {item}),
             (SELECT k.level FROM skill k WHERE k.staff_id = {staff} AND k.subject = {line}), 1)
"""
"""The level of somebody in an item: the own one, else that of its department line, else learner (model §4)."""
ANYBODY = _FREE_FOR.format(wanted="SELECT DISTINCT t.id")
# scope: matching asks who is free, and tells nobody
_WITH_LEVEL = """
    SELECT d.staff_id, coalesce(
        (SELECT k.level FROM skill k JOIN item i ON i.key = k.subject
         WHERE k.staff_id = d.staff_id AND i.id = t.item_id),
        (SELECT k.level FROM skill k WHERE k.staff_id = d.staff_id AND k.subject = t.line), 1) AS level
"""
CANDIDATES = f"""
    {_FREE_FOR.format(wanted=_WITH_LEVEL)} AND {NOT_EXCLUDED.format(staff="d.staff_id", seconds="$2")}
    ORDER BY level DESC, d.idle_since, d.staff_id
    LIMIT 3
"""

# scope: matching locks what it hands out. {lock} is empty only under the failpoint that proves the indexes suffice.
# The state is compared as an expression: the index of waiting tickets is no way to find one by its id.
TAKE_TICKET = """
    SELECT t.*, i.key AS item_key FROM ticket t JOIN item i ON i.id = t.item_id
    WHERE t.id = $1 AND t.state || '' = 'waiting' {lock}
"""
# scope: matching locks the clerk whom it rings
TAKE_PERSON = f"SELECT p.staff_id, p.station_id, p.idle_since FROM presence p WHERE p.staff_id = $1 AND {FREE} {{lock}}"

# scope: matching asks who is free, and tells nobody
_FREE_OF = f"SELECT p.staff_id FROM presence p WHERE p.staff_id = ANY ($1::uuid[]) AND {FREE}"


@dataclass(frozen=True)
class Match:
    """A locked ticket and a locked clerk that belong together, with the reasons."""

    ticket: Record
    staff_id: UUID
    station_id: UUID | None
    why: dict[str, Any]


async def free_members(tx: Tx, ticket_id: UUID) -> list[UUID]:
    """Return up to three free clerks for a waiting ticket: the best level first, then the longest idle. Unlocked."""
    seconds = await parameters.get(tx.session, limits.EXCLUDE_SECONDS)
    return [row["staff_id"] for row in await tx.driver.fetch(CANDIDATES, [ticket_id], seconds)]


async def is_anybody_free(driver: asyncpg.Connection, ticket_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Say of which tickets matching could ring somebody."""
    return {row["id"]: True for row in await driver.fetch(ANYBODY, ticket_ids)}


async def is_free(driver: asyncpg.Connection, staff_ids: Sequence[UUID]) -> dict[UUID, bool]:
    """Say of which clerks that they could be rung."""
    return {row["staff_id"]: True for row in await driver.fetch(_FREE_OF, staff_ids)}


async def match_for(tx: Tx, staff_id: UUID) -> Match | None:
    """Lock the first ticket that this clerk may take, and the clerk; None when either is not to be had."""
    seconds = await parameters.get(tx.session, limits.EXCLUDE_SECONDS)
    window = FIRST_WINDOW
    while window <= LAST_WINDOW:
        heads = await tx.driver.fetch(HEADS, staff_id, window, seconds)
        for head in heads:
            ticket = await tx.driver.fetchrow(_locked(TAKE_TICKET, "FOR UPDATE OF t SKIP LOCKED"), head["id"])
            if ticket is None:
                continue
            person = await tx.driver.fetchrow(_locked(TAKE_PERSON, "FOR NO KEY UPDATE OF p SKIP LOCKED"), staff_id)
            if person is None:
                return None
            return Match(ticket, staff_id, person["station_id"], await _why(tx, ticket, staff_id, person))
        if len(heads) < window:
            return None
        window *= 2
    return None


def _locked(statement: str, lock: str) -> str:
    """Fill the lock in, unless a test switched the locks off to prove that the unique indexes hold by themselves."""
    return statement.format(lock="" if failpoints.is_on(NO_LOCKS) else lock)


_LEVEL = f"SELECT {LEVEL.format(staff='$1', item='$2', line='$3')}"
# scope: the reasons of a ring count who was free
_OTHERS = f"""
    SELECT count(*) FROM desk_member m JOIN presence p ON p.staff_id = m.staff_id WHERE m.desk_id = $1 AND {FREE}
"""


async def _why(tx: Tx, ticket: Record, staff_id: UUID, person: Record) -> dict[str, Any]:
    """Say why: the level, how many were free, how long both waited, and what put the ticket where it stood."""
    level = await tx.driver.fetchval(_LEVEL, staff_id, ticket["item_key"], ticket["line"])
    candidates = await tx.driver.fetchval(_OTHERS, ticket["desk_id"])
    waited = int((tx.now - ticket["enqueued_at"]).total_seconds())
    idle = int((tx.now - person["idle_since"]).total_seconds())
    facts = [
        {
            "code": "only_free" if candidates == 1 else "longest_idle",
            "params": {"free": candidates, "idle_seconds": idle},
        },
        {"code": "skill", "params": {"level": level}},
        {"code": "waited", "params": {"seconds": waited}},
    ]
    if ticket["bonus_reason"] and ticket["bonus_reason"] != CALLED_BACK:
        facts.append({"code": ticket["bonus_reason"], "params": {"seconds": ticket["bonus_seconds"]}})
    if ticket["callback_at"]:
        facts.append({"code": CALLED_BACK, "params": {"at": ticket["callback_at"].isoformat()}})
    return {
        "rule": "head_of_queue",
        "candidates": candidates,
        "level": level,
        "waited_seconds": waited,
        "bonus_seconds": ticket["bonus_seconds"],
        "facts": facts,
    }
