"""What the doctor says about a database that answers: pure functions of its facts."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from cloudwindow.foundation import keyring, migrations
from cloudwindow.foundation.database import connections_of_a_process
from cloudwindow.foundation.keyring import KeyFault
from cloudwindow.foundation.storage import Folder
from cloudwindow.foundation.storage.sealed import FileDamaged, plain_size
from cloudwindow.operating.facts import Facts
from cloudwindow.operating.findings import Finding
from cloudwindow.settings import Settings
from cloudwindow.starting import OLDEST_POSTGRESQL

DRIFT_WARN, DRIFT_FAIL = timedelta(seconds=2), timedelta(minutes=5)
"""A drift makes the lines of two logs hard to compare; one of minutes makes certificates and one-time codes fail."""

SET_BACK = timedelta(seconds=5)
BUSY = 0.8
OLD_WARN, OLD_FAIL = 1_000_000_000, 1_800_000_000
"""Transactions since a table was frozen: autovacuum does it at 200 million, PostgreSQL stops writing at 2.1 billion."""


def version(facts: Facts) -> Finding:
    """Whether it answers and is new enough."""
    if int(facts.version.split(".")[0]) < OLDEST_POSTGRESQL:
        return Finding(
            "database", "fail", f"PostgreSQL {facts.version} is too old.", f"upgrade it to {OLDEST_POSTGRESQL} or newer"
        )
    return Finding("database", "ok", f"PostgreSQL {facts.version} answers.")


def schema(facts: Facts) -> Finding:
    """Whether the migrations are at this program's head."""
    head, known = migrations.head(), migrations.revisions()
    if facts.revision is None:
        return Finding("schema", "warn", "The database is empty.", "`cloudwindow serve` or `migrate` makes its tables")
    if facts.revision == head:
        return Finding("schema", "ok", f"Migrations are at {head}, as this program wants them.")
    if facts.revision in known:
        what = f"Migrations are at {facts.revision}, this program brings {head}."
        return Finding("schema", "warn", what, "back up, then `cloudwindow migrate` or restart `serve`")
    what = f"Migrations are at {facts.revision}, which this program does not know: a newer one wrote it."
    return Finding("schema", "fail", what, "install that release again, or restore a backup of this one")


def mode(facts: Facts, settings: Settings) -> Finding:
    """Whether the mode of the database is the one that is asked for."""
    if facts.mode is None:
        return Finding("mode", "ok", f"It will be {settings.mode}, for good.")
    if facts.mode == settings.mode:
        return Finding("mode", "ok", f"{facts.mode}.")
    what = f"The database is in {facts.mode} mode, CLOUDWINDOW_MODE says {settings.mode}."
    return Finding("mode", "fail", what, f"set CLOUDWINDOW_MODE={facts.mode}, or use another database")


def fingerprint(facts: Facts, settings: Settings) -> Finding:
    """Whether the keys with which the database is written are here."""
    folder = settings.keys_folder()
    if facts.fingerprint is None:
        return Finding("fingerprint", "ok", "The database was not written with any keys yet.")
    if not (folder.exists() and keyring.files(folder)):
        what = f"The database was written with keys {facts.fingerprint}; there are none in {folder}."
        return Finding("fingerprint", "fail", what, "put the keys back from your copy; do not make new ones")
    try:
        here = keyring.open_ring(folder).complete()
    except KeyFault as error:
        return Finding("fingerprint", "fail", f"{error}.", "put the keys back from your copy")
    for one in here:
        if one.fingerprint == facts.fingerprint:
            return Finding("fingerprint", "ok", f"Database and keys fit (generation {one.number}, {one.fingerprint}).")
    others = ", ".join(one.fingerprint for one in here)
    what = f"The database was written with keys {facts.fingerprint}, those in {folder} are {others}."
    return Finding("fingerprint", "fail", what, "put the right keys there, or point CLOUDWINDOW_KEYS to them")


def rotation(facts: Facts, settings: Settings) -> Finding:
    """Whether keys are being rotated, and how far that has come."""
    try:
        here = keyring.open_ring(settings.keys_folder()).complete()
        current = next(one for one in here if one.fingerprint == facts.fingerprint)
    except (KeyFault, StopIteration):
        return Finding("rotation", "ok", "Not looked at: see the fingerprint.")
    if facts.fields is None:
        return Finding("rotation", "warn", "The fields under older keys could not be counted in time.", "look again")
    known = {"", *(one.id.hex() for one in here)}
    if lost := {id_: fields for id_, fields in facts.fields.items() if id_ not in known}:
        what = f"{sum(lost.values()):,} fields are under keys that are not here ({', '.join(sorted(lost))})."
        return Finding("rotation", "fail", what, "put these keys back from your copy")
    if here[0].number > current.number:
        what = f"Generation {here[0].number} is there and not in force yet."
        return Finding("rotation", "warn", what, "copy it to every machine, then `cloudwindow keys rotate`")
    left = sum(fields for id_, fields in facts.fields.items() if id_ != current.id.hex())
    if len(here) == 1:
        return Finding("rotation", "ok", f"Generation {current.number} is the only one.")
    if left:
        what = f"Generation {current.number} is in force; {left:,} fields are left under older ones."
        return Finding("rotation", "warn", what, "`cloudwindow keys rotate`")
    what = f"Generation {current.number} is in force, and nothing is left under older ones, which are still here."
    return Finding("rotation", "warn", what, "`cloudwindow keys retire`")


def connections(facts: Facts, settings: Settings) -> Finding:
    """Whether the database lets our processes have the connections that they may open."""
    each = connections_of_a_process(settings.database_pool_size)
    limit, used, processes = facts.connections_limit, facts.connections_used, max(1, facts.processes)
    what = f"{used} of {limit} connections are in use; each process may open {each}, {facts.processes} run."
    raise_it = "raise max_connections or the role's limit, or lower CLOUDWINDOW_DATABASE_POOL_SIZE"
    if each > limit:
        return Finding("connections", "fail", what, raise_it)
    if each * processes > limit or used > BUSY * limit:
        return Finding("connections", "warn", what, raise_it)
    return Finding("connections", "ok", what)


def tables(facts: Facts) -> Finding:
    """Whether the database cleans up after itself in time."""
    age = facts.oldest_transaction
    what = f"The table that was frozen longest ago is {age / 1e6:.0f} million transactions old (of 2147)."
    if age > OLD_FAIL:
        return Finding("tables", "fail", what, "run VACUUM FREEZE now, before PostgreSQL stops taking writes")
    if age > OLD_WARN:
        return Finding("tables", "warn", what, "look for long transactions and why autovacuum does not come through")
    if not facts.autovacuum:
        return Finding("tables", "warn", "Autovacuum is off.", "switch it on in postgresql.conf")
    return Finding("tables", "ok", what)


def clock(facts: Facts) -> Finding:
    """Whether the database's clock, which all deadlines follow, agrees with ours and with itself."""
    drift = facts.drift.total_seconds()
    if facts.behind is not None and facts.behind > SET_BACK:
        what = f"The database's clock is {facts.behind.total_seconds():.0f} s behind the last sign of life of a server."
        return Finding("clock", "fail", what, "set the clock right; until then deadlines come late")
    if abs(facts.drift) > DRIFT_WARN:
        what = f"The database's clock is {abs(drift):.1f} s {'ahead of' if drift > 0 else 'behind'} this machine's."
        return Finding(
            "clock", "fail" if abs(facts.drift) > DRIFT_FAIL else "warn", what, "let both follow the same NTP"
        )
    if facts.shift:
        what = f"The test clock is moved by {facts.shift.total_seconds():.0f} s."
        return Finding("clock", "warn", what, "expected in tests only; a fresh database has none")
    return Finding("clock", "ok", f"The database's clock and this machine's differ by {abs(drift):.1f} s.")


def files(facts: Facts, settings: Settings) -> Finding:
    """Whether the latest files that the database names lie in the store, in their full length."""
    store = Folder(settings.files_folder())
    wrong = [file_id for file_id, size in facts.files if _length(store.path(file_id)) != size]
    if not wrong:
        return Finding("files", "ok", f"The latest {len(facts.files)} files are in {store.root}.")
    what = f"{len(wrong)} of the latest {len(facts.files)} files are missing or cut in {store.root}: {wrong[0]}."
    return Finding("files", "fail", what, "point CLOUDWINDOW_FILES to where they are, or restore them from a backup")


def _length(path: Path) -> int | None:
    try:
        return plain_size(path.stat().st_size)
    except (OSError, FileDamaged):
        return None


def of(facts: Facts, settings: Settings) -> list[Finding]:
    """All of them."""
    return [
        version(facts),
        schema(facts),
        mode(facts, settings),
        fingerprint(facts, settings),
        rotation(facts, settings),
        connections(facts, settings),
        tables(facts),
        clock(facts),
        files(facts, settings),
    ]


NAMES: Mapping[str, str] = {
    "schema": "migrations",
    "mode": "mode",
    "fingerprint": "whether the keys fit",
    "rotation": "keys of older generations",
    "connections": "connections",
    "tables": "tables",
    "clock": "clocks",
    "files": "whether files are there",
}
"""What is not known while the database does not answer."""
