"""Limits are counted in the database: by all processes together, for as long as the window runs, through any kill."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import httpx
import pytest
import websockets

from cloudwindow.dispatch import parameters as dispatch_limits
from cloudwindow.dispatch.actions import leave
from cloudwindow.foundation import limits
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.limits import Limit
from cloudwindow.people import parameters as people_limits
from tests.support.city import KEYS, PASSWORD, City
from tests.support.client import Citizen, Clerk
from tests.support.house import House, refused
from tests.support.server import Server, open_server

FEW = Limit("limits.writes_per_login", 60)
ALSO = Limit("limits.enter_per_phone", 60)


@asynccontextmanager
async def _processes(city: City, number: int) -> AsyncIterator[list[Database]]:
    databases = [Database(city.url, pool_size=2) for _ in range(number)]
    try:
        yield databases
    finally:
        for database in databases:
            await database.close()


async def _passes(database: Database, *under: tuple[Limit, str]) -> bool:
    try:
        await limits.check(database, *under)
    except Problem:
        return False
    return True


async def test_two_processes_count_together_and_exactly(city: City) -> None:
    await city.set_parameter(FEW.most, 20)
    async with _processes(city, 2) as (one, other):
        tries = [_passes(database, (FEW, "somebody")) for _ in range(40) for database in (one, other)]
        assert Counter(await asyncio.gather(*tries)) == {True: 20, False: 60}
        assert await _passes(other, (FEW, "somebody else"))


async def test_limits_of_two_kinds_in_any_order_never_wait_in_a_circle(city: City) -> None:
    await city.set_parameter(FEW.most, 1000)
    await city.set_parameter(ALSO.most, 30)
    async with _processes(city, 2) as (one, other):
        pairs = [((FEW, "a"), (ALSO, "b")), ((ALSO, "b"), (FEW, "a"))]
        tries = [_passes(database, *pairs[turn]) for _ in range(40) for turn, database in enumerate((one, other))]
        assert Counter(await asyncio.gather(*tries)) == {True: 30, False: 50}


async def test_a_window_begins_with_the_first_and_ends_for_good(house: House) -> None:
    await house.city.set_parameter(FEW.most, 2)
    assert [await _passes(house.database, (FEW, "x")) for _ in range(3)] == [True, True, False]
    await house.move(59)
    assert not await _passes(house.database, (FEW, "x"))
    await house.move(2)
    assert [await _passes(house.database, (FEW, "x")) for _ in range(3)] == [True, True, False]


async def test_the_refusal_says_when_to_come_back(house: House) -> None:
    await house.city.set_parameter(FEW.most, 0)
    with pytest.raises(Problem) as caught:
        await limits.check(house.database, (FEW, "x"))
    assert 59 <= caught.value.params["seconds"] <= 60
    hour, minute = caught.value.params["until"].split(":")
    assert 0 <= int(hour) < 24
    assert 0 <= int(minute) < 60


async def test_what_is_over_is_swept_away(house: House) -> None:
    await limits.check(house.database, (FEW, "x"))
    await house.after(60)
    assert await house.value("SELECT count(*) FROM request_count") == 1
    await house.after(61)
    assert await house.value("SELECT count(*) FROM request_count") == 0


def test_an_address_is_counted_as_what_one_household_has() -> None:
    def digest(address: str) -> str:
        return limits.address_digest(KEYS, address)

    assert digest("2001:db8:1:2::1") == digest("2001:db8:1:2:ffff::9") != digest("2001:db8:1:3::1")
    assert digest("::ffff:192.0.2.1") == digest("192.0.2.1") != digest("192.0.2.2")
    assert digest("") == digest("/run/socket")


async def test_an_account_takes_no_more_numbers_than_it_may(house: House) -> None:
    await house.city.set_parameter(dispatch_limits.NUMBERS_PER_ACCOUNT, 3)
    citizen = await house.citizen()
    for _ in range(3):
        ticket = await house.take(citizen)
        assert (await house.take(citizen)).id == ticket.id  # the same one again is no new number
        await house.run(citizen, leave, ticket.id)
        await house.move(60)
    assert await refused(house.take(citizen)) == "too_many_requests"
    await house.take(await house.citizen())
    await house.move(3600 - 4 * 60)
    assert await refused(house.take(citizen)) == "too_many_requests"
    await house.move(2 * 60)
    await house.take(citizen)


# Over HTTP, by real processes.


def _from(address: str) -> dict[str, str]:
    return {"x-forwarded-for": address}


async def _enter(client: httpx.AsyncClient, phone: str, address: str = "192.0.2.1") -> httpx.Response:
    body = {"form_of_address": "刘桂英", "phone": phone}
    return await client.post("/api/applicant/enter", json=body, headers=_from(address))


async def test_one_phone_and_one_address_enter_so_often(server: Server) -> None:
    await server.city.set_parameter(people_limits.ENTER_PER_ADDRESS.most, 14)
    async with httpx.AsyncClient(base_url=server.url) as client:
        answers = [await _enter(client, "19900001301", f"192.0.2.{number}") for number in range(12)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429] * 2
        problem = answers[-1].json()
        assert problem["code"] == "too_many_requests"
        assert answers[-1].headers["retry-after"] == str(problem["params"]["seconds"])
        assert problem["params"]["until"] in problem["detail"]
        village = [await _enter(client, f"199000014{number:02}", "198.51.100.7") for number in range(16)]
        assert [answer.status_code for answer in village] == [200] * 14 + [429] * 2
        assert (await _enter(client, "19900001499", "198.51.100.8")).status_code == 200


async def test_a_kill_forgets_nothing(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        assert {(await _enter(client, "19900001301")).status_code for _ in range(10)} == {200}
    server.kill()
    await server.start()
    async with httpx.AsyncClient(base_url=server.url) as client:
        assert (await _enter(client, "19900001301")).status_code == 429


async def test_staff_try_to_sign_in_so_often_from_one_address(server: Server) -> None:
    await server.city.set_parameter(people_limits.LOGIN_TRIES_PER_ADDRESS.most, 3)
    async with httpx.AsyncClient(base_url=server.url) as client:
        body = {"account": "nobody", "password": PASSWORD, "station_id": str(uuid4())}
        tries = [await client.post("/api/staff/login", json=body | {"account": f"nobody{n}"}) for n in range(4)]
        assert [answer.status_code for answer in tries] == [401, 401, 401, 429]
        elsewhere = await client.post("/api/staff/login", json=body, headers=_from("192.0.2.9"))
        assert elsewhere.status_code == 401


async def test_the_ceiling_of_an_address_holds_for_two_processes_and_leaves_pages_alone(city: City) -> None:
    await city.set_parameter(limits.REQUESTS_PER_ADDRESS.most, 20)
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(open_server(city)) for _ in range(2)]
        clients = [await stack.enter_async_context(httpx.AsyncClient(base_url=each.url)) for each in servers]
        asked = [client.get("/api/regions", headers=_from("192.0.2.1")) for _ in range(15) for client in clients]
        answers = await asyncio.gather(*asked)
        assert Counter(answer.status_code for answer in answers) == {200: 20, 429: 10}
        assert {answer.headers["x-content-type-options"] for answer in answers} == {"nosniff"}
        for path in ("/", "/healthz", "/readyz"):
            assert (await clients[0].get(path, headers=_from("192.0.2.1"))).status_code != 429
        with pytest.raises(websockets.InvalidStatus) as closed:
            await websockets.connect(
                f"{servers[1].url.replace('http', 'ws')}/api/ws", additional_headers=_from("192.0.2.1")
            )
        assert closed.value.response.status_code == 429
        assert int(closed.value.response.headers["retry-after"]) > 0
        assert (await clients[1].get("/api/regions", headers=_from("192.0.2.2"))).status_code == 200


async def test_a_login_writes_so_often_but_reads_on(server: Server) -> None:
    await server.city.set_parameter(limits.WRITES_PER_LOGIN.most, 5)
    async with Clerk(server.url) as clerk, Citizen(server.url) as citizen:
        await clerk.sign_in(ready=False)
        statuses = [(await clerk.send("/api/workbench/presence", {"wanted": "ready"})).status_code for _ in range(7)]
        assert statuses == [200] * 5 + [429] * 2
        clerk.http.headers["x-face"] = "applicant"  # whatever the page says of itself
        assert (await clerk.send("/api/workbench/presence", {"wanted": "ready"})).status_code == 429
        await clerk.get("/api/workbench/queue")
        await citizen.enter()


async def test_a_line_carries_so_many_messages(server: Server) -> None:
    await server.city.set_parameter(limits.MESSAGES_PER_LINE, 5)
    async with Citizen(server.url) as citizen:
        await citizen.enter()
        for _ in range(5):
            await citizen.say({"type": "ping"})
        await citizen.heard(lambda _: sum(each["type"] == "pong" for each in citizen.messages) == 5)
        await citizen.say({"type": "ping"})
        assert citizen._socket is not None
        await citizen._socket.wait_closed()
        assert citizen._socket.close_code == 1008
        await citizen.connect()
        await citizen.say({"type": "ping"})


async def _counted_as(client: httpx.AsyncClient, server: Server, forwarded: str) -> str:
    """Ask once, and return the digest of the address that the server went by."""
    async with server.city.database.driver() as driver:
        await driver.execute("TRUNCATE request_count")
        await client.get("/api/regions", headers=_from(forwarded))
        key: str = await driver.fetchval("SELECT key FROM request_count")
    return key.rpartition(":")[2]


async def test_only_a_trusted_proxy_says_where_a_browser_is(city: City) -> None:
    def digest(address: str) -> str:
        return limits.address_digest(KEYS, address)

    at, trusted = httpx.AsyncClient, "192.0.2.0/24"
    async with open_server(city, CLOUDWINDOW_TRUSTED_PROXIES=trusted) as server, at(base_url=server.url) as client:
        assert await _counted_as(client, server, "203.0.113.9") == digest("127.0.0.1")
    trusted = "127.0.0.1, 192.0.2.0/24"
    async with open_server(city, CLOUDWINDOW_TRUSTED_PROXIES=trusted) as server, at(base_url=server.url) as client:
        assert await _counted_as(client, server, "203.0.113.9") == digest("203.0.113.9")
        # What the browser itself wrote stands first; the proxy added where it came from.
        assert await _counted_as(client, server, "198.51.100.1, 203.0.113.9") == digest("203.0.113.9")
        assert await _counted_as(client, server, "198.51.100.1, 203.0.113.9, 192.0.2.7") == digest("203.0.113.9")
