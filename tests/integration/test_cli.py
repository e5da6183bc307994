"""What a person can mend ends as one line on standard error and exit code 2."""

import asyncio
import os
import shutil
import socket
import struct
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from cloudwindow.foundation.postgres import EmbeddedPostgres
from tests.support.cluster import Cluster, temporary_folder
from tests.support.commands import run_command
from tests.support.house import House
from tests.support.seal import Notary


@pytest.fixture
def data() -> Iterator[Path]:
    folder = temporary_folder()
    yield folder
    shutil.rmtree(folder)


async def _refusal(*arguments: str, **environment: str) -> str:
    code, _, err = await run_command(*arguments, **environment)
    assert code == 2, err
    assert err.startswith("cloudwindow: ")
    assert err.count("\n") == 1, err
    return err


def _is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


def _free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


async def test_a_busy_port(data: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        err = await _refusal("serve", CLOUDWINDOW_PORT=port, CLOUDWINDOW_DATA=str(data))
    assert f"Port {port}" in err
    assert "CLOUDWINDOW_PORT" in err
    assert _is_empty(data), "nothing was begun"


async def test_an_unreachable_folder(data: Path) -> None:
    (data / "file").write_text("")
    err = await _refusal("serve", CLOUDWINDOW_PORT=_free_port(), CLOUDWINDOW_DATA=str(data / "file" / "in"))
    assert str(data / "file" / "in") in err
    assert "CLOUDWINDOW_DATA" in err


async def test_a_second_instance_on_the_same_folder(data: Path) -> None:
    first = EmbeddedPostgres(data, {"fsync": "off"})
    first.start()
    try:
        err = await _refusal("serve", CLOUDWINDOW_PORT=_free_port(), CLOUDWINDOW_DATA=str(data))
    finally:
        first.stop()
    assert "already runs" in err
    assert str(os.getpid()) in err


@pytest.mark.parametrize("place", ["127.0.0.1:1/name", "no-such-host.invalid/name"])
async def test_a_wrong_address_without_its_password(data: Path, place: str) -> None:
    url = f"postgresql://user:quiet@{place}"
    err = await _refusal("serve", CLOUDWINDOW_PORT=_free_port(), CLOUDWINDOW_DATA=str(data), DATABASE_URL=url)
    assert "DATABASE_URL" in err
    assert place in err
    assert "quiet" not in err


async def test_a_database_that_is_not_there(data: Path, cluster: Cluster) -> None:
    err = await _refusal("migrate", CLOUDWINDOW_DATA=str(data), DATABASE_URL=cluster.url_of("nowhere"))
    assert 'database "nowhere" does not exist' in err


async def test_too_old_a_database(data: Path) -> None:
    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = struct.unpack("!i", await reader.readexactly(4))[0]
        await reader.readexactly(length - 4)
        parameters = {b"server_version": b"14.9", b"client_encoding": b"UTF8"}
        writer.write(b"R" + struct.pack("!ii", 8, 0))
        for name, value in parameters.items():
            content = name + b"\0" + value + b"\0"
            writer.write(b"S" + struct.pack("!i", 4 + len(content)) + content)
        writer.write(b"Z" + struct.pack("!i", 5) + b"I")
        await writer.drain()
        await reader.read(5)
        writer.close()

    server = await asyncio.start_server(pretend, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        url = f"postgresql://user@127.0.0.1:{port}/name?sslmode=disable"
        err = await _refusal("migrate", CLOUDWINDOW_DATA=str(data), DATABASE_URL=url)
    assert "PostgreSQL 14, which is too old" in err


async def test_a_foreign_database_is_left_alone(data: Path, cluster: Cluster) -> None:
    url = await cluster.create_database()
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE somebody_elses (n int)")
    await connection.close()
    err = await _refusal("migrate", CLOUDWINDOW_DATA=str(data), DATABASE_URL=url)
    assert "another program" in err
    await cluster.drop_database(url)


async def test_the_mode_is_written_once(data: Path, cluster: Cluster) -> None:
    url = await cluster.create_database()
    place = {"CLOUDWINDOW_DATA": str(data), "DATABASE_URL": url}
    code, _, err = await run_command("migrate", CLOUDWINDOW_MODE="production", **place)
    assert code == 0, err
    for command in ("migrate", "demo"):
        assert "production mode" in await _refusal(command, **place)
    await cluster.drop_database(url)


async def test_other_keys_are_refused(data: Path, cluster: Cluster) -> None:
    url = await cluster.create_database()
    place = {"CLOUDWINDOW_DATA": str(data), "DATABASE_URL": url}
    code, _, err = await run_command("migrate", CLOUDWINDOW_KEYS=str(data / "one"), **place)
    assert code == 0, err
    assert "keys" in await _refusal("migrate", CLOUDWINDOW_KEYS=str(data / "two"), **place)
    await cluster.drop_database(url)


async def test_demonstration_data_come_once(data: Path, cluster: Cluster) -> None:
    url = await cluster.create_database()
    place = {"CLOUDWINDOW_DATA": str(data), "DATABASE_URL": url}
    code, first, err = await run_command("demo", **place)
    assert code == 0, err
    assert "Demonstration data loaded." in first
    _, second, _ = await run_command("demo", **place)
    assert "already holds data" in second
    assert first.splitlines()[1:] == second.splitlines()[1:]
    await cluster.drop_database(url)


JOINING = [("migrate",), ("demo",), ("staff", "unlock", "zhangyanli"), ("audit", "verify"), ("audit", "head")]


@pytest.mark.parametrize("command", JOINING)
async def test_commands_that_join_say_when_nothing_runs(data: Path, command: tuple[str, ...]) -> None:
    assert "is not running" in await _refusal(*command, CLOUDWINDOW_DATA=str(data))


async def test_a_bad_setting(data: Path) -> None:
    err = await _refusal("settings", CLOUDWINDOW_PORT="99999", CLOUDWINDOW_DATA=str(data))
    assert "CLOUDWINDOW_PORT" in err


async def test_what_verifying_says(data: Path, house: House, notary: Notary) -> None:
    place = {"CLOUDWINDOW_DATA": str(data), "DATABASE_URL": house.city.url, "CLOUDWINDOW_TIME_ZONE": "Asia/Shanghai"}
    code, out, _ = await run_command("audit", "head", **place)
    assert (code, out) == (0, "00" * 32 + "  nothing is sealed yet\n")
    await house.waiting(2)
    rows = await notary.sealer.seal()
    await notary.add()
    (batch,) = await notary.batches()
    moment = batch.at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")
    code, out, _ = await run_command("audit", "head", **place)
    assert (code, out) == (0, f"{batch.head.hex()}  batch 1 of {moment}\n")
    code, out, err = await run_command("audit", "verify", "--head", batch.head.hex(), **place)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{rows:,} rows in 1 batch are whole; head {batch.head.hex()}; 1 newest row is not sealed yet",
        f"The given head is that of batch 1 of {moment}.",
    ]
    code, out, _ = await run_command("audit", "verify", "--head", "ab" * 32, **place)
    assert code == 1
    assert out.startswith(f"The head {'ab' * 32} is not part of this chain")


async def test_what_verifying_says_of_a_broken_row(data: Path, house: House, notary: Notary) -> None:
    await notary.sealer.seal()
    row = (await notary.members())[0]
    await notary.tamper("UPDATE audit SET body = '{}' WHERE position = $1", row.position)
    code, out, _ = await run_command("audit", "verify", CLOUDWINDOW_DATA=str(data), DATABASE_URL=house.city.url)
    moment = row.at.astimezone(ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")
    assert code == 1
    assert out.splitlines() == [
        f"audit {row.row_key} of {moment}, batch 1: changed: its body is not what was sealed.",
        f"Broken. Before it, 0 rows in 0 batches are whole; head {'00' * 32}",
    ]


@pytest.mark.parametrize("head", ["", "abc", "ab" * 31, "zz" * 32])
async def test_what_is_no_head(data: Path, head: str) -> None:
    err = await _refusal("audit", "verify", "--head", head, CLOUDWINDOW_DATA=str(data))
    assert "--head takes the 64 hexadecimal digits" in err


async def test_a_database_without_a_seal(data: Path, cluster: Cluster) -> None:
    url = await cluster.create_database()
    assert "cloudwindow migrate" in await _refusal("audit", "verify", CLOUDWINDOW_DATA=str(data), DATABASE_URL=url)
    await cluster.drop_database(url)
