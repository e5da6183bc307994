"""Alembic migrations, run from the program itself: `migrate` and every `serve` bring a database up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloudwindow.foundation import parameters
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.models import Deployment

HERE = Path(__file__).parent
_LOCK = 7212017
"""Advisory lock under which one process migrates while the others wait."""


async def upgrade(url: str, mode: str, keys: Keys | None = None) -> None:
    """Bring the database at `url` to this program's version; `mode` is written once, by the first migration.

    `mode` is `demonstration`, `production` or `test` (model §6). `keys` notice which of them are in force. Raises
    `RuntimeError` in one clear line when the database has another mode, `KeyFault` when it was written with other keys.
    Cut off in the middle, it leaves the database as it was.
    """
    database = Database(url, pool_size=1, application_name="cloudwindow-migrate")
    try:
        async with database.engine.connect() as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")  # ours commit each statement otherwise
            await connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            await connection.commit()
            await _check_before(connection, mode)
            await connection.run_sync(_upgrade, mode)
            await connection.commit()
        async with database.transaction() as session:
            await _check(session, mode, keys)
            await parameters.seed(session)
    finally:
        await database.close()


def head() -> str | None:
    """Return the revision to which this program brings a database."""
    return _scripts().get_current_head()


def revisions() -> set[str]:
    """Return every revision that this program knows; a database at another one was written by a newer program."""
    return {script.revision for script in _scripts().walk_revisions()}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(HERE))


def _upgrade(connection: Connection, mode: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = connection
    config.attributes["mode"] = mode
    command.upgrade(config, "head")


async def _check_before(connection: AsyncConnection, mode: str) -> None:
    """Look at the mode before anything is changed: another deployment's database is left as it is, its version too."""
    written = None
    if await connection.scalar(text("SELECT to_regclass('deployment')")) is not None:
        written = await connection.scalar(text("SELECT mode FROM deployment"))
    if written is not None and written != mode:
        raise _other_mode(written, mode)


def _other_mode(written: str, mode: str) -> RuntimeError:
    return RuntimeError(f"this database is in {written} mode, which never changes; it was asked to be in {mode} mode")


async def _check(session: AsyncSession, mode: str, keys: Keys | None) -> None:
    row = await session.scalar(select(Deployment).with_for_update())
    if row is None or row.mode != mode:
        raise _other_mode(row.mode if row else "unknown", mode)
    if keys is None:
        return
    if row.key_fingerprint is None:
        await session.execute(update(Deployment).values(key_fingerprint=keys.fingerprint()))
    keys.notice(row.key_fingerprint or keys.fingerprint())
