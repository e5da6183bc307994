"""A database of the first release is brought to this program, and everybody in it goes on where they were."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, text

from cloudwindow import tables
from cloudwindow.foundation import migrations
from cloudwindow.foundation.authentication import COOKIES
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Base, Database
from cloudwindow.foundation.keyring import names
from cloudwindow.operating import loading
from tests.integration.kills.invariants import WRONG
from tests.support.city import City
from tests.support.client import Citizen, Clerk, flow
from tests.support.cluster import Cluster
from tests.support.first_release import DRAFT, FOLDER, REVISION, SUMMARY, WORDS, Facts, Guest, read_facts
from tests.support.restored import must, place
from tests.support.schema import differences, shape
from tests.support.server import Server

tables.load()

EMPTY_THEN = {"signal"}
"""Tables without a row in the dump: signalling is unlogged and gone in a moment."""


@dataclass(frozen=True)
class Old:
    """The old database, and a data folder with its keys."""

    city: City
    folder: Path
    facts: Facts


@asynccontextmanager
async def _old(cluster: Cluster, folder: Path) -> AsyncIterator[Old]:
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    for name in names(1):
        shutil.copyfile(FOLDER / name, keys / name)
        (keys / name).chmod(0o600)
    url = await cluster.create_database()
    with (FOLDER / "database.dump").open("rb") as dump:
        loading.load(url, 18, dump, "", lambda _: None)
    database = Database(url, pool_size=5)
    try:
        yield Old(City(url, database, Keys.load_or_create(keys)), folder, read_facts())
    finally:
        await database.close()
        await cluster.drop_database(url)


@pytest.fixture
async def old(cluster: Cluster, tmp_path: Path) -> AsyncIterator[Old]:
    """The database as the first release left it."""
    async with _old(cluster, tmp_path) as opened:
        yield opened


@pytest.fixture
async def upgraded(old: Old) -> Old:
    """Migrated by the command, as an operator does it; its clock stands a minute after the dump was made."""
    await must("migrate", **place(old.folder, DATABASE_URL=old.city.url))
    async with old.city.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE test_clock SET shift = cast(:then AS text)::timestamptz + interval '1 min' - clock_timestamp()"
            ),
            {"then": old.facts.moment},
        )
    return old


async def test_the_dump_is_what_it_says(old: Old) -> None:
    async with old.city.database.reading() as session:
        assert await session.scalar(text("SELECT version_num FROM alembic_version")) == REVISION
        there = set(await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
        empty = {name for name in there if not await session.scalar(text(f"SELECT count(*) FROM {name}"))}  # noqa: S608  our own tables
    assert empty == EMPTY_THEN
    assert (FOLDER / "database.dump").stat().st_size < 300_000


async def test_every_migration_since_applies_and_ends_at_the_models(upgraded: Old, database_url: str) -> None:
    fresh = Database(database_url, pool_size=1)
    try:
        async with upgraded.city.database.reading() as session:
            assert await session.scalar(text("SELECT version_num FROM alembic_version")) == migrations.head()
        async with upgraded.city.database.engine.connect() as connection:
            assert await connection.run_sync(differences) == []
        assert await shape(upgraded.city.database) == await shape(fresh)
        assert {name for name, *_ in await _triggers(upgraded.city.url)} == {
            name for name, *_ in await _triggers(database_url)
        }
    finally:
        await fresh.close()


async def _triggers(url: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return list(
            await connection.fetch("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal")
        )
    finally:
        await connection.close()


async def test_no_row_is_lost(old: Old) -> None:
    """What is append-only is byte for byte as it was; of the rest no row is gone."""
    before = await _numbers(old.city.database)
    kept = await _kept(old.city.database)
    await must("migrate", **place(old.folder, DATABASE_URL=old.city.url))
    after = await _numbers(old.city.database)
    assert {name: number for name, number in before.items() if after.get(name, 0) < number} == {}
    assert await _kept(old.city.database) == kept


async def _numbers(database: Database) -> dict[str, int]:
    async with database.reading() as session:
        names = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return {name: await session.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in names}  # noqa: S608  our own tables


async def _kept(database: Database) -> list[Any]:
    async with database.reading() as session:
        evidence = "SELECT id, body, digest FROM audit UNION ALL SELECT session_id, body, digest FROM session_event"
        return [tuple(row) for row in await session.execute(text(f"{evidence} ORDER BY 1, 2"))]


async def test_everything_that_was_encrypted_can_be_read(upgraded: Old) -> None:
    """Each `…_cipher` column of the models: a new one without rows of then has nothing to read."""
    read = 0
    async with upgraded.city.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            (key, *_) = table.primary_key.columns
            for column in (column for column in table.columns if column.name.endswith("_cipher")):
                rows = await session.execute(select(key.label("id"), column.label("cipher")).where(column.is_not(None)))
                for row in rows:
                    field = column.name.removesuffix("_cipher")
                    assert upgraded.city.keys.decrypt(table.name, field, row.id, row.cipher)
                    read += 1
        words = (await session.execute(text("SELECT session_id, words_cipher FROM rating WHERE level = 5"))).one()
    assert read > 150
    assert upgraded.city.keys.decrypt("rating", "words", words.session_id, words.words_cipher) == WORDS


async def test_everybody_goes_on(upgraded: Old) -> None:
    server = Server(upgraded.city, upgraded.folder, {})
    await server.start()
    try:
        await _those_who_are_done(server, upgraded.facts)
        await _the_call(server, upgraded.facts)
        await _the_ring(server, upgraded.facts)
        await _the_queue(server, upgraded.facts)
        async with Citizen(server.url) as new:
            assert (await (await new.enter("钱先生", "19900001399")).take())["number"] > upgraded.facts.waiting.number
        async with upgraded.city.database.reading() as session:
            for what, query in WRONG.items():
                assert [tuple(row) for row in await session.execute(text(query))] == [], what
    finally:
        server.stop()


def _come_back(server: Server, guest: Guest) -> Citizen:
    """The same browser with the cookie of then."""
    citizen = Citizen(server.url)
    citizen.http.cookies.set(COOKIES["applicant"], guest.token)
    citizen.csrf = guest.csrf
    return citizen


async def _those_who_are_done(server: Server, facts: Facts) -> None:
    async with _come_back(server, facts.rated) as rated:
        seen = await rated.get(f"/api/sessions/{facts.closed_session}")
        assert (seen["summary"], seen["rating"]["level"]) == (SUMMARY, 5)
    async with _come_back(server, facts.unrated) as unrated:
        state = await unrated.document()
        assert state["rating"]["state"] == "asked"
        await unrated.post(f"/api/sessions/{state['session']['id']}/rating", {"level": 4, "options": []})


async def _the_call(server: Server, facts: Facts) -> None:
    async with Clerk(server.url) as clerk, _come_back(server, facts.talking) as citizen:
        await citizen.open_line()
        await clerk.sign_in("liujingwen", "许昌", ready=False)
        call = clerk.state["call"]
        joined = await clerk.post(f"/api/calls/{call['id']}/join")
        await flow(clerk, citizen, {"call": call, "attempt": joined["attempt"]})
        await citizen.post(f"/api/calls/{call['id']}/end")
        await clerk.until(lambda state: state["session"]["state"] == "wrapping")
        await _wrap_up(clerk, clerk.state["session"]["id"], then="break")


async def _the_ring(server: Server, facts: Facts) -> None:
    async with Clerk(server.url) as clerk, _come_back(server, facts.ringing) as citizen:
        await citizen.open_line()
        await clerk.sign_in("zhaoshumin", ready=False)
        await _answer(clerk, citizen, facts.ringing)
        await _wrap_up(clerk, clerk.state["session"]["id"], then="break")


async def _the_queue(server: Server, facts: Facts) -> None:
    """The clerk finishes the wrap-up of then, and is rung for who waited then."""
    async with Clerk(server.url) as clerk, _come_back(server, facts.waiting) as citizen:
        await citizen.open_line()
        assert citizen.state["ticket"]["state"] == "waiting"
        async with _come_back(server, facts.aside) as aside:
            assert (await aside.document())["ticket"]["state"] in {"parked", "waiting"}
            await aside.post(f"/api/tickets/{facts.aside.ticket}/leave")
        await clerk.sign_in("zhangyanli", ready=False)
        (left,) = clerk.state["unfinished"] or [clerk.state["session"]]
        assert (left.get("session_id") or left["id"], left["draft"]["summary"]) == (facts.unfinished_session, DRAFT)
        await _wrap_up(clerk, facts.unfinished_session, then="ready")
        await _answer(clerk, citizen, facts.waiting)


async def _answer(clerk: Clerk, citizen: Citizen, guest: Guest) -> None:
    """Answer the ring, see who it is, talk, hang up."""
    joined = await clerk.accept()
    assert joined["session"]["ticket_id"] == guest.ticket
    card = await clerk.get(f"/api/workbench/tickets/{UUID(guest.ticket)}")
    assert guest.name in str(card)
    assert guest.phone[-4:] in str(card)
    await flow(clerk, citizen, joined)
    await clerk.post(f"/api/calls/{joined['call']['id']}/end")
    await clerk.until(lambda state: state["session"] and state["session"]["state"] == "wrapping")


async def _wrap_up(clerk: Clerk, session: str, then: str) -> None:
    body = {"outcome": "solved", "summary": "升级以后办完了", "next_step": "none", "then": then}
    await clerk.post(f"/api/sessions/{session}/wrap-up", body)
