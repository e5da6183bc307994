"""What the verifier reads, in pages: rows and seals are append-only, so that no transaction has to hold it together."""

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import asyncpg

from cloudwindow.foundation.seal.chain import Header, Member
from cloudwindow.foundation.seal.tables import BEFORE, SealedTable, sealed_tables, unsealed

Place = tuple[int, str]

ROWS_AT_ONCE = 2000
"""Rows in memory at a time; with bodies of a kilobyte some megabytes."""

BATCHES_AT_ONCE = 200

_HEADER = ", ".join(Header._fields)
_MEMBER = ", ".join(Member._fields)

_BATCHES = f"SELECT {_HEADER}, head FROM seal_batch WHERE number > $1 ORDER BY number LIMIT $2"
# scope: the operator checks what is sealed; a member is a row's key, its instant and its digest
_MEMBERS = (
    f"SELECT batch, {_MEMBER} FROM seal_member WHERE batch BETWEEN $1 AND $2 ORDER BY batch, position, table_name"
)
# scope: the operator checks what is sealed; this finds what belongs to no batch
_STRAY = f"""
    SELECT batch, {_MEMBER} FROM seal_member m
    WHERE NOT EXISTS (SELECT FROM seal_batch b WHERE b.number = m.batch AND b.number >= 1)
    ORDER BY position, table_name LIMIT 1
"""
# scope: the operator asks whose sealed body another row carries now
_OWNER = "SELECT row_key FROM seal_member WHERE table_name = $1 AND digest = $2 ORDER BY position LIMIT 1"


@dataclass(frozen=True)
class Row:
    """A sealed row as it is now. `copies` are its columns that repeat what the body says."""

    row_key: str
    at: datetime
    body: bytes
    digest: bytes
    copies: Mapping[str, str | None]

    def contradiction(self, table: SealedTable) -> str | None:
        """Name the first column that does not say what the body says."""
        if not table.copies:
            return None
        said = json.loads(self.body)
        return next((name for name, path in table.copies.items() if self.copies[name] != _at(said, path)), None)


@dataclass(frozen=True)
class Batch:
    """A batch as it is now, with its members and the rows that stand at their places.

    `inserted` is the first row that no batch holds although one of this page says that nothing more comes there.
    """

    header: Header
    head: bytes
    members: Sequence[Member]
    rows: Mapping[Place, Sequence[Row]]
    inserted: Member | None


async def batches(driver: asyncpg.Connection) -> AsyncIterator[Batch]:
    """Go through the chain in order, by pages of at most `ROWS_AT_ONCE` rows, or one batch."""
    after, settled = 0, BEFORE
    while page := _page(await driver.fetch(_BATCHES, after, BATCHES_AT_ONCE)):
        found = await driver.fetch(_MEMBERS, after + 1, page[-1]["number"])
        members = {number: [Member(*row[1:]) for row in rows] for number, rows in groupby(found, itemgetter("batch"))}
        rows = await _rows(driver, [member for of_batch in members.values() for member in of_batch])
        inserted = await unsealed_page(driver, settled, page[-1]["settled"], 1)
        for row in page:
            header = Header(*row[: len(Header._fields)])
            yield Batch(header, row["head"], members.get(header.number, []), rows, inserted[0] if inserted else None)
        after, settled = page[-1]["number"], page[-1]["settled"]


def _page(found: Sequence[asyncpg.Record]) -> list[asyncpg.Record]:
    page: list[asyncpg.Record] = []
    rows = 0
    for batch in found:
        rows += batch["rows"]
        if page and rows > ROWS_AT_ONCE:
            break
        page.append(batch)
    return page


async def _rows(driver: asyncpg.Connection, members: Sequence[Member]) -> Mapping[Place, Sequence[Row]]:
    rows: dict[Place, list[Row]] = defaultdict(list)
    for name, table in sealed_tables().items():
        positions = [member.position for member in members if member.table_name == name]
        copies = "".join(f", {column}::text AS copy_{column}" for column in table.copies)
        # scope: the operator checks rows against the seal; only the name of a broken one is shown
        sql = f"SELECT position, {table.row_key} AS row_key, at, body, digest{copies} FROM {name}"
        for row in await driver.fetch(f"{sql} WHERE position = any($1::bigint[])", positions):
            said = {column: row[f"copy_{column}"] for column in table.copies}
            rows[row["position"], name].append(Row(row["row_key"], row["at"], row["body"], row["digest"], said))
    return rows


async def unsealed_page(driver: asyncpg.Connection, after: int, up_to: int, limit: int) -> list[Member]:
    """Return the first rows between two positions that no batch holds, in order."""
    rows = await driver.fetch(unsealed(), after, up_to, limit)
    return [Member(row["position"], row["table_name"], row["row_key"], row["at"], row["digest"]) for row in rows]


async def first_stray(driver: asyncpg.Connection) -> tuple[int, Member] | None:
    """Return the first member of a batch that is not there."""
    row = await driver.fetchrow(_STRAY)
    return (row["batch"], Member(*tuple(row)[1:])) if row else None


async def stands_elsewhere(driver: asyncpg.Connection, member: Member) -> int | None:
    """Return the position where a sealed row stands now, if it is there at all. Reads the whole table."""
    table = sealed_tables()[member.table_name]
    # scope: the operator asks where a row has gone
    sql = f"SELECT position FROM {table.name} WHERE {table.row_key} = $1"
    position: int | None = await driver.fetchval(sql, member.row_key)
    return position


async def owner_of(driver: asyncpg.Connection, table: str, digest: bytes) -> str | None:
    """Return the key of the row for which a body was sealed. Reads all members."""
    key: str | None = await driver.fetchval(_OWNER, table, digest)
    return key


def _at(document: Any, path: tuple[str, ...]) -> str | None:
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    return None if document is None else str(document)
