"""Sealing: every committed row once, in order, whoever seals, whoever is late, whatever dies."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import httpx
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from cloudwindow.foundation import failpoints, migrations
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.seal import reading, seal_batch, sealer, verify
from tests.support.cluster import Cluster
from tests.support.house import House, open_house
from tests.support.seal import ROW, Notary
from tests.support.server import Server

ROWS = "SELECT (SELECT count(*) FROM audit) + (SELECT count(*) FROM session_event)"


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Batches of seven rows, and pages that end between and within what belongs together."""
    monkeypatch.setattr(sealer, "BATCH", 7)
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 10)
    monkeypatch.setattr(reading, "BATCHES_AT_ONCE", 2)
    yield
    failpoints.disarm("seal.no_lock")


async def _morning(house: House) -> None:
    await house.serve(await house.clerk(), await house.citizen())
    await house.waiting(2)


async def test_every_row_is_sealed_and_the_chain_is_whole(house: House, notary: Notary) -> None:
    assert await notary.unsealed() == await house.value(ROWS) > 0
    assert await notary.sealer.seal() == await house.value(ROWS)
    await _morning(house)
    written = await house.value(ROWS)
    sealed = len(await notary.members())
    verdict = await notary.whole()
    assert (verdict.rows, verdict.batches, verdict.unsealed) == (sealed, 1, written - sealed)
    assert await notary.sealer.seal() == written - sealed
    verdict = await notary.whole()
    assert (verdict.rows, verdict.batches, verdict.unsealed) == (written, 2, 0)
    assert {row.table_name for row in await notary.members()} == {"audit", "session_event"}
    assert verdict.head == (await notary.batches())[-1].head


async def test_when_nothing_comes_one_batch_closes_and_then_none_is_made(notary: Notary) -> None:
    await notary.sealer.seal()
    assert (await notary.batches())[-1].settled == 0
    assert await notary.sealer.seal() == 0
    first, closing = await notary.batches()
    assert (closing.rows, closing.settled) == (0, first.reach)
    assert await notary.sealer.seal() == 0
    assert len(await notary.batches()) == 2
    assert (await notary.whole()).batches == 2


async def test_nothing_at_all_is_whole(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        verdict = await verify(connection)
    finally:
        await connection.close()
    assert (verdict.rows, verdict.batches, verdict.unsealed, verdict.broken) == (0, 0, 0, None)


@pytest.mark.usefixtures("small")
async def test_many_rows_become_full_batches_in_order(house: House, notary: Notary) -> None:
    await _morning(house)
    rows = await notary.sealer.seal()
    batches = await notary.batches()
    assert [batch.rows for batch in batches[:-1]] == [7] * (rows // 7)
    assert [batch.drained for batch in batches] == [False] * (rows // 7) + [True]
    assert [row.position for row in await notary.members()] == sorted(row.position for row in await notary.members())
    assert (await notary.whole()).rows == rows


async def test_a_transaction_that_commits_late_is_sealed_late(house: House, notary: Notary) -> None:
    late = await asyncpg.connect(house.city.url)
    try:
        began = late.transaction()
        await began.start()
        await late.execute(ROW, uuid4(), await house.now(), None)
        position = await late.fetchval("SELECT max(position) FROM audit")
        for _ in range(3):
            await house.waiting(1)
            await notary.sealer.seal()
        held_back = await notary.batches()
        assert max(batch.settled for batch in held_back) < position < held_back[0].reach
        assert (await notary.whole()).unsealed == 0
        await began.commit()
    finally:
        await late.close()
    assert await notary.unsealed() == 1
    assert await notary.sealer.seal() == 1
    last = (await notary.members())[-1]
    assert (last.position, last.batch) == (position, 4)
    await notary.sealer.seal()
    assert (await notary.batches())[-1].settled == (await notary.batches())[-1].reach
    assert await notary.unsealed() == 0


@pytest.mark.usefixtures("small")
async def test_late_rows_that_do_not_fit_one_batch_fill_the_next(house: House, notary: Notary) -> None:
    late = await asyncpg.connect(house.city.url)
    try:
        async with late.transaction():
            for _ in range(10):
                await late.execute(ROW, uuid4(), await house.now(), None)
            await _morning(house)
            await notary.sealer.seal()
    finally:
        await late.close()
    assert await notary.unsealed() == 10
    assert await notary.sealer.seal() == 10
    assert [batch.rows for batch in (await notary.batches())[-2:]] == [7, 3]
    await notary.sealer.seal()
    assert await notary.unsealed() == 0


async def test_a_transaction_that_rolls_back_leaves_a_gap_and_no_trouble(house: House, notary: Notary) -> None:
    lost = await asyncpg.connect(house.city.url)
    began = lost.transaction()
    await began.start()
    await lost.fetchval("SELECT seal_position()")
    await house.waiting(1)
    await notary.sealer.seal()
    await began.rollback()
    await lost.close()
    await notary.sealer.seal()
    await house.waiting(1)
    await notary.sealer.seal()
    assert await notary.unsealed() == 0
    assert (await notary.batches())[-1].settled > 0


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("locked", [True, False])
async def test_sealers_at_once_seal_each_row_once(house: House, notary: Notary, locked: bool) -> None:  # noqa: FBT001  a case
    await _morning(house)
    if not locked:
        failpoints.arm("seal.no_lock", "on")
    async with open_house(house.city) as other:
        sealers = [sealer.Sealer(each.actions) for each in (house, other, house, other)]
        done = await asyncio.gather(*(each.seal() for each in sealers), return_exceptions=True)
    failed = [each for each in done if isinstance(each, BaseException)]
    assert all(isinstance(error, asyncpg.UniqueViolationError) for error in failed)
    assert failed == [] or not locked
    await notary.sealer.seal()
    assert (await notary.whole()).rows == await house.value(ROWS)
    assert await notary.unsealed() == 0


async def test_a_sealer_that_fails_leaves_nothing(house: House, notary: Notary) -> None:
    @action("test.fails")
    async def fails(tx: Tx) -> None:
        assert await seal_batch(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await house.run(SYSTEM, fails)
    assert await notary.batches() == await notary.members() == []
    assert await notary.sealer.seal() == await house.value(ROWS)
    await notary.whole()


async def test_a_transaction_that_has_its_number_already_does_not_seal(house: House, notary: Notary) -> None:
    @action("test.numbered")
    async def numbered(tx: Tx) -> None:
        await tx.driver.execute("SELECT pg_current_xact_id()")
        await seal_batch(tx)

    await notary.sealer.seal()
    await house.waiting(1)
    with pytest.raises(RuntimeError, match="number"):
        await house.run(SYSTEM, numbered)


async def test_a_killed_server_has_sealed_nothing_twice_and_left_nothing_out(server: Server) -> None:
    async with open_house(server.city) as house:
        notary = Notary(house, sealer.Sealer(house.actions))
        await house.change("UPDATE parameter SET value = '0' WHERE key = 'seal.every_seconds'")
        for moment in ("before", "after"):
            await _arm(server, f"seal.batch.{moment}_commit")
            await house.waiting(2)
            await server.wait_dead()
            await notary.whole()
            await server.start()
        async with asyncio.timeout(30):
            while await notary.unsealed():  # noqa: ASYNC110  the server is another process
                await asyncio.sleep(0.1)
        assert (await notary.whole()).rows == await house.value(ROWS)


async def _arm(server: Server, place: str) -> None:
    async with httpx.AsyncClient(base_url=server.url, headers={"origin": server.url}) as client:
        answer = await client.post("/api/test/failpoints", json={"name": place, "effect": "kill"})
        assert answer.status_code == 200


async def test_a_batch_is_due_when_the_last_is_old_enough(house: House, notary: Notary) -> None:
    assert await notary.sealer.seal_if_due() > 0
    await house.waiting(1)
    assert await notary.sealer.seal_if_due() == 0
    await house.move(5)
    assert await notary.sealer.seal_if_due() > 0


async def test_a_clock_set_back_breaks_nothing(house: House, notary: Notary) -> None:
    await house.move(2 * 86400)
    await notary.sealer.seal()
    await house.move(-86400)
    await house.waiting(1)
    assert await notary.unsealed() > 0
    assert await notary.sealer.seal_if_due() > 0
    assert await notary.unsealed() == 0


async def test_a_database_restored_elsewhere_goes_on(
    house: House, notary: Notary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transactions of the old server had numbers that the new one will not reach for years."""
    with monkeypatch.context() as old_server:
        old_server.setattr(sealer, "_NUMBER", "SELECT 1000000000000000")
        for _ in range(3):
            await house.waiting(1)
            await notary.sealer.seal()
    assert {batch.settled for batch in await notary.batches()} == {0}
    for _ in range(2):
        await house.waiting(1)
        await notary.sealer.seal()
    assert (await notary.batches())[-1].settled > (await notary.batches())[2].reach
    assert await notary.unsealed() == 0


async def test_rows_from_before_the_seal_are_sealed(cluster: Cluster) -> None:
    url = await cluster.create_database()

    def first(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(migrations.HERE))
        config.attributes |= {"connection": connection, "mode": "test"}
        command.upgrade(config, "0001")

    database = Database(url, pool_size=1)
    async with database.engine.connect() as connection:
        await connection.run_sync(first)
        await connection.commit()
    async with database.driver() as driver:
        old = ROW.replace(", position)", ")").replace(", coalesce($3, seal_position())", "")
        for _ in range(3):
            await driver.execute(old, uuid4(), datetime.now(UTC))
        await migrations.upgrade(url, "test")
        assert [row[0] for row in await driver.fetch("SELECT position FROM audit ORDER BY ctid")] == [1, 2, 3]
        assert (await verify(driver)).unsealed == 3
    await database.close()
    await cluster.drop_database(url)


async def test_a_transaction_has_its_number_before_its_first_position(house: House) -> None:
    source = await house.value("SELECT pg_get_functiondef('seal_position'::regproc)")
    assert source.index("pg_current_xact_id()") < source.index("nextval")
    connection = await house.database.connect_alone()
    try:
        async with connection.transaction():
            assert await connection.fetchval("SELECT pg_current_xact_id_if_assigned()") is None
            await connection.fetchval("SELECT seal_position()")
            assert await connection.fetchval("SELECT pg_current_xact_id_if_assigned()") is not None
    finally:
        await connection.close()
