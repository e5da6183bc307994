"""What an operator does from the command line: `cloudwindow staff …`."""

from sqlalchemy import select, update

from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.people.models import Staff


@action("staff.unlock")
async def lift_lock(tx: Tx, account: str) -> None:
    """Lift the lock of an account. Raises `LookupError` when there is none of that name."""
    # scope: the operator of the machine, who has the database itself
    staff = await tx.session.scalar(select(Staff).where(Staff.account == account).with_for_update(key_share=True))
    if staff is None:
        raise LookupError(account)
    await tx.session.execute(
        update(Staff)
        .where(Staff.id == staff.id)
        .values(failed_logins=0, locked_until=None)  # scope: the row locked above
    )
    tx.audit("staff", staff.id, old={"locked_until": staff.locked_until}, locked_until=None)


async def unlock(url: str, account: str) -> None:
    """Lift the lock that too many wrong passwords put on an account. Raises `LookupError` for an unknown one."""
    database = Database(url, pool_size=2, application_name="cloudwindow-staff")
    try:
        # The command reads and writes no personal field, so it needs none of the deployment's keys.
        await Actions(database, Keys(b"", b""), Wiring(), Notifier(database)).run(SYSTEM, lift_lock, account)
    finally:
        await database.close()
