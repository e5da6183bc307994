"""The command line: ``cloudwindow serve | worker | migrate | demo | doctor | backup | restore | keys | staff | …``.

What a person can mend ends as one line on standard error and exit code 2. `audit verify` ends with 1 when it finds the
records changed.
"""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cloudwindow.cli_keys import keys
from cloudwindow.cli_staff import staff
from cloudwindow.settings import Settings, SettingsError, load
from cloudwindow.stopping import Stop, Stopped

if TYPE_CHECKING:
    from cloudwindow.lan import Door
    from cloudwindow.starting import Prepared

EXIT_FAILS = 1
EXIT_CANNOT = 2
HEAD_BYTES = 32
SHOW_EVERY_ROWS = 10_000
FACES = (("/", "applicant 群众端"), ("/workbench", "workbench 坐席工作台"))

app = typer.Typer(
    name="cloudwindow",
    help="Cloud Window (云综窗): government services by video.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(staff, name="staff")
app.add_typer(keys, name="keys")
audit = typer.Typer(help="The seal of audit rows and session events.", no_args_is_help=True)
app.add_typer(audit, name="audit")


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="TCP port instead of CLOUDWINDOW_PORT.")] = None,
) -> None:
    """Run the server: database (its own without DATABASE_URL), migrations, demonstration data, web pages."""
    stop = Stop()
    from cloudwindow import lan, starting

    settings = _settings() if port is None else load(port=port)
    warnings = settings.warnings()
    with (
        suppress(Stopped),
        starting.listen(settings.port) as taken,
        lan.listen(settings, warnings.append) as taken_for_phones,
        starting.own_database(settings, watch=stop.check) as url,
    ):
        prepared = stop.run(starting.prepare(settings, url))
        door = lan.open_door(settings, taken_for_phones) if taken_for_phones else None
        if door is None:  # links for phones must not lead to a port that is somebody else's
            settings = settings.model_copy(update={"tls_port": 0})
        from cloudwindow import serving  # after what may refuse, since the whole application comes with it

        sockets = serving.Sockets(taken, door)
        serving.run(settings, url, sockets, stop, lambda: _announce(settings, prepared, door, warnings))


@app.command()
def worker() -> None:
    """Do background work only: deadlines, sealing. Beside web processes on one database, as many as you like."""
    stop = Stop()
    from cloudwindow import starting, working

    settings = _settings()
    url = starting.joined_database(settings)
    with suppress(Stopped):
        stop.run(starting.prepare(settings, url))
        asyncio.run(working.run(settings, url, stop, lambda: typer.echo("The worker is at work.")))


@app.command()
def migrate() -> None:
    """Bring the database up to date. The first time, CLOUDWINDOW_MODE is written into it for good."""
    from cloudwindow import starting

    settings = _settings()
    url = starting.joined_database(settings)

    async def work() -> None:
        await starting.check(url)
        await starting.migrate(settings, url)

    asyncio.run(work())
    typer.echo("The database is up to date.")


@app.command()
def demo() -> None:
    """Fill an empty demonstration database, and print the accounts."""
    from cloudwindow import starting

    settings = _settings()
    if settings.mode != "demonstration":
        raise starting.StartError(f"There are no demonstration data in {settings.mode} mode.")
    prepared = asyncio.run(starting.prepare(settings, starting.joined_database(settings)))
    typer.echo("Demonstration data loaded." if prepared.loaded else "The database already holds data.")
    _show_accounts(prepared)


@app.command()
def doctor(
    *, json_: Annotated[bool, typer.Option("--json", help="Print one JSON document, for machines.")] = False
) -> None:
    """Look whether all is well: one line for each check. Exit code 0 (ok or warnings), 1 (something fails), 2."""
    from cloudwindow.operating import findings
    from cloudwindow.operating.doctor import look

    found = look(_settings())
    if json_:
        typer.echo(json.dumps(findings.report(found), ensure_ascii=False, indent=2))
    else:
        for finding in found:
            typer.echo(finding.line())
    if findings.worst(found) == "fail":
        raise typer.Exit(EXIT_FAILS)


@app.command()
def backup(
    to: Annotated[Path, typer.Option(help="A new file, or a folder in which one named after the moment is made.")],
    *,
    with_keys: Annotated[bool, typer.Option("--with-keys", help="Put the encryption keys into the same file.")] = False,
    without_files: Annotated[
        bool,
        typer.Option("--without-files", help="Leave out what people sent: that folder is copied apart."),
    ] = False,
) -> None:
    """Copy the database and the files, while they are in use, into one file that `restore` takes."""
    from cloudwindow.operating import backup as backups
    from cloudwindow.operating.bars import bars

    with bars() as add:
        contents = backups.Contents(keys=with_keys, files=not without_files)
        taken = backups.take(_settings(), to, contents, add("Backing up", None))
    typer.echo(f"Backed up into {taken.path}, as of {taken.manifest.taken_at}.")
    if taken.missing:
        typer.echo(f"{taken.missing} files are missing in {_settings().files_folder()}: see `cloudwindow doctor`.")
    if taken.keys_elsewhere is None:
        typer.echo("The keys are in it: whoever has this file can read everything. Keep it locked away.")
    else:
        typer.echo(
            f"The keys are not in it. Keep a copy of {taken.keys_elsewhere} in another place: without them nobody can "
            "read names, phones and summaries any more."
        )


@app.command()
def restore(
    from_: Annotated[Path, typer.Option("--from", help="The file that `backup` made.")],
) -> None:
    """Make a deployment of a backup, in a new data folder or an empty DATABASE_URL only."""
    from cloudwindow.operating.bars import bars
    from cloudwindow.operating.restore import restore as restore_into

    size = from_.stat().st_size if from_.is_file() else None
    with bars() as add:
        manifest = restore_into(_settings(), from_, add("Verifying", size), add("Loading", size))
    typer.echo(f"Restored what was on {manifest.taken_at}. Next: `cloudwindow serve`, then `cloudwindow doctor`.")
    typer.echo("Deadlines go on from there as after a downtime. Staff sign in anew; citizens keep their numbers.")


@audit.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="A head written down earlier: check that it is part of the chain.")
    ] = None,
) -> None:
    """Check every sealed row; name the first that was changed, removed, inserted or swapped.

    Exit code 0: all is whole. 1: something is broken. 2: it cannot be checked.
    """
    wanted = None if head is None else _head(head)
    url, zone = _joined()
    from cloudwindow.foundation.seal import command

    whole, lines = asyncio.run(command.check(url, zone, wanted, _progress))
    for line in lines:
        typer.echo(line)
    if not whole:
        raise typer.Exit(EXIT_FAILS)


@audit.command("head")
def show_head() -> None:
    """Print the newest head, to be written down or time-stamped outside this database."""
    url, zone = _joined()
    from cloudwindow.foundation.seal import command

    typer.echo(asyncio.run(command.head(url, zone)))


@app.command("settings")
def show_settings() -> None:
    """List every setting: variable, value, unit, meaning."""
    for line in _settings().lines():
        mark = "" if line.is_default else "  (set)"
        typer.echo(f"{line.name} = {line.value or '(empty)'}{mark}\n    {line.help} [{line.unit}]")


@app.command("states")
def show_states() -> None:
    """Print the state machines as docs/states.md holds them; needs no database."""
    from cloudwindow import calls, dispatch, letters, messages, oversight
    from cloudwindow.foundation.states import markdown
    from cloudwindow.foundation.storage import FILE

    ours = (
        dispatch.TICKET,
        dispatch.ENGAGEMENT,
        letters.LETTER,
        calls.CALL,
        calls.SESSION,
        calls.PHOTO,
        oversight.RATING,
    )
    machines = (*ours, messages.MESSAGE, FILE)
    typer.echo(markdown(machines), nl=False)


@app.command()
def openapi() -> None:
    """Print the OpenAPI document of the HTTP interface; needs no database."""
    from cloudwindow.app import create_app

    application = create_app(Settings(mode="demonstration"), "postgresql://nobody@localhost/nothing")
    typer.echo(json.dumps(application.openapi(), ensure_ascii=False, indent=2, sort_keys=True))


def main() -> None:
    """The entry point of the ``cloudwindow`` program."""
    try:
        app()
    except Exception as error:
        if not _is_expected(error):
            raise
        typer.echo(f"cloudwindow: {error}", err=True)
        sys.exit(EXIT_CANNOT)


def _is_expected(error: Exception) -> bool:
    if isinstance(error, SettingsError):
        return True
    from cloudwindow.foundation.seal.command import CannotVerifyError
    from cloudwindow.starting import StartError

    return isinstance(error, StartError | CannotVerifyError)


def _settings() -> Settings:
    return load()


def _progress(before: int, done: int, rows: int) -> None:
    """Show on a terminal how far a long check is, once every so many rows; the line goes when it is through."""
    if before // SHOW_EVERY_ROWS != done // SHOW_EVERY_ROWS and sys.stderr.isatty():
        typer.echo(f"\r{done:,} of {rows:,} rows", nl=False, err=True)
    if before < done == rows >= SHOW_EVERY_ROWS and sys.stderr.isatty():
        typer.echo("\r\033[K", nl=False, err=True)


def _joined() -> tuple[str, str]:
    """A database that answers, joined as `staff unlock` does, with all rooms known; and the time zone to show."""
    from cloudwindow import starting, tables

    settings = _settings()
    url = starting.joined_database(settings)
    asyncio.run(starting.check(url))
    tables.load()
    return url, settings.time_zone


def _head(text: str) -> bytes:
    from cloudwindow.starting import StartError

    try:
        head = bytes.fromhex(text)
    except ValueError:
        head = b""
    if len(head) != HEAD_BYTES:
        raise StartError(f"--head takes the {2 * HEAD_BYTES} hexadecimal digits that `cloudwindow audit head` prints.")
    return head


def _announce(settings: Settings, prepared: "Prepared", door: "Door | None", warnings: list[str]) -> None:
    typer.echo(f"\n{settings.site_name} — Cloud Window\n")
    for path, name in FACES:
        typer.echo(f"  http://localhost:{settings.port}{path:<12} {name}")
    typer.echo("")
    if door is not None:
        _show_door(door)
    _show_accounts(prepared)
    for warning in warnings:
        _warn(warning)
    typer.echo("Stop with Ctrl-C.")


def _show_door(door: "Door") -> None:
    """Say where phones get in; on a terminal as a QR code, too."""
    for address in door.addresses():
        typer.echo(f"  {address}/  phones on this network 局域网内的手机")
    if (root := door.root()) is not None and door.addresses():
        typer.echo(f"  {door.addresses()[0]}/authority.crt  install it on a phone first (docs/phones.md)")
        typer.echo(f"  SHA-256 {root}")
    if door.certificate.not_covered:
        names = ", ".join(door.certificate.not_covered)
        _warn(f"The authority in use may not sign for {names}: move <data>/tls away to have another.")
    if door.addresses() and sys.stdout.isatty():
        import segno

        segno.make(f"{door.addresses()[0]}/", error="l").terminal(compact=True)
    typer.echo("")


def _warn(sentence: str) -> None:
    typer.echo(f"Warning: {sentence}", err=True)


def _show_accounts(prepared: "Prepared") -> None:
    if prepared.password is None:
        return
    from cloudwindow.demonstration.accounts import ACCOUNTS

    typer.echo(f"Demonstration accounts, all with the password {prepared.password}")
    for account in ACCOUNTS:
        typer.echo(f"  {account.account:<14} {account.name}  {account.role}  {account.station or ''}".rstrip())
    typer.echo("")


if __name__ == "__main__":
    main()
