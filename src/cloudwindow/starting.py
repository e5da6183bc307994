"""From nothing to a database that is fit to serve: what every command does before its own work.

Whatever a person can mend ends as one clear line (`StartError`), never as a traceback.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy.exc import DBAPIError

from cloudwindow.foundation.crypto import KeyFault, Keys
from cloudwindow.foundation.postgres import EmbeddedPostgres, EmbeddedPostgresError, running_url
from cloudwindow.foundation.postgres.layout import Layout
from cloudwindow.settings import LISTEN_ADDRESS, Settings

OLDEST_POSTGRESQL = 15
CONNECT_SECONDS = 10.0
UNFINISHED = "restore.unfinished"
"""A mark in a data folder into which a backup is being restored."""


class StartError(Exception):
    """The program cannot start; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What `prepare` made: the demonstration password (None in production), and whether data came in."""

    password: str | None
    loaded: bool


def listen(port: int, address: str = LISTEN_ADDRESS, variable: str = "CLOUDWINDOW_PORT") -> socket.socket:
    """A socket on this machine's own address or another, taken before anything else starts.

    Raises:
        StartError: the port is busy or not allowed.
    """
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((address, port))
        taken.listen(2048)
    except OSError as error:
        taken.close()
        reason = error.strerror or str(error)
        raise StartError(f"Port {port} on {address} cannot be used: {reason}. Set {variable} to another.") from error
    return taken


@contextmanager
def own_database(
    settings: Settings, *, restoring: bool = False, watch: Callable[[], None] = lambda: None
) -> Iterator[str]:
    """The URL of the configured database, or of one that this process starts and stops itself.

    `watch` is called again and again while the embedded one starts; what it raises ends the start.

    Raises:
        StartError: the embedded one cannot be started here, or a restore into it did not come to its end.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    folder = settings.data_folder()
    if not restoring:
        _refuse_half_a_restore(folder)
    postgres = EmbeddedPostgres(folder)
    try:
        url = postgres.start(watch)
    except EmbeddedPostgresError as error:
        raise StartError(str(error)) from error
    try:
        yield url
    finally:
        postgres.stop()


def _refuse_half_a_restore(folder: Path) -> None:
    if (folder / UNFINISHED).exists():
        raise StartError(f"A restore into {folder} was cut off: remove that folder, keys excepted, and restore again.")


def joined_database(settings: Settings) -> str:
    """The URL of the configured database, or of the one that a running ``cloudwindow serve`` owns.

    Raises:
        StartError: neither is there.
    """
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    folder = settings.data_folder()
    try:
        url = running_url(folder)
    except EmbeddedPostgresError as error:
        raise StartError(str(error)) from error
    if url is None:
        raise StartError(
            f"Cloud Window is not running on the data folder {folder}. Start `cloudwindow serve`, or set DATABASE_URL."
        )
    return url


@contextmanager
def any_database(settings: Settings) -> Iterator[str]:
    """The URL of the database whether or not a server runs: joined if one does, else started for as long as needed.

    Raises:
        StartError: there is none yet, it cannot be started, or a restore into it did not come to its end.
    """
    if settings.database_url is None:
        _refuse_half_a_restore(settings.data_folder())  # it may have been cut off before there was a database
    if settings.database_url is None and not Layout(settings.data_folder()).folder.exists():
        raise StartError(f"There is no database in the data folder {settings.data_folder()}.")
    try:
        url = joined_database(settings)
    except StartError:
        with own_database(settings) as url:
            yield url
        return
    yield url


async def prepare(settings: Settings, url: str) -> Prepared:
    """Check the database, bring it up to date and, in demonstration mode, fill it when it is empty.

    Raises:
        StartError: wrong or too old database, wrong mode, other keys, or an unwritable folder.
    """
    await check(url)
    keys = await migrate(settings, url)
    if settings.mode != "demonstration":
        return Prepared(password=None, loaded=False)
    return await demonstrate(settings, url, keys)


async def check(url: str) -> None:
    """Connect once and look.

    Raises:
        StartError: nobody answers, the version is below 15, or the tables are those of another program.
    """
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StartError(f"DATABASE_URL ({without_password(url)}) cannot be used: {reason_of(error)}.") from error
    try:
        version = connection.get_server_version()
        if version.major < OLDEST_POSTGRESQL:
            raise StartError(
                f"The database is PostgreSQL {version.major}, which is too old: {OLDEST_POSTGRESQL} or newer is needed."
            )
        foreign = await connection.fetchval(
            "SELECT to_regclass('deployment') IS NULL AND EXISTS"
            " (SELECT FROM pg_tables WHERE schemaname = current_schema())"
        )
    finally:
        await connection.close()
    if foreign:
        raise StartError(
            f"The database {without_password(url)} holds tables of another program. Give Cloud Window an empty one."
        )


async def migrate(settings: Settings, url: str) -> Keys:
    """Bring the database to this program's version; returns the keys, which know the generation in force.

    Raises:
        StartError: unreadable keys, another mode or key fingerprint, or a migration that the server refuses.
    """
    from cloudwindow.foundation import migrations  # noqa: PLC0415 - Alembic is slow to load

    try:
        make_data_folder(settings.data_folder())
        keys = Keys.load_or_create(settings.keys_folder())
        await migrations.upgrade(url, settings.mode, keys)
    except (KeyFault, RuntimeError) as error:
        raise StartError(_sentence(str(error))) from error
    except DBAPIError as error:
        raise StartError(f"The database cannot be brought up to date: {reason_of(error)}.") from error
    return keys


async def demonstrate(settings: Settings, url: str, keys: Keys) -> Prepared:
    """Load the demonstration city unless something is there already.

    Raises:
        StartError: the data folder cannot be written or the data do not hold together.
    """
    from cloudwindow.demonstration import accounts, files, loader  # noqa: PLC0415 - not needed in production
    from cloudwindow.foundation.database import Database  # noqa: PLC0415

    database = Database(url, pool_size=2, application_name="cloudwindow-demo")
    try:
        password = accounts.password_of(settings.data_folder())
        empty = await loader.is_empty(database)
        if empty:
            await loader.load(database, keys, password, ZoneInfo(settings.time_zone))
    except (OSError, files.DemonstrationError) as error:
        raise StartError(f"The demonstration data cannot be loaded: {error}.") from error
    finally:
        await database.close()
    return Prepared(password=password, loaded=empty)


def make_data_folder(folder: Path) -> None:
    """Make the data folder unless it is there.

    Raises:
        StartError: it cannot be made.
    """
    try:
        # The embedded database's unprivileged user may have to pass through a folder of root's.
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StartError(f"The data folder {folder} cannot be used: {reason}. Set CLOUDWINDOW_DATA.") from error


def without_password(url: str) -> str:
    """The address as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, _, place = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:***@{place}").geturl()


def reason_of(error: BaseException) -> str:
    """The first line of what the driver says; SQLAlchemy wraps it."""
    inner = getattr(error, "orig", None) or error
    if isinstance(inner, TimeoutError):
        return f"no answer within {CONNECT_SECONDS:.0f} s"
    text = str(inner).strip() or type(inner).__name__
    return text.splitlines()[0].rpartition(">: ")[2].rstrip(".")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(".") else ".")
