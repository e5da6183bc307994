"""Audit rows: who changed what, from where, old and new — append-only, exact bytes and digest (invariants 2, 8)."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cloudwindow.foundation.authentication import Actor


@dataclass
class AuditNote:
    """What an action wants on record. `old` and `new` hold no personal data in clear (model §8)."""

    table: str
    subject: UUID | None
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)


def canonical(document: Any) -> bytes:
    """Write JSON in one way only: sorted keys, no spaces, UTF-8; instants in ISO 8601."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=plain).encode()


def plain(value: Any) -> str:
    """Turn a key or an instant into its text; anything else does not belong in a record. Raises `TypeError`."""
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    msg = f"{type(value).__name__} does not belong in a record"
    raise TypeError(msg)


def body(actor: Actor, origin: str, action: str, note: AuditNote, now: datetime) -> str:
    """Write the body of one note's row; `origin` is the blind index of the sender's address."""
    return canonical(
        {
            "at": now,
            "actor": {
                "kind": actor.kind,
                "id": actor.id,
                "login": actor.login_id,
                "station": actor.station_id,
                **({"via": actor.via} if actor.via else {}),
            },
            "from": origin,
            "action": action,
            "subject": {"table": note.table, "id": note.subject},
            "old": note.old,
            "new": note.new,
        }
    ).decode()
