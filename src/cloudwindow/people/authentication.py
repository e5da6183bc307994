"""Who stands behind a cookie: one statement finds the live login, the person and the person's grants."""

from collections.abc import Iterable
from uuid import UUID

from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.authentication import Actor, Face, Grant, token_digest
from cloudwindow.foundation.database import Database, driver_of

# scope: this is where an actor comes from, so there is none yet to scope by.
_LIVE_STAFF = """
    SELECT l.id, l.staff_id, l.station_id, g.role, g.lines, o.path
    FROM login l
    JOIN staff s ON s.id = l.staff_id AND s.status = 'active'
    LEFT JOIN role_grant g ON g.staff_id = s.id
    LEFT JOIN organisation o ON o.id = g.scope_organisation_id
    WHERE l.face = 'staff' AND l.ended_at IS NULL AND l.expires_at > (SELECT app_now())
"""
_STAFF = f"{_LIVE_STAFF} AND l.token_digest = $1"
_STAFF_AGAIN = f"{_LIVE_STAFF} AND l.id = ANY ($1::uuid[])"
# scope: this is where an actor comes from, so there is none yet to scope by.
_LIVE_ACCOUNT = """
    SELECT l.id, l.account_id FROM login l
    WHERE l.face = 'applicant' AND l.ended_at IS NULL AND l.expires_at > (SELECT app_now())
"""
_ACCOUNT = f"{_LIVE_ACCOUNT} AND l.token_digest = $1"
_ACCOUNTS_AGAIN = f"{_LIVE_ACCOUNT} AND l.id = ANY ($1::uuid[])"


async def unchanged(session: AsyncSession, actors: Iterable[Actor]) -> set[UUID]:
    """Return the logins of those actors that are still open with the very rights they came with (invariant 4)."""
    driver = await driver_of(session)
    known = {actor.login_id: actor for actor in actors if actor.login_id is not None}
    rows = await driver.fetch(_STAFF_AGAIN, list(known))
    grants: dict[UUID, set[Grant]] = {row["id"]: set() for row in rows}
    for row in rows:
        if row["role"]:
            grants[row["id"]].add(_grant(row))
    accounts = {row["id"] for row in await driver.fetch(_ACCOUNTS_AGAIN, list(known))}
    return {login for login, held in grants.items() if held == set(known[login].grants)} | accounts


def _grant(row: Record) -> Grant:
    return Grant(row["role"], row["path"], row["lines"] and tuple(row["lines"]))


class CookieAuthenticator:
    """Implements `foundation.authentication.Authenticator` on the login, staff and grant rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def actor(self, face: Face, token: str, address: str) -> Actor | None:
        """Return the actor whose live login this token opens, or None."""
        async with self._database.glance() as driver:
            rows = await driver.fetch(_STAFF if face == "staff" else _ACCOUNT, token_digest(token))
        if not rows:
            return None
        first = rows[0]
        if face == "applicant":
            return Actor("account", first["account_id"], first["id"], address=address)
        grants = tuple(_grant(row) for row in rows if row["role"])
        return Actor("staff", first["staff_id"], first["id"], first["station_id"], address, grants)
