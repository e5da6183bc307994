"""The second factor of staff: enrolling a code generator, asking for its codes, and codes for when it is lost.

Enrolling is proven by the password, signed in or not: a role that needs a second factor gets in only with one.
"""

import hmac
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.people import totp
from cloudwindow.people.models import RecoveryCode, RoleGrant, SecondFactor, Staff
from cloudwindow.people.qr import qr_svg
from cloudwindow.people.schemas import Enrolment, RecoveryCodes


@dataclass(frozen=True)
class Proof:
    """What somebody brings to sign in: the hash that the password fitted, and a code.

    `password_hash` is null where the caller vouches for the person; `needed_by` are the roles that must have a second
    factor.
    """

    password_hash: str | None = None
    code: str | None = None
    needed_by: frozenset[str] = frozenset()

    def still_fits(self, password_hash: str | None) -> bool:
        """Say whether the account's hash is the one that was checked: it may have been changed since."""
        if self.password_hash is None:
            return True
        return password_hash is not None and hmac.compare_digest(password_hash, self.password_hash)


async def check(tx: Tx, staff_id: UUID, proof: Proof) -> None:
    """Check the code of somebody who has a second factor; the caller has locked the row of staff.

    Raises `code_required`, `wrong_code`, or `second_factor_missing` when a role needs one and there is none.
    """
    factor = await _find(tx, staff_id)
    if factor is None or factor.confirmed_at is None:
        if proof.needed_by and await _needed(tx, staff_id, proof.needed_by):
            raise Problem("second_factor_missing")
        return
    if proof.code is None:
        raise Problem("code_required")
    if not await _use_up(tx, factor, proof.code):
        raise Problem("wrong_code")


async def _needed(tx: Tx, staff_id: UUID, roles: frozenset[str]) -> bool:
    held = await tx.session.scalar(
        select(RoleGrant.id)
        .where(RoleGrant.staff_id == staff_id, RoleGrant.role.in_(roles))  # scope: of whoever signs in
        .limit(1)
    )
    return held is not None


async def _use_up(tx: Tx, factor: SecondFactor, code: str) -> bool:
    """Accept a code once: a step that is used up, or a recovery code that was used, does not fit again."""
    if (step := _step(tx, factor, code)) is not None:
        await tx.session.execute(
            update(SecondFactor)
            .where(SecondFactor.staff_id == factor.staff_id)  # scope: of whoever signs in
            .values(last_step=step)
        )
        return True
    used = await tx.session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.staff_id == factor.staff_id,  # scope: of whoever signs in
            RecoveryCode.digest == totp.recovery_digest(factor.staff_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=tx.now)
        .returning(RecoveryCode.staff_id)
    )
    if used is not None:
        tx.audit("recovery_code", factor.staff_id, used_at=tx.now)
    return used is not None


def _step(tx: Tx, factor: SecondFactor, code: str) -> int | None:
    secret = tx.keys.decrypt("second_factor", "secret", factor.staff_id, factor.secret_cipher)
    plain = "".join(code.split())
    return totp.accepted_step(secret, plain, tx.now.timestamp(), factor.last_step)


async def _find(tx: Tx, staff_id: UUID) -> SecondFactor | None:
    return await tx.session.scalar(
        select(SecondFactor)
        .where(SecondFactor.staff_id == staff_id)  # scope: of whoever proves to be the person
        .with_for_update(key_share=True)
    )


async def _own(tx: Tx, account: str, proof: Proof) -> Staff:
    # scope: the password was checked for this account
    staff = await tx.session.scalar(select(Staff).where(Staff.account == account).with_for_update(key_share=True))
    if staff is None or staff.status != "active" or not proof.still_fits(staff.password_hash):
        raise Problem("wrong_password")
    return staff


@action("second_factor.begin")
async def begin(tx: Tx, account: str, proof: Proof, issuer: str) -> Enrolment:
    """Make a secret for a person whose password was checked. It counts once a first code has confirmed it.

    Raises `wrong_password`, and `second_factor_there` when one is in force: an operator takes that away.
    """
    staff = await _own(tx, account, proof)
    factor = await _find(tx, staff.id)
    if factor is not None and factor.confirmed_at is not None:
        raise Problem("second_factor_there")
    secret = totp.new_secret()
    values = {"secret_cipher": tx.keys.encrypt("second_factor", "secret", staff.id, secret), "created_at": tx.now}
    values |= {"confirmed_at": None, "last_step": 0}
    await tx.session.execute(
        upsert(SecondFactor)  # scope: of whoever proved to be the person
        .values(staff_id=staff.id, **values)
        .on_conflict_do_update(index_elements=[SecondFactor.staff_id], set_=values)
    )
    tx.audit("second_factor", staff.id, created_at=tx.now)
    address = totp.address(secret, account, issuer)
    return Enrolment(secret=secret, address=address, qr_svg=qr_svg(address))


@action("second_factor.confirm")
async def confirm(tx: Tx, account: str, proof: Proof) -> RecoveryCodes:
    """Put a second factor in force by its first code, and hand out the recovery codes: shown this once.

    Raises `wrong_password`, `wrong_code`, and `wrong_state` when none was begun or it is in force already.
    """
    staff = await _own(tx, account, proof)
    factor = await _find(tx, staff.id)
    if factor is None or factor.confirmed_at is not None:
        raise Problem("wrong_state")
    step = _step(tx, factor, proof.code or "")
    if step is None:
        raise Problem("wrong_code")
    await tx.session.execute(
        update(SecondFactor)
        .where(SecondFactor.staff_id == staff.id)  # scope: of whoever proved to be the person
        .values(confirmed_at=tx.now, last_step=step)
    )
    codes = [totp.new_recovery_code() for _ in range(totp.RECOVERY_CODES)]
    rows = [{"staff_id": staff.id, "digest": totp.recovery_digest(staff.id, code)} for code in codes]
    # scope: of whoever proved to be the person
    await tx.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff.id))
    await tx.session.execute(insert(RecoveryCode).values(rows))  # scope: of whoever proved to be the person
    tx.audit("second_factor", staff.id, confirmed_at=tx.now, recovery_codes=len(codes))
    return RecoveryCodes(codes=codes)


async def take_away(tx: Tx, staff_id: UUID) -> bool:
    """Remove a person's second factor and recovery codes, the row of staff being locked. False: there was none."""
    # scope: an operator's own decision about this person
    await tx.session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))
    gone = await tx.session.scalar(
        delete(SecondFactor)
        .where(SecondFactor.staff_id == staff_id)
        .returning(SecondFactor.staff_id)  # scope: of the same person
    )
    tx.audit("second_factor", staff_id, old={"there": gone is not None}, there=False)
    return gone is not None
