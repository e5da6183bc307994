"""Measurements of calls: taken from the pages, each report in the place of the page's former one."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from cloudwindow.calls.models import Call, CallParticipant, Session
from cloudwindow.calls.models_quality import CallQuality
from cloudwindow.calls.schemas_quality import QualityReport, Taken
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem

LATE = timedelta(minutes=10)
"""A page's last report leaves it as the call ends; what comes later than this was made up."""


@action("call.measure")
async def measure(tx: Tx, call_id: UUID, body: QualityReport) -> Taken:
    """Keep what a page measured. An older number, or the same again, changes nothing.

    Raises `not_found` for an attempt that never joined, `call_over` long after the end.
    """
    place = await _place(tx, call_id)
    if place is None or body.attempt > place.attempt:
        raise Problem("not_found")
    row = (
        await tx.session.execute(
            select(Call.started_at, Call.ended_at, Session.home_organisation_id)
            .join(Session, Session.id == Call.session_id)  # scope: the actor's place in this call was found
            .where(Call.id == call_id)
        )
    ).one()
    if row.ended_at is not None and row.ended_at < tx.now - LATE:
        raise Problem("call_over")
    values = body.model_dump() | {"reported_at": tx.now}
    # scope: the actor's own place
    statement = insert(CallQuality).values(
        participant_id=place.id,
        call_id=call_id,
        call_started_at=row.started_at,
        home_organisation_id=row.home_organisation_id,
        side=place.side,
        **values,
    )
    replaced = {name: statement.excluded[name] for name in values if name != "attempt"}
    number = await tx.session.scalar(
        statement.on_conflict_do_update(  # scope: the actor's own place
            index_elements=["participant_id", "attempt"],
            set_=replaced,
            where=CallQuality.number < statement.excluded.number,
        ).returning(CallQuality.number)
    )
    if number is None:
        kept = select(CallQuality.number).where(  # scope: the actor's own place
            CallQuality.participant_id == place.id, CallQuality.attempt == body.attempt
        )
        number = (await tx.session.scalars(kept)).one()
    return Taken(number=number)


async def _place(tx: Tx, call_id: UUID) -> CallParticipant | None:
    """Find the actor's own place, or the one that was left last: its page says as it goes how it was."""
    mine = (
        CallParticipant.account_id == tx.actor.id  # scope: the actor's own places, left ones included
        if tx.actor.kind == "account"
        else CallParticipant.staff_id == tx.actor.id
    )
    place: CallParticipant | None = await tx.session.scalar(
        select(CallParticipant)  # scope: the actor's own place, looked for here also after leaving
        .where(CallParticipant.call_id == call_id, mine)
        .order_by(CallParticipant.left_at.desc().nulls_first())
        .limit(1)
    )
    return place
