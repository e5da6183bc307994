"""The rings missed in a row that put a clerk on break (model §10): what became of each, and why they were missed."""

from typing import Any
from uuid import UUID

from asyncpg import Record
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch.models import Engagement
from cloudwindow.dispatch.schemas import Miss, MissReasonRequest
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.errors import Problem
from cloudwindow.people import Presence

PAUSE = "missed_rings"
"""The reason of the break that the server gives."""

# scope: the clerk's own missed rings; of their tickets number, item and state, and who answered, whose name is public.
# In a row: since the last answer and the last change of presence before the break, which both count from zero.
_MISSES = """
    WITH pause AS MATERIALIZED (
        SELECT p.staff_id, p.since, p.since - interval '1 day' AS earliest FROM presence p
        WHERE p.staff_id = $1 AND p.wanted = 'break' AND p.reason = $3
    ), missed AS MATERIALIZED (
        SELECT e.* FROM pause JOIN engagement e ON e.staff_id = pause.staff_id AND e.offered_at > pause.earliest
        WHERE e.state = 'missed' AND e.ended_at <= pause.since AND e.ended_at > greatest(
            (SELECT max(c.at) FROM presence_change c WHERE c.staff_id = pause.staff_id AND c.at < pause.since),
            (SELECT max(a.answered_at) FROM engagement a
             WHERE a.staff_id = pause.staff_id AND a.offered_at > pause.earliest AND a.answered_at < pause.since),
            '-infinity')
        ORDER BY e.ended_at DESC LIMIT $2
    )
    SELECT m.id, m.kind, m.offered_at, m.expires_at, m.reason, t.number, t.state, t.close_reason, t.callback_at,
           t.closed_at, i.short_name, answer.name, answer.answered_at
    FROM missed m JOIN ticket t ON t.id = m.ticket_id JOIN item i ON i.id = t.item_id
    LEFT JOIN LATERAL (
        SELECT s.name, e.answered_at FROM engagement e JOIN staff s ON s.id = e.staff_id
        WHERE e.ticket_id = m.ticket_id AND e.kind = 'serve' AND e.answered_at >= m.ended_at
        ORDER BY e.answered_at LIMIT 1) answer ON m.kind = 'serve'
    ORDER BY m.offered_at
"""


async def misses(session: AsyncSession, actor: Actor) -> list[Miss]:
    """List the actor's own rings that led to the break which goes on; empty on any other, or none."""
    return [_show(row) for row in await _read(session, actor.id)] if actor.id else []


@action("engagement.explain_misses")
async def explain(tx: Tx, request: MissReasonRequest) -> list[Miss]:
    """Keep why the actor missed the rings that led to the break which goes on.

    Said again it changes nothing, said otherwise the last word counts. Raises `not_allowed` for who is never rung, and
    `wrong_state` when there is no such break (any more).
    """
    staff_id = tx.actor.id
    row = await tx.session.scalar(
        select(Presence)
        .where(Presence.staff_id == staff_id)
        .with_for_update(key_share=True)  # scope: the actor's own presence
    )
    if tx.actor.kind != "staff" or staff_id is None or row is None:
        raise Problem("not_allowed")
    if (row.wanted, row.reason) != ("break", PAUSE):
        raise Problem("wrong_state", thing="presence", state=row.reason or row.wanted, event="explain")
    for missed in await _read(tx.session, staff_id):
        if missed["reason"] == request.reason:
            continue
        await tx.session.execute(
            update(Engagement)
            .where(Engagement.id == missed["id"])  # scope: the actor's own part, found above
            .values(reason=request.reason)
            .execution_options(synchronize_session=False)
        )
        tx.audit("engagement", missed["id"], old={"reason": missed["reason"]}, reason=request.reason)
    return await misses(tx.session, tx.actor)


async def _read(session: AsyncSession, staff_id: UUID) -> list[Record]:
    most = await parameters.get(session, limits.MISSES_TO_BREAK)
    rows: list[Record] = await (await driver_of(session)).fetch(_MISSES, staff_id, most, PAUSE)
    return rows


def _show(row: Record) -> Miss:
    became, at = _fate(row)
    return Miss(
        engagement_id=row["id"],
        kind=row["kind"],
        rung_at=row["offered_at"],
        seconds=round((row["expires_at"] - row["offered_at"]).total_seconds()),
        number=row["number"],
        item_short_name=row["short_name"],
        became=became,
        by=row["name"],
        at=at,
        reason=row["reason"],
    )


def _fate(row: Record) -> tuple[Any, Any]:
    """What became of it, and when or for when."""
    if row["kind"] == "invite":
        return ("talking" if row["state"] == "serving" else "over"), None
    if row["answered_at"] is not None:
        return "answered", row["answered_at"]
    if row["state"] == "closed":
        return row["close_reason"], row["closed_at"]
    return ("callback", row["callback_at"]) if row["state"] == "parked" else (row["state"], None)
