"""遮住屏幕: whoever shares a screen lets nobody see it while a password is typed or something is paid (domain §5.4).

The page of whoever shares stops the picture by itself, at once and whatever becomes of the line; what is kept here
tells the others why they see nothing, and the record for how long.
"""

from uuid import UUID

from sqlalchemy import update

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls import views
from cloudwindow.calls.calling import lock_call, own_place
from cloudwindow.calls.evidence import note
from cloudwindow.calls.models import Stage
from cloudwindow.calls.schemas import StageView
from cloudwindow.calls.schemas_stage import CoverRequest
from cloudwindow.calls.sessions import announce_call
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem


@action("call.cover")
async def cover(tx: Tx, call_id: UUID, request: CoverRequest) -> StageView:
    """Say that the own screen is covered, or seen again; said twice it changes nothing.

    Raises `not_allowed` for what somebody else shows and for what is no screen, `stage_changed`, `call_over`.
    """
    place = await own_place(tx, call_id)
    call, row = await lock_call(tx, call_id)
    stage = await views.stage_of(tx.session, call_id)
    if stage is None or stage.no != request.no:
        raise Problem("stage_changed")
    if stage.participant_id != place.id or stage.kind != "screen":
        raise Problem("not_allowed")
    if stage.covered == request.covered:
        return StageView.model_validate(stage)
    await tx.session.execute(
        update(Stage)
        .where(Stage.call_id == call.id)  # scope: of the call in which the actor found its place
        .values(covered=request.covered)
        .execution_options(synchronize_session=False)
    )
    tx.audit("call_stage", call.id, old={"covered": stage.covered}, covered=request.covered)
    await note(tx, row.id, "screen_covered" if request.covered else "screen_seen", call=str(call.id), no=stage.no)
    await announce_call(tx, row, call.id)
    return StageView.model_validate(await views.stage_of(tx.session, call_id))
