"""What the doctor asks the database, all at once."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from cloudwindow import tables
from cloudwindow.foundation import encrypted
from cloudwindow.operating.reencrypting import survey

CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Facts:
    """The state of a database. `drift` is its clock minus ours, `shift` the test clock's (null: it has none).

    `behind` is how far its clock stands behind the last sign of life of a server: positive means it was set back.
    `files` are the latest stored files with their sizes in bytes.
    `fields` counts encrypted fields by the id of their key, null when that took too long.
    """

    version: str
    revision: str | None
    mode: str | None
    fingerprint: str | None
    drift: timedelta
    shift: timedelta | None
    behind: timedelta | None
    connections_limit: int
    connections_used: int
    processes: int
    oldest_transaction: int
    autovacuum: bool
    fields: Mapping[str, int] | None
    files: tuple[tuple[UUID, int], ...] = ()


_GENERAL = """
    SELECT current_setting('server_version') AS version, clock_timestamp() AS now,
        to_regclass('alembic_version') IS NOT NULL AS migrated, to_regclass('test_clock') IS NOT NULL AS has_test_clock,
        to_regclass('file') IS NOT NULL AS has_files,
        current_setting('autovacuum') = 'on' AS autovacuum
"""
_LIMITS = """
    SELECT least(
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - coalesce(current_setting('reserved_connections', true)::int, 0),
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()),
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user)) AS most,
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
        (SELECT count(DISTINCT application_name) FROM pg_stat_activity
         WHERE application_name LIKE 'cloudwindow %' AND datname = current_database()) AS processes,
        (SELECT coalesce(max(age(relfrozenxid)), 0) FROM pg_class WHERE relkind IN ('r', 'm', 't')) AS oldest
"""
_DEPLOYMENT = """
    SELECT mode, key_fingerprint, (SELECT version_num FROM alembic_version) AS revision,
        (SELECT at - clock_timestamp() FROM heartbeat WHERE id = 1) AS behind
    FROM deployment
"""
# scope: the doctor looks whether files are there, not what they are
_FILES = "SELECT id, size FROM file WHERE state = 'stored' ORDER BY id DESC LIMIT 100"


async def read(url: str) -> Facts:
    """Ask the database. Raises what the driver raises when it does not answer in time."""
    connection = await asyncpg.connect(url, timeout=CONNECT_SECONDS, command_timeout=STATEMENT_SECONDS)
    try:
        before = datetime.now(UTC)
        general = await connection.fetchrow(_GENERAL)
        middle = before + (datetime.now(UTC) - before) / 2
        limits = await connection.fetchrow(_LIMITS)
        deployment: Any = await connection.fetchrow(_DEPLOYMENT) if general["migrated"] else None
        stored = await connection.fetch(_FILES) if general["has_files"] else []
        shift = await connection.fetchval("SELECT shift FROM test_clock") if general["has_test_clock"] else None
        fields = await _fields(connection) if deployment else {}
    finally:
        connection.terminate()
    row = deployment or {}
    return Facts(
        version=general["version"].split()[0],
        revision=row.get("revision"),
        mode=row.get("mode"),
        fingerprint=row.get("key_fingerprint"),
        drift=general["now"] - middle,
        shift=shift,
        behind=row.get("behind"),
        connections_limit=limits["most"],
        connections_used=limits["used"],
        processes=limits["processes"],
        oldest_transaction=limits["oldest"],
        autovacuum=general["autovacuum"],
        files=tuple((each["id"], each["size"]) for each in stored),
        fields=fields,
    )


async def _fields(connection: asyncpg.Connection) -> Mapping[str, int] | None:
    """Count encrypted fields by key. It reads whole tables, and one may not be there before its migration."""
    tables.load()
    try:
        async with asyncio.timeout(STATEMENT_SECONDS):
            found = await survey(connection, encrypted.tables())
    except (TimeoutError, asyncpg.PostgresError):
        return None
    fields: Counter[str] = Counter()
    for (_, id_), number in found.items():
        fields[id_] += number
    return fields
