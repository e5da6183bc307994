"""How logins of staff end: for want of use, by an operator, by a new password. What is being done is done first.

The deadline is `login.idle_at`, checked wherever a cookie is looked up and by a sweep. Every request that the person
makes puts it off, noted at most once a minute; what a page fetches by itself does not. While the person is rung, talks
or writes a wrap-up in its time, the sweep puts it off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
from sqlalchemy import func, select, update

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import close_login
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.models import Login
from cloudwindow.foundation.sweeper import Sweep
from cloudwindow.people.models import Presence
from cloudwindow.people.parameters import IDLE_MINUTES
from cloudwindow.people.ports import WorkStates
from cloudwindow.people.presence import change_presence

# scope: logins found by their own cookies. Sorted, so that two processes never wait for each other in a circle.
_USE = """
    UPDATE login l SET used_at = app_now(), idle_at = app_now() + make_interval(mins => $2)
    FROM (
        SELECT id FROM login
        WHERE id = ANY ($1::uuid[]) AND ended_at IS NULL AND NOT closing AND idle_at > app_now()
        ORDER BY id FOR NO KEY UPDATE
    ) used
    WHERE l.id = used.id RETURNING l.id
"""
# scope: a downtime is nobody's want of use
_PUT_OFF = """
    UPDATE login l SET idle_at = l.idle_at + $1
    FROM (SELECT id FROM login WHERE ended_at IS NULL AND idle_at IS NOT NULL ORDER BY id FOR NO KEY UPDATE) live
    WHERE l.id = live.id RETURNING l.id
"""


async def note_use(driver: asyncpg.Connection, logins: Sequence[UUID]) -> dict[UUID, bool]:
    """Note that logins are used now, and put their ends off."""
    minutes: int = (await parameters.read_by(driver, IDLE_MINUTES))[IDLE_MINUTES]
    return {row["id"]: True for row in await driver.fetch(_USE, logins, minutes)}


async def put_off_logins(tx: Tx, gap: timedelta) -> int:
    """Let nobody's login end because the service was down."""
    return len(await tx.driver.fetch(_PUT_OFF, gap))


async def idle_time(tx: Tx) -> timedelta:
    """How long a login may go unused."""
    return timedelta(minutes=await parameters.get(tx.session, IDLE_MINUTES))


@dataclass(frozen=True)
class Ended:
    """How many logins ended, and whether the person is at work, so that they end once that is over."""

    logins: int
    at_work: bool


async def end_logins(tx: Tx, staff_id: UUID) -> Ended:
    """End all logins of a person and let nobody ring there any more; the caller has locked the row of staff.

    A ring or a call is not cut: its login closes once it is over.
    """
    presence = await _lock_presence(tx, staff_id)
    at_work = presence is not None and await _is_at_work(tx, staff_id)
    if presence is not None and presence.wanted != "off":
        await change_presence(tx, presence, "off", None)
    live = await tx.session.scalars(
        select(Login.id)
        .where(Login.staff_id == staff_id, Login.ended_at.is_(None))  # scope: of the person whose logins are to end
        .order_by(Login.id)
        .with_for_update(key_share=True)
    )
    ids = list(live)
    for login_id in ids:
        await (_let_close(tx, login_id) if at_work else _end(tx, login_id))
    return Ended(len(ids), at_work)


async def _let_close(tx: Tx, login_id: UUID) -> None:
    # scope: the row that the caller locked
    await tx.session.execute(update(Login).where(Login.id == login_id).values(closing=True, idle_at=tx.now))
    tx.audit("login", login_id, closing=True)


async def _end(tx: Tx, login_id: UUID) -> None:
    await close_login(tx.session, login_id, tx.now)
    tx.audit("login", login_id, ended_at=tx.now)
    tx.hint(f"login:{login_id}")


async def _lock_presence(tx: Tx, staff_id: UUID) -> Presence | None:
    return await tx.session.scalar(
        select(Presence)
        .where(Presence.staff_id == staff_id)  # scope: of the person whose login is to end
        .with_for_update(key_share=True)
    )


async def _is_at_work(tx: Tx, staff_id: UUID) -> bool:
    view = await tx.port(WorkStates).presence(tx.session, staff_id)
    return view is not None and view.work != "idle"


@action("login.idle")
async def end_unused(tx: Tx, login_id: UUID) -> None:
    """End a login that nobody used, or put its end off while the person is at work. Raises `wrong_state` if neither."""
    # scope: the sweeper's own work
    staff_id = await tx.session.scalar(select(Login.staff_id).where(Login.id == login_id))
    if staff_id is None:
        raise Problem("wrong_state")
    presence = await _lock_presence(tx, staff_id)
    login = await tx.session.scalar(
        select(Login)
        .where(Login.id == login_id, Login.ended_at.is_(None))  # scope: the login that the sweeper found
        .with_for_update(key_share=True, skip_locked=True)
    )
    if login is None or login.idle_at is None:
        raise Problem("wrong_state")
    if presence is not None and await _is_at_work(tx, staff_id):
        if not login.closing:
            later = tx.now + await idle_time(tx)
            # scope: the row locked above
            await tx.session.execute(update(Login).where(Login.id == login_id).values(idle_at=later))
        return
    if login.idle_at > tx.now:
        return
    await _end(tx, login_id)
    others = await tx.session.scalar(
        select(func.count())
        .select_from(Login)
        .where(Login.staff_id == staff_id, Login.ended_at.is_(None), Login.id != login_id)  # scope: the same person's
    )
    if presence is not None and presence.wanted != "off" and not others:
        await change_presence(tx, presence, "off", None)


# scope: the sweeper's own work, all of it. A minute early, so that a deadline never passes during a call.
SWEEPS = [
    Sweep(
        "unused logins",
        """
        SELECT id FROM login
        WHERE ended_at IS NULL AND idle_at <= (SELECT app_now()) + interval '1 minute' LIMIT :batch
        """,
        end_unused,
    ),
]
