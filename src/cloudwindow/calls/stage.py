"""The stage 主画面 of a call: what both sides look at, how it is turned and enlarged, and what is drawn on it 批注.

Places are ten-thousandths of the picture, so that they hold at any size. While somebody draws, the pages tell each
other directly; what is kept comes here, as session events, and a page that was away reads them again.
"""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls import views
from cloudwindow.calls.call_views import show_call
from cloudwindow.calls.calling import lock_call, own_place
from cloudwindow.calls.evidence import note
from cloudwindow.calls.models import Call, CallParticipant, Session, SessionEvent, Stage
from cloudwindow.calls.pictures import picture_for_stage
from cloudwindow.calls.schemas import CallView, StageView
from cloudwindow.calls.schemas_stage import StageRequest, Stroke, StrokeEvent, StrokeList, ViewRequest
from cloudwindow.calls.sessions import announce_call
from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem

STROKES_AT_MOST = 300
"""Strokes on one picture; above, nobody sees the picture for the drawing, and a page that comes back waits too long."""

STROKE_KINDS = ("stroke", "stroke_undone", "strokes_cleared")


@action("call.stage")
async def put_on_stage(tx: Tx, call_id: UUID, request: StageRequest) -> StageView:
    """Put a picture on the stage; what was drawn on the last one stays with that one.

    Only the clerk may put there what is another's. A picture that was there before comes back with its drawing.
    Raises `not_there` when nobody in the call could send it, `not_found` and `not_a_picture` for a file, `not_allowed`,
    `call_over`.
    """
    place = await own_place(tx, call_id)
    call, row = await lock_call(tx, call_id)
    await _check_sender(tx, call, place, request)
    if (request.kind == "picture") != (request.file_id is not None):
        raise Problem("not_there")
    shown = request.model_dump(mode="json")
    no, strokes = 0, 0
    if request.file_id is not None:
        await picture_for_stage(tx, row.id, request.file_id)
        no, strokes = await _shown_before(tx.session, row.id, request.file_id)
    event = await note(tx, row.id, "stage", call=str(call.id), shown=shown)
    values = {
        **request.model_dump(),
        "no": no or event,
        "zoom": 100,
        "x": 5000,
        "y": 5000,
        "turn": 0,
        "strokes": strokes,
        "covered": False,
    }
    # scope: of the call in which the actor found its place
    statement = insert(Stage).values(call_id=call.id, **values)
    await tx.session.execute(statement.on_conflict_do_update(index_elements=["call_id"], set_=values))
    tx.audit("call_stage", call.id, **shown)
    return await _tell(tx, row, call.id)


async def _shown_before(session: AsyncSession, session_id: UUID, file_id: UUID) -> tuple[int, int]:
    """Return the event that first put a picture on the stage and the last one of its drawing; 0 for none."""
    rows = await session.execute(
        select(SessionEvent.seq, SessionEvent.body)  # scope: of a session that the caller may see
        .where(SessionEvent.session_id == session_id, SessionEvent.kind == "stage")
        .order_by(SessionEvent.seq)
    )
    for seq, body in rows:
        if json.loads(body)["facts"]["shown"].get("file_id") == str(file_id):
            events = await _events(session, session_id, seq, seq)
            return seq, events[-1].seq if events else 0
    return 0, 0


async def _check_sender(tx: Tx, call: Call, place: CallParticipant, request: StageRequest) -> None:
    sender = await tx.session.scalar(
        select(CallParticipant).where(  # scope: of the call in which the actor found its place
            CallParticipant.id == request.participant_id, CallParticipant.call_id == call.id
        )
    )
    if sender is None:
        raise Problem("not_there")
    if place.side != "clerk" and sender.id != place.id:
        raise Problem("not_allowed")


@action("call.stage_off")
async def take_off_stage(tx: Tx, call_id: UUID) -> CallView:
    """Empty the stage: each side sees the other's face again. Raises `not_allowed` for another's, but for the clerk."""
    place = await own_place(tx, call_id)
    call, row = await lock_call(tx, call_id)
    stage = await views.stage_of(tx.session, call_id)
    if stage is not None:
        if place.side != "clerk" and stage.participant_id != place.id:
            raise Problem("not_allowed")
        # scope: of the call in which the actor found its place
        await tx.session.execute(
            delete(Stage).where(Stage.call_id == call.id).execution_options(synchronize_session=False)
        )
        tx.session.expunge(stage)
        tx.audit("call_stage", call.id, old={"no": stage.no, "kind": stage.kind}, no=None)
        await note(tx, row.id, "stage_off", call=str(call.id), no=stage.no)
        return await announce_call(tx, row, call.id)
    return await show_call(tx.session, call.id)


@action("call.stage_view")
async def turn_stage(tx: Tx, call_id: UUID, request: ViewRequest) -> StageView:
    """Turn and enlarge what is on the stage, for everybody. Raises `stage_changed` when it shows something else."""
    row, stage = await _drawing(tx, call_id, request.no)
    await tx.session.execute(
        update(Stage)
        .where(Stage.call_id == stage.call_id)  # scope: of the call in which the actor found its place
        .values(**request.model_dump(exclude={"no"}))
        .execution_options(synchronize_session=False)
    )
    tx.audit("call_stage", call_id, old={"zoom": stage.zoom, "turn": stage.turn}, zoom=request.zoom, turn=request.turn)
    return await _tell(tx, row, call_id)


@action("call.stroke")
async def draw(tx: Tx, call_id: UUID, request: Stroke) -> StageView:
    """Keep a stroke. Saying the same one again changes nothing.

    Raises `stroke_malformed`, `stage_changed`, `too_much_drawn`.
    """
    if not request.is_drawable():
        raise Problem("stroke_malformed")
    row, stage = await _drawing(tx, call_id, request.no)
    drawn = await _drawn(tx.session, row.id, stage.no)
    if request.id in drawn:
        return StageView.model_validate(stage)
    if len(drawn) >= STROKES_AT_MOST:
        raise Problem("too_much_drawn")
    return await _keep(tx, row, stage, "stroke", request.model_dump(mode="json"))


@action("call.stroke_undo")
async def undo(tx: Tx, call_id: UUID, no: int, stroke_id: UUID) -> StageView:
    """Take a stroke back; one that is not there is back already. Raises `stage_changed`."""
    row, stage = await _drawing(tx, call_id, no)
    if stroke_id not in await _drawn(tx.session, row.id, stage.no):
        return StageView.model_validate(stage)
    return await _keep(tx, row, stage, "stroke_undone", {"no": no, "id": str(stroke_id)})


@action("call.strokes_clear")
async def clear(tx: Tx, call_id: UUID, no: int) -> StageView:
    """Wipe everything that is drawn on the stage. Raises `stage_changed`."""
    row, stage = await _drawing(tx, call_id, no)
    if not await _drawn(tx.session, row.id, stage.no):
        return StageView.model_validate(stage)
    return await _keep(tx, row, stage, "strokes_cleared", {"no": no})


async def _drawing(tx: Tx, call_id: UUID, no: int) -> tuple[Session, Stage]:
    place = await own_place(tx, call_id)
    if place.side == "applicant":
        raise Problem("not_allowed")
    _, row = await lock_call(tx, call_id)
    stage = await views.stage_of(tx.session, call_id)
    if stage is None or stage.no != no:
        raise Problem("stage_changed")
    return row, stage


async def _keep(tx: Tx, row: Session, stage: Stage, kind: str, facts: dict[str, Any]) -> StageView:
    seq = await note(tx, row.id, kind, **facts)
    await tx.session.execute(
        update(Stage)
        .where(Stage.call_id == stage.call_id)  # scope: of the call in which the actor found its place
        .values(strokes=seq)
        .execution_options(synchronize_session=False)
    )
    tx.audit("call_stage", stage.call_id, old={"strokes": stage.strokes}, strokes=seq)
    return await _tell(tx, row, stage.call_id)


async def _drawn(session: AsyncSession, session_id: UUID, no: int) -> set[UUID]:
    """Return the strokes that are on a stage now."""
    drawn: set[UUID] = set()
    for event in await _events(session, session_id, no, no):
        if event.kind == "stroke" and event.stroke is not None:
            drawn.add(event.stroke.id)
        elif event.kind == "stroke_undone" and event.undone is not None:
            drawn.discard(event.undone)
        else:
            drawn.clear()
    return drawn


async def _events(session: AsyncSession, session_id: UUID, no: int, after: int) -> list[StrokeEvent]:
    """Read what happened to the drawing on stage `no` after an event; other pictures may have been there in between."""
    rows = await session.execute(
        select(SessionEvent.seq, SessionEvent.kind, SessionEvent.body)  # scope: of a session that the caller may see
        .where(SessionEvent.session_id == session_id, SessionEvent.seq > after, SessionEvent.kind.in_(STROKE_KINDS))
        .order_by(SessionEvent.seq)
    )
    told = [(seq, kind, json.loads(body)["facts"]) for seq, kind, body in rows]
    return [_event(seq, kind, facts) for seq, kind, facts in told if facts["no"] == no]


def _event(seq: int, kind: Any, facts: dict[str, Any]) -> StrokeEvent:
    return StrokeEvent(
        seq=seq,
        kind=kind,
        stroke=Stroke.model_validate(facts) if kind == "stroke" else None,
        undone=UUID(facts["id"]) if kind == "stroke_undone" else None,
    )


async def strokes(session: AsyncSession, actor: Actor, call_id: UUID, after: int) -> StrokeList:
    """List what was drawn on the stage after event `after` of the session, for who is in the call.

    Raises `not_found`. What belongs to an earlier picture is left out.
    """
    mine = await session.scalar(scope.select_visible(actor, CallParticipant).where(CallParticipant.call_id == call_id))
    stage = await views.stage_of(session, call_id) if mine else None
    if mine is None:
        raise Problem("not_found")
    if stage is None:
        return StrokeList(no=0, events=[])
    call = await session.get_one(Call, call_id)  # scope: the actor has a place in it
    return StrokeList(no=stage.no, events=await _events(session, call.session_id, stage.no, max(after, stage.no)))


async def _tell(tx: Tx, row: Session, call_id: UUID) -> StageView:
    await announce_call(tx, row, call_id)
    return StageView.model_validate(await views.stage_of(tx.session, call_id))
