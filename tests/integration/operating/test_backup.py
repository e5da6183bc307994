"""A house with people in it is backed up while it works, lost, restored elsewhere, and goes on."""

import asyncio
import os
import shutil
import signal
import stat
import sys
import tarfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from cloudwindow import starting
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.postgres import EmbeddedPostgres
from cloudwindow.foundation.postgres.layout import Layout
from cloudwindow.foundation.postgres.server import server_pid, wait_until
from cloudwindow.foundation.storage import Folder
from cloudwindow.foundation.storage.sealed import open_sealed
from cloudwindow.operating import programs
from cloudwindow.operating.backup import Contents, take
from cloudwindow.operating.going_on import LEAP
from cloudwindow.operating.manifest import BackupError
from cloudwindow.operating.restore import restore
from cloudwindow.settings import Settings
from tests.integration.kills.invariants import WRONG
from tests.support.city import CITY, KEYS, City, open_city
from tests.support.client import Citizen, Clerk, flow
from tests.support.cluster import Cluster, temporary_folder
from tests.support.house import House, open_house
from tests.support.pictures import PDF
from tests.support.restored import back_up, lay_keys, must, place, place_of, refusal, rows
from tests.support.server import Server

EVIDENCE = {
    "event": "SELECT stream, seq, at, type, data::text FROM event ORDER BY stream, seq",
    "audit": "SELECT id, at, action, body, digest FROM audit ORDER BY id",
    "session_event": "SELECT session_id, seq, at, kind, body, digest FROM session_event ORDER BY session_id, seq",
}


def found(folder: Path, pattern: str = "*") -> list[Path]:
    return list(folder.glob(pattern))


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  another process's doing
            await asyncio.sleep(0.02)


async def until_none(connection: asyncpg.Connection, query: str) -> None:
    async with asyncio.timeout(30):
        while await connection.fetchval(query):  # noqa: ASYNC110  another process's doing
            await asyncio.sleep(0.02)


@pytest.fixture
def new() -> Iterator[Path]:
    """A folder whose `data` is not there yet, open to the database's user."""
    folder = temporary_folder()
    yield folder
    assert wait_until(lambda: server_pid(Layout(folder / "data")) is None, 15), "a server was left behind"
    shutil.rmtree(folder)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[City]:
    database = Database(url, pool_size=5)
    try:
        yield City(url, database, KEYS)
    finally:
        await database.close()


@asynccontextmanager
async def restored_city(cluster: Cluster, backup: Path, folder: Path) -> AsyncIterator[City]:
    """A backup restored into an empty database of the tests' own server."""
    url = await cluster.create_database()
    try:
        await must("restore", "--from", str(backup), **place(folder, DATABASE_URL=url))
        async with opened(url) as city:
            yield city
    finally:
        await cluster.drop_database(url)


async def evidence(city: City) -> dict[str, list[tuple[Any, ...]]]:
    async with city.database.reading() as session:
        return {table: rows(await session.execute(text(query))) for table, query in EVIDENCE.items()}


@dataclass(frozen=True)
class Scene:
    """Who is where: one in a call, one ringing, one waiting."""

    talking: Clerk
    rung: Clerk
    caller: Citizen
    ringing: Citizen
    waiting: Citizen
    joined: dict[str, Any]
    numbers: dict[Citizen, str]


@asynccontextmanager
async def working_house(url: str) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        talking, rung = [await stack.enter_async_context(Clerk(url)) for _ in range(2)]
        caller, ringing, waiting = [await stack.enter_async_context(Citizen(url)) for _ in range(3)]
        await talking.sign_in("liujingwen", "许昌")
        await (await caller.enter("刘桂英", "19900001301")).take(region=CITY)
        joined = await talking.accept()
        await flow(talking, caller, joined)
        await rung.sign_in()
        await (await ringing.enter("王先生", "19900001302")).take()
        await rung.until(lambda state: state.get("offer"))
        await (await waiting.enter("李女士", "19900001303")).take()
        numbers = {c: (await c.document())["ticket"]["number"] for c in (caller, ringing, waiting)}
        yield Scene(talking, rung, caller, ringing, waiting, joined, numbers)


async def test_a_working_house_is_lost_and_goes_on_elsewhere(server: Server, new: Path) -> None:
    """Waiting, ringing and in call; restored into a new data folder with its own database, served on the same port."""
    async with working_house(server.url) as scene:
        before = await evidence(server.city)
        backup = await _back_up_while_it_changes(server, scene, new / "backup.tar")
        server.kill()
        data = new / "data"
        out = await must("restore", "--from", str(backup), **place(data))
        assert "cloudwindow serve" in out
        assert stat.S_IMODE((data / "keys" / "field.key").stat().st_mode) == 0o600
        again = Server(server.city, data, {"DATABASE_URL": ""}, server.port)
        await again.start()
        try:
            await _everything_is_there(Layout(data).url, before)
            await _everybody_goes_on(scene)
        finally:
            again.stop()


async def _back_up_while_it_changes(server: Server, scene: Scene, to: Path) -> Path:
    """People come during the backup, and after it one comes and one leaves: neither is in it."""
    stop = asyncio.Event()
    busy = asyncio.create_task(_go_on_changing(server, stop))
    backup = await back_up(place_of(server), to, "--with-keys")
    stop.set()
    assert await busy > 0
    async with Citizen(server.url) as late:
        await (await late.enter("赵先生", "19900001304")).take()
    await scene.waiting.post(f"/api/tickets/{(await scene.waiting.document())['ticket']['id']}/leave")
    await scene.waiting.until(lambda state: state["ticket"]["state"] == "closed")
    return backup


async def _everybody_goes_on(scene: Scene) -> None:
    for citizen, number in scene.numbers.items():
        citizen.messages.clear()
        await citizen.connect()
        await citizen.heard(lambda message: message["type"] == "reset")
        await citizen.refresh()
        assert citizen.state["ticket"]["number"] == number
        assert citizen.state["ticket"]["state"] != "closed"
    assert (await scene.talking.http.get("/api/workbench/state")).status_code == 401
    await scene.talking.sign_in("liujingwen", "许昌", ready=False)
    assert scene.talking.state["session"] is not None
    call = scene.joined["call"]
    joined = await scene.talking.post(f"/api/calls/{call['id']}/join")
    await flow(scene.talking, scene.caller, {"call": call, "attempt": joined["attempt"]})
    await scene.rung.sign_in(ready=False)
    assert (await scene.rung.accept())["call"]
    await scene.ringing.until(lambda state: state["call"])
    await scene.waiting.agrees()
    assert scene.waiting.state["ticket"]["state"] == "waiting"


async def _go_on_changing(server: Server, stop: asyncio.Event) -> int:
    taken = 0
    while not stop.is_set():
        async with Citizen(server.url) as citizen:
            await (await citizen.enter("陈先生", str(19900002000 + taken))).take()
            taken += 1
    return taken


async def _everything_is_there(url: str, before: dict[str, list[tuple[Any, ...]]]) -> None:
    async with opened(url) as city:
        after = await evidence(city)
        for table, known in before.items():
            assert set(known) <= set(after[table]), table
        async with city.database.reading() as session:
            for what, query in WRONG.items():
                if what != "a stream with a gap":  # they leap, see below
                    assert rows(await session.execute(text(query))) == [], what


@pytest.fixture
async def used(cluster: Cluster) -> AsyncIterator[House]:
    """A house in use, without a server process."""
    async with open_city(cluster) as city, open_house(city) as house:
        clerk, citizen = await house.clerk(), await house.citizen()
        await house.talk(clerk, citizen)
        await house.waiting(2)
        await house.sweep()
        yield house


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with the keys of the tests' cities."""
    lay_keys(tmp_path / "home")
    return tmp_path / "home"


async def test_all_tables_are_restored_but_for_what_must_not_go_on(
    used: House, cluster: Cluster, home: Path, tmp_path: Path
) -> None:
    backup = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar")
    tables = [row[0] for row in await used.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    async with restored_city(cluster, backup, home) as city, open_house(city) as again:
        for table in tables:
            query = f"SELECT t::text FROM {table} t ORDER BY 1"  # noqa: S608  our own tables
            old, fresh = rows(await used.rows(query)), rows(await again.rows(query))
            match table:
                case "audit":
                    assert len(fresh) == len(old) + 1
                    assert set(old) < set(fresh)
                case "login" | "event" | "event_stream" | "tab_lease":
                    assert old != fresh
                case _:
                    assert old == fresh, table
        assert await again.value("SELECT action FROM audit ORDER BY id DESC LIMIT 1") == "server.restore"
        assert await again.value("SELECT count(*) FROM login WHERE face = 'staff' AND ended_at IS NULL") == 0
        assert await again.value("SELECT count(*) FROM login WHERE face = 'applicant' AND ended_at IS NULL") == 3
        leapt = rows(await again.rows("SELECT stream, last_seq FROM event_stream ORDER BY 1"))
        was = rows(await used.rows("SELECT stream, last_seq FROM event_stream ORDER BY 1"))
        assert leapt == [(stream, seq + LEAP) for stream, seq in was]
        assert await again.value("SELECT count(*) FROM event WHERE type = 'restored'") == len(was)


async def test_hours_later_nobodys_time_has_run_out(used: House, cluster: Cluster, home: Path, tmp_path: Path) -> None:
    backup = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar")
    async with restored_city(cluster, backup, home) as city, open_house(city) as again:
        before = rows(await again.rows("SELECT id, state FROM ticket ORDER BY id"))
        await again.change("UPDATE heartbeat SET at = at - interval '5 hours'")
        await again.change("UPDATE test_clock SET shift = shift + interval '5 hours'")
        await again.sweeper.sweep()
        assert rows(await again.rows("SELECT id, state FROM ticket ORDER BY id")) == before
        assert {state for _, state in before} == {"serving", "waiting"}
        assert await again.value("SELECT state FROM call") == "connected"
        await again.after(400)
        assert rows(await again.rows("SELECT id, state FROM ticket ORDER BY id")) != before


async def test_files_go_with_it_and_are_read_again(used: House, home: Path, new: Path, tmp_path: Path) -> None:
    """Into a data folder of its own; the file itself stays encrypted, and one that is missing ends no backup."""
    session, citizen = await _session_of(used)
    kept, lost = [await used.send_file(citizen, session, PDF + bytes(100_000)) for _ in range(2)]
    Folder(used.folder / "files").remove(lost)
    files = {"CLOUDWINDOW_FILES": str(used.folder / "files"), "DATABASE_URL": used.city.url}
    out = await must("backup", "--to", str(tmp_path / "b.tar"), "--with-keys", **place(home, **files))
    assert f"1 files are missing in {used.folder / 'files'}" in out
    assert PDF not in (tmp_path / "b.tar").read_bytes()
    (new / "data").mkdir(mode=0o711)
    await must("restore", "--from", str(tmp_path / "b.tar"), **place(new / "data"))
    again = Folder(new / "data" / "files")
    assert again.path(kept).read_bytes() == Folder(used.folder / "files").path(kept).read_bytes()
    assert stat.S_IMODE(again.path(kept).stat().st_mode) == 0o600
    assert not again.path(lost).exists()
    wrapped = await used.value("SELECT data_key FROM file WHERE id = :id", id=kept)
    key = Keys.load_or_create(new / "data" / "keys").unwrap_data_key(kept, wrapped)
    with open_sealed(again.open(kept), key, kept) as file:
        assert file.read() == PDF + bytes(100_000)


async def test_files_can_be_left_to_another_copy(used: House, home: Path, tmp_path: Path) -> None:
    session, citizen = await _session_of(used)
    await used.send_file(citizen, session, PDF)
    place_ = place(home, CLOUDWINDOW_FILES=str(used.folder / "files"), DATABASE_URL=used.city.url)
    whole = await back_up(place_, tmp_path / "whole.tar")
    without = await back_up(place_, tmp_path / "without.tar", "--without-files")
    for path, number in ((whole, 1), (without, 0)):
        with tarfile.open(path) as tar:
            assert len([name for name in tar.getnames() if name.startswith("files/")]) == number


async def _session_of(used: House) -> tuple[UUID, Actor]:
    row = await used.row("SELECT id, account_id FROM session")
    login = await used.value("SELECT id FROM login WHERE account_id = :id", id=row.account_id)
    return row.id, Actor("account", id=row.account_id, login_id=login)


async def test_without_keys_the_file_says_nothing_of_them_and_restoring_asks_for_them(
    used: House, cluster: Cluster, home: Path, tmp_path: Path
) -> None:
    out = await must("backup", "--to", str(tmp_path), **place(home, DATABASE_URL=used.city.url))
    (backup,) = found(tmp_path, "*.tar")
    assert str(home / "keys") in out
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    content = backup.read_bytes()
    assert (KEYS.current.field or b"") not in content
    assert KEYS.current.blind not in content
    url = await cluster.create_database()
    try:
        elsewhere = tmp_path / "elsewhere"
        there = place(elsewhere, DATABASE_URL=url)
        assert KEYS.fingerprint() in await refusal("restore", "--from", str(backup), **there)
        assert not elsewhere.exists()
        other = Keys.load_or_create(elsewhere / "keys").fingerprint()
        assert other in await refusal("restore", "--from", str(backup), **there)
        shutil.rmtree(elsewhere)
        lay_keys(elsewhere)
        await must("restore", "--from", str(backup), **there)
    finally:
        await cluster.drop_database(url)


async def test_keys_of_another_deployment_are_not_put_beside_it(used: House, tmp_path: Path) -> None:
    there = place(tmp_path / "other", DATABASE_URL=used.city.url)
    assert "are not in" in await refusal("backup", "--to", str(tmp_path / "b.tar"), "--with-keys", **there)
    Keys.load_or_create(tmp_path / "other" / "keys")
    assert "was written with" in await refusal("backup", "--to", str(tmp_path / "b.tar"), "--with-keys", **there)
    assert not (tmp_path / "b.tar").exists()


async def test_only_an_empty_place_will_do(used: House, home: Path, new: Path, tmp_path: Path) -> None:
    backup = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar", "--with-keys")
    before = await used.value("SELECT count(*) FROM audit")
    used_already = place(home, DATABASE_URL=used.city.url)
    assert "not empty" in await refusal("restore", "--from", str(backup), **used_already)
    assert await used.value("SELECT count(*) FROM audit") == before
    (new / "data").mkdir()
    (new / "data" / "somebodys").write_text("")
    assert "not empty (somebodys)" in await refusal("restore", "--from", str(backup), **place(new / "data"))
    assert [path.name for path in (new / "data").iterdir()] == ["somebodys"]


@pytest.mark.parametrize("what", ["sequence", "view", "schema"])
async def test_a_database_with_anything_in_it_is_not_empty(
    used: House, cluster: Cluster, home: Path, tmp_path: Path, what: str
) -> None:
    backup = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar")
    url = await cluster.create_database()
    make = {
        "sequence": "CREATE SEQUENCE s",
        "view": "CREATE VIEW v AS SELECT 1",
        "schema": "CREATE SCHEMA other; CREATE TABLE other.t ()",
    }
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE EXTENSION ltree")  # an extension of the server's owner is nothing of ours
    await connection.execute(make[what])
    await connection.close()
    assert "not empty" in await refusal("restore", "--from", str(backup), **place(home, DATABASE_URL=url))
    await cluster.drop_database(url)


async def test_a_damaged_one_touches_nothing(used: House, home: Path, new: Path, tmp_path: Path) -> None:
    backup = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar", "--with-keys")
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    assert "damaged" in await refusal("restore", "--from", str(backup), **place(new / "data"))
    backup.write_bytes(content[: len(content) // 2])
    assert await refusal("restore", "--from", str(backup), **place(new / "data"))
    assert not (new / "data").exists()


async def test_another_mode_and_a_newer_program_are_named(used: House, home: Path, new: Path, tmp_path: Path) -> None:
    here = place(home, DATABASE_URL=used.city.url)
    backup = await back_up(here, tmp_path / "b.tar", "--with-keys")
    live = place(new / "data", CLOUDWINDOW_MODE="production")
    assert "test mode" in await refusal("restore", "--from", str(backup), **live)
    await used.change("UPDATE alembic_version SET version_num = '9999'")
    newer = await back_up(here, tmp_path / "newer.tar", "--with-keys")
    assert "newer program" in await refusal("restore", "--from", str(newer), **place(new / "data"))
    assert not (new / "data").exists()


async def test_a_server_newer_than_the_programs_is_refused_both_ways(
    used: House, cluster: Cluster, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = Settings(data=home, mode="test", DATABASE_URL=SecretStr(used.city.url))
    whole = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar")
    url = await cluster.create_database()
    empty = Settings(data=home, mode="test", DATABASE_URL=SecretStr(url))
    monkeypatch.setattr(programs, "major", lambda: 15)
    with pytest.raises(BackupError, match="programs here are of 15"):
        await asyncio.to_thread(partial(take, here, tmp_path / "no.tar", Contents(keys=False), int))
    assert not (tmp_path / "no.tar").exists()
    with pytest.raises(BackupError, match="programs here are of 15"):
        await asyncio.to_thread(restore, empty, whole, int, int)
    await cluster.drop_database(url)


async def test_nothing_to_back_up(cluster: Cluster, tmp_path: Path) -> None:
    url = await cluster.create_database()
    there = place(tmp_path / "none", DATABASE_URL=url)
    assert "nothing to back up" in await refusal("backup", "--to", str(tmp_path / "b.tar"), **there)
    await cluster.drop_database(url)
    assert "There is no database" in await refusal("backup", "--to", str(tmp_path), **place(tmp_path / "none"))
    assert found(tmp_path) == []


async def test_one_that_is_there_is_kept(used: House, home: Path, tmp_path: Path) -> None:
    here = place(home, DATABASE_URL=used.city.url)
    backup = await back_up(here, tmp_path / "b.tar")
    before = backup.read_bytes()
    assert "already" in await refusal("backup", "--to", str(backup), **here)
    assert backup.read_bytes() == before
    assert "cannot be written" in await refusal("backup", "--to", str(tmp_path / "no" / "b.tar"), **here)


async def test_a_killed_backup_never_looks_whole(used: House, home: Path, tmp_path: Path) -> None:
    """A lock keeps pg_dump waiting in the middle; then the command is killed."""
    target = tmp_path / "to"
    target.mkdir()
    async with used.database.transaction() as session:
        await session.execute(text("LOCK TABLE region IN ACCESS EXCLUSIVE MODE"))
        process = await _begin("backup", "--to", str(target), **place(home, DATABASE_URL=used.city.url))
        await until(lambda: found(target))
        process.send_signal(signal.SIGKILL)
        await process.wait()
    (left,) = target.iterdir()
    assert left.name.startswith(".")
    assert left.suffix == ".partial"
    assert await refusal("restore", "--from", str(left), **place(tmp_path / "data"))
    assert not (tmp_path / "data").exists()


async def test_a_killed_restore_leaves_an_empty_database(
    used: House, cluster: Cluster, home: Path, tmp_path: Path
) -> None:
    """A table of somebody else's open transaction keeps psql waiting in the middle; then the command is killed."""
    backup = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar")
    url = await cluster.create_database()
    other, looking = await asyncpg.connect(url), await asyncpg.connect(url)
    async with other.transaction():
        await other.execute("CREATE TABLE ticket ()")
        process = await _begin("restore", "--from", str(backup), **place(home, DATABASE_URL=url))
        await until_none(looking, "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await other.execute("DROP TABLE ticket")
    await until_none(looking, "SELECT 1 FROM pg_stat_activity WHERE application_name = 'cloudwindow-backup'")
    assert await looking.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    await looking.close()
    await other.close()
    await must("restore", "--from", str(backup), **place(home, DATABASE_URL=url))
    await cluster.drop_database(url)


async def test_half_a_restore_is_never_served(used: House, home: Path, new: Path, tmp_path: Path) -> None:
    backup = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar", "--with-keys")
    data = new / "data"
    process = await _begin("restore", "--from", str(backup), **place(data))
    await until((data / starting.UNFINISHED).exists)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    for command in (("serve",), ("backup", "--to", str(tmp_path))):
        assert "cut off" in await refusal(*command, **place(data, CLOUDWINDOW_PORT="18766"))
    assert "not empty" in await refusal("restore", "--from", str(backup), **place(data))


@pytest.mark.parametrize("command", ["serve", "backup"])
async def test_a_restore_cut_off_before_it_had_a_database_is_said_as_well(
    new: Path, tmp_path: Path, command: str
) -> None:
    data = new / "data"
    starting.make_data_folder(data)
    (data / starting.UNFINISHED).touch()
    to = ("--to", str(tmp_path)) if command == "backup" else ()
    assert "cut off" in await refusal(command, *to, **place(data, CLOUDWINDOW_PORT="18766"))


async def test_a_restore_that_is_refused_half_way_leaves_the_folder_empty(
    used: House, home: Path, new: Path, tmp_path: Path
) -> None:
    """Keys there already stay; what was made for the restore goes."""
    backup = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar")
    data = new / "data"
    lay_keys(data)
    blocked = place(data, PGOPTIONS="-c nonsense=1")  # which only PostgreSQL's own programs read
    assert "nonsense" in await refusal("restore", "--from", str(backup), **blocked)
    assert [path.name for path in data.iterdir()] == ["keys"]
    await must("restore", "--from", str(backup), **place(data))


async def test_a_stopped_service_can_be_backed_up(used: House, home: Path, new: Path, tmp_path: Path) -> None:
    """As before an upgrade: the embedded database is started for the backup, and stopped again."""
    first = await back_up(place(home, DATABASE_URL=used.city.url), tmp_path / "b.tar", "--with-keys")
    data = new / "data"
    await must("restore", "--from", str(first), **place(data))
    second = await back_up(place(data), tmp_path / "again.tar")
    assert server_pid(Layout(data)) is None
    assert second.stat().st_size > 10_000
    postgres = EmbeddedPostgres(data)
    try:
        assert "already runs" not in postgres.start()
    finally:
        postgres.stop()


async def _begin(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    own = {key: value for key, value in os.environ.items() if not key.startswith(("CLOUDWINDOW_", "DATABASE_"))}
    quiet = asyncio.subprocess.DEVNULL
    command = (sys.executable, "-m", "cloudwindow.cli", *arguments)
    return await asyncio.create_subprocess_exec(*command, env=own | environment, stdout=quiet, stderr=quiet)
