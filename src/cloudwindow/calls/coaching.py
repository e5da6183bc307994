"""How far the coaching 网办辅导 of a session has come: which of its steps were reached, and when (domain §5.4).

The steps say what must not be left out, and that the applicant types and submits alone. The clerk ticks them while
talking, in any order; who goes on with the session sees them.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import update

from cloudwindow.calls import views
from cloudwindow.calls.evidence import note
from cloudwindow.calls.matters import lock_open
from cloudwindow.calls.models import Session
from cloudwindow.calls.schemas import ClerkSession, CoachingStep
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.people import staff_stream


@action("session.reach_step")
async def reach(tx: Tx, session_id: UUID, step: CoachingStep) -> ClerkSession:
    """Say that a step was reached; one that was stays as it is. Raises `not_found` and `wrong_state`."""
    row, _ = await lock_open(tx, session_id)
    if step in row.coached:
        return views.for_clerk(row, None)
    await note(tx, row.id, "step_reached", step=step)
    return await _keep(tx, row, row.coached | {step: tx.now.isoformat()})


@action("session.undo_step")
async def undo(tx: Tx, session_id: UUID, step: CoachingStep) -> ClerkSession:
    """Take back that a step was reached; one that was not stays as it is. Raises `not_found` and `wrong_state`."""
    row, _ = await lock_open(tx, session_id)
    if step not in row.coached:
        return views.for_clerk(row, None)
    await note(tx, row.id, "step_undone", step=step)
    return await _keep(tx, row, {name: at for name, at in row.coached.items() if name != step})


async def _keep(tx: Tx, row: Session, coached: dict[str, Any]) -> ClerkSession:
    old = row.coached
    await tx.session.execute(
        update(Session)
        .where(Session.id == row.id)  # scope: the actor's own session, locked above
        .values(coached=coached)
        .execution_options(synchronize_session=False)
    )
    await tx.session.refresh(row)
    tx.audit("session", row.id, old={"coached": sorted(old)}, coached=sorted(coached))
    view = views.for_clerk(row, None)
    tx.event(staff_stream(row.clerk_id), "session", view)
    return view
