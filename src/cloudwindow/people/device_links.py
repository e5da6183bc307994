"""Going on with another device: a one-time link carries a guest's login there, and with it the number and the call.

The secret stands behind the `#` of the address, which browsers send to nobody, and only its digest is kept. The first
browser that follows the link has it; the same browser may ask again when the answer got lost, and gets a fresh login.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import close_login, csrf_token, open_login, token_digest
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.models import Login
from cloudwindow.foundation.ports import PublicAddress
from cloudwindow.people import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.people.models import Account, DeviceLink
from cloudwindow.people.parameters import LINK_MINUTES
from cloudwindow.people.qr import qr_svg
from cloudwindow.people.queries import show_account
from cloudwindow.people.schemas import ApplicantMe, DeviceLinkView


@action("device_link.make")
async def make_link(tx: Tx, origin: str | None) -> DeviceLinkView:
    """Make a link that carries the actor's login to another device; an earlier one that it made is void from now on.

    `origin` is where the page came from, and where the link leads unless that is this machine only.
    """
    if tx.actor.id is None or tx.actor.login_id is None:
        raise Problem("login_required")
    await tx.session.execute(
        update(DeviceLink)
        .where(DeviceLink.login_id == tx.actor.login_id, DeviceLink.used_at.is_(None), DeviceLink.expires_at > tx.now)
        .where(DeviceLink.in_message.is_(False))
        .values(expires_at=tx.now)  # scope: of the actor's own login
    )
    expires_at = tx.now + timedelta(minutes=await parameters.get(tx.session, LINK_MINUTES))
    token = await _make(tx, tx.actor.login_id, tx.actor.id, expires_at, in_message=False)
    address = f"{tx.port(PublicAddress).for_phones(origin)}/continue#{token}"
    return DeviceLinkView(address=address, qr_svg=qr_svg(address), expires_at=expires_at)


async def link_in_message(tx: Tx, account_id: UUID, good_for: timedelta, to: str = "") -> str | None:
    """Make a link that carries an account's newest login to whoever holds its phone; None when it has none open.

    `to` is a query that tells the page what the message is about, such as `?letter=` an id.
    """
    login_id = await tx.session.scalar(
        select(Login.id)  # scope: of the account that the caller's action is about
        .where(Login.account_id == account_id, Login.ended_at.is_(None), Login.expires_at > tx.now)
        .order_by(Login.id.desc())
        .limit(1)
    )
    if login_id is None:
        return None
    token = await _make(tx, login_id, account_id, tx.now + good_for, in_message=True)
    return f"{tx.port(PublicAddress).for_phones(None)}/continue{to}#{token}"


async def _make(tx: Tx, login_id: UUID, account_id: UUID, expires_at: datetime, *, in_message: bool) -> str:
    """Make a link and return its secret."""
    link_id, token = new_id(), secrets.token_urlsafe(32)
    await tx.session.execute(
        insert(DeviceLink).values(  # scope: of a login that the caller was allowed to carry
            id=link_id,
            login_id=login_id,
            account_id=account_id,
            digest=token_digest(token),
            created_at=tx.now,
            expires_at=expires_at,
            in_message=in_message,
        )
    )
    tx.audit("device_link", link_id, login=login_id, expires_at=expires_at)
    return token


@action("device_link.follow")
async def follow_link(tx: Tx, token: str, claim: UUID) -> tuple[ApplicantMe, str]:
    """Open a login of the link's account here, and end the one that made the link. Returns the view and the cookie.

    `claim` is the request key: whoever repeats it is the browser that followed the link first. Raises `link_unknown`,
    `link_used`, `link_expired`.
    """
    # scope: the secret is the right
    link = await tx.session.scalar(select(DeviceLink).where(DeviceLink.digest == token_digest(token)).with_for_update())
    if link is None:
        raise Problem("link_unknown")
    claimed = hashlib.sha256(claim.bytes).digest()
    if link.used_at is not None and link.claim != claimed:
        raise Problem("link_used")
    carried = link.login_id if link.used_at is not None else await _carried(tx, link)
    if link.expires_at <= tx.now or carried is None:
        raise Problem("link_expired")
    account = await tx.session.get_one(Account, link.account_id)  # scope: whoever has the link may be this account
    login_id, cookie = await open_login(tx.session, "applicant", account.id, station_id=None, now=tx.now)
    for old in (carried, link.opened_login_id):
        if old is not None:
            await _end(tx, old)
    await tx.session.execute(
        update(DeviceLink)
        .where(DeviceLink.id == link.id)  # scope: the link whose secret was shown
        .values(login_id=carried, used_at=link.used_at or tx.now, claim=claimed, opened_login_id=login_id)
        .execution_options(synchronize_session=False)
    )
    tx.audit("device_link", link.id, account=account.id, login=login_id, used_at=tx.now)
    return ApplicantMe(account=show_account(account, tx.keys), csrf=csrf_token(cookie)), cookie


async def _carried(tx: Tx, link: DeviceLink) -> UUID | None:
    """Return the open login that an unused link carries; None when there is none any more.

    A message may be read days later, when another link has long since moved the login to another device: then it
    carries the one that came of it. A link on a page is for now, and void once its login went on.
    """
    login_id: UUID | None = link.login_id
    while login_id is not None and not await _is_open(tx, login_id):
        login_id = await _what_came_of(tx, login_id) if link.in_message else None
    return login_id


async def _what_came_of(tx: Tx, login_id: UUID) -> UUID | None:
    """Return the login that a link opened in place of this one."""
    found: UUID | None = await tx.session.scalar(
        select(DeviceLink.opened_login_id)  # scope: of the account whose link was shown
        .where(DeviceLink.login_id == login_id, DeviceLink.used_at.is_not(None))
        .order_by(DeviceLink.used_at.desc())
        .limit(1)
    )
    return found


async def _is_open(tx: Tx, login_id: UUID) -> bool:
    # scope: the login that made the link
    query = select(Login.id).where(Login.id == login_id, Login.ended_at.is_(None), Login.expires_at > tx.now)
    return await tx.session.scalar(query) is not None


async def _end(tx: Tx, login_id: UUID) -> None:
    await close_login(tx.session, login_id, tx.now)
    tx.audit("login", login_id, ended_at=tx.now)
    tx.hint(f"login:{login_id}")


async def went_on_elsewhere(session: AsyncSession, token: str) -> bool:
    """Say whether the login of a cookie ended because its person went on with another device."""
    query = (  # scope: the login and its links, by the cookie's own secret
        select(DeviceLink.id)
        .join(Login, Login.id == DeviceLink.login_id)
        .where(Login.token_digest == token_digest(token), DeviceLink.used_at.is_not(None))
        .limit(1)
    )
    return await session.scalar(query) is not None
