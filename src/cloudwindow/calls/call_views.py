"""A call as its pages keep it: read in one statement, since it is told at every turn and waited for at the first."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.schemas import CallView

# scope: of a call that the caller may see; staff with the work identity that is public by nature
_PEOPLE = """
    SELECT jsonb_agg(jsonb_build_object('id', p.id, 'side', p.side, 'attempt', p.attempt,
        'name', s.name, 'organisation', o.name) ORDER BY p.side, p.id)
    FROM call_participant p LEFT JOIN staff s ON s.id = p.staff_id LEFT JOIN organisation o ON o.id = s.organisation_id
    WHERE p.call_id = c.id AND p.left_at IS NULL
"""
# Where no page is open any more nobody answers: for who waits that is the same as a ring that ran out.
# scope: of a call that the caller may see
_INVITED = """
    SELECT e.id, e.staff_id, e.offered_at, e.expires_at,
        row_number() OVER (ORDER BY e.offered_at DESC, e.id DESC) = 1 AS last,
        CASE WHEN e.state = 'withdrawn' AND e.reason = 'tab_gone' THEN 'missed'
             WHEN e.state = 'declined' AND e.reason = 'replied' THEN 'replied' ELSE e.state END AS state
    FROM session x JOIN engagement e ON e.ticket_id = x.ticket_id
    WHERE x.id = c.session_id AND c.state <> 'ended' AND e.kind = 'invite' AND e.offered_at >= c.started_at
"""
# Those that ring, and the last one when nobody came of it.
# scope: of a call that the caller may see; staff with the work identity that is public by nature
_INVITATIONS = f"""
    SELECT jsonb_agg(jsonb_build_object('id', i.id, 'state', i.state, 'offered_at', i.offered_at,
        'expires_at', i.expires_at, 'name', s.name, 'organisation', o.name) ORDER BY i.offered_at, i.id)
    FROM ({_INVITED}) i JOIN staff s ON s.id = i.staff_id JOIN organisation o ON o.id = s.organisation_id
    WHERE i.state = 'ringing' OR i.last AND i.state IN ('declined', 'missed', 'replied')
"""  # noqa: S608  composed of names written above
# scope: of a call that the caller may see
_STAGE = """
    SELECT jsonb_build_object('no', t.no, 'kind', t.kind, 'participant_id', t.participant_id, 'turn', t.turn,
        'zoom', t.zoom, 'x', t.x, 'y', t.y, 'strokes', t.strokes, 'file_id', t.file_id, 'covered', t.covered)
    FROM call_stage t WHERE t.call_id = c.id AND c.state <> 'ended'
"""
# scope: of a call that the caller may see
_HOLD = """
    SELECT jsonb_build_object('started_at', h.started_at, 'remind_at', h.remind_at)
    FROM call_hold h WHERE h.call_id = c.id AND h.ended_at IS NULL AND c.state <> 'ended'
"""
# scope: of a call that the caller may see
_PHOTO = """
    SELECT jsonb_build_object('id', r.id, 'what', r.what, 'label', r.label, 'state', r.state, 'file_id', r.file_id)
    FROM photo_request r WHERE r.call_id = c.id ORDER BY r.asked_at DESC, r.id DESC LIMIT 1
"""
_RECALL = """
    CASE WHEN c.state = 'interrupted' AND c.recall IS NOT NULL
        THEN jsonb_build_object('state', c.recall, 'at', c.recall_at) END
"""
# scope: of a call that the caller may see
_VIEW = f"""
    SELECT jsonb_build_object('id', c.id, 'session_id', c.session_id, 'state', c.state,
        'grace_until', CASE WHEN c.state = 'interrupted' THEN c.grace_until END, 'ended_reason', c.ended_reason,
        'recall', {_RECALL},
        'participants', coalesce(({_PEOPLE}), '[]'), 'invitations', coalesce(({_INVITATIONS}), '[]'),
        'stage', ({_STAGE}), 'hold', ({_HOLD}), 'photo', ({_PHOTO}),
        'pushed', coalesce((SELECT max(p.changed) FROM pushed p WHERE p.session_id = c.session_id), 0))::text
    FROM call c
"""  # noqa: S608  composed of names written above
_BY_ID = text(f"{_VIEW} WHERE c.id = :id")
_LATEST = text(f"{_VIEW} WHERE c.session_id = :id ORDER BY c.started_at DESC LIMIT 1")


async def show_call(session: AsyncSession, call_id: UUID) -> CallView:
    """Build the view of a call, that the caller may see, with who is in it."""
    return CallView.model_validate_json((await session.execute(_BY_ID, {"id": call_id})).scalar_one())


async def call_of_session(session: AsyncSession, session_id: UUID) -> CallView | None:
    """Return the latest call of a session that the caller may see."""
    found = await session.scalar(_LATEST, {"id": session_id})
    return CallView.model_validate_json(found) if found else None
