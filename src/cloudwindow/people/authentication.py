"""Who stands behind a cookie: one statement finds the live login, the person and the person's grants."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.authentication import Actor, Face, Grant, token_digest
from cloudwindow.foundation.database import Database, driver_of
from cloudwindow.people.logins import note_use

# scope: this is where an actor comes from, so there is none yet to scope by.
_LIVE_STAFF = """
    SELECT l.token_digest, l.id, l.staff_id, l.station_id, g.role, g.lines, o.path,
        l.used_at < (SELECT app_now()) - interval '1 minute' AS unused
    FROM {logins}
    JOIN staff s ON s.id = l.staff_id AND (s.status = 'active' OR l.closing)
    LEFT JOIN role_grant g ON g.staff_id = s.id
    LEFT JOIN organisation o ON o.id = g.scope_organisation_id
    WHERE l.face = 'staff' AND l.ended_at IS NULL AND l.expires_at > (SELECT app_now())
        AND (l.idle_at IS NULL OR l.idle_at > (SELECT app_now()) OR l.closing)
"""
# scope: this is where an actor comes from, so there is none yet to scope by.
_LIVE_ACCOUNT = """
    SELECT l.token_digest, l.id, l.account_id FROM {logins}
    WHERE l.face = 'applicant' AND l.ended_at IS NULL AND l.expires_at > (SELECT app_now())
"""
# scope: this is where an actor comes from. Joined, each key is one look into its index.
_BY_COOKIE = "unnest($1::bytea[]) AS asked (digest) JOIN login l ON l.token_digest = asked.digest"
# scope: the logins of actors who are asked for again
_AGAIN = "unnest($1::uuid[]) AS asked (id) JOIN login l ON l.id = asked.id"
_STAFF, _STAFF_AGAIN = _LIVE_STAFF.format(logins=_BY_COOKIE), _LIVE_STAFF.format(logins=_AGAIN)
_ACCOUNTS, _ACCOUNTS_AGAIN = _LIVE_ACCOUNT.format(logins=_BY_COOKIE), _LIVE_ACCOUNT.format(logins=_AGAIN)


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


async def _staff(driver: asyncpg.Connection, digests: Sequence[bytes]) -> dict[bytes, tuple[Actor, bool]]:
    """Find the clerks behind cookies, and whether the use of their logins is to be noted again."""
    rows: dict[bytes, list[Record]] = {}
    for row in await driver.fetch(_STAFF, digests):
        rows.setdefault(row["token_digest"], []).append(row)
    return {digest: (_clerk(of_one), bool(of_one[0]["unused"])) for digest, of_one in rows.items()}


def _clerk(rows: list[Record]) -> Actor:
    first, grants = rows[0], tuple(_grant(row) for row in rows if row["role"])
    return Actor("staff", first["staff_id"], first["id"], first["station_id"], grants=grants)


async def _accounts(driver: asyncpg.Connection, digests: Sequence[bytes]) -> dict[bytes, Actor]:
    rows = await driver.fetch(_ACCOUNTS, digests)
    return {row["token_digest"]: Actor("account", row["account_id"], row["id"]) for row in rows}


class CookieAuthenticator:
    """Implements `foundation.authentication.Authenticator` on the login, staff and grant rows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def actor(self, face: Face, token: str, address: str, *, background: bool = False) -> Actor | None:
        """Return the actor whose live login this token opens, or None. Use is noted at most once a minute."""
        if face == "applicant":
            actor = await self._database.gathered(_accounts, token_digest(token))
            return actor and replace(actor, address=address)
        found = await self._database.gathered(_staff, token_digest(token))
        if found is None:
            return None
        actor, unused = found
        if unused and not background and actor.login_id is not None:
            await self._database.gathered(note_use, actor.login_id)
        return replace(actor, address=address)
