"""Background work beside the web process, and a stop that hands over what rings."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cloudwindow.app import create_app
from cloudwindow.settings import Settings
from tests.integration.kills.invariants import check
from tests.support.city import City, open_city, write_keys
from tests.support.client import Citizen, Clerk, move_clock
from tests.support.cluster import Cluster
from tests.support.server import open_server, open_worker

RING_SECONDS = 21
COLLEAGUE = "zhaoshumin"


@pytest.fixture
async def city(cluster: Cluster) -> AsyncIterator[City]:
    """A city of this test's own."""
    async with open_city(cluster) as opened:
        yield opened


async def _misses(city: City, clerk: Clerk) -> int:
    async with city.database.reading() as rows:
        found = text("SELECT misses FROM presence WHERE staff_id = :id")
        return int((await rows.execute(found, {"id": clerk.me["id"]})).scalar_one())


@pytest.mark.parametrize("inside", [True, False])
async def test_a_web_process_works_in_the_background_unless_told_not_to(
    city: City, tmp_path: Path, *, inside: bool
) -> None:
    write_keys(tmp_path)
    application = create_app(Settings(mode="test", keys=tmp_path, worker_inside=inside), city.url)
    async with application.router.lifespan_context(application):
        names = {task.get_name() for task in asyncio.all_tasks()}
    assert ({"sweeper", "sealer"} <= names) == inside
    assert names.isdisjoint({"sweeper", "sealer"}) != inside


async def test_deadlines_are_a_workers_where_the_web_process_leaves_them(city: City) -> None:
    async with (
        open_server(city, CLOUDWINDOW_WORKER_INSIDE="false") as server,
        Clerk(server.url) as clerk,
        Citizen(server.url) as citizen,
    ):
        await clerk.sign_in()
        await citizen.enter()
        await citizen.take()
        await clerk.until(lambda state: state["offer"])
        await move_clock(clerk, RING_SECONDS)
        async with open_worker(city) as worker:
            await clerk.until(lambda state: state["offer"] is None)
            assert await _misses(city, clerk) == 1
            assert worker.stop() == 0
    await check(city)


async def test_a_process_that_stops_hands_its_ring_to_a_colleague_elsewhere(city: City) -> None:
    async with (
        open_server(city) as going,
        open_server(city) as staying,
        Clerk(going.url) as clerk,
        Clerk(staying.url) as colleague,
        Citizen(staying.url) as citizen,
    ):
        await clerk.sign_in()
        await citizen.enter()
        ticket = await citizen.take()
        await clerk.until(lambda state: state["offer"])
        await colleague.sign_in(COLLEAGUE)
        going.stop()
        offer = (await colleague.until(lambda state: state["offer"]))["offer"]
        assert offer["ticket_id"] == ticket["id"]
        assert await _misses(city, clerk) == 0
        await check(city)


async def test_after_a_restart_it_rings_again_and_nobody_missed_it(city: City) -> None:
    async with open_server(city) as server, Clerk(server.url) as clerk, Citizen(server.url) as citizen:
        await clerk.sign_in()
        await citizen.enter()
        ticket = await citizen.take()
        first = (await clerk.until(lambda state: state["offer"]))["offer"]
        server.stop()
        await server.start()
        await clerk.refresh()
        await clerk.connect()
        again = (await clerk.until(lambda state: state["offer"]))["offer"]
        assert again["ticket_id"] == ticket["id"]
        assert again["engagement_id"] != first["engagement_id"]
        assert await _misses(city, clerk) == 0
        await check(city)


def test_a_worker_without_a_database_says_so(tmp_path: Path) -> None:
    environment = {**os.environ, "CLOUDWINDOW_DATA": str(tmp_path / "nothing")}
    command = [sys.executable, "-m", "cloudwindow.cli", "worker"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)  # noqa: S603  our own
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"not running" in done.stderr
