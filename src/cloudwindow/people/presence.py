"""What a clerk wants: ready, a break with a reason, or off (invariant 5)."""

from uuid import UUID

from sqlalchemy import insert, select, update

from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.people.breaks import end_of
from cloudwindow.people.models import Presence, PresenceChange
from cloudwindow.people.ports import WorkStates
from cloudwindow.people.schemas import PresenceRequest, PresenceView


def staff_stream(staff_id: UUID) -> str:
    """Name the stream of a clerk's workbench."""
    return f"staff:{staff_id}"


@action("presence.set")
async def set_presence(tx: Tx, wish: PresenceRequest) -> PresenceView:
    """Set what the clerk wants. Raises `still_serving` and `unfinished_wrap_ups` (model §3)."""
    staff_id = tx.actor.id
    if tx.actor.kind != "staff" or staff_id is None:
        raise Problem("not_allowed")
    states = tx.port(WorkStates)
    row = await tx.session.scalar(
        select(Presence)
        .where(Presence.staff_id == staff_id)
        .with_for_update(key_share=True)  # scope: the actor's own presence
    )
    if row is None:
        raise Problem("not_allowed")
    before = await states.presence(tx.session, staff_id)
    if wish.wanted != "ready":
        if before and before.work in {"ringing", "serving"}:
            raise Problem("still_serving")
        if unfinished := await states.unfinished(tx.session, staff_id):
            raise Problem("unfinished_wrap_ups", count=unfinished)
    reason = (wish.reason or "rest") if wish.wanted == "break" else None
    if (row.wanted, row.reason) != (wish.wanted, reason):
        await change_presence(tx, row, wish.wanted, reason)
    if wish.wanted == "ready":
        states.became_ready(tx, staff_id)
    after = await states.presence(tx.session, staff_id)
    if after is None:
        raise Problem("not_allowed")
    return after


async def change_presence(tx: Tx, row: Presence, wanted: str, reason: str | None) -> None:
    """Write a new wish of a locked presence row, with its place in the record, its audit row and event."""
    values = {"wanted": wanted, "reason": reason, "since": tx.now, "idle_since": tx.now, "misses": 0}
    values["remind_at"] = await end_of(tx, reason)
    await tx.session.execute(
        update(Presence)
        .where(Presence.staff_id == row.staff_id)  # scope: the row that the caller locked
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    await tx.session.execute(  # scope: the record of the person whose row the caller locked
        insert(PresenceChange).values(id=new_id(), staff_id=row.staff_id, at=tx.now, wanted=wanted, reason=reason)
    )
    tx.audit(
        "presence",
        row.staff_id,
        old={"wanted": row.wanted, "reason": row.reason},
        wanted=wanted,
        reason=reason,
    )
    await announce_presence(tx, row.staff_id)


async def announce_presence(tx: Tx, staff_id: UUID) -> None:
    """Send the clerk's own pages the presence as it is now in this transaction."""
    states = tx.port(WorkStates)
    presence = await states.presence(tx.session, staff_id)
    tx.event(staff_stream(staff_id), "presence", presence)
