"""Changes of this room: signing in and out, and a guest's account."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select, update

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import close_login, csrf_token, open_login
from cloudwindow.foundation.crypto import mask_phone
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.people import parameters as limits
from cloudwindow.people import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.people import second_factor
from cloudwindow.people.logins import end_logins, idle_time
from cloudwindow.people.models import Account, Staff
from cloudwindow.people.ports import WorkStates
from cloudwindow.people.presence import set_presence
from cloudwindow.people.schemas import AccountView, ApplicantMe, EnterRequest, PresenceRequest, SignedOut
from cloudwindow.people.seats import seat, take_seat
from cloudwindow.people.second_factor import Proof


def account_stream(account_id: UUID) -> str:
    """Name the stream of an account's pages."""
    return f"account:{account_id}"


async def find_for_login(tx: Tx, account: str) -> Staff | None:
    """Lock the row of an account that signs in. Raises `account_locked` while it is locked."""
    # scope: before a login there is no actor; the password decides.
    staff = await tx.session.scalar(select(Staff).where(Staff.account == account).with_for_update(key_share=True))
    if staff and staff.locked_until and staff.locked_until > tx.now:
        raise Problem("account_locked", until=staff.locked_until.astimezone(tx.zone).strftime("%H:%M"))
    return staff


@action("login.fail")
async def note_failure(tx: Tx, account: str) -> None:
    """Count a wrong password or code and lock the account at the limit (model §7).

    A name that no account has is put on record too: it takes as long, and shows who tries names.
    """
    limit, minutes = (await parameters.read(tx.session, limits.FAILURES_BEFORE_LOCK, limits.LOCK_MINUTES)).values()
    staff = await find_for_login(tx, account)
    if staff is None:
        tx.audit("staff", None, account=tx.keys.blind("account", account))
        return
    failures = staff.failed_logins + 1
    locked = tx.now + timedelta(minutes=minutes) if failures >= limit else None
    await tx.session.execute(
        update(Staff)
        .where(Staff.id == staff.id)  # scope: the account that failed to sign in
        .values(failed_logins=0 if locked else failures, locked_until=locked)
    )
    tx.audit("staff", staff.id, failed_logins=failures, locked_until=locked)


@action("login.check")
async def check_not_locked(tx: Tx, account: str) -> str | None:
    """Return the password hash to compare with, null for an unknown account. Raises `account_locked`."""
    staff = await find_for_login(tx, account)
    return staff.password_hash if staff and staff.status == "active" else None


@action("login.open")
async def sign_in(tx: Tx, account: str, station_id: UUID | None, proof: Proof | None = None) -> tuple[UUID, str]:
    """Open a clerk's login at a station, the password having been checked. Returns the clerk and the secret.

    Raises `wrong_password`, `password_must_change`, `station_needed`, `station_unknown`, and what
    `second_factor.check` raises.
    """
    staff = await proven(tx, account, proof or Proof())
    if staff.must_change_password:
        raise Problem("password_must_change")
    return staff.id, await _open(tx, staff, station_id)


@action("staff.change_password")
async def change_password(
    tx: Tx, account: str, station_id: UUID | None, new_hash: str, proof: Proof
) -> tuple[UUID, str]:
    """Give a person the password just chosen, end the other logins, and sign in. Raises as `sign_in` does."""
    staff = await proven(tx, account, proof)
    await end_logins(tx, staff.id)
    await tx.session.execute(
        update(Staff)
        .where(Staff.id == staff.id)  # scope: the account whose password was checked
        .values(password_hash=new_hash, must_change_password=False)
    )
    tx.audit("staff", staff.id, old={"must_change_password": staff.must_change_password}, must_change_password=False)
    return staff.id, await _open(tx, staff, station_id)


async def proven(tx: Tx, account: str, proof: Proof) -> Staff:
    """Lock the account whose password was checked, and check the rest. Raises as `sign_in` does."""
    staff = await find_for_login(tx, account)
    if staff is None or staff.status != "active" or not proof.still_fits(staff.password_hash):
        raise Problem("wrong_password")
    await second_factor.check(tx, staff.id, proof)
    return staff


async def _open(tx: Tx, staff: Staff, wanted: UUID | None) -> str:
    station_id = await seat(tx, staff.id, wanted)
    login_id, token = await open_login(
        tx.session, "staff", staff.id, station_id=station_id, now=tx.now, idle=await idle_time(tx)
    )
    # scope: the clerk's own rows
    await tx.session.execute(update(Staff).where(Staff.id == staff.id).values(failed_logins=0, locked_until=None))
    await take_seat(tx, staff.id, station_id)
    tx.audit("login", login_id, staff=staff.id, station=station_id)
    return token


@action("login.close")
async def sign_out(tx: Tx) -> SignedOut:
    """End the actor's login. A clerk goes off first, which is refused while serving or with unfinished wrap-ups.

    Staff who serve nobody, such as a supervisor, have no presence to give up.
    """
    if tx.actor.kind == "staff" and tx.actor.id and await tx.port(WorkStates).presence(tx.session, tx.actor.id):
        await set_presence(tx, PresenceRequest(wanted="off"))
    if tx.actor.login_id is not None:
        await close_login(tx.session, tx.actor.login_id, tx.now)
    tx.audit("login", tx.actor.login_id, ended_at=tx.now)
    tx.hint(f"login:{tx.actor.login_id}")
    return SignedOut()


@action("account.enter")
async def enter_as_guest(tx: Tx, request: EnterRequest) -> tuple[ApplicantMe, str]:
    """Make a guest account with its own data key and open its login. Returns what the page shows and the cookie."""
    account_id = new_id()
    data_key = tx.keys.new_data_key(account_id)
    await tx.session.execute(  # scope: the account of whoever enters
        insert(Account).values(
            id=account_id,
            kind="guest",
            form_of_address_cipher=tx.keys.encrypt("account", "form_of_address", account_id, request.form_of_address),
            phone_cipher=tx.keys.encrypt("account", "phone", account_id, request.phone),
            phone_blind=tx.keys.blind("phone", request.phone),
            elderly=request.elderly,
            data_key=data_key,
            created_at=tx.now,
        )
    )
    _, token = await open_login(tx.session, "applicant", account_id, station_id=None, now=tx.now)
    tx.audit(
        "account",
        account_id,
        kind="guest",
        elderly=request.elderly,
        phone={
            "blind": tx.keys.blind("phone", request.phone),
            "cipher": tx.keys.seal_for(account_id, data_key, "phone", request.phone),
        },
    )
    view = AccountView(
        id=account_id,
        form_of_address=request.form_of_address,
        phone_masked=mask_phone(request.phone),
        elderly=request.elderly,
        phone_verified=False,
    )
    return ApplicantMe(account=view, csrf=csrf_token(token)), token
