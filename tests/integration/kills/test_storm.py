"""kill -9 at random: server processes, the worker, PostgreSQL, one of its backends, named places in the code.

Twenty people and four clerks go on meanwhile, on two server processes with one database and one worker, which alone
does what falls due and seals. After each kill what died comes back by its supervisor (a loop here), everybody comes to
rest, and: every answer that a client got is in the rows, nothing is doubled or lost, nothing stays due, the seal is
whole, every page that lived on its events agrees with a fresh fetch.

`make test` kills ten times with one seed; `make test-long` many times more. A failing storm prints its seed, and
CLOUDWINDOW_TEST_SEED repeats it.
"""

import asyncio
import os
import random
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import text

from cloudwindow.foundation.postgres import EmbeddedPostgres
from cloudwindow.foundation.postgres.layout import Layout
from cloudwindow.foundation.postgres.server import server_pid
from cloudwindow.foundation.seal import verify
from tests.integration.kills.invariants import check, check_answers
from tests.integration.kills.storm import Actor, ClerkActor, Storm, arrive
from tests.support.city import City, open_city
from tests.support.cluster import Cluster, temporary_folder
from tests.support.server import LOOK_EVERY, Server, Worker, open_server, open_worker

SEED = int(os.environ.get("CLOUDWINDOW_TEST_SEED") or random.SystemRandom().randrange(10**6))
CITIZENS = 20
CLERKS = ["zhangyanli", "zhaoshumin", "mengfanchao", "fenglei"]
PLACES = [
    f"{action}.{moment}_commit"
    for action in (
        *("ticket.take", "ticket.leave", "dispatch.ring_next", "engagement.accept", "engagement.decline"),
        *("call.join", "call.report", "call.end", "session.wrap_up", "presence.set", "server.beat"),
    )
    for moment in ("before", "after")
]
WORKER_PLACES = {
    "engagement.miss": 25,
    "engagement.wrap_up_over": 200,
    "ticket.resume": 65,
    "call.lose": 20,
    "call.give_up": 150,
    "dispatch.ring_next": 0,
    "server.beat": 0,
    "seal.batch": 0,
}
"""Actions of the worker, and by how many seconds the clock jumps so that there is something for them to do."""

TARGETS = ("server", "server", "place", "place", "both", "backend", "database", "worker", "work", "work")
"""What ten kills meet, in an order that chance makes: `work` is a place in what the worker does.

PostgreSQL itself is killed seldom: its supervisor gives up when it dies five times within a minute.
"""

# scope: what a test finds due
DUE = """
    SELECT count(*) FROM (
        SELECT id FROM engagement WHERE (state = 'ringing' AND expires_at <= app_now()) OR wrap_until <= app_now()
        UNION ALL SELECT id FROM ticket WHERE state = 'parked' AND parked_until <= app_now()
        UNION ALL SELECT id FROM call WHERE state IN ('connecting', 'interrupted') AND grace_until <= app_now()
    ) AS late
"""
DUE_SECONDS = 15.0
"""The worker looks each second, on a machine that is busy with other things too."""

FAULTS_SHOWN = 5

DURABLE = {"fsync": "off", "full_page_writes": "off"}
"""A killed process loses nothing that it gave to the kernel; only a machine that loses power needs fsync."""


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[tuple[Cluster, Layout]]:
    """A PostgreSQL that may be killed."""
    folder = temporary_folder()
    postgres = EmbeddedPostgres(folder, DURABLE)
    try:
        yield Cluster(postgres.start()), postgres.layout
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Field:
    """What can be killed, and who notices."""

    city: City
    layout: Layout
    servers: list[Server]
    worker: Worker
    storm: Storm
    actors: list[Actor]
    log: list[str] = field(default_factory=list)

    async def kill(self, target: str) -> None:
        """Kill something after some more answers, and let it come back."""
        chance = self.storm.chance
        await self.storm.answers(chance.randint(2, 25))
        server = chance.choice(self.servers)
        self.log.append(target)
        if target == "place":
            await self._kill_at(server, chance.choice(PLACES))
        elif target in {"server", "both"}:
            for one in self.servers if target == "both" else [server]:
                one.kill()
        elif target == "work":
            place = f"{chance.choice(list(WORKER_PLACES))}.{chance.choice(['before', 'after'])}_commit"
            await self._kill_at_work(place)
        elif target == "worker":
            self.worker.kill()
        elif target == "backend":
            await self._kill_backend()
        else:
            pid = server_pid(self.layout)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        for one in self.servers:
            if not one.alive:
                await one.start()
        if not self.worker.alive:
            await self.worker.start()

    async def _kill_at(self, server: Server, place: str) -> None:
        """Arm a place and wait for somebody to come there; if nobody does for a while, kill anyway."""
        self.log[-1] = place
        await self._ask(server, "/api/test/failpoints", {"name": place, "effect": "kill"})
        with suppress(TimeoutError):
            assert await server.wait_dead(seconds=3) == -signal.SIGKILL
            return
        server.kill()

    async def _kill_at_work(self, place: str) -> None:
        """Let a worker that will die at a place take over, and let time jump; if nothing is due, kill it anyway.

        Everybody rests, or most of what is due would be gone before the worker looks.
        """
        await self.storm.rest()
        self.worker.kill()
        self.worker.launch(dies_at=place)
        await self._ask(self.servers[0], "/api/test/clock", {"seconds": WORKER_PLACES[place.rsplit(".", 1)[0]]})
        self.log[-1] = f"worker at {place}"
        try:
            assert await self.worker.wait_dead(seconds=6) == -signal.SIGKILL
        except TimeoutError:
            self.log[-1] += " (nothing due)"
            self.worker.kill()
        finally:
            self.storm.going.set()

    async def _ask(self, server: Server, path: str, body: dict[str, Any]) -> None:
        """Use an instrument; a server that is just gone cannot be asked."""
        clerk = next(actor.page for actor in self.actors if isinstance(actor, ClerkActor))
        async with httpx.AsyncClient(base_url=server.url, headers={"x-face": "staff", "origin": server.url}) as client:
            client.cookies.update(clerk.http.cookies)
            with suppress(httpx.TransportError):
                answer = await client.post(path, json=body, headers={"x-csrf-token": clerk.csrf or ""})
                assert answer.is_success, answer.text

    async def _kill_backend(self) -> None:
        connection = await asyncpg.connect(self.city.url)
        try:
            pids = await connection.fetch(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            os.kill(self.storm.chance.choice([row["pid"] for row in pids]), signal.SIGKILL)
        finally:
            with suppress(OSError, asyncpg.PostgresError):
                await connection.close()

    async def all_is_well(self) -> None:
        """Come to rest and look; then go on."""
        pages = [actor.page for actor in self.actors]
        await self.storm.rest()
        await self._nothing_stays_due()
        await asyncio.gather(*(page.agrees() for page in pages))
        await check(self.city)
        await check_answers(self.city, pages)
        async with self.city.database.driver() as driver:
            verdict = await verify(driver)
            assert verdict.broken is None, verdict
        self.storm.going.set()

    async def _nothing_stays_due(self) -> None:
        async with asyncio.timeout(DUE_SECONDS), self.city.database.reading() as rows:
            while await rows.scalar(text(DUE)):  # noqa: ASYNC110  another process changes it
                await asyncio.sleep(LOOK_EVERY)


@asynccontextmanager
async def open_field(seed: int, cluster: Cluster, layout: Layout) -> AsyncIterator[Field]:
    """Two servers and a worker on one city, with everybody there."""
    storm = Storm(seed)
    async with AsyncExitStack() as stack:
        city = await stack.enter_async_context(open_city(cluster))
        servers = [
            await stack.enter_async_context(open_server(city, CLOUDWINDOW_WORKER_INSIDE="false")) for _ in range(2)
        ]
        worker = await stack.enter_async_context(open_worker(city))
        actors = await arrive(storm, [server.url for server in servers], CITIZENS, CLERKS)
        for actor in actors:
            stack.push_async_exit(actor.page)
        yield Field(city, layout, servers, worker, storm, actors)


async def ride(seed: int, cluster: Cluster, layout: Layout) -> None:
    """Kill ten times."""
    async with open_field(seed, cluster, layout) as scene:
        running = [asyncio.create_task(actor.run()) for actor in scene.actors]
        try:
            for target in scene.storm.chance.sample(TARGETS, len(TARGETS)):
                killing = asyncio.create_task(scene.kill(target))
                await asyncio.wait([killing, *running], return_when=asyncio.FIRST_COMPLETED)
                for task in running:
                    if task.done():
                        task.result()
                await killing
                await scene.storm.answers(len(scene.actors))
                await scene.all_is_well()
        except BaseException:
            for program in (*scene.servers, scene.worker):
                faults = [line for line in program.log().splitlines() if '"level": "error"' in line]
                print(*faults[-FAULTS_SHOWN:], sep="\n")  # noqa: T201  what the failure is understood by
            raise
        finally:
            print(f"seed {seed} (CLOUDWINDOW_TEST_SEED), killed: {', '.join(scene.log)}")  # noqa: T201  a failing test shows it
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


@pytest.mark.timeout(300)
async def test_ten_kills_in_a_storm(own_cluster: tuple[Cluster, Layout]) -> None:
    await ride(SEED, *own_cluster)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("storm", range(1, 6))
async def test_another_ten(own_cluster: tuple[Cluster, Layout], storm: int) -> None:
    await ride(SEED + storm, *own_cluster)
