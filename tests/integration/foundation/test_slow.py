"""Slow statements are logged once, by whichever way they went, with their text and without a single value."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import Text
from structlog.testing import capture_logs

from cloudwindow.foundation import logs
from cloudwindow.foundation.database import Database, driver_of
from cloudwindow.foundation.hot import Hot
from tests.support.city import open_city
from tests.support.client import Citizen
from tests.support.cluster import Cluster
from tests.support.server import open_server

SECRET = "刘桂英 19900001301"
SLOW = 0.05
SLEEP = f"SELECT pg_sleep({SLOW})"


@pytest.fixture
async def watched(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, pool_size=2, slow_query_ms=int(SLOW * 1000))
    yield database
    await database.close()


async def slow_lines(work: Any) -> list[Any]:
    with capture_logs() as lines:
        await work
    return [line for line in lines if line["event"] == "database.slow"]


async def test_a_statement_of_a_session(watched: Database) -> None:
    async def work() -> None:
        async with watched.reading() as session:
            await session.execute(text(f"{SLEEP}, :who"), {"who": SECRET})
            await session.execute(text("SELECT 1"))

    (line,) = await slow_lines(work())
    assert line["ms"] >= SLOW * 1000
    assert line["log_level"] == "warning"
    assert "pg_sleep" in line["sql"]
    assert SECRET not in repr(line)


async def test_a_statement_of_a_session_inside_an_action(watched: Database) -> None:
    async def work() -> None:
        async with watched.transaction() as session:
            await session.execute(text(SLEEP))

    assert len(await slow_lines(work())) == 1


@pytest.mark.parametrize("call", ["fetch", "fetchrow", "fetchval", "execute", "executemany"])
async def test_a_statement_of_the_driver(watched: Database, call: str) -> None:
    async def work() -> None:
        async with watched.driver() as driver:
            values = ([(SECRET,)],) if call == "executemany" else (SECRET,)
            await getattr(driver, call)(f"{SLEEP}, $1::text", *values)

    (line,) = await slow_lines(work())
    assert SECRET not in repr(line)
    assert "$1" in line["sql"]


async def test_a_hot_statement_on_a_session(watched: Database) -> None:
    hot = Hot(select(func.pg_sleep(SLOW), bindparam("who", type_=Text)))

    async def work() -> None:
        async with watched.reading() as session:
            await hot.rows(await driver_of(session), who=SECRET)

    (line,) = await slow_lines(work())
    assert SECRET not in repr(line)


async def test_a_gathered_statement_bears_no_single_requests_mark(watched: Database) -> None:
    async def ask(driver: asyncpg.Connection, asked: Any) -> dict[None, Any]:
        return dict.fromkeys(asked, await driver.fetchval(SLEEP))

    async def work() -> None:
        logs.mark_request()
        await watched.gathered(ask, None)
        async with watched.driver() as driver:
            await driver.execute(SLEEP)

    marks = []

    def note(_logger: Any, _method: str, entry: Any) -> Any:
        if entry["event"] == "database.slow":
            marks.append(logs.request_mark())
        return entry

    with capture_logs(processors=[note]):
        await asyncio.create_task(work())
    assert marks[0] is None
    assert marks[1] is not None


async def test_a_connection_outside_the_pool(watched: Database) -> None:
    async def work() -> None:
        connection = await watched.connect_alone()
        await connection.execute(SLEEP)
        connection.terminate()

    assert len(await slow_lines(work())) == 1


async def test_one_that_fails_after_a_while(watched: Database) -> None:
    async def work() -> None:
        async with watched.reading() as session:
            await session.execute(text("SET statement_timeout = 60"))
            with pytest.raises(DBAPIError):
                await session.execute(text("SELECT pg_sleep(10), :who"), {"who": SECRET})
            await session.execute(text("SET statement_timeout = 0"))

    (line,) = await slow_lines(work())
    assert SECRET not in repr(line)


async def test_a_long_text_is_cut_and_put_on_one_line(watched: Database) -> None:
    async def work() -> None:
        async with watched.driver() as driver:
            await driver.execute(f"{SLEEP}\n  -- {'x' * 5000}")

    (line,) = await slow_lines(work())
    assert len(line["sql"]) == 2000
    assert "\n" not in line["sql"]


async def test_zero_watches_nothing(database_url: str) -> None:
    database = Database(database_url, pool_size=2)

    async def work() -> None:
        async with database.reading() as session:
            await session.execute(text(SLEEP))
        async with database.driver() as driver:
            await driver.execute(SLEEP)
            assert type(driver) is asyncpg.Connection

    assert await slow_lines(work()) == []
    await database.close()


async def test_a_line_of_a_server_names_its_request(cluster: Cluster) -> None:
    async with (
        open_city(cluster) as city,
        open_server(city, CLOUDWINDOW_SLOW_QUERY_MS="1") as server,
        Citizen(server.url) as citizen,
    ):
        await (await citizen.enter()).take()
        async with city.database.transaction() as session:
            await session.execute(text("LOCK TABLE ticket IN ACCESS EXCLUSIVE MODE"))
            asking = asyncio.create_task(citizen.document())
            async with asyncio.timeout(30):
                while not await session.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")):
                    pass
            await session.execute(text("SELECT pg_sleep(0.002)"))  # from here on it has waited longer than is slow
        await asking
        lines = [line for line in server.log().splitlines() if '"database.slow"' in line]
        assert any('"request"' in line and "FROM ticket" in line for line in lines)
        assert "刘桂英" not in server.log()
        assert "19900001301" not in server.log()
