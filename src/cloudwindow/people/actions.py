"""Changes of this room: signing in and out, presence, and a guest's account."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select, update

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import close_login, csrf_token, open_login
from cloudwindow.foundation.crypto import mask_phone
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.organisation import Station
from cloudwindow.people import parameters as limits
from cloudwindow.people import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.people.models import Account, Presence, Staff
from cloudwindow.people.ports import WorkStates
from cloudwindow.people.schemas import (
    AccountView,
    ApplicantMe,
    EnterRequest,
    PresenceRequest,
    PresenceView,
    SignedOut,
)


def staff_stream(staff_id: UUID) -> str:
    """Name the stream of a clerk's workbench."""
    return f"staff:{staff_id}"


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
    """Count a wrong password and lock the account at the limit (model §7)."""
    limit, minutes = (await parameters.read(tx.session, limits.FAILURES_BEFORE_LOCK, limits.LOCK_MINUTES)).values()
    staff = await find_for_login(tx, account)
    if staff is None:
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
async def sign_in(tx: Tx, account: str, station_id: UUID) -> tuple[UUID, str]:
    """Open a clerk's login at a station, the password having been checked. Returns the clerk and the secret."""
    staff = await find_for_login(tx, account)
    if staff is None:
        raise Problem("login_required")
    station = await tx.session.get(Station, station_id)
    if station is None or station.status != "in_use":
        raise Problem("station_unknown")
    login_id, token = await open_login(tx.session, "staff", staff.id, station_id=station_id, now=tx.now)
    # scope: the clerk's own rows
    await tx.session.execute(update(Staff).where(Staff.id == staff.id).values(failed_logins=0, locked_until=None))
    await tx.session.execute(
        update(Presence)
        .where(Presence.staff_id == staff.id)
        .values(station_id=station_id)  # scope: the presence of whoever signs in
    )
    tx.audit("login", login_id, staff=staff.id, station=station_id)
    return staff.id, token


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


@action("presence.set")
async def set_presence(tx: Tx, wish: PresenceRequest) -> PresenceView:
    """Set what the clerk wants. Raises `still_serving` and `unfinished_wrap_ups` (model §3)."""
    staff_id = tx.actor.id
    if tx.actor.kind != "staff" or staff_id is None:
        raise Problem("not_allowed")
    states = tx.port(WorkStates)
    row = await tx.session.scalar(
        select(Presence)
        .where(Presence.staff_id == staff_id)
        .with_for_update(key_share=True)  # scope: the actor's own presence
    )
    if row is None:
        raise Problem("not_allowed")
    before = await states.presence(tx.session, staff_id)
    if wish.wanted != "ready":
        if before and before.work in {"ringing", "serving"}:
            raise Problem("still_serving")
        if unfinished := await states.unfinished(tx.session, staff_id):
            raise Problem("unfinished_wrap_ups", count=unfinished)
    reason = (wish.reason or "rest") if wish.wanted == "break" else None
    if (row.wanted, row.reason) != (wish.wanted, reason):
        await change_presence(tx, row, wish.wanted, reason)
    if wish.wanted == "ready":
        states.became_ready(tx, staff_id)
    after = await states.presence(tx.session, staff_id)
    if after is None:
        raise Problem("not_allowed")
    return after


async def change_presence(tx: Tx, row: Presence, wanted: str, reason: str | None) -> None:
    """Write a new wish of a locked presence row, with its audit row and event."""
    values = {"wanted": wanted, "reason": reason, "since": tx.now, "idle_since": tx.now, "misses": 0}
    await tx.session.execute(
        update(Presence)
        .where(Presence.staff_id == row.staff_id)  # scope: the row that the caller locked
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    tx.audit(
        "presence",
        row.staff_id,
        old={"wanted": row.wanted, "reason": row.reason},
        wanted=wanted,
        reason=reason,
    )
    await announce_presence(tx, row.staff_id)


async def announce_presence(tx: Tx, staff_id: UUID) -> None:
    """Send the clerk's own pages the presence as it is now in this transaction."""
    states = tx.port(WorkStates)
    presence = await states.presence(tx.session, staff_id)
    tx.event(staff_stream(staff_id), "presence", presence)


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
    )
    return ApplicantMe(account=view, csrf=csrf_token(token)), token
