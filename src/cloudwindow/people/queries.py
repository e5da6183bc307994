"""Reads of this room."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys, mask_phone
from cloudwindow.foundation.errors import Problem
from cloudwindow.organisation import Organisation, Site, Station
from cloudwindow.people.models import Account, SecondFactor, Staff
from cloudwindow.people.schemas import AccountView, DeskName, StaffView, StationView


async def staff_view(session: AsyncSession, actor: Actor, desks: list[DeskName]) -> StaffView:
    """Describe the clerk who is signed in."""
    query = (
        select(Staff, Organisation.name, Station, Site.name, SecondFactor.confirmed_at)
        .join(Organisation, Organisation.id == Staff.organisation_id)
        .outerjoin(Station, Station.id == actor.station_id)
        .outerjoin(Site, Site.id == Station.site_id)
        .outerjoin(SecondFactor, SecondFactor.staff_id == Staff.id)  # scope: of the person who is signed in
        .where(scope.visible(actor, Staff), Staff.id == actor.id)
    )
    row = (await session.execute(query)).first()
    if row is None:
        raise Problem("login_required")
    staff, organisation, station, site_name, confirmed_at = row
    seat = None
    if actor.station_id is not None:
        seat = StationView(id=station.id, number=station.number, site_name=site_name)
    return StaffView(
        id=staff.id,
        account=staff.account,
        name=staff.name,
        organisation=organisation,
        roles=sorted(actor.roles()),
        station=seat,
        desks=desks,
        second_factor=confirmed_at is not None,
    )


async def account_view(session: AsyncSession, actor: Actor, keys: Keys) -> AccountView | None:
    """Describe the account behind the cookie, its phone masked."""
    account = (await session.scalars(scope.select_visible(actor, Account))).one_or_none()
    return show_account(account, keys) if account is not None else None


def show_account(account: Account, keys: Keys) -> AccountView:
    """Decrypt what a page shows of an account; whoever calls this has been allowed to see it."""
    return AccountView(
        id=account.id,
        form_of_address=keys.decrypt("account", "form_of_address", account.id, account.form_of_address_cipher),
        phone_masked=mask_phone(phone_of(account, keys)),
        elderly=account.elderly,
        phone_verified=account.phone_verified_at is not None,
    )


def phone_indexes(account: Account, keys: Keys) -> list[bytes]:
    """Return every blind index under which accounts with the same phone may stand."""
    return keys.blinds("phone", phone_of(account, keys))


async def phone_digest(session: AsyncSession, actor: Actor) -> str:
    """Return a digest of the actor's own phone, to count under. Raises `login_required` without an account."""
    query = select(Account.phone_blind).where(scope.visible(actor, Account), Account.id == actor.id)
    if (blind := await session.scalar(query)) is None:
        raise Problem("login_required")
    return blind.hex()[:32]


def phone_of(account: Account, keys: Keys) -> str:
    """Decrypt the phone of an account, to send a message there; never to show it."""
    return keys.decrypt("account", "phone", account.id, account.phone_cipher)


async def card(session: AsyncSession, staff_id: UUID) -> tuple[str, str] | None:
    """Return a clerk's name and organisation as a citizen sees them: a work identity, public by nature."""
    row = (
        await session.execute(
            select(Staff.name, Organisation.name)  # scope: the public card of whoever serves
            .join(Organisation, Organisation.id == Staff.organisation_id)
            .where(Staff.id == staff_id)
        )
    ).first()
    return (row[0], row[1]) if row else None
