"""Who is asking: actors, login cookies, CSRF (model §7). What a role may do stands with the rooms and in `scope`."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.models import Login

Face = Literal["staff", "applicant"]

COOKIES: dict[Face, str] = {"staff": "cw_staff", "applicant": "cw_applicant"}
LOGIN_LASTS: dict[Face, timedelta] = {"staff": timedelta(hours=12), "applicant": timedelta(days=30)}


@dataclass(frozen=True)
class Grant:
    """A role over an organisation and all below it (`path`, an ltree), limited to department `lines` unless null."""

    role: str
    path: str
    lines: tuple[str, ...] | None


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a clerk, an account, the system itself, or a stranger. `via`: on whose behalf the system acts."""

    kind: Literal["staff", "account", "system", "anonymous"]
    id: UUID | None = None
    login_id: UUID | None = None
    station_id: UUID | None = None
    address: str = ""
    via: str = ""
    grants: tuple[Grant, ...] = field(default=())

    def roles(self) -> set[str]:
        """The names of the roles held anywhere."""
        return {grant.role for grant in self.grants}


SYSTEM = Actor("system")
COMMAND_LINE = Actor("system", via="command line")
"""The operator of the machine, who has the database itself."""
ANONYMOUS = Actor("anonymous")


class Authenticator(Protocol):
    """Finds the actor behind a cookie; the people room provides it."""

    async def actor(self, face: Face, token: str, address: str, *, background: bool = False) -> Actor | None:
        """Return the actor whose live login this token opens, or None.

        A request that is not `background` is the person's own: it counts as use of the login.
        """
        ...


def cookie_name(face: Face, *, secure: bool) -> str:
    """Name the cookie of a face; on HTTPS it has a suffix, since cookies ignore ports."""
    return COOKIES[face] + ("_s" if secure else "")


def token_digest(token: str) -> bytes:
    """Return what the database keeps of a cookie's secret."""
    return hashlib.sha256(token.encode()).digest()


def csrf_token(token: str) -> str:
    """Derive the CSRF token from the login's own secret, so that it is bound to the login and needs no row."""
    return urlsafe_b64encode(hmac.digest(token.encode(), b"csrf", "sha256")).decode().rstrip("=")


def csrf_fits(token: str, header: str | None) -> bool:
    """Compare in constant time."""
    return header is not None and hmac.compare_digest(csrf_token(token).encode(), header.encode())


async def open_login(
    session: AsyncSession,
    face: Face,
    person: UUID,
    *,
    station_id: UUID | None,
    now: datetime,
    idle: timedelta | None = None,
) -> tuple[UUID, str]:
    """Create a login and return its id and the secret for the cookie; the secret itself is stored nowhere.

    Unused for as long as `idle` it ends; null: it lasts until it expires.
    """
    token, login_id = secrets.token_urlsafe(32), new_id()
    await session.execute(  # scope: the login of whoever just proved who it is
        insert(Login).values(
            id=login_id,
            token_digest=token_digest(token),
            face=face,
            staff_id=person if face == "staff" else None,
            account_id=person if face == "applicant" else None,
            station_id=station_id,
            created_at=now,
            expires_at=now + LOGIN_LASTS[face],
            used_at=now,
            idle_at=now + idle if idle is not None else None,
        )
    )
    return login_id, token


async def close_login(session: AsyncSession, login_id: UUID, now: datetime) -> None:
    """End a login; its cookie opens nothing from now on."""
    # scope: the login that the actor came with
    await session.execute(update(Login).where(Login.id == login_id, Login.ended_at.is_(None)).values(ended_at=now))
