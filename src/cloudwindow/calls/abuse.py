"""Ending a call for abuse: the clerk says why, it is on record, and no rating is asked for."""

from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import insert, select

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.call_views import show_call
from cloudwindow.calls.calling import lock_call, own_place
from cloudwindow.calls.models import Abuse
from cloudwindow.calls.schemas import CallView
from cloudwindow.calls.sessions import ABUSE, end_session
from cloudwindow.dispatch import Desk
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.people import Asked

SHORTEST = 4
"""Characters: "骂人" says less than a supervisor needs to decide (assumed)."""


class AbuseRequest(Asked):
    """What happened, in the clerk's own words, for the supervisor who looks at it."""

    words: Annotated[str, StringConstraints(max_length=500)]


@action("call.end_for_abuse")
async def end_for_abuse(tx: Tx, call_id: UUID, request: AbuseRequest) -> CallView:
    """End a call and its session because of insults or harassment.

    Raises `not_found` for all but its clerk, `words_missing`.
    """
    words = request.words.strip()
    if len(words) < SHORTEST:
        raise Problem("words_missing", least=SHORTEST)
    place = await own_place(tx, call_id)
    if place.side != "clerk":
        raise Problem("not_found")
    call, row = await lock_call(tx, call_id)
    organisation = await tx.session.scalar(select(Desk.organisation_id).where(Desk.id == row.desk_id))
    await tx.session.execute(  # scope: of a call in which the actor is the clerk
        insert(Abuse).values(
            session_id=row.id,
            account_id=row.account_id,
            organisation_id=organisation,
            at=tx.now,
            words_cipher=tx.keys.encrypt("abuse", "words", row.id, words),
        )
    )
    tx.audit("abuse", row.id, account=row.account_id, length=len(words))
    await end_session(tx, row, ABUSE, "served")
    return await show_call(tx.session, call.id)
