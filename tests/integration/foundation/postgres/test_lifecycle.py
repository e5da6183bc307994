"""The embedded PostgreSQL lives and dies with its owner, whoever of the three processes is killed."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from cloudwindow.foundation.postgres import EmbeddedPostgres, EmbeddedPostgresError, running_url
from cloudwindow.foundation.postgres.layout import Layout
from cloudwindow.foundation.postgres.server import is_server_process, server_pid, wait_until
from tests.support.cluster import temporary_folder

OPTIONS = {"fsync": "off"}
OWNER = """
import json, sys
from pathlib import Path
from cloudwindow.foundation.postgres import EmbeddedPostgres, EmbeddedPostgresError
postgres = EmbeddedPostgres(Path(sys.argv[1]), {"fsync": "off"})
try:
    print(json.dumps({"url": postgres.start(), "supervisor": postgres._supervisor.pid}), flush=True)
except EmbeddedPostgresError as error:
    print(json.dumps({"error": str(error)}), flush=True)
sys.stdin.read()
postgres.stop()
"""


class Owner:
    """Another process that owns the server of `folder`."""

    def __init__(self, folder: Path, user: str | None = None) -> None:
        self.layout = Layout(folder)
        group = pwd.getpwnam(user).pw_gid if user else None
        self.process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, "-c", OWNER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            user=user,
            group=group,
            extra_groups=[] if user else None,
            cwd="/",
            text=True,
        )
        assert self.process.stdout is not None
        self.answer = json.loads(self.process.stdout.readline())

    @property
    def supervisor(self) -> int:
        return int(self.answer["supervisor"])

    def server(self) -> int:
        pid = server_pid(self.layout)
        assert pid is not None
        return pid

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> None:
        self.process.communicate(timeout=60)


@pytest.fixture
def folder() -> Iterator[Path]:
    path = temporary_folder()
    yield path
    assert wait_until(lambda: server_pid(Layout(path)) is None, 15), "a server was left behind"
    shutil.rmtree(path)


@pytest.fixture
def own(folder: Path) -> Iterator[Callable[[], Owner]]:
    owners: list[Owner] = []

    def make() -> Owner:
        owners.append(Owner(folder))
        return owners[-1]

    yield make
    for owner in owners:
        owner.end()


async def _value(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def _value_soon(url: str, query: str) -> object:
    end = time.monotonic() + 15
    while True:
        try:
            return await _value(url, query)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)  # noqa: ASYNC251 - nothing else runs on this loop


def _gone(pid: int) -> bool:
    return wait_until(lambda: not is_server_process(pid, None), 15)


async def test_it_starts_stops_and_keeps_the_data(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder, OPTIONS)
    assert running_url(folder) is None
    url = postgres.start()
    await _value(url, "CREATE TABLE thing AS SELECT 7 AS n")
    assert running_url(folder) == url
    assert await _value(str(running_url(folder)), "SELECT n FROM thing") == 7
    postgres.stop()
    postgres.stop()
    assert running_url(folder) is None
    again = EmbeddedPostgres(folder, OPTIONS)
    assert await _value(again.start(), "SELECT n FROM thing") == 7
    again.stop()


def test_only_its_own_user_gets_in(folder: Path, own: Callable[[], Owner]) -> None:
    own()
    assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "postgres" / ".s.PGSQL.5432").stat().st_mode) == 0o700


def test_a_second_owner_is_refused_in_one_line(folder: Path, own: Callable[[], Owner]) -> None:
    first = own()
    with pytest.raises(EmbeddedPostgresError) as refused:
        EmbeddedPostgres(folder, OPTIONS).start()
    text = str(refused.value)
    assert "\n" not in text
    assert str(folder) in text
    assert f"process {first.process.pid}" in text
    assert running_url(folder) is not None


async def test_a_killed_owner_takes_the_server_with_it(own: Callable[[], Owner]) -> None:
    owner = own()
    await _value(owner.answer["url"], "CREATE TABLE thing AS SELECT 7 AS n")
    server = owner.server()
    owner.kill()
    again = own()
    assert again.server() != server
    assert await _value(again.answer["url"], "SELECT n FROM thing") == 7


async def test_a_killed_supervisor_is_replaced(own: Callable[[], Owner]) -> None:
    owner = own()
    server = owner.server()
    os.kill(owner.supervisor, signal.SIGKILL)
    assert _gone(server)
    assert await _value_soon(owner.answer["url"], "SELECT 7") == 7


async def test_owner_and_supervisor_killed_at_once(folder: Path, own: Callable[[], Owner]) -> None:
    owner = own()
    server = owner.server()
    os.kill(owner.supervisor, signal.SIGKILL)
    owner.kill()
    assert _gone(server)
    assert "received fast shutdown request" in (folder / "postgres.log").read_text()
    assert await _value(own().answer["url"], "SELECT 7") == 7


async def test_a_killed_server_is_started_again(own: Callable[[], Owner]) -> None:
    owner = own()
    await _value(owner.answer["url"], "CREATE TABLE thing AS SELECT 7 AS n")
    os.kill(owner.server(), signal.SIGKILL)
    assert await _value_soon(owner.answer["url"], "SELECT n FROM thing") == 7


async def test_a_server_that_outlives_its_owner_is_adopted(own: Callable[[], Owner]) -> None:
    owner = own()
    server = owner.server()
    os.kill(owner.supervisor, signal.SIGSTOP)  # so that it cannot notice
    try:
        owner.kill()
        began = time.monotonic()
        heir = own()
        assert 9 < time.monotonic() - began < 15
        assert heir.server() == server
        assert await _value(heir.answer["url"], "SELECT 7") == 7
        heir.end()
        assert _gone(server)
    finally:
        os.kill(owner.supervisor, signal.SIGKILL)


async def test_a_server_that_hangs_is_replaced(own: Callable[[], Owner]) -> None:
    owner = own()
    server = owner.server()
    os.kill(owner.supervisor, signal.SIGSTOP)
    os.kill(server, signal.SIGSTOP)
    owner.kill()
    heir = own()
    assert "url" in heir.answer, heir.answer
    assert heir.server() != server
    assert await _value(heir.answer["url"], "SELECT 7") == 7


async def test_a_stale_lock_file_with_a_strangers_number(folder: Path, own: Callable[[], Owner]) -> None:
    own().end()
    layout = Layout(folder)
    owner = layout.cluster.stat()
    for lock in (layout.postmaster_pid, layout.socket_lock):
        lock.write_text(f"{os.getpid()}\n{layout.cluster}\n")
        os.chown(lock, owner.st_uid, owner.st_gid)
    assert await _value(own().answer["url"], "SELECT 7") == 7


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
async def test_a_plain_user_needs_no_copy(folder: Path) -> None:
    home = folder / "home"
    home.mkdir()
    shutil.chown(home, "nobody")
    try:
        owner = Owner(home, user="nobody")
    except PermissionError:
        pytest.skip("the Python that runs this lies in a private home")
    assert await _value(owner.answer["url"], "SELECT 7") == 7
    assert not (home / "binaries").exists()
    owner.end()


def test_a_cluster_of_another_major_version(folder: Path, own: Callable[[], Owner]) -> None:
    own().end()
    (folder / "postgres" / "cluster" / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 14"):
        EmbeddedPostgres(folder, OPTIONS).start()


def test_a_half_made_cluster_is_made_anew(folder: Path) -> None:
    half = folder / "postgres" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    if os.geteuid() == 0:
        shutil.chown(half.parent, "nobody")
    postgres = EmbeddedPostgres(folder, OPTIONS)
    assert postgres.start()
    postgres.stop()
