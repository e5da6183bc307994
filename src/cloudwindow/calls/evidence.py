"""Session events: what happened, as evidence — append-only, exact bytes and digest (invariant 8)."""

import hashlib
from typing import Any
from uuid import UUID

from cloudwindow.calls.models import SessionEvent
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.audit import canonical
from cloudwindow.foundation.seal import sealed_table

# scope: the seal holds keys and digests, and shows nobody a body
sealed_table(SessionEvent, copies={"session_id": ("session",), "kind": ("kind",)})

# scope: written by an action that was allowed to change the session; its row is locked, so numbers have no gaps
_INSERT = """
    INSERT INTO session_event (session_id, seq, at, kind, body, digest)
    SELECT $1, coalesce((SELECT max(seq) FROM session_event WHERE session_id = $1), 0) + 1, $2, $3, $4, $5
    RETURNING seq
"""


async def note(tx: Tx, session_id: UUID, kind: str, **facts: Any) -> int:
    """Write one session event and return its number. `facts` hold no personal data in clear (model §8)."""
    body = canonical({"session": session_id, "at": tx.now, "kind": kind, "by": tx.actor.id, "facts": facts})
    seq: int = await tx.driver.fetchval(_INSERT, session_id, tx.now, kind, body, hashlib.sha256(body).digest())
    return seq
