"""Rows of the foundation that are of no use to anybody any more."""

from uuid import UUID

from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.sweeper import Sweep

# Each sweep names one row that is old enough; the action then removes a batch, so that no lock is held for long.
# scope: the sweeper removes what no client asks for again
_ANSWERS = """
    DELETE FROM idempotency WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM idempotency WHERE at < app_now() - interval '1 day' LIMIT 1000 FOR UPDATE SKIP LOCKED))
"""
# scope: the sweeper removes tabs that are long gone
_LEASES = """
    DELETE FROM tab_lease WHERE id = ANY (ARRAY(
        SELECT id FROM tab_lease WHERE lease_until < app_now() - interval '1 hour' LIMIT 1000 FOR UPDATE SKIP LOCKED))
"""
_COUNTS = """
    DELETE FROM request_count WHERE key = ANY (ARRAY(
        SELECT key FROM request_count WHERE ends_at < app_now() - interval '1 minute' LIMIT 1000
        FOR UPDATE SKIP LOCKED))
"""


@action("housekeeping.answers")
async def forget_answers(tx: Tx, _one: UUID) -> None:
    """Forget answers that no client asks for again; nothing to record."""
    await tx.driver.execute(_ANSWERS)


@action("housekeeping.leases")
async def forget_leases(tx: Tx, _one: UUID) -> None:
    """Forget tabs of processes that died without closing them; nothing to record."""
    await tx.driver.execute(_LEASES)


@action("housekeeping.counts")
async def forget_counts(tx: Tx, _one: UUID) -> None:
    """Forget windows that are over; nothing to record."""
    await tx.driver.execute(_COUNTS)


# scope: the sweeper finds what is old enough
SWEEPS = [
    Sweep(
        "old answers",
        "SELECT key FROM idempotency WHERE at < app_now() - interval '1 day' AND :batch > 0 LIMIT 1",
        forget_answers,
    ),
    Sweep(
        "dead tabs",
        "SELECT id FROM tab_lease WHERE lease_until < app_now() - interval '1 hour' AND :batch > 0 LIMIT 1",
        forget_leases,
    ),
    Sweep(
        "counts that are over",
        "SELECT gen_random_uuid() FROM request_count WHERE ends_at < app_now() - interval '1 minute' AND :batch > 0"
        " LIMIT 1",
        forget_counts,
    ),
]
