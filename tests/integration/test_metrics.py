"""`/metrics` on a real server: figures that fit what happened, nothing personal, nothing for whoever comes by proxy."""

import socket
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from cloudwindow.foundation import readings
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.measures import REGISTRY
from cloudwindow.foundation.readings import Reading
from cloudwindow.monitoring import READINGS
from tests.support.city import City, open_city
from tests.support.client import Citizen, Clerk
from tests.support.cluster import Cluster
from tests.support.house import House, refused
from tests.support.server import Server, open_server

TOKEN = "a-token-of-some-length"
DESK = "desk-411002-social"
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(shown: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(shown)
        for sample in family.samples
    }


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[(f"cloudwindow_{name}", frozenset(labels.items()))]


async def scrape(server: Server, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url) as http:
        return await http.get("/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()})


async def test_the_figures_are_what_happened(server: Server) -> None:
    async with Clerk(server.url) as clerk, Citizen(server.url) as first, Citizen(server.url) as second:
        await clerk.sign_in()
        await (await first.enter()).take()
        await clerk.until(lambda state: state.get("offer"))
        await (await second.enter("王先生", "19900001302")).take()
        answer = await scrape(server)
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        found = read(answer.text)
        assert value(found, "database_up") == 1
        assert value(found, "tickets", desk=DESK, state="ringing") == 1
        assert value(found, "tickets", desk=DESK, state="waiting") == 1
        assert value(found, "tickets", desk=DESK, state="serving") == 0
        assert 0 < value(found, "longest_wait_seconds", desk=DESK) < 60
        assert value(found, "clerks", presence="ready", tab="live") == 1
        assert value(found, "live_connections", face="staff") == 1
        assert value(found, "live_connections", face="applicant") == 2
        assert value(found, "http_requests_total", method="POST", route="/api/tickets", status="201") == 2
        assert value(found, "http_request_seconds_count", method="POST", route="/api/tickets") == 2
        assert value(found, "actions_total", action="presence.set", result="run") == 1
        assert value(found, "database_connections", pool="actions", state="limit") == 10
        assert value(found, "deadline_overdue_seconds", deadline="ring") == 0
        assert found[("process_resident_memory_bytes", frozenset())] > 10_000_000
        for secret in ("刘桂英", "王先生", "19900001301", "0001302", "zhangyanli", first.tab, clerk.me["id"]):
            assert secret not in answer.text


async def test_no_room_is_forgotten_and_zero_is_said(city: City) -> None:
    families = await readings.read(city.url, "test", READINGS)
    shown = {family.name: family.samples for family in families}
    assert {sample.labels["deadline"] for sample in shown[readings.OVERDUE]} == {
        "ring",
        "aside",
        "page",
        "wrap-up",
        "grace",
        "rating",
    }
    assert {sample.labels["state"] for sample in shown["cloudwindow_calls"]} == {
        "connecting",
        "connected",
        "interrupted",
    }
    assert len(shown["cloudwindow_clerks"]) == 6
    desks = {sample.labels["desk"] for sample in shown["cloudwindow_tickets"]}
    assert len(shown["cloudwindow_tickets"]) == 3 * len(desks) > 3


async def test_a_deadline_that_nobody_sweeps_is_seen(house: House) -> None:
    await house.clerk()
    await house.waiting()
    await house.move(20 + 300)
    families = {family.name: family for family in await readings.read(house.city.url, "test", READINGS)}
    late = {sample.labels["deadline"]: sample.value for sample in families[readings.OVERDUE].samples}
    assert 300 <= late["ring"] < 330
    await house.sweep()
    families = {family.name: family for family in await readings.read(house.city.url, "test", READINGS)}
    assert {sample.value for sample in families[readings.OVERDUE].samples} == {0.0}


async def test_what_takes_too_long_is_left_out_and_the_rest_is_not(city: City) -> None:
    slow = Reading("slow", "Never answers.", (), "SELECT pg_sleep(60)")
    families = await readings.read(city.url, "test", [slow, *READINGS])
    names = {family.name for family in families}
    assert "slow" not in names
    assert {reading.name for reading in READINGS} <= names
    assert families[0].samples[0].value == 1


async def test_a_scrape_can_write_nothing(city: City) -> None:
    writing = Reading("x", "Writes.", (), "DELETE FROM desk_member RETURNING 1")
    up, *others = await readings.read(city.url, "test", [writing, *READINGS])
    assert up.samples[0].value == 1
    assert "x" not in {family.name for family in others}
    async with city.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM desk_member"))


async def test_a_database_that_is_gone_is_a_figure_too() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://x@127.0.0.1:{nobody.getsockname()[1]}/x"
        (up,) = await readings.read(url, "test", READINGS)
    assert up.samples[0].value == 0


async def test_actions_are_counted_by_name_and_outcome(house: House) -> None:
    def count(result: str) -> float:
        return REGISTRY.get_sample_value("cloudwindow_actions_total", {"action": "presence.set", "result": result}) or 0

    before = count("run"), count("refused")
    clerk = await house.clerk()
    await refused(house.ready(await house.citizen()))
    assert (count("run"), count("refused")) == (before[0] + 1, before[1] + 1)
    assert (await house.presence(clerk)).wanted == "ready"


async def test_an_action_that_runs_twice_counts_as_retried(house: House) -> None:
    attempts = []

    @action("test.again")
    async def again(_tx: Tx) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise asyncpg.DeadlockDetectedError

    await house.run(SYSTEM, again)
    for result in ("retried", "run"):
        assert REGISTRY.get_sample_value("cloudwindow_actions_total", {"action": "test.again", "result": result}) == 1


@pytest.fixture(scope="module")
async def guarded(cluster: Cluster) -> AsyncIterator[Server]:
    async with open_city(cluster) as city, open_server(city, CLOUDWINDOW_METRICS_TOKEN=TOKEN) as server:
        yield server


@pytest.mark.parametrize(
    "headers",
    [
        {"x_forwarded_for": "127.0.0.1"},
        {"x_forwarded_for": "203.0.113.9"},
        {"x_forwarded_for": "127.0.0.1, 203.0.113.9"},
        {"x_real_ip": "127.0.0.1"},
        {"forwarded": "for=127.0.0.1;host=localhost"},
        {"host": "window.example"},
        {"authorization": f"Bearer {TOKEN}", "x_forwarded_for": "203.0.113.9"},
    ],
)
async def test_through_a_proxy_there_is_nothing(shared_server: Server, headers: dict[str, str]) -> None:
    assert (await scrape(shared_server)).status_code == 200
    answer = await scrape(shared_server, **headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "cloudwindow_" not in answer.text


async def test_a_token_is_the_only_way_once_it_is_set(guarded: Server) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {TOKEN}"}):
        assert (await scrape(guarded, **headers)).status_code == 404
    proxied = {"x_forwarded_for": "203.0.113.9", "host": "window.example"}
    answer = await scrape(guarded, authorization=f"Bearer {TOKEN}", **proxied)
    assert answer.status_code == 200
    assert TOKEN not in answer.text
    assert TOKEN not in guarded.log()
