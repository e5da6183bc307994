"""``cloudwindow staff …``: accounts of the staff, as the operator of the machine keeps them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cloudwindow.settings import load

if TYPE_CHECKING:
    from cloudwindow.foundation.actions import Actions
    from cloudwindow.people.commands import StaffLine
    from cloudwindow.people.logins import Ended

T = TypeVar("T")
Account = Annotated[str, typer.Argument(help="The account's name.")]

staff = typer.Typer(help="Accounts of the staff.", no_args_is_help=True)
second_factor = typer.Typer(help="Code generators of the staff.", no_args_is_help=True)
staff.add_typer(second_factor, name="second-factor")


def _run(work: "Callable[[Actions], Awaitable[T]]") -> T:
    """Do something with the actions of a command. What is refused ends as one line (`StartError`)."""
    from cloudwindow import starting

    settings = load()
    url = starting.joined_database(settings)
    from cloudwindow.operating.commanding import open_actions

    async def run() -> T:
        await starting.check(url)
        async with open_actions(settings, url) as actions:
            return await work(actions)

    try:
        return asyncio.run(run())
    except (LookupError, ValueError) as error:
        raise starting.StartError(str(error.args[0])) from None


@staff.command("list")
def list_accounts() -> None:
    """List the accounts: roles, status, lock, second factor, how many are signed in."""
    from cloudwindow.people import commands

    async def work(actions: "Actions") -> "list[StaffLine]":
        async with actions.database.reading() as session:
            return await commands.list_staff(session)

    for line in _run(work):
        typer.echo(_shown(line))


def _shown(line: "StaffLine") -> str:
    marks = [
        line.status,
        f"locked until {line.locked_until:%Y-%m-%d %H:%M %Z}" if line.locked_until else "",
        "must change the password" if line.must_change_password else "",
        "second factor" if line.second_factor else "no second factor",
        f"signed in {line.logins}×" if line.logins else "",
    ]
    return f"{line.account:<16} {line.name:<6} {','.join(line.roles):<28} {'; '.join(filter(None, marks))}"


@staff.command()
def unlock(account: Account) -> None:
    """Lift the lock that too many wrong passwords put on an account."""
    from cloudwindow.foundation.authentication import COMMAND_LINE
    from cloudwindow.people.commands import lift_lock

    _run(lambda actions: actions.run(COMMAND_LINE, lift_lock, account))
    typer.echo(f"{account} can sign in again.")


@staff.command()
def password(account: Account) -> None:
    """Give an account a new one-time password, printed once; the person must change it at the next sign-in."""
    from cloudwindow.foundation.authentication import COMMAND_LINE
    from cloudwindow.people.commands import give_password, one_time_password

    new, kept = one_time_password()
    ended = _run(lambda actions: actions.run(COMMAND_LINE, give_password, account, kept))
    typer.echo(f"One-time password of {account}: {new}")
    typer.echo("It is shown this once, and must be changed at the next sign-in.")
    _tell(account, ended)


@staff.command()
def disable(account: Account) -> None:
    """Let an account sign in no more, and end its logins."""
    from cloudwindow.foundation.authentication import COMMAND_LINE
    from cloudwindow.people.commands import disable as act

    ended = _run(lambda actions: actions.run(COMMAND_LINE, act, account))
    typer.echo(f"{account} can no longer sign in.")
    _tell(account, ended)


@staff.command()
def enable(account: Account) -> None:
    """Let a disabled account sign in again."""
    from cloudwindow.foundation.authentication import COMMAND_LINE
    from cloudwindow.people.commands import enable as act

    _run(lambda actions: actions.run(COMMAND_LINE, act, account))
    typer.echo(f"{account} can sign in again.")


@staff.command("sign-out")
def sign_out(account: Account) -> None:
    """End all logins of an account."""
    from cloudwindow.foundation.authentication import COMMAND_LINE
    from cloudwindow.people.commands import sign_out as act

    _tell(account, _run(lambda actions: actions.run(COMMAND_LINE, act, account)))


@second_factor.command("reset")
def reset(account: Account) -> None:
    """Take an account's second factor away, as after a lost phone; the person may bind a new one."""
    from cloudwindow.foundation.authentication import COMMAND_LINE
    from cloudwindow.people.commands import reset_second_factor

    _run(lambda actions: actions.run(COMMAND_LINE, reset_second_factor, account))
    typer.echo(f"The second factor of {account} is gone.")


def _tell(account: str, ended: "Ended") -> None:
    if ended.at_work:
        typer.echo(f"{account} is being rung, talking or closing a session: that is not cut. The logins end after it.")
    elif ended.logins:
        typer.echo(f"Logins ended: {ended.logins}. Open pages notice within 15 seconds.")
    else:
        typer.echo(f"{account} was not signed in.")
