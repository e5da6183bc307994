"""Proving that a phone is one's own: six digits are sent there and come back (model §7).

A code is a keyed digest bound to its row, good for some minutes, a few tries and one use. A wrong try is an
answer and no refusal, since a refusal changes nothing and this one must be counted.
"""

import hmac
import secrets
from datetime import timedelta

from sqlalchemy import insert, select, update

from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.messages import Words, queue_message
from cloudwindow.people import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.people.models import Account, PhoneCode
from cloudwindow.people.parameters import CODE_MINUTES, CODE_TRIES
from cloudwindow.people.queries import phone_of, show_account
from cloudwindow.people.schemas import PhoneCodeSent, PhoneCodeTried

DIGITS = 6
TEXT = "您的验证码是 {code}，{minutes} 分钟内有效。工作人员不会向您要它，请不要告诉别人。"


@action("phone_code.send")
async def send_code(tx: Tx) -> PhoneCodeSent:
    """Send a code to the actor's phone; earlier ones are void. Raises `phone_code_not_sent`."""
    account = await _own(tx)
    await tx.session.execute(
        update(PhoneCode)
        .where(PhoneCode.account_id == account.id, PhoneCode.expires_at > tx.now)  # scope: of the actor's own account
        .values(expires_at=tx.now)
    )
    minutes = await parameters.get(tx.session, CODE_MINUTES)
    code_id, code, good_for = new_id(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", timedelta(minutes=minutes)
    await tx.session.execute(
        insert(PhoneCode).values(  # scope: of the actor's own account
            id=code_id,
            account_id=account.id,
            digest=tx.keys.blind("phone_code", f"{code_id}:{code}"),
            created_at=tx.now,
            expires_at=tx.now + good_for,
            tries=0,
        )
    )
    words = Words(phone_of(account, tx.keys), TEXT.format(code=code, minutes=minutes), good_for)
    if not await queue_message(tx, "phone_code", code_id, account.id, words):
        raise Problem("phone_code_not_sent")
    tx.audit("phone_code", code_id, account=account.id, expires_at=tx.now + good_for)
    return PhoneCodeSent(expires_at=tx.now + good_for)


@action("phone_code.try")
async def try_code(tx: Tx, code: str) -> PhoneCodeTried:
    """Count a try and say whether it fits. Raises `phone_code_over`."""
    account = await _own(tx)
    row = await tx.session.scalar(
        select(PhoneCode)  # scope: of the actor's own account
        .where(PhoneCode.account_id == account.id)
        .order_by(PhoneCode.created_at.desc(), PhoneCode.id.desc())
        .limit(1)
        .with_for_update()
    )
    most: int = await parameters.get(tx.session, CODE_TRIES)
    if row is None or row.used_at is not None or row.expires_at <= tx.now or row.tries >= most:
        raise Problem("phone_code_over")
    known = tx.keys.blinds("phone_code", f"{row.id}:{code}")
    fits = any(hmac.compare_digest(row.digest, one) for one in known)
    await tx.session.execute(
        update(PhoneCode)
        .where(PhoneCode.id == row.id)  # scope: the row locked above
        .values(tries=row.tries + 1, used_at=tx.now if fits else None)
    )
    tx.audit("phone_code", row.id, tries=row.tries + 1, fits=fits)
    if fits:
        await tx.session.execute(
            update(Account)
            .where(Account.id == account.id)  # scope: the actor's own account
            .values(phone_verified_at=tx.now)
        )
        tx.audit("account", account.id, phone_verified_at=tx.now)
        await tx.session.refresh(account)
    return PhoneCodeTried(fits=fits, account=show_account(account, tx.keys))


async def _own(tx: Tx) -> Account:
    account = await tx.session.scalar(scope.select_visible(tx.actor, Account).with_for_update(key_share=True))
    if account is None:
        raise Problem("login_required")
    return account
