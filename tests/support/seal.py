"""A chain to be tampered with: what somebody can do who has the database itself."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from cloudwindow.foundation.seal import Broken, Sealer, Verdict, verify
from tests.support.house import House

ROW = """
    INSERT INTO audit (id, at, actor_kind, action, subject_table, body, digest, position)
    SELECT $1::uuid, $2, 'system', 'test.row', 'test', body, sha256(body), coalesce($3, seal_position())
    FROM (SELECT convert_to(json_build_object('actor', json_build_object('kind', 'system'), 'action', 'test.row',
        'subject', json_build_object('table', 'test'), 'id', $1::uuid)::text, 'UTF8')) AS exact (body)
"""


@dataclass
class Notary:
    """Seals and verifies in a house, and can do what no program of ours can: change what is append-only."""

    house: House
    sealer: Sealer

    async def verify(self, head: bytes | None = None) -> Verdict:
        """Verify all, up to the first broken place."""
        async with self.house.database.driver() as driver:
            return await verify(driver, head)

    async def whole(self) -> Verdict:
        """Verify, and insist that all is whole."""
        verdict = await self.verify()
        assert verdict.broken is None
        return verdict

    async def broken(self) -> Broken:
        """Verify, and insist that something is broken."""
        verdict = await self.verify()
        assert verdict.broken is not None
        return verdict.broken

    async def tamper(self, sql: str, *values: Any) -> None:
        """Run a statement as a superuser with triggers off; it must do something."""
        connection = await asyncpg.connect(self.house.city.url)
        try:
            await connection.execute("SET session_replication_role = replica")
            done = await connection.execute(sql, *values)
        finally:
            await connection.close()
        assert done.split()[-1] != "0", done

    async def add(self, *, seconds_ago: float = 0, position: int | None = None) -> str:
        """Put an audit row in by hand, as old as told; returns its key."""
        key, at = uuid4(), await self.house.value(f"SELECT app_now() - interval '{seconds_ago} s'")
        await self.tamper(ROW, key, at, position)
        return str(key)

    async def members(self, table: str | None = None) -> list[Any]:
        """What is sealed, in the order of the chain."""
        rows = await self.house.rows("SELECT * FROM seal_member ORDER BY batch, position, table_name")
        return [row for row in rows if table in {None, row.table_name}]

    async def batches(self) -> list[Any]:
        """All batches."""
        return await self.house.rows("SELECT * FROM seal_batch ORDER BY number")

    async def unsealed(self) -> int:
        """How many rows no batch holds."""
        return (await self.whole()).unsealed


@pytest.fixture
def notary(house: House) -> Notary:
    """A notary of the house."""
    return Notary(house, Sealer(house.actions))
