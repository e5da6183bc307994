"""What a restored deployment needs so that it can go on where the backup was taken.

Its deadlines need nothing: the last heartbeat is that of the backup, so the first server to start puts them off by the
time since then, as after any downtime (`foundation.downtime`).
"""

from cloudwindow.foundation.actions import Tx, action

LEAP = 1_000_000
"""More events than any stream had between backup and loss."""

# scope: the operator of the machine, who has the database itself
AFTERWARDS = f"""
RESET search_path;
UPDATE login SET ended_at = app_now() WHERE face = 'staff' AND ended_at IS NULL;
DELETE FROM tab_lease WHERE staff_id IS NOT NULL;
WITH leapt AS (UPDATE event_stream SET last_seq = last_seq + {LEAP} RETURNING stream, last_seq)
INSERT INTO event (stream, seq, at, type, data) SELECT stream, last_seq, app_now(), 'restored', NULL FROM leapt;
"""  # noqa: S608  a constant of ours
"""SQL that belongs to loading, in the same transaction.

Logins of staff end: one that was closed since the backup, because somebody left or a device was lost, must not open
again; and a tab without a login is no open page. Those of citizens stay, since a guest's cookie is the only way to the
number; it opens nothing else.

Streams leap: events that were lost had numbers, and pages have seen them. Given out once more they would be taken for
known; after a gap that cannot be replayed, every page fetches its state anew.
"""


@action("server.restore")
async def restored(tx: Tx, taken_at: str, program: str) -> None:
    """Put on record that this database is a backup of then, made by a program of that version."""
    tx.audit("deployment", None, taken_at=taken_at, program=program)
