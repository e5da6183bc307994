"""What a session is about: another item than the one chosen, and further matters 另办的事 within one session.

The first matter is the ticket's, with the outcome of the session; each further one is a row with an outcome of its own.
Whatever is changed keeps implementation and version (model §2), and the change is a session event.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.evidence import note
from cloudwindow.calls.matter_views import matters_of_session
from cloudwindow.calls.models import Matter, Outcome, Session
from cloudwindow.calls.schemas import FurtherMatter, MatterOutcome, MatterRequest, MatterView
from cloudwindow.calls.views import invited_to
from cloudwindow.catalogue import CoachAvailability, Guide, Item, Resolved, frozen, guide, resolve
from cloudwindow.dispatch import Ticket, change_item
from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.people import account_stream, staff_stream

MATTERS_AT_MOST = 6
"""Of one session; whoever has more is better served by a second number than by an hour of one clerk."""


@action("matter.open")
async def open_matter(tx: Tx, session_id: UUID, request: MatterRequest) -> list[MatterView]:
    """Open a further matter beside those of a session that goes on.

    Raises `not_found`, `wrong_state`, `item_unknown`, `matter_there` and `too_many_matters`.
    """
    row, ticket = await lock_open(tx, session_id)
    there = await matters_of_session(tx.session, row.id)
    if len(there) >= MATTERS_AT_MOST:
        raise Problem("too_many_matters", limit=MATTERS_AT_MOST)
    found = await _new_item(tx, ticket, there, request)
    matter_id = new_id()
    values = {"id": matter_id, "session_id": row.id, "opened_at": tx.now, **_columns(found)}
    await tx.session.execute(insert(Matter).values(**values))  # scope: of the actor's own session, locked above
    tx.audit("matter", matter_id, session=row.id, **_named(found))
    await note(tx, row.id, "matter_opened", matter=str(matter_id), **_named(found))
    return await _tell(tx, row)


@action("matter.change")
async def change_matter(tx: Tx, session_id: UUID, matter_id: UUID, request: MatterRequest) -> list[MatterView]:
    """Say that a matter is about another item; the first matter is the ticket's, which changes with it.

    Raises `not_found`, `wrong_state`, `item_unknown` and `matter_there`.
    """
    row, ticket = await lock_open(tx, session_id)
    there = await matters_of_session(tx.session, row.id)
    old = next((one for one in there if one.id == matter_id), None)
    if old is None:
        raise Problem("not_found")
    found = await _new_item(tx, ticket, there, request)
    if matter_id == ticket.id:
        await change_item(tx, ticket, found)
    else:
        await tx.session.execute(
            update(Matter)
            .where(Matter.id == matter_id)  # scope: of the actor's own session, locked above
            .values(**_columns(found))
            .execution_options(synchronize_session=False)
        )
        tx.audit("matter", matter_id, old={"item": old.item_key, "version": old.version_id}, **_named(found))
    before = {"item": old.item_key, "implementation": str(old.implementation_id), "version": str(old.version_id)}
    await note(tx, row.id, "item_changed", matter=str(matter_id), before=before, **_named(found))
    return await _tell(tx, row)


@action("matter.remove")
async def remove_matter(tx: Tx, session_id: UUID, matter_id: UUID) -> list[MatterView]:
    """Take back a further matter that was opened by mistake; one that is not there is back already.

    Raises `not_found`, `wrong_state`, and `not_allowed` for the first one, which the number was taken for.
    """
    row, ticket = await lock_open(tx, session_id)
    if matter_id == ticket.id:
        raise Problem("not_allowed")
    gone = await tx.session.execute(
        delete(Matter)
        .where(Matter.id == matter_id, Matter.session_id == row.id)  # scope: of the actor's own session
        .returning(Matter.version_id)
        .execution_options(synchronize_session=False)
    )
    version_id = gone.scalar()
    if version_id is None:
        return await matters_of_session(tx.session, row.id)
    tx.audit("matter", matter_id, old={"version": version_id}, version=None)
    await note(tx, row.id, "matter_removed", matter=str(matter_id), version=str(version_id))
    return await _tell(tx, row)


async def lock_open(tx: Tx, session_id: UUID) -> tuple[Session, Ticket]:
    """Lock the ticket, then the session that the actor serves now. Raises `not_found` and `wrong_state`."""
    mine = scope.select_visible(tx.actor, Session).where(Session.id == session_id, Session.clerk_id == tx.actor.id)
    row = await tx.session.scalar(mine)
    if row is None:
        raise Problem("not_found")
    fresh = {"populate_existing": True}
    # scope: the ticket of the actor's own session
    of_ticket = select(Ticket).where(Ticket.id == row.ticket_id).with_for_update()
    ticket = await tx.session.scalar(of_ticket, execution_options=fresh)
    row = await tx.session.scalar(mine.with_for_update(), execution_options=fresh)
    if row is None or ticket is None:
        raise Problem("not_found")
    if row.state != "open" or ticket.state != "serving":
        raise Problem("wrong_state", thing="session", state=row.state, event="change")
    return row, ticket


async def _new_item(tx: Tx, ticket: Ticket, there: list[MatterView], request: MatterRequest) -> Resolved:
    """Find the item where the ticket's matter is handled. Raises `item_unknown` and `matter_there`."""
    found = await resolve(tx.session, request.item_key, ticket.region_code)
    if found is None:
        raise Problem("item_unknown", item=request.item_key, region=ticket.region_code)
    if found.item.key in {one.item_key for one in there}:
        raise Problem("matter_there")
    return found


def _columns(found: Resolved) -> dict[str, UUID]:
    return {
        "item_id": found.item.id,
        "implementation_id": found.implementation.id,
        "version_id": found.version.id,
    }


def _named(found: Resolved) -> dict[str, Any]:
    return {
        "item": found.item.key,
        "implementation": str(found.implementation.id),
        "version": str(found.version.id),
    }


async def _tell(tx: Tx, row: Session) -> list[MatterView]:
    view = await matters_of_session(tx.session, row.id)
    others = [staff_stream(staff_id) for staff_id in await invited_to(tx.session, row.ticket_id)]
    for stream in (account_stream(row.account_id), staff_stream(row.clerk_id), *others):
        tx.event(stream, "matters", view)
    return view


async def close_matters(tx: Tx, row: Session, given: list[MatterOutcome]) -> None:
    """Give each further matter of a session that is being closed its outcome.

    Raises `matter_outcome_missing` unless there is one for each, and `outcome_unknown`.
    """
    # scope: of the actor's own session, locked by the caller
    ids = set(await tx.session.scalars(select(Matter.id).where(Matter.session_id == row.id)))
    outcomes = {one.id: one.outcome for one in given}
    if ids != set(outcomes):
        raise Problem("matter_outcome_missing")
    for matter_id, outcome in outcomes.items():
        if await tx.session.get(Outcome, outcome) is None:
            raise Problem("outcome_unknown")
        await tx.session.execute(
            update(Matter)
            .where(Matter.id == matter_id)  # scope: of the actor's own session, locked by the caller
            .values(outcome=outcome)
            .execution_options(synchronize_session=False)
        )
        tx.audit("matter", matter_id, outcome=outcome)
        await note(tx, row.id, "matter_closed", matter=str(matter_id), outcome=outcome)


async def further(session: AsyncSession, session_id: UUID) -> list[FurtherMatter]:
    """List the further matters of a session that the caller may see, with what became of them."""
    rows = await session.execute(
        select(Item.key, Item.task_name, Matter.outcome)
        .join(Matter, Matter.item_id == Item.id)
        .where(Matter.session_id == session_id)  # scope: as the docstring says
        .order_by(Matter.opened_at, Matter.id)
    )
    return [FurtherMatter(item_key=key, item_name=name, outcome=outcome) for key, name, outcome in rows]


async def matters(session: AsyncSession, actor: Actor, session_id: UUID) -> list[MatterView]:
    """List the matters of a session. Raises `not_found`."""
    row = await session.scalar(scope.select_visible(actor, Session).where(Session.id == session_id))
    if row is None:
        raise Problem("not_found")
    return await matters_of_session(session, row.id)


async def guide_of(session: AsyncSession, wiring: Wiring, actor: Actor, session_id: UUID, matter_id: UUID) -> Guide:
    """Return the guide of a matter as it was when the matter became what it is. Raises `not_found`."""
    one = next((each for each in await matters(session, actor, session_id) if each.id == matter_id), None)
    if one is None:
        raise Problem("not_found")
    resolved, organisation = await frozen(session, one.version_id)
    region = resolved.implementation.region_code
    available = await wiring.port(CoachAvailability).for_item(session, resolved.item.id, region, "coach")
    return guide(resolved, organisation, available)
