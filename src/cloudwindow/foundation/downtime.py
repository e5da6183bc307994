"""A service that was down lets nobody's time run out: live deadlines are put off by as long (model §3).

Every process touches one heartbeat row about once a second. Whoever finds it older than `GAP_SECONDS` puts the
deadlines off, under the row's lock, so that it happens once however many processes come back. The real clock counts
here, not `app_now()`: a test that moves the time is no downtime.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from cloudwindow.foundation.actions import Tx, action

GAP_SECONDS = 10.0
"""A shorter pause is a restart that nobody notices, or a busy machine."""

PutOff = Callable[[Tx, timedelta], Awaitable[int]]
"""Puts one room's live deadlines off, tells whoever is shown them, and returns how many rows it moved."""

_LAST = "SELECT at FROM heartbeat WHERE id = 1 FOR UPDATE"
_FIRST = "INSERT INTO heartbeat (id, at) VALUES (1, clock_timestamp()) ON CONFLICT (id) DO NOTHING"
_TOUCH = "UPDATE heartbeat SET at = clock_timestamp() WHERE id = 1 RETURNING at"


@action("server.beat")
async def beat(tx: Tx, deadlines: Sequence[PutOff]) -> timedelta | None:
    """Say that the service is up. Returns how long it was down, null when it was not; then deadlines were put off."""
    last: datetime | None = await tx.driver.fetchval(_LAST)
    if last is None:
        await tx.driver.execute(_FIRST)
        return None
    gap: timedelta = await tx.driver.fetchval(_TOUCH) - last
    if gap.total_seconds() <= GAP_SECONDS:
        return None
    moved = {put_off.__name__: await put_off(tx, gap) for put_off in deadlines}
    tx.audit(
        "heartbeat", None, old={"at": last}, at=last + gap, down_seconds=round(gap.total_seconds(), 3), moved=moved
    )
    return gap
