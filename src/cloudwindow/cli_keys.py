"""``cloudwindow keys …``: the keys of encrypted fields, and how new ones come into force while the service runs."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cloudwindow.settings import load

if TYPE_CHECKING:
    from cloudwindow.foundation.actions import Actions
    from cloudwindow.foundation.keyring import Generation
    from cloudwindow.operating.rotating import State

T = TypeVar("T")
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

keys = typer.Typer(help="Keys of encrypted fields.", no_args_is_help=True)


def _run(work: "Callable[[Actions, Path], Awaitable[T]]") -> T:
    """Do something with the keys and the database. What is refused ends as one line (`StartError`)."""
    from cloudwindow import starting

    settings = load()
    url = starting.joined_database(settings)
    from cloudwindow.foundation.crypto import KeyFault, Keys
    from cloudwindow.operating.commanding import open_actions

    async def run() -> T:
        await starting.check(url)
        folder = settings.keys_folder()
        async with open_actions(settings, url, Keys.load(folder)) as actions:
            return await work(actions, folder)

    try:
        return asyncio.run(run())
    except KeyFault as fault:
        text = str(fault)
        raise starting.StartError(f"{text[:1].upper()}{text[1:]}.") from None


def _confirm(question: str, *, yes: bool) -> None:
    from cloudwindow.starting import StartError

    if yes:
        return
    if not sys.stdin.isatty():
        raise StartError(f"{question} Say so with --yes.")
    if not typer.confirm(question):
        raise StartError("Nothing was changed.")


@keys.command()
def show() -> None:
    """List the generations of keys, how many fields are under each, and what the processes can read."""
    from cloudwindow.operating import rotating

    state = _run(lambda actions, _: rotating.look(actions))
    for generation in state.ring.generations():
        typer.echo(_line(generation, state))
    here = {one.id.hex() for one in state.ring.complete()}
    for id_ in sorted({id_ for _, id_ in state.left} - here):
        name = "as the first release wrote them" if id_ == "" else f"under keys that are not here ({id_}…)"
        typer.echo(f"{state.under(id_):,} fields {name}")
    for process in sorted(state.processes):
        typer.echo(f"{process} reads {', '.join(map(str, state.read_by(process))) or 'none of these'}")
    for fault in state.ring.faults:
        typer.echo(f"Left out: {fault}")


def _line(one: "Generation", state: "State") -> str:
    if one.field is None:
        return f"generation {one.number}: retired, finds what was indexed with it"
    later = "not in force yet" if one.number > state.current.number else "older"
    place = "in force" if one is state.current else later
    return f"generation {one.number}: {one.fingerprint}, {place}, {state.under(one.id.hex()):,} fields"


@keys.command()
def new() -> None:
    """Make the next generation of keys. Nothing is written with it before `keys rotate`."""
    from cloudwindow.foundation.keyring import names
    from cloudwindow.operating import rotating

    made = _run(rotating.new)
    typer.echo(f"Made generation {made.number} ({made.fingerprint}): {' and '.join(names(made.number))}.")
    typer.echo(
        "Copy both files to where the copy of your keys lies, and into the folder of keys of every other machine that "
        "runs Cloud Window. Then: `cloudwindow keys rotate`."
    )


@keys.command()
def rotate(*, yes: Yes = False) -> None:
    """Bring the newest generation into force and encrypt everything with it. Cut off, it may be run again."""
    from cloudwindow.operating import rotating
    from cloudwindow.operating.bars import bars

    _confirm("Is there a copy of the newest keys in another place? Without it a lost disk loses all.", yes=yes)
    with bars(of_bytes=False) as add:
        done = _run(lambda actions, _: rotating.rotate(actions, typer.echo, lambda total: add("Encrypting", total)))
    typer.echo(f"{done:,} fields were encrypted anew; nothing is left under older keys.")
    typer.echo("Back up now. Older backups need the older keys. Next, on every machine: `cloudwindow keys retire`.")


@keys.command()
def retire(*, yes: Yes = False) -> None:
    """Put older keys out of use on this machine, once nothing in the database needs them."""
    from cloudwindow.operating import rotating

    _confirm("Backups made before the rotation can be read with the older keys only. Do you have a copy?", yes=yes)
    for path in _run(rotating.retire):
        typer.echo(f"Retired: {path}. Destroy it once no backup needs it.")
    typer.echo("Processes that run have read the old keys and forget them when they are restarted.")
