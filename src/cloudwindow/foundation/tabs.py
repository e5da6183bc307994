"""The lease of a tab: the proof that a page is open, held by the connection that renewed it last (invariant 5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.authentication import Actor

LEASE = timedelta(seconds=45)
"""How long a page counts as open after its last sign of life: three renewals, and longer than a poll hangs."""

BROKEN_OFF = timedelta(seconds=5)
"""How long a page counts as open after a poll of it broke off: a page that is still there asks anew well before."""

# scope: the actor's own tab; one of another login is refused, unless it was left behind and is not renewed any more
_OPEN = text(
    """
    INSERT INTO tab_lease (id, login_id, staff_id, account_id, opened_at, lease_until, holder)
    VALUES (:tab, :login, CAST(:staff AS uuid), CAST(:account AS uuid), app_now(),
            app_now() + CAST(:lease AS interval), :holder)
    ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, holder = excluded.holder,
        login_id = excluded.login_id, staff_id = excluded.staff_id, account_id = excluded.account_id
        WHERE tab_lease.login_id = excluded.login_id
            OR tab_lease.lease_until <= app_now() + CAST(:broken_off AS interval)
    RETURNING app_now()
    """
)
# scope: a tab whose connection this process held
_CLOSE = text("DELETE FROM tab_lease WHERE id = :tab AND holder = :holder")
# scope: a tab whose poll this process held
_BREAK_OFF = text(
    """
    UPDATE tab_lease SET lease_until = least(lease_until, app_now() + CAST(:left AS interval))
    WHERE id = :tab AND holder = :holder
    """
)
# scope: the tabs whose connections this process holds
_RENEW = text(
    """
    UPDATE tab_lease l SET lease_until = app_now() + CAST(:lease AS interval)
    FROM (SELECT id FROM tab_lease WHERE id = ANY (:tabs) AND holder = ANY (:holders) ORDER BY id FOR UPDATE) mine
    WHERE l.id = mine.id
    """
)


async def open_tab(session: AsyncSession, actor: Actor, tab: UUID, holder: UUID) -> datetime | None:
    """Take or renew the lease of a tab. Returns the time, None when the tab's id belongs to somebody else."""
    person = {
        "staff": actor.id if actor.kind == "staff" else None,
        "account": actor.id if actor.kind == "account" else None,
    }
    values = {"tab": tab, "login": actor.login_id, "lease": LEASE, "holder": holder, "broken_off": BROKEN_OFF}
    now: datetime | None = await session.scalar(_OPEN, values | person)
    return now


async def close_tab(session: AsyncSession, tab: UUID, holder: UUID) -> None:
    """End a lease now: a closed tab gets no offers. A tab that came back on another connection keeps its own."""
    await session.execute(_CLOSE, {"tab": tab, "holder": holder})


async def break_off(session: AsyncSession, tab: UUID, holder: UUID) -> None:
    """Let a lease end soon, unless the tab comes back: its browser gave up waiting for an answer."""
    await session.execute(_BREAK_OFF, {"tab": tab, "holder": holder, "left": BROKEN_OFF})


async def renew_tabs(session: AsyncSession, tabs: Sequence[UUID], holders: Sequence[UUID]) -> None:
    """Renew the leases that these connections still hold."""
    await session.execute(_RENEW, {"tabs": list(tabs), "holders": list(holders), "lease": LEASE})
