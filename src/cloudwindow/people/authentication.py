"""Who stands behind a cookie: one statement finds the live login, the person and the person's grants."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.authentication import Actor, Face, Grant, token_digest
from cloudwindow.foundation.database import Database

# scope: this is where an actor comes from, so there is none yet to scope by.
_LIVE_STAFF = """
    SELECT l.id, l.staff_id, l.station_id, g.role, g.lines, o.path
    FROM login l
    JOIN staff s ON s.id = l.staff_id AND s.status = 'active'
    LEFT JOIN role_grant g ON g.staff_id = s.id
    LEFT JOIN organisation o ON o.id = g.scope_organisation_id
    WHERE l.face = 'staff' AND l.ended_at IS NULL AND l.expires_at > app_now()
"""
_STAFF = text(f"{_LIVE_STAFF} AND l.token_digest = :digest")
_STAFF_AGAIN = text(f"{_LIVE_STAFF} AND l.id = ANY (:logins)")
# scope: this is where an actor comes from, so there is none yet to scope by.
_ACCOUNT = text(
    """
    SELECT l.id, l.account_id FROM login l
    WHERE l.token_digest = :digest AND l.face = 'applicant' AND l.ended_at IS NULL AND l.expires_at > app_now()
    """
)


# scope: this is where an actor comes from, so there is none yet to scope by.
_ACCOUNTS_AGAIN = text(
    "SELECT l.id FROM login l WHERE l.id = ANY (:logins) AND l.face = 'applicant'"
    " AND l.ended_at IS NULL AND l.expires_at > app_now()"
)


async def unchanged(session: AsyncSession, actors: Iterable[Actor]) -> set[UUID]:
    """Return the logins of those actors that are still open with the very rights they came with (invariant 4)."""
    known = {actor.login_id: actor for actor in actors if actor.login_id is not None}
    rows = (await session.execute(_STAFF_AGAIN, {"logins": list(known)})).all()
    grants: dict[UUID, set[Grant]] = {row.id: set() for row in rows}
    for row in rows:
        if row.role:
            grants[row.id].add(_grant(row))
    accounts = await session.scalars(_ACCOUNTS_AGAIN, {"logins": list(known)})
    return {login for login, held in grants.items() if held == set(known[login].grants)} | set(accounts)


def _grant(row: Row[Any]) -> Grant:
    return Grant(row.role, row.path, row.lines and tuple(row.lines))


class CookieAuthenticator:
    """Implements `foundation.authentication.Authenticator` on the login, staff and grant rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def actor(self, face: Face, token: str, address: str) -> Actor | None:
        """Return the actor whose live login this token opens, or None."""
        async with self._database.reading() as session:
            statement = _STAFF if face == "staff" else _ACCOUNT
            rows = (await session.execute(statement, {"digest": token_digest(token)})).all()
        if not rows:
            return None
        first = rows[0]
        if face == "applicant":
            return Actor("account", first.account_id, first.id, address=address)
        grants = tuple(_grant(row) for row in rows if row.role)
        return Actor("staff", first.staff_id, first.id, first.station_id, address, grants)
