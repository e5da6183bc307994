"""Keys are rotated under traffic: two server processes, each with a folder of its own, and the command is killed."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import pytest

from cloudwindow.foundation import encrypted, keyring
from cloudwindow.foundation.crypto import Keys
from cloudwindow.operating.reencrypting import survey
from cloudwindow.people.parameters import ENTER_PER_ADDRESS
from tests.integration.kills.invariants import check
from tests.integration.kills.storm import Storm, arrive
from tests.support.city import open_city
from tests.support.cluster import Cluster
from tests.support.restored import must, place_of, refusal
from tests.support.server import Server, open_server

SEED = 4
CITIZENS = 4
CLERKS = ["zhangyanli", "zhaoshumin"]
LOOKS = 6


@dataclass
class Traffic:
    """Guests who enter at one process and are shown their own name and phone by the other, at once and ever after.

    `answers` counts what was read; every answer is checked.
    """

    servers: list[Server]
    answers: int = 0
    guests: list[tuple[dict[str, str], str, str]] = field(default_factory=list)

    async def run(self) -> None:
        """Go on for ever."""
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(_client(server)) for server in self.servers]
            for turn in range(10**6):
                name, phone = f"刘{turn}", f"199{30000000 + turn}"
                body = {"form_of_address": name, "phone": phone, "elderly": False}
                entered = await clients[turn % 2].post("/api/applicant/enter", json=body)
                assert entered.status_code == 200, entered.text
                self.guests.append((dict(entered.cookies), name, phone))
                for client in (clients[(turn + 1) % 2], clients[turn % 2]):
                    for guest in (self.guests[-1], *self.guests[turn % LOOKS :: LOOKS][:LOOKS]):
                        await self._look(client, guest)

    async def _look(self, client: httpx.AsyncClient, guest: tuple[dict[str, str], str, str]) -> None:
        cookies, name, phone = guest
        client.cookies.clear()
        client.cookies.update(cookies)
        answer = await client.get("/api/applicant/me")
        client.cookies.clear()
        assert answer.status_code == 200, answer.text
        account = answer.json()["account"]
        assert (account["form_of_address"], account["phone_masked"][-4:]) == (name, phone[-4:])
        self.answers += 1

    async def more(self, answers: int) -> None:
        """Wait for so many more answers."""
        goal = self.answers + answers
        while self.answers < goal:  # noqa: ASYNC110  what other processes answer
            await asyncio.sleep(0.02)


def _client(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=server.url, headers={"origin": server.url}, timeout=30)


@asynccontextmanager
async def traffic(servers: list[Server]) -> AsyncIterator[Traffic]:
    """Traffic and a storm of business while the block runs; whatever fails in them fails the block."""
    storm, looks = Storm(SEED), Traffic(servers)
    async with AsyncExitStack() as stack:
        actors = await arrive(storm, [server.url for server in servers], CITIZENS, CLERKS)
        for actor in actors:
            stack.push_async_exit(actor.page)
        running = [asyncio.create_task(work) for work in (looks.run(), *(actor.run() for actor in actors))]
        try:
            await looks.more(20)
            yield looks
            await looks.more(20)
            await storm.rest()
            await asyncio.gather(*(actor.page.agrees() for actor in actors))
        finally:
            for task in running:
                task.cancel()
            ended = await asyncio.gather(*running, return_exceptions=True)
        assert [one for one in ended if not isinstance(one, asyncio.CancelledError)] == []


async def _left(server: Server) -> dict[str, int]:
    """Fields by the id of their key."""
    connection = await asyncpg.connect(server.city.url)
    found: dict[str, int] = {}
    for (_, id_), fields in (await survey(connection, encrypted.tables())).items():
        found[id_] = found.get(id_, 0) + fields
    await connection.close()
    return found


def _copy(source: Path, target: Path) -> None:
    for name in keyring.names(2):
        shutil.copy2(source / "keys" / name, target / "keys" / name)


@pytest.fixture
async def servers(cluster: Cluster) -> AsyncIterator[list[Server]]:
    """Two processes on one city."""
    async with open_city(cluster) as city, open_server(city) as one, open_server(city) as other:
        await city.set_parameter(ENTER_PER_ADDRESS.most, 10**6)  # everybody comes from here
        yield [one, other]


@pytest.mark.timeout(400)
async def test_keys_are_rotated_while_everybody_goes_on(servers: list[Server]) -> None:
    """Nobody notices; a process whose folder lacks the new keys keeps them from coming into force."""
    one, other = servers
    here = place_of(one)
    async with traffic(servers) as looks:
        await must("keys", "new", **here)
        line = await refusal("keys", "rotate", "--yes", **here)
        assert "cannot read generation 2" in line
        assert "field.2.key and blind.2.key" in line
        _copy(one.folder, other.folder)
        await looks.more(20)
        await must("keys", "rotate", "--yes", **here)
        await looks.more(20)
        new = Keys.load(one.folder / "keys")
        assert set(await _left(one)) == {new.current.id.hex()}
        for server in servers:
            await must("keys", "retire", "--yes", **place_of(server))
            assert not (server.folder / "keys" / "field.key").exists()
        await looks.more(20)
    for server in servers:
        assert not [line for line in server.log().splitlines() if '"level": "error"' in line]
    other.kill()
    await other.start()  # without the old key now
    async with _client(other) as client:
        await looks._look(client, looks.guests[0])
    await check(one.city)


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_a_rotation_killed_in_the_middle_is_finished_by_the_next(servers: list[Server]) -> None:
    one, other = servers
    here = place_of(one)
    looks = Traffic(servers)
    running = asyncio.create_task(looks.run())
    await looks.more(50)
    await must("keys", "new", **here)
    _copy(one.folder, other.folder)
    connection, looking = await asyncpg.connect(one.city.url), await asyncpg.connect(one.city.url)
    async with connection.transaction():  # what is encrypted of staff comes last: there the command waits
        await connection.execute("LOCK TABLE staff IN EXCLUSIVE MODE")
        own = {key: value for key, value in os.environ.items() if not key.startswith(("CLOUDWINDOW_", "DATABASE_"))}
        command = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "cloudwindow.cli", "keys", "rotate", "--yes"),
            env=own | here,
            stdout=asyncio.subprocess.DEVNULL,
        )
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cloudwindow-command'"
        waiting += " AND wait_event_type = 'Lock' AND datname = current_database()"
        async with asyncio.timeout(60):
            while not await looking.fetchval(waiting):  # noqa: ASYNC110  another process's doing
                await asyncio.sleep(0.02)
        command.send_signal(signal.SIGKILL)
        assert await command.wait() == -signal.SIGKILL
    await connection.close()
    await looking.close()
    new = Keys.load(one.folder / "keys").current.id.hex()
    left = await _left(one)
    assert left[new] > 0
    assert sum(fields for id_, fields in left.items() if id_ != new) > 0
    await looks.more(20)  # both generations are read and the new one is written meanwhile
    assert "under older keys" in await refusal("keys", "retire", "--yes", **here)
    await must("keys", "rotate", "--yes", **here)
    await looks.more(20)
    assert set(await _left(one)) == {new}
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
