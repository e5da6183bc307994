"""`cloudwindow backup`: a consistent copy of the database while it is in use, in one file with a manifest."""

import asyncio
import io
import os
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from cloudwindow import __version__, starting
from cloudwindow.foundation import keyring
from cloudwindow.foundation.keyring import KeyFault
from cloudwindow.foundation.storage import Folder
from cloudwindow.operating import archive, programs
from cloudwindow.operating.archive import Step, Writer
from cloudwindow.operating.manifest import FORMAT, BackupError, Manifest
from cloudwindow.settings import PASSWORD_FILE, Settings

DUMP = "database.dump"
KEYS = "keys/"
FILES = "files/"

# A dump must not wait for ever behind a migration, and nobody's settings may end a long one.
_OPTIONS = ("--format=custom", "--no-owner", "--no-privileges", "--no-comments", "--lock-wait-timeout=30s")
_STATE = """
    SELECT mode, key_fingerprint, (SELECT version_num FROM alembic_version) AS revision,
        to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS taken_at,
        current_setting('server_version') AS postgresql, pg_export_snapshot() AS snapshot
    FROM deployment
"""


_STORED = "SELECT id FROM file WHERE state = 'stored' ORDER BY id"  # scope: a backup holds everybody's


@dataclass(frozen=True, slots=True)
class Contents:
    """What beside the database goes into a backup."""

    keys: bool
    files: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was made. `keys_elsewhere` is the folder of the keys that it needs and does not hold.

    `missing` counts files that the database names and the store does not have.
    """

    path: Path
    manifest: Manifest
    keys_elsewhere: Path | None
    missing: int


def place(to: Path, now: datetime) -> Path:
    """The file of a backup: `to` itself, or one named after the moment in the folder `to`."""
    if to.is_dir():
        return to / f"cloudwindow-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"
    return to


def keys_of(settings: Settings, fingerprint: str | None) -> dict[str, bytes]:
    """The files of the keys, of all generations that are not retired, by their names in the backup.

    Raises:
        BackupError: they are not there, or they are not those of the database.
    """
    folder = settings.keys_folder()
    try:
        files = keyring.files(folder) if folder.exists() else []
        if not files:
            raise BackupError(f"The keys are not in {folder}: set CLOUDWINDOW_KEYS, or back up without --with-keys.")
        ring = keyring.open_ring(folder)
        if fingerprint is not None:
            ring.named(fingerprint)
        return {KEYS + path.name: path.read_bytes() for path in files}
    except (KeyFault, OSError) as error:
        raise BackupError(f"The keys in {folder} cannot be backed up: {error}.") from error


def take(settings: Settings, to: Path, contents: Contents, step: Step) -> Taken:
    """Back up into a new file.

    Raises:
        BackupError: it cannot be made; then there is no file.
        starting.StartError: there is no database.
    """
    path = place(to.absolute(), datetime.now(UTC))
    with starting.any_database(settings) as url:
        manifest, missing = asyncio.run(_take(settings, url, path, contents, step))
    return Taken(path, manifest, None if contents.keys else settings.keys_folder(), missing)


async def _take(settings: Settings, url: str, path: Path, contents: Contents, step: Step) -> tuple[Manifest, int]:
    await starting.check(url)
    connection = await asyncpg.connect(url)
    try:
        programs.check_server(connection.get_server_version().major)
        # Manifest and dump see the same moment: this transaction lends its snapshot to pg_dump.
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            try:
                state = await connection.fetchrow(_STATE)
            except asyncpg.UndefinedTableError:
                state = None
            if state is None:
                raise BackupError("The database is empty: there is nothing to back up.")
            files = keys_of(settings, state["key_fingerprint"]) if contents.keys else {}
            files |= _password(settings, state["mode"])
            with archive.writing(path) as writer:
                await asyncio.to_thread(_dump, url, state["snapshot"], writer, step)
                stored = await _stored(connection) if contents.files else []
                missing = await asyncio.to_thread(_add_files, Folder(settings.files_folder()), stored, writer, step)
                for name, content in files.items():
                    writer.add(name, io.BytesIO(content), step)
                manifest = _manifest(state, writer)
                writer.add(archive.MANIFEST, io.BytesIO(manifest.json()), step)
    finally:
        connection.terminate()
    return manifest, missing


async def _stored(connection: asyncpg.Connection) -> list[UUID]:
    """The files of the same moment; a database before them has none. They never change, so they can be copied later."""
    if await connection.fetchval("SELECT to_regclass('file')") is None:
        return []
    return [row["id"] for row in await connection.fetch(_STORED)]


def _add_files(store: Folder, stored: list[UUID], writer: Writer, step: Step) -> int:
    """Add the files as they lie there, encrypted. Returns how many are missing; one damaged file ends no backup."""
    missing = 0
    for file_id in stored:
        path = store.path(file_id)
        try:
            with path.open("rb") as file:
                writer.add(FILES + path.relative_to(store.root).as_posix(), file, step)
        except FileNotFoundError:
            missing += 1
    return missing


def _password(settings: Settings, mode: str) -> dict[str, bytes]:
    """The password of a demonstration: no secret, but without it the restored accounts could not be used."""
    path = settings.data_folder() / PASSWORD_FILE
    return {PASSWORD_FILE: path.read_bytes()} if mode == "demonstration" and path.is_file() else {}


def _manifest(state: asyncpg.Record, writer: Writer) -> Manifest:
    return Manifest(
        format=FORMAT,
        program=__version__,
        taken_at=state["taken_at"],
        mode=state["mode"],
        revision=state["revision"],
        key_fingerprint=state["key_fingerprint"],
        postgresql=state["postgresql"],
        files=dict(writer.files),
    )


def _dump(url: str, snapshot: str, writer: Writer, step: Step) -> None:
    bare, environment = programs.address(url)
    # Signalling is unlogged and worth nothing a moment later.
    command = [str(programs.program("pg_dump")), *_OPTIONS, "--no-unlogged-table-data", "--no-password"]
    command += [f"--snapshot={snapshot}", f"--dbname={bare}"]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(  # noqa: S603  our own program
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=environment, cwd=os.sep
        ) as process:
            if process.stdout is None:
                raise BackupError("pg_dump has no output.")
            try:
                writer.add(DUMP, process.stdout, step)
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            errors.seek(0)
            raise BackupError(f"{programs.last_word(errors.read()).rstrip('.')}.")
