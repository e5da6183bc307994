"""What an operator does from the command line: `cloudwindow staff …`. Each change is an audited action.

Whoever may run commands on the machine has the database itself, so nothing is asked but the account's name.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.models import Login
from cloudwindow.people import passwords, second_factor
from cloudwindow.people.logins import Ended, end_logins
from cloudwindow.people.models import RoleGrant, SecondFactor, Staff


@dataclass(frozen=True)
class StaffLine:
    """One account as the list shows it; of the name only the first character."""

    account: str
    name: str
    roles: list[str]
    status: str
    locked_until: datetime | None
    must_change_password: bool
    second_factor: bool
    logins: int


async def _lock(tx: Tx, account: str) -> Staff:
    # scope: the operator of the machine, who has the database itself
    staff = await tx.session.scalar(select(Staff).where(Staff.account == account).with_for_update(key_share=True))
    if staff is None:
        raise LookupError(f"There is no account {account}.")
    return staff


async def _write(tx: Tx, staff: Staff, **values: Any) -> None:
    # scope: the row that the caller locked
    await tx.session.execute(update(Staff).where(Staff.id == staff.id).values(**values))


async def list_staff(session: AsyncSession) -> list[StaffLine]:
    """List all accounts by name."""
    # scope: the operator of the machine, who has the database itself
    roles = (
        select(func.array_agg(aggregate_order_by(RoleGrant.role.distinct(), RoleGrant.role)))
        .where(RoleGrant.staff_id == Staff.id)
        .scalar_subquery()
    )
    # scope: the operator of the machine, who has the database itself
    live = (
        select(func.count())
        .select_from(Login)
        .where(Login.staff_id == Staff.id, Login.ended_at.is_(None), Login.expires_at > func.app_now())
        .scalar_subquery()
    )
    # scope: the operator of the machine, who has the database itself
    rows = await session.execute(
        select(Staff, roles, SecondFactor.confirmed_at, live, func.app_now())
        .outerjoin(SecondFactor, SecondFactor.staff_id == Staff.id)
        .order_by(Staff.account)
    )
    return [
        StaffLine(
            account=staff.account,
            name=f"{staff.name[:1]}**",
            roles=held or [],
            status=staff.status,
            locked_until=staff.locked_until if staff.locked_until and staff.locked_until > now else None,
            must_change_password=staff.must_change_password,
            second_factor=confirmed_at is not None,
            logins=logins,
        )
        for staff, held, confirmed_at, logins, now in rows
    ]


@action("staff.unlock")
async def lift_lock(tx: Tx, account: str) -> None:
    """Lift the lock of an account. Raises `LookupError` when there is none of that name."""
    staff = await _lock(tx, account)
    await _write(tx, staff, failed_logins=0, locked_until=None)
    tx.audit("staff", staff.id, old={"locked_until": staff.locked_until}, locked_until=None)


@action("staff.give_password")
async def give_password(tx: Tx, account: str, password_hash: str) -> Ended:
    """Give an account a one-time password, which must be changed at the next sign-in; its logins end.

    Raises `LookupError` when there is none of that name.
    """
    staff = await _lock(tx, account)
    ended = await end_logins(tx, staff.id)
    changed = {"must_change_password": True, "failed_logins": 0, "locked_until": None}
    await _write(tx, staff, password_hash=password_hash, **changed)
    tx.audit("staff", staff.id, old={"must_change_password": staff.must_change_password}, must_change_password=True)
    return ended


@action("staff.disable")
async def disable(tx: Tx, account: str) -> Ended:
    """Let an account sign in no more; its logins end. Raises `LookupError`, and `ValueError` if that is so already."""
    staff = await _lock(tx, account)
    if staff.status != "active":
        raise ValueError(f"{account} is {staff.status} already.")
    ended = await end_logins(tx, staff.id)
    await _write(tx, staff, status="suspended")
    tx.audit("staff", staff.id, old={"status": staff.status}, status="suspended")
    return ended


@action("staff.enable")
async def enable(tx: Tx, account: str) -> None:
    """Let a suspended account sign in again. Raises `LookupError`, and `ValueError` for one that is not suspended."""
    staff = await _lock(tx, account)
    if staff.status != "suspended":
        raise ValueError(f"{account} is {staff.status}, not suspended.")
    await _write(tx, staff, status="active")
    tx.audit("staff", staff.id, old={"status": staff.status}, status="active")


@action("staff.sign_out")
async def sign_out(tx: Tx, account: str) -> Ended:
    """End the logins of an account. Raises `LookupError` when there is none of that name."""
    staff = await _lock(tx, account)
    return await end_logins(tx, staff.id)


@action("staff.reset_second_factor")
async def reset_second_factor(tx: Tx, account: str) -> None:
    """Take a second factor away, as after a lost phone. Raises `LookupError`, and `ValueError` when there is none."""
    staff = await _lock(tx, account)
    if not await second_factor.take_away(tx, staff.id):
        raise ValueError(f"{account} has no second factor.")


def one_time_password() -> tuple[str, str]:
    """Make a password to hand over once, and its hash."""
    password = passwords.random_password()
    return password, passwords.hash_password(password)
