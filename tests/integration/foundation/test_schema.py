"""The migrated schema is what the models say; what must outlive cannot be changed; production has no instruments."""

from uuid import uuid4

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cloudwindow.app import create_app
from cloudwindow.calls.chat import say
from cloudwindow.calls.schemas import Say
from cloudwindow.foundation.database import Base, Database
from cloudwindow.foundation.migrations import upgrade
from cloudwindow.settings import Settings
from tests.support.cluster import Cluster
from tests.support.house import House
from tests.support.schema import differences, shape


async def test_the_migrated_schema_is_what_the_models_say(cluster: Cluster, database_url: str) -> None:
    migrated = Database(database_url, pool_size=1)
    fresh = Database(await cluster.create_database(), pool_size=1)
    try:
        async with migrated.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
        async with fresh.engine.begin() as connection:
            await connection.execute(text("CREATE EXTENSION ltree"))
            await connection.execute(text("CREATE FUNCTION seal_position() RETURNS bigint LANGUAGE sql RETURN 1"))
            await connection.run_sync(Base.metadata.create_all)
        there, wanted = await shape(migrated), await shape(fresh)
        assert there - wanted == set()
        assert wanted - there == set()
    finally:
        await migrated.close()
        await fresh.close()
        await cluster.drop_database(fresh.url)


@pytest.mark.parametrize("table", ["audit", "event", "session_event", "chat_message"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"])
async def test_what_must_outlive_cannot_be_changed(house: House, table: str, change: str) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.serve(clerk, citizen)
    await house.run(citizen, say, joined.session.id, Say(client_id=uuid4(), text="您好"))
    before = await house.value(f"SELECT count(*) FROM {table}")  # noqa: S608  our own names
    assert before > 0
    connection = await house.database.connect_alone()
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
            await connection.execute(change.format(table))
    finally:
        await connection.close()
    assert await house.value(f"SELECT count(*) FROM {table}") == before  # noqa: S608  our own names


async def test_nor_by_emptying_what_it_hangs_on(house: House) -> None:
    await house.serve(await house.clerk(), await house.citizen())
    connection = await house.database.connect_alone()
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
            await connection.execute("TRUNCATE session CASCADE")
    finally:
        await connection.close()


async def test_a_migration_that_is_cut_off_leaves_nothing_behind(cluster: Cluster) -> None:
    url = await cluster.create_database()
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE second_factor ()")  # the last migration stumbles over it
        with pytest.raises(DBAPIError, match="second_factor"):
            await upgrade(url, "test")
        left = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        assert [row["tablename"] for row in left] == ["second_factor"]
        await connection.execute("DROP TABLE second_factor")
        await upgrade(url, "test")
        assert await connection.fetchval("SELECT mode FROM deployment") == "test"
    finally:
        await connection.close()
        await cluster.drop_database(url)


async def test_production_has_no_clock_and_no_instruments(cluster: Cluster) -> None:
    url = await cluster.create_database()
    await upgrade(url, "production")
    database = Database(url, pool_size=1)
    try:
        async with database.reading() as session:
            assert await session.scalar(text("SELECT to_regclass('test_clock')")) is None
            source = await session.scalar(text("SELECT prosrc FROM pg_proc WHERE proname = 'app_now'"))
            assert source == "SELECT clock_timestamp()"
        with pytest.raises(RuntimeError, match="never changes"):
            await upgrade(url, "test")
    finally:
        await database.close()
        await cluster.drop_database(url)


@pytest.mark.parametrize("mode", ["production", "demonstration", "test"])
async def test_the_routes_of_instruments_exist_outside_production_only(mode: str) -> None:
    application = create_app(Settings(mode=mode), "postgresql://nobody@localhost/nothing")
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        for path in ("/api/test/clock", "/api/test/failpoints"):
            answer = await client.post(path, json={"nonsense": 1})
            assert answer.headers["content-type"] == "application/problem+json"
            found = (answer.status_code, answer.json()["code"])
            assert found == ((404, "not_found") if mode == "production" else (422, "invalid_input"))
