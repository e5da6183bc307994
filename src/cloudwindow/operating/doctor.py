"""`cloudwindow doctor`: one line for each thing that must be right."""

import asyncio
from functools import partial

import asyncpg

from cloudwindow import starting
from cloudwindow.foundation.postgres.layout import Layout
from cloudwindow.operating import database_checks, facts, machine_checks
from cloudwindow.operating.findings import Finding, examine
from cloudwindow.operating.https_check import https
from cloudwindow.settings import Settings

PATIENCE_SECONDS = 15.0
"""For all checks together: a little more than the database's own limits."""

MACHINE = (
    machine_checks.storage,
    machine_checks.disk,
    machine_checks.port,
    https,
    machine_checks.keys,
    machine_checks.pages,
    machine_checks.footer,
    machine_checks.messages,
)


def look(settings: Settings, patience: float = PATIENCE_SECONDS) -> list[Finding]:
    """Look at everything, the database first."""
    stored: list[Finding] = []

    def ask_database() -> Finding:
        first, *others = _database(settings)
        stored.extend(others)
        return first

    checks = {"database": ask_database} | {check.__name__: partial(check, settings) for check in MACHINE}
    database, *machine = examine(checks, patience)
    return [database, *(stored or _unknown()), *machine]


def _database(settings: Settings) -> list[Finding]:
    """The database's own findings; only the first when it does not answer."""
    if settings.database_url is None and not Layout(settings.data_folder()).folder.exists():
        return [Finding("database", "warn", "There is none yet.", "`cloudwindow serve` makes it, or set DATABASE_URL")]
    try:
        url = starting.joined_database(settings)
    except starting.StartError as error:
        return [Finding("database", "fail", str(error), "see the log of the service")]
    try:
        found = asyncio.run(facts.read(url))
    except (OSError, ValueError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        what = f"{starting.without_password(url)} does not answer: {starting.reason_of(error)}."
        return [Finding("database", "fail", what, "start it, or correct DATABASE_URL")]
    return database_checks.of(found, settings)


def _unknown() -> list[Finding]:
    return [
        Finding(name, "warn", f"Not looked at ({what}): the database does not answer.")
        for name, what in database_checks.NAMES.items()
    ]
