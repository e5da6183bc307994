"""The command line: ``cloudwindow serve | migrate | demo | staff | settings | states | openapi``.

What a person can mend ends as one line on standard error and exit code 2.
"""

import asyncio
import json
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cloudwindow.cli_staff import staff
from cloudwindow.settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from types import FrameType

    from cloudwindow.starting import Prepared

EXIT_CANNOT = 2
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


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="TCP port instead of CLOUDWINDOW_PORT.")] = None,
) -> None:
    """Run the server: database (its own without DATABASE_URL), migrations, demonstration data, web pages."""
    from cloudwindow import starting

    settings = _settings() if port is None else load(port=port)
    _stop_in_order()
    with starting.listen(settings.port) as taken, starting.own_database(settings) as url:
        prepared = asyncio.run(starting.prepare(settings, url))
        from cloudwindow import serving  # after what may refuse, since the whole application comes with it

        serving.run(settings, url, taken, lambda: _announce(settings, prepared))


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


@app.command("settings")
def show_settings() -> None:
    """List every setting: variable, value, unit, meaning."""
    for line in _settings().lines():
        mark = "" if line.is_default else "  (set)"
        typer.echo(f"{line.name} = {line.value or '(empty)'}{mark}\n    {line.help} [{line.unit}]")


@app.command("states")
def show_states() -> None:
    """Print the state machines as docs/states.md holds them; needs no database."""
    from cloudwindow import calls, dispatch, oversight
    from cloudwindow.foundation.states import markdown

    machines = (dispatch.TICKET, dispatch.ENGAGEMENT, calls.CALL, calls.SESSION, oversight.RATING)
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
    from cloudwindow.starting import StartError

    return isinstance(error, StartError)


def _settings() -> Settings:
    return load()


def _stop_in_order() -> None:
    """Turn SIGTERM and a closed terminal into an exit that still stops the database in order."""

    def leave(_number: int, _frame: "FrameType | None") -> None:
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    # uvicorn knows SIGTERM and closes its connections first; it does not know SIGHUP.
    signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def _announce(settings: Settings, prepared: "Prepared") -> None:
    typer.echo(f"\n{settings.site_name} — Cloud Window\n")
    for path, name in FACES:
        typer.echo(f"  http://localhost:{settings.port}{path:<12} {name}")
    typer.echo("")
    _show_accounts(prepared)
    for warning in settings.warnings():
        typer.echo(f"Warning: {warning}", err=True)
    typer.echo("Stop with Ctrl-C.")


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
