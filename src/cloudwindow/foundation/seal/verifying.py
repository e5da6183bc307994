"""Verifying: go through the whole chain and name the first place that is not as it was sealed."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import asyncpg

from cloudwindow.foundation.seal import reading
from cloudwindow.foundation.seal.chain import BEFORE_THE_FIRST, GENESIS, Header, Member, head
from cloudwindow.foundation.seal.reading import Batch, Row
from cloudwindow.foundation.seal.tables import BEFORE, BEYOND, sealed_tables

LONGEST_ACTION = timedelta(hours=1)
"""No action takes that long between reading the time and its commit. A batch that left nothing over (`drained`) proves
what was committed by then; a row sealed later that claims to be older by more than this was put in afterwards."""

What = Literal["changed", "removed", "inserted", "swapped", "seal changed", "seal removed"]

_NEWEST = "SELECT number, at, head FROM seal_batch ORDER BY number DESC LIMIT 1"


@dataclass(frozen=True)
class Broken:
    """The first broken place: which row, of when, sealed by which batch (None: by none yet), and what is wrong."""

    what: What
    table: str
    key: str
    at: datetime | None
    batch: int | None
    why: str


@dataclass(frozen=True)
class Verdict:
    """What was found. Counts are of what is whole, before the broken place if there is one.

    `found` is the batch after which the head that was asked for stood, None when it never did.
    """

    rows: int
    batches: int
    head: bytes
    unsealed: int
    broken: Broken | None
    found: Header | None


class UnknownTableError(Exception):
    """The chain holds rows of a table that this program does not know."""


Progress = Callable[[int, int], None]


async def verify(
    driver: asyncpg.Connection, wanted: bytes | None = None, progress: Progress = lambda _before, _done: None
) -> Verdict:
    """Check rows, batches and chain, in constant memory; stop at the first broken place.

    `wanted` is a head written down earlier; `progress` is told after each batch how many
    rows had been gone through before it and how many now. Raises
    `UnknownTableError` when the chain is of a newer program.
    """
    walk = _Walk(driver, wanted, progress)
    broken = await walk.chain() or await walk.strays()
    unsealed = 0
    if broken is None:
        unsealed, broken = await walk.unsealed()
    return Verdict(walk.rows, walk.last.number, walk.head, unsealed, broken, walk.found)


async def newest_head(driver: asyncpg.Connection) -> tuple[int, datetime, bytes] | None:
    """Return number, instant and head of the last batch, as it says itself; None when nothing is sealed."""
    row = await driver.fetchrow(_NEWEST)
    return (row["number"], row["at"], row["head"]) if row else None


class _Walk:
    def __init__(self, driver: asyncpg.Connection, wanted: bytes | None, progress: Progress) -> None:
        self._driver = driver
        self._wanted = wanted
        self._progress = progress
        self._drained_at: datetime | None = None
        self.last = BEFORE_THE_FIRST
        self.head = GENESIS
        self.rows = 0
        self.found: Header | None = None

    async def chain(self) -> Broken | None:
        """Go through all batches."""
        async for batch in reading.batches(self._driver):
            if broken := await self._batch(batch):
                return broken
            self.last, self.head = batch.header, batch.head
            before, self.rows = self.rows, self.rows + batch.header.rows
            if batch.header.drained:
                self._drained_at = batch.header.at
            if batch.head == self._wanted:
                self.found = batch.header
            self._progress(before, self.rows)
        return None

    async def strays(self) -> Broken | None:
        """What claims to be sealed by a batch that is not there. One made meanwhile is there."""
        if (stray := await reading.first_stray(self._driver)) is None:
            return None
        number, member = stray
        return _of(member, "seal removed", number, f"its batch {number} is not there")

    async def unsealed(self) -> tuple[int, Broken | None]:
        """Count the rows that wait to be sealed; one that claims to be old is none of them."""
        now = await self._driver.fetchval("SELECT app_now()")
        count, after = 0, self.last.settled if self.last.number else BEFORE
        while page := await reading.unsealed_page(self._driver, after, BEYOND, reading.ROWS_AT_ONCE):
            for row in page:
                if self._too_old(row.at, now):
                    return count, _of(row, "inserted", None, self._claims_too_much())
            count, after = count + len(page), page[-1].position
        return count, None

    async def _batch(self, batch: Batch) -> Broken | None:
        if broken := await self._seal(batch):
            return broken
        inserted = batch.inserted if batch.inserted and batch.inserted.position <= batch.header.settled else None
        for member in batch.members:
            if inserted and inserted.place < member.place:
                break
            if broken := await self._row(batch, member):
                return broken
        if inserted:
            why = "its place was closed when the batch was sealed, and no batch holds it"
            return _of(inserted, "inserted", batch.header.number, why)
        return None

    async def _seal(self, batch: Batch) -> Broken | None:
        """Check a batch against the one before it and its own head."""
        number = self.last.number + 1
        if batch.header.number != number:
            return Broken("seal removed", "seal_batch", str(number), None, number, "the batch is not there")
        if len(batch.members) == batch.header.rows:
            try:
                if batch.head == head(self.head, batch.header, batch.members):
                    return None
            except ValueError:
                pass  # a key was changed to what no key can be
        return await self._changed_seal(batch)

    async def _changed_seal(self, batch: Batch) -> Broken:
        """Name the member that no longer agrees with its row, or else the batch as a whole."""
        why = "the seal of the batch no longer gives its head"
        for member in batch.members:
            if member.table_name not in sealed_tables() or await self._row(batch, member):
                return _of(member, "seal changed", batch.header.number, f"{why}, and this row is not what it says")
        if len(batch.members) != batch.header.rows:
            why = f"the batch says it holds {batch.header.rows} rows and holds {len(batch.members)}"
        return Broken("seal changed", "seal_batch", str(batch.header.number), batch.header.at, batch.header.number, why)

    async def _row(self, batch: Batch, member: Member) -> Broken | None:
        """Check one row against what was sealed of it."""
        if member.table_name not in sealed_tables():
            raise UnknownTableError(member.table_name)
        number, there = batch.header.number, batch.rows.get(member.place, ())
        row = next((row for row in there if row.row_key == member.row_key), None)
        if row is None:
            position = await reading.stands_elsewhere(self._driver, member)
            if position is None:
                return _of(member, "removed", number, "it was sealed and is not there")
            return _of(member, "swapped", number, f"it stands at position {position}, not at {member.position}")
        for other in there:
            if other is not row:
                why = f"it stands at position {member.position}, where {member.row_key} was sealed"
                return Broken("inserted", member.table_name, other.row_key, other.at, number, why)
        if hashlib.sha256(row.body).digest() != member.digest:
            return await self._other_body(member, number, row)
        if (column := _changed_column(row, member)) is not None:
            return _of(member, "changed", number, f"its column {column} is not what was sealed")
        if self._too_old(member.at, batch.header.at):
            return _of(member, "inserted", number, self._claims_too_much())
        return None

    async def _other_body(self, member: Member, number: int, row: Row) -> Broken:
        owner = await reading.owner_of(self._driver, member.table_name, hashlib.sha256(row.body).digest())
        if owner is None or owner == member.row_key:
            return _of(member, "changed", number, "its body is not what was sealed")
        return _of(member, "swapped", number, f"its body is the one that was sealed for {owner}")

    def _too_old(self, at: datetime, sealed_at: datetime) -> bool:
        """Whether a row should have been sealed before. A clock that was set back does not make it so."""
        return self._drained_at is not None and at < min(self._drained_at, sealed_at) - LONGEST_ACTION

    def _claims_too_much(self) -> str:
        return f"it claims to be older than batch {self.last.number}, which would have held it"


def _of(member: Member, what: What, batch: int | None, why: str) -> Broken:
    return Broken(what, member.table_name, member.row_key, member.at, batch, why)


def _changed_column(row: Row, member: Member) -> str | None:
    if row.digest != member.digest:
        return "digest"
    if row.at != member.at:
        return "at"
    return row.contradiction(sealed_tables()[member.table_name])
