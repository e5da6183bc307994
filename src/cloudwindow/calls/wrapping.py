"""The wrap-up 小结: draft, outcome and summary (model §3)."""

from uuid import UUID

from sqlalchemy import update

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls import views
from cloudwindow.calls.evidence import note
from cloudwindow.calls.matters import close_matters
from cloudwindow.calls.models import Outcome, Session
from cloudwindow.calls.schemas import ApplicantSession, Draft, WrapUpRequest
from cloudwindow.calls.sessions import announce_clerk_session
from cloudwindow.calls.states import SESSION
from cloudwindow.dispatch import finish_wrap_up, is_shown
from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.people import PresenceRequest, account_stream, set_presence

SHORTEST_SUMMARY = 2
"""Characters; one alone says nothing."""


async def _own_session(tx: Tx, session_id: UUID) -> Session:
    row = await tx.session.scalar(
        scope.select_visible(tx.actor, Session)
        .where(Session.id == session_id, Session.clerk_id == tx.actor.id)
        .with_for_update()
    )
    if row is None:
        raise Problem("not_found")
    return row


@action("session.draft")
async def save_draft(tx: Tx, session_id: UUID, draft: Draft) -> Draft:
    """Keep what the clerk has typed so far. Raises `wrong_state` once the session is closed."""
    row = await _own_session(tx, session_id)
    if row.state == "closed":
        raise Problem("wrong_state", thing="session", state=row.state, event="draft")
    await tx.session.execute(
        update(Session)
        .where(Session.id == row.id)  # scope: own session, locked above
        .values(draft_cipher=tx.keys.encrypt("session", "draft", row.id, draft.model_dump_json()))
        .execution_options(synchronize_session=False)
    )
    tx.audit("session", row.id, draft={"outcome": draft.outcome, "length": len(draft.summary)})
    return draft


@action("session.wrap_up")
async def wrap_up(tx: Tx, session_id: UUID, request: WrapUpRequest) -> ApplicantSession:
    """Close a session with its outcome and summary; the clerk may be rung again.

    Raises `summary_missing`, `outcome_unknown` and `matter_outcome_missing`.
    """
    row = await _own_session(tx, session_id)
    state = SESSION.after(row.state, "close")
    if not request.outcome or len(request.summary) < SHORTEST_SUMMARY:
        raise Problem("summary_missing")
    if await tx.session.get(Outcome, request.outcome) is None:
        raise Problem("outcome_unknown")
    await close_matters(tx, row, request.matters)
    await tx.session.execute(
        update(Session)
        .where(Session.id == row.id)  # scope: own session, locked above
        .values(
            state=state,
            outcome=request.outcome,
            summary_cipher=tx.keys.encrypt("session", "summary", row.id, request.summary),
            next_step=request.next_step,
            closed_at=tx.now,
            draft_cipher=None,
        )
        .execution_options(synchronize_session=False)
    )
    await tx.session.refresh(row)
    tx.audit("session", row.id, old={"state": "wrapping"}, state=state, outcome=request.outcome)
    await note(tx, row.id, "closed", outcome=request.outcome, next_step=request.next_step)
    if await is_shown(tx, row.account_id, row.ticket_id):
        tx.event(account_stream(row.account_id), "session", views.for_applicant(row))
    if request.then == "break":
        await set_presence(tx, PresenceRequest(wanted="break", reason="rest"))
    await finish_wrap_up(tx, row.clerk_id, row.ticket_id)
    await announce_clerk_session(tx, row.clerk_id)
    return views.for_applicant(row)
