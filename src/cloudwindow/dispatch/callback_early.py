"""现在回呼: a clerk who has time calls back before the time that was agreed (design of the workbench, the ready page).

The ticket comes to the head and rings at that clerk, who may take it by matching's own condition; from there on it is
a callback like any other. Whoever is not reached keeps the agreed time (`callback.keep_the_time`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg import Record

from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import recalling, views
from cloudwindow.dispatch.callback import come_to_head
from cloudwindow.dispatch.matching import CALLED_BACK, LEVEL, MAY_TAKE, TAKE_PERSON
from cloudwindow.dispatch.models import Ticket
from cloudwindow.dispatch.ringing import ring_for
from cloudwindow.dispatch.schemas import OfferView
from cloudwindow.dispatch.states import TICKET
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem

EARLY = "callback_early"
"""The rule by which such a ring came to its clerk."""

# scope: which of some tickets a clerk may take, as matching would hand them out at the clerk's own desks
_MINE = f"""
    SELECT t.id, t.callback_at, t.enqueued_at, d.key AS desk,
        {LEVEL.format(staff="m.staff_id", item="i.key", line="t.line")} AS level
    FROM ticket t JOIN item i ON i.id = t.item_id JOIN desk d ON d.id = t.desk_id
    JOIN desk_member m ON m.desk_id = d.id AND m.staff_id = $2
    WHERE t.id = ANY ($1::uuid[]) AND {MAY_TAKE.format(staff="m.staff_id", line="t.line", flow="t.flow")}
"""  # noqa: S608  composed of a condition written in this room


async def possible_from(driver: asyncpg.Connection, agreed: Sequence[UUID], actor: Actor) -> dict[UUID, datetime]:
    """Say of tickets with an agreed callback from when on the actor may call back, if they are the actor's to take."""
    if not agreed:
        return {}
    mine = await driver.fetch(_MINE, agreed, actor.id)
    early = {desk: await _early(driver, desk) for desk in {row["desk"] for row in mine}}
    return {row["id"]: row["callback_at"] - early[row["desk"]] for row in mine}


async def _early(driver: asyncpg.Connection, desk: str) -> timedelta:
    values = await parameters.read_by(driver, limits.CALLBACK_EARLY, desk=desk)
    return timedelta(minutes=values[limits.CALLBACK_EARLY])


@action("ticket.callback_early")
async def call_back_early(tx: Tx, ticket_id: UUID) -> OfferView:
    """Call back before the agreed time: the ticket comes to the head and rings at the actor.

    Raises `may_not_take`, `wrong_state`, `callback_not_yet`, `not_ready_yourself` and `nobody_to_hear`.
    """
    ticket = await tx.session.scalar(
        scope.select_visible(tx.actor, Ticket).where(Ticket.id == ticket_id).with_for_update()
    )
    if ticket is None or tx.actor.id is None:
        raise Problem("not_found")
    mine = await tx.driver.fetchrow(_MINE, [ticket_id], tx.actor.id)
    if mine is None:
        raise Problem("may_not_take")
    TICKET.after(ticket.state, "resume")
    if ticket.callback_at is None:
        raise Problem("wrong_state", thing="ticket", state=ticket.state, event="resume")
    begins = ticket.callback_at - await _early(tx.driver, mine["desk"])
    if begins > tx.now:
        raise Problem("callback_not_yet", time=f"{begins.astimezone(tx.zone):%H:%M}")
    if await tx.driver.fetchrow(TAKE_PERSON.format(lock="FOR NO KEY UPDATE OF p SKIP LOCKED"), tx.actor.id) is None:
        raise Problem("not_ready_yourself")
    if not await recalling.would_ring(tx, ticket):
        raise Problem("nobody_to_hear")
    await come_to_head(tx, ticket)
    await ring_for(tx, ticket_id, tx.actor.id, _why(tx, mine))
    offer = await views.offer_view(tx.session, tx.actor.id)
    if offer is None:
        raise RuntimeError("it rings by the statement before")
    return offer


def _why(tx: Tx, mine: Record) -> dict[str, Any]:
    waited = int((tx.now - mine["enqueued_at"]).total_seconds())
    facts = [
        {"code": CALLED_BACK, "params": {"at": mine["callback_at"].isoformat()}},
        {"code": "skill", "params": {"level": mine["level"]}},
        {"code": "waited", "params": {"seconds": waited}},
    ]
    figures = {"candidates": 1, "level": mine["level"], "waited_seconds": waited, "bonus_seconds": 0}
    return {"rule": EARLY, **figures, "facts": facts}
