"""`cloudwindow restore`: a backup becomes a deployment again, in an empty place only, all of it or nothing."""

import asyncio
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import asyncpg

from cloudwindow import starting
from cloudwindow.foundation import keyring, migrations
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.durable import sync_folder
from cloudwindow.foundation.keyring import KeyFault
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.storage import Folder
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.operating import archive, loading, programs
from cloudwindow.operating.archive import Reader, Step
from cloudwindow.operating.backup import DUMP, FILES, KEYS
from cloudwindow.operating.going_on import AFTERWARDS, restored
from cloudwindow.operating.manifest import BackupError, Manifest
from cloudwindow.settings import PASSWORD_FILE, Settings

_FILE = re.compile(rf"{FILES}[0-9a-f]{{2}}/([0-9a-f]{{32}})")

_EMPTY = """
    SELECT NOT EXISTS (
        SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))
"""
"""No table, view or sequence but those of extensions."""


def restore(settings: Settings, path: Path, check: Step, load: Step) -> Manifest:
    """Verify a backup and make a deployment of it. `check` and `load` are told of the bytes that have gone by.

    Raises:
        BackupError: the backup or the place cannot be used; then the place is as it was.
        starting.StartError: the database cannot be started.
    """
    with archive.reading(path.absolute(), check) as backup:
        _check_fits(backup.manifest, settings)
        keys = _keys(backup, settings)
        with _place(settings) as url:
            version = asyncio.run(_check_server(url))
            _write(keys, settings.keys_folder(), settings)
            _write(_password(backup), settings.data_folder(), settings)
            _lay_files(backup, Folder(settings.files_folder()), load)
            with backup.open(DUMP) as dump:
                loading.load(url, version, dump, AFTERWARDS, load)
            asyncio.run(_go_on(settings, url, backup.manifest))
    return backup.manifest


def _check_fits(manifest: Manifest, settings: Settings) -> None:
    if manifest.mode != settings.mode:
        raise BackupError(
            f"The backup is of a deployment in {manifest.mode} mode, CLOUDWINDOW_MODE says {settings.mode}: set it to "
            f"{manifest.mode}."
        )
    if manifest.revision not in migrations.revisions():
        raise BackupError(
            f"The backup was made by a newer program ({manifest.program}, migration {manifest.revision}): install that."
        )


def _keys(backup: Reader, settings: Settings) -> dict[str, bytes]:
    """The keys that must be written; none when those that fit are there already."""
    wanted, folder = backup.manifest.key_fingerprint, settings.keys_folder()
    try:
        if folder.exists() and keyring.files(folder):
            ring = keyring.open_ring(folder)
            if wanted is not None:
                ring.named(wanted)
            return {}
    except KeyFault as error:
        raise BackupError(f"The keys in {folder} do not fit the backup, which needs {wanted}: {error}.") from error
    members = [name for name in backup.manifest.files if name.startswith(KEYS)]
    held = {name: member for member in members if keyring.is_key_file(name := member.removeprefix(KEYS))}
    if not held and wanted is not None:
        raise BackupError(f"The backup holds no keys: put those with fingerprint {wanted} into {folder} first.")
    keys = {}
    for name, member in held.items():
        with backup.open(member) as file:
            keys[name] = file.read()
    return keys


def _password(backup: Reader) -> dict[str, bytes]:
    """The file with the password of a demonstration, which `serve` prints."""
    if PASSWORD_FILE not in backup.manifest.files:
        return {}
    with backup.open(PASSWORD_FILE) as file:
        return {PASSWORD_FILE: file.read()}


def _lay_files(backup: Reader, store: Folder, step: Step) -> None:
    """Put the stored files where they belong, before there is a row that names them."""
    try:
        for name in backup.manifest.files:
            if (match := _FILE.fullmatch(name)) is None:
                continue
            file_id = UUID(match[1])
            store.remove(file_id)  # what a restore that was cut off left in a folder of its own
            with backup.open(name) as file, store.writing(file_id) as sink:
                while piece := file.read(archive.CHUNK):
                    sink.write(piece)
                    step(len(piece))
    except OSError as error:
        raise BackupError(f"{store.root} cannot be written: {error.strerror or error}.") from error


def _write(files: dict[str, bytes], folder: Path, settings: Settings) -> None:
    """Write files that nobody else may read, down to the disk."""
    try:
        starting.make_data_folder(settings.data_folder())
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, content in files.items():
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(folder)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _place(settings: Settings) -> Iterator[str]:
    """The empty database: the one of DATABASE_URL, or a new one in the data folder.

    A mark lies in the data folder until all is done: `serve` refuses it, so that half a restore never looks like one.
    """
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    folder, keys = settings.data_folder(), settings.keys_folder()
    if others := _others(folder, keys):
        raise BackupError(
            f"The data folder {folder} is not empty ({others[0].name}): a backup is restored into a new one only. "
            "Set CLOUDWINDOW_DATA to another, or move this one away."
        )
    starting.make_data_folder(folder)
    mark = folder / starting.UNFINISHED
    try:
        mark.touch()
        sync_folder(folder)
        with starting.own_database(settings, restoring=True) as url:
            yield url
    except BaseException:
        for made in _others(folder, keys):
            shutil.rmtree(made) if made.is_dir() else made.unlink()
        raise
    mark.unlink()
    sync_folder(folder)


def _others(folder: Path, keys: Path) -> list[Path]:
    """What lies in the data folder beside the keys."""
    try:
        return sorted(entry for entry in folder.iterdir() if entry != keys) if folder.exists() else []
    except OSError as error:
        raise BackupError(f"The data folder {folder} cannot be used: {error.strerror or error}.") from error


async def _check_server(url: str) -> int:
    """Return the server's major version, when it can be used and holds nothing."""
    await starting.check(url)
    connection = await asyncpg.connect(url)
    try:
        version: int = connection.get_server_version().major
        programs.check_server(version)
        if not await connection.fetchval(_EMPTY):
            raise BackupError("The database is not empty: a backup is restored into an empty one only.")
    finally:
        connection.terminate()
    return version


async def _go_on(settings: Settings, url: str, manifest: Manifest) -> None:
    keys = await starting.migrate(settings, url)
    database = Database(url, pool_size=2, application_name="cloudwindow restore", time_zone=settings.time_zone)
    try:
        actions = Actions(database, keys, Wiring(), Notifier(database))
        await actions.run(SYSTEM, restored, manifest.taken_at, manifest.program)
    finally:
        await database.close()
