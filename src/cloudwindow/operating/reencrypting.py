"""Encrypting anew, batch by batch: what lies under older keys is found by how its ciphers begin, so no list is kept.

A batch locks its rows and waits for nobody: a row that somebody else holds is left for the next pass. It takes the lock
that leaves the row's key alone, so that numbers can be taken and sessions opened for an account meanwhile.
"""

from collections import Counter
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.crypto import KeyFault, Keys
from cloudwindow.foundation.encrypted import Table
from cloudwindow.foundation.keyring import ID_BYTES

BATCH_ROWS = 200
FIRST = UUID(int=0)
PREFIX_BYTES = 1 + ID_BYTES

UNNAMED = ""
"""Stands for a key's id where a cipher names none, as those of the first release."""


class Batch(NamedTuple):
    """What came of a batch: its last row (null: there was none), fields renewed, and fields that no key here opens."""

    last: UUID | None
    renewed: int = 0
    unreadable: int = 0


async def survey(driver: asyncpg.Connection, tables: list[Table]) -> Counter[tuple[str, str]]:
    """Count the encrypted fields by table and by the id of their key in hexadecimal digits."""
    found: Counter[tuple[str, str]] = Counter()
    for table in tables:
        for row in await driver.fetch(_survey_of(table)):
            found[table.name, row["id"]] += row["fields"]
    return found


def _survey_of(table: Table) -> str:
    each = ", ".join(f"({column.name})" for column in table.ciphers)
    # scope: the keys' operator counts ciphers and reads none
    return (
        f"SELECT CASE get_byte(cipher, 0) WHEN 2 THEN encode(substring(cipher FROM 2 FOR {ID_BYTES}), 'hex')"
        f" ELSE '{UNNAMED}' END AS id, count(*) AS fields"
        f" FROM {table.name}, LATERAL (VALUES {each}) AS each (cipher) WHERE length(cipher) > 0 GROUP BY 1"
    )


@action("keys.reencrypt")
async def reencrypt(tx: Tx, table: Table, after: UUID) -> Batch:
    """Encrypt the next rows after a key anew, with the keys in force; nothing else about them changes, so no record."""
    rows = await tx.driver.fetch(_older_of(table), tx.keys.prefix(), after, BATCH_ROWS)
    if not rows:
        return Batch(None)
    renewed = unreadable = 0
    changed: list[dict[str, Any]] = []
    for row in rows:
        new, failed = _renew(tx.keys, table, dict(row))
        unreadable += failed
        if new:
            renewed += sum(1 for column in table.ciphers if column.name in new)
            changed.append(dict(row) | new)
    if changed:
        names = sorted(table.columns())
        await tx.driver.execute(
            _update_of(table, names), [row["row_key"] for row in changed], *([row[n] for row in changed] for n in names)
        )
    return Batch(rows[-1]["row_key"], renewed, unreadable)


def _renew(keys: Keys, table: Table, row: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Return the new values of a row, and how many of its fields no key here opens; these stay as they are."""
    new: dict[str, Any] = {}
    unreadable = 0
    for column in table.ciphers:
        cipher = row[column.name]
        if not cipher or cipher.startswith(keys.prefix()):  # an empty data key is one that was destroyed
            continue
        try:
            new[column.name] = keys.renew(column.table, column.field, row["row_key"], cipher)
        except KeyFault:
            unreadable += 1
    for blind, column in table.blinds.items():
        if column.name in new:
            text = keys.decrypt(column.table, column.field, row["row_key"], new[column.name])
            new[blind] = keys.blind(column.field, text)
    return new, unreadable


def _older_of(table: Table) -> str:
    older = " OR ".join(
        f"(length({column.name}) > 0 AND substring({column.name} FROM 1 FOR {PREFIX_BYTES}) <> $1)"
        for column in table.ciphers
    )
    # scope: the keys' operator renews what everybody's rows are encrypted with
    return (
        f"SELECT {table.row} AS row_key, {', '.join(sorted(table.columns()))} FROM {table.name}"
        f" WHERE {table.row} > $2 AND ({older}) ORDER BY {table.row} LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED"
    )


def _update_of(table: Table, names: list[str]) -> str:
    places = ", ".join(f"${place}::bytea[]" for place in range(2, 2 + len(names)))
    # scope: rows that the batch locked
    return (
        f"UPDATE {table.name} SET {', '.join(f'{name} = new.{name}' for name in names)}"
        f" FROM unnest($1::uuid[], {places}) AS new (row_key, {', '.join(names)})"
        f" WHERE {table.name}.{table.row} = new.row_key"
    )
