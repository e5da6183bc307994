"""A line that broke: the way back for a citizen whose page is gone, by a message once for a call, and who hears of it.

Who still has a page open needs no message, since a page reconnects by itself. Whether it is open is known late: a phone
without a network does not say goodbye. So a page counts as open once it was heard after the break, and until then one
looks. What is found is kept in the call's row: both sides are told when it changes, and two processes find one change.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from cloudwindow.calls.models import Call, Session
from cloudwindow.calls.sessions import announce_call
from cloudwindow.calls.states import Recall
from cloudwindow.dispatch import INTO_CALL, recall_of, say_the_line_broke
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.live_socket import SILENCE_SECONDS

OF_USE = timedelta(seconds=20)
"""With less of the grace left nobody reads a message, opens its link and is back in time."""

_WITHOUT_MESSAGE = "('none', 'unverified', 'late', 'failed')"
"""What may have been found where there is no page and no message: it stays so until a page comes."""

# A line on which nothing was heard for `SILENCE_SECONDS` is cut: a page that still has one then was heard since.
# scope: the sweeper's own work
_FOUND = f"""
    SELECT c.id, c.recall, m.ended_at, CASE
        WHEN EXISTS (SELECT 1 FROM tab_lease l WHERE l.account_id = p.account_id AND l.lease_until > (SELECT app_now()))
        THEN CASE WHEN c.recall <> 'looking' OR p.reported_at > c.recall_at
            OR c.recall_at <= (SELECT app_now()) - make_interval(secs => {SILENCE_SECONDS:.0f})
            THEN 'open' ELSE 'looking' END
        WHEN m.state IS NULL THEN 'away'
        WHEN m.state IN ('queued', 'sending') THEN 'sending'
        WHEN m.state = 'sent' AND m.queued_at <= c.last_good_at THEN 'before'
        ELSE m.state END AS found
    FROM call c JOIN call_participant p ON p.call_id = c.id AND p.side = 'applicant'
        LEFT JOIN message m ON m.kind = '{INTO_CALL}' AND m.occasion = c.id
    WHERE c.state = 'interrupted'
"""  # noqa: S608  composed of names written above
DUE = f"""
    SELECT id FROM ({_FOUND}) c
    WHERE found <> recall AND NOT (found = 'away' AND recall IN {_WITHOUT_MESSAGE}) LIMIT :batch
"""  # noqa: S608  composed of names written above
_ONE = f"SELECT found, ended_at FROM ({_FOUND}) c WHERE id = $1"  # noqa: S608  composed of names written above


@action("call.recall")
async def recall(tx: Tx, call_id: UUID) -> None:
    """Something is known anew of the way back into an interrupted call; whoever is gone is told the way."""
    call = await tx.session.scalar(
        select(Call)  # scope: the sweeper's own work
        .where(Call.id == call_id, Call.state == "interrupted")
        .with_for_update(skip_locked=True)
    )
    if call is None:
        return
    row = await tx.session.get_one(Session, call.session_id)  # scope: of that call
    seen = await tx.driver.fetchrow(_ONE, call_id)
    found = seen["found"] if seen["found"] != "away" else await _show_the_way(tx, row, call)
    if found == call.recall:
        return
    at = seen["ended_at"] if found in {"sent", "before"} else tx.now
    await tx.session.execute(
        update(Call)
        .where(Call.id == call.id)  # scope: the call locked above
        .values(recall=found, recall_at=at)
        .execution_options(synchronize_session=False)
    )
    tx.audit("call", call.id, old={"recall": call.recall}, recall=found)
    await announce_call(tx, row, call.id)


async def _show_the_way(tx: Tx, row: Session, call: Call) -> Recall:
    """Write the message to a citizen whose page is gone, if it may be and is of use."""
    by_phone = await recall_of(tx.session, tx.wiring, row.account_id)
    if by_phone != "on":
        return "none" if by_phone == "none" else "unverified"
    left = call.grace_until - tx.now if call.grace_until else timedelta()
    if left < OF_USE:
        return "late"
    return "sending" if await say_the_line_broke(tx, row.ticket_id, call.id, left) else "failed"
