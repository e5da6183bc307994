"""Events: the state a page keeps by applying them is what a fresh fetch says (invariant 4).

Checked after every step of a whole service, for both faces, over dropped lines, a gap too old to replay, and two
server processes on one database with the citizen on one and the clerk on the other.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.events import REPLAY_LIMIT, NewEvent
from cloudwindow.foundation.recording import Record, record
from tests.support.city import CITY, City, open_city
from tests.support.client import Citizen, Clerk, Client, flow, move_clock, tab_is_gone
from tests.support.cluster import Cluster
from tests.support.server import Server, open_server

RING = 240
WRAP = {"outcome": "guided_online", "summary": "指导网上参保，已提交。", "next_step": "none"}


@dataclass(frozen=True)
class Pair:
    """Two processes on one database."""

    city: City
    one: Server
    two: Server


@pytest.fixture(scope="module")
async def pair(cluster: Cluster) -> AsyncIterator[Pair]:
    async with open_city(cluster) as city, open_server(city) as one, open_server(city) as two:
        async with city.database.transaction() as session:  # a busy machine may need longer than a clerk
            await session.execute(text("UPDATE desk SET ring_seconds = :s"), {"s": RING})
        yield Pair(city, one, two)


Wait = Callable[[], Awaitable[Any]]


def shows(client: Client, part: str, name: str, value: str) -> Wait:
    """Wait until a page shows a part of its state with a value."""
    return lambda: client.until(lambda state: state[part] and state[part][name] == value)


class Scene:
    """A clerk and a citizen, who agree with the server after every step."""

    def __init__(self, city: City, clerk: Clerk, citizen: Citizen, *, dropping: bool) -> None:
        self.city, self.clerk, self.citizen, self.dropping = city, clerk, citizen, dropping

    async def step(self, happens: Callable[[], Awaitable[Any]], then: Wait) -> Any:
        """Let something happen — without a line to the pages when lines drop — and compare both pages.

        A clerk who may be rung keeps the line: without an open page there would be no ring.
        """
        presence = self.clerk.state["presence"]
        rung = presence["wanted"] == "ready" and presence["work"] in {"idle", "ringing"}
        dropped = [self.citizen] if rung else [self.citizen, self.clerk]
        for client in dropped if self.dropping else []:
            await client.hang_up_line()
        answer = await happens()
        for client in dropped if self.dropping else []:
            await client.connect()
        await then()
        await self.clerk.agrees()
        await self.citizen.agrees()
        return answer

    def ticket(self, state: str) -> Wait:
        """The citizen's page shows the ticket in a state."""
        return shows(self.citizen, "ticket", "state", state)

    def call(self, state: str) -> Wait:
        """Both pages show the call in a state."""

        async def both() -> None:
            for client in (self.clerk, self.citizen):
                await shows(client, "call", "state", state)()

        return both

    def clerk_is(self, fact: str, value: str) -> Wait:
        """The clerk's page shows what the clerk wants or does."""
        return shows(self.clerk, "presence", fact, value)

    def session(self, state: str) -> Wait:
        """The citizen's page shows the session in a state."""
        return shows(self.citizen, "session", "state", state)


async def _first_service(scene: Scene) -> None:
    """A ring that is missed, one that is declined; an answer set aside; a call lost and found; the end, late words."""
    clerk, citizen = scene.clerk, scene.citizen
    ticket = await scene.step(lambda: citizen.take("P18", CITY), scene.ticket("waiting"))
    await scene.step(lambda: clerk.presence("ready"), scene.ticket("ringing"))
    await scene.step(lambda: move_clock(citizen, RING + 1), scene.ticket("waiting"))
    await scene.step(lambda: move_clock(citizen, 61), scene.ticket("ringing"))
    answer = {"reason": "busy_paperwork"}
    path = f"/api/engagements/{clerk.state['offer']['engagement_id']}/decline"
    await scene.step(lambda: clerk.post(path, answer), scene.ticket("waiting"))
    await scene.step(lambda: move_clock(citizen, 61), scene.ticket("ringing"))
    await scene.step(clerk.accept, scene.call("connecting"))
    await scene.step(lambda: citizen.post(f"/api/tickets/{ticket['id']}/postpone"), scene.ticket("parked"))
    await scene.step(lambda: move_clock(citizen, 61), scene.ticket("ringing"))
    joined = await scene.step(clerk.accept, scene.call("connecting"))
    scene.dropping, dropping = False, scene.dropping
    await scene.step(lambda: flow(clerk, citizen, joined), scene.call("connected"))
    scene.dropping = dropping
    await scene.step(lambda: move_clock(citizen, 16), scene.call("interrupted"))
    call = joined["call"]["id"]
    await scene.step(lambda: citizen.post(f"/api/calls/{call}/join"), scene.call("interrupted"))
    await scene.step(lambda: clerk.post(f"/api/calls/{call}/end"), scene.session("wrapping"))
    session = clerk.state["session"]["id"]
    draft: dict[str, Any] = {"outcome": None, "summary": "写到一半", "next_step": "none", "matters": []}
    await scene.step(
        lambda: clerk.send(f"/api/sessions/{session}/draft", draft, method="PUT"), scene.clerk_is("work", "wrapping")
    )
    await scene.step(lambda: move_clock(citizen, 181), scene.clerk_is("work", "idle"))
    (late,) = clerk.state["unfinished"]
    assert late["draft"] == draft  # the words come with the event, although its row does not hold them
    await scene.step(lambda: clerk.post(f"/api/sessions/{session}/wrap-up", WRAP), scene.session("closed"))
    rating = {"level": 4, "options": ["406"]}
    await scene.step(
        lambda: citizen.post(f"/api/sessions/{session}/rating", rating),
        shows(citizen, "rating", "state", "given"),
    )


async def _second_service(scene: Scene) -> None:
    """The clerk's page is gone for good: the session goes to the queue, and ends when the citizen leaves."""
    clerk, citizen = scene.clerk, scene.citizen
    scene.dropping = False
    ticket = await scene.step(lambda: citizen.take("P18", CITY), scene.ticket("ringing"))
    joined = await scene.step(clerk.accept, scene.call("connecting"))
    await scene.step(lambda: flow(clerk, citizen, joined), scene.call("connected"))
    await clerk.hang_up_line()
    await tab_is_gone(scene.city, clerk)
    await move_clock(citizen, 16)
    await shows(citizen, "call", "state", "interrupted")()
    await move_clock(citizen, 121)
    await scene.ticket("waiting")()
    await citizen.agrees()
    assert citizen.state["session"]["state"] == "open"
    await citizen.post(f"/api/tickets/{ticket['id']}/leave")
    await clerk.connect()
    await clerk.until(lambda state: state["unfinished"])
    await scene.step(clerk.connect, scene.ticket("closed"))
    await scene.step(
        lambda: clerk.post(f"/api/sessions/{joined['session']['id']}/wrap-up", WRAP), scene.session("closed")
    )


@pytest.mark.parametrize(
    ("servers", "lines"),
    [("one", "kept"), ("two", "kept"), ("two", "dropped"), ("one", "polled"), ("two", "polled"), ("two", "broken off")],
)
async def test_what_pages_keep_is_what_the_server_says(pair: Pair, servers: str, lines: str) -> None:
    there = pair.one if servers == "one" else pair.two
    polls = [pair.one.url, pair.two.url][: 1 if servers == "one" else 2] if lines in {"polled", "broken off"} else []
    async with Clerk(there.url, polls=polls) as clerk, Citizen(pair.one.url, polls=polls) as citizen:
        await clerk.sign_in("wangjunfeng", "许昌", ready=False)
        await citizen.enter()
        scene = Scene(pair.city, clerk, citizen, dropping=lines in {"dropped", "broken off"})
        await _first_service(scene)
        await _second_service(scene)
        await scene.step(lambda: clerk.presence("break", "rest"), scene.clerk_is("wanted", "break"))
        await scene.step(lambda: clerk.presence("off"), scene.clerk_is("wanted", "off"))
        await clerk.post("/api/staff/sign-out")
        await clerk.heard(lambda message: message["type"] == "signed_out")


def _heard(client: Client, kind: str) -> int:
    return sum(message["type"] == kind for message in client.messages)


async def _append(city: City, stream: str, number: int, data: str) -> None:
    connection = await city.database.connect_alone()
    try:
        now = await connection.fetchval("SELECT app_now()")
        news = [NewEvent(stream, "ticket", json.loads(data))] * number
        await record(connection, Record(now, "test.append", SYSTEM, news=news))
    finally:
        await connection.close()


@pytest.mark.parametrize("behind", [REPLAY_LIMIT, REPLAY_LIMIT + 1])
async def test_a_page_too_far_behind_is_told_to_begin_anew(pair: Pair, behind: int) -> None:
    async with Citizen(pair.one.url) as citizen:
        await citizen.enter()
        await citizen.take()
        await citizen.until(lambda state: state["ticket"])
        await citizen.agrees()
        await citizen.hang_up_line()
        (stream,) = citizen.cursor
        async with pair.city.database.reading() as session:
            last = await session.scalar(
                text("SELECT data::text FROM event WHERE stream = :s AND type = 'ticket' ORDER BY seq DESC LIMIT 1"),
                {"s": stream},
            )
        await _append(pair.city, stream, behind, last)
        await citizen.connect()
        if behind > REPLAY_LIMIT:
            (reset,) = [await citizen.heard(lambda message: message["type"] == "reset")]
            assert (reset["stream"], reset["seq"]) == (stream, citizen.cursor[stream] + behind)
            assert _heard(citizen, "event") <= 4  # those of taking the number; none of the gap
            await citizen.refresh()
        await citizen.agrees()
        await citizen.post(f"/api/tickets/{citizen.state['ticket']['id']}/leave")
        await citizen.until(lambda state: state["ticket"]["state"] == "closed")
        await citizen.agrees()


async def test_nothing_comes_twice_and_nothing_is_missed(pair: Pair) -> None:
    """Two tabs, one of which comes and goes: each gets every number of the stream once, in order."""
    async with Citizen(pair.one.url) as citizen, Citizen(pair.two.url) as tab:
        await citizen.enter()
        for cookie in citizen.http.cookies.jar:
            tab.http.cookies.set(cookie.name, cookie.value or "", domain="localhost.local", path="/")
        tab.csrf = citizen.csrf
        await tab.open_line()
        for _ in range(4):
            ticket = await citizen.take()
            await tab.connect()
            await citizen.post(f"/api/tickets/{ticket['id']}/leave")
            await tab.connect()
        for client in (citizen, tab):
            await client.until(lambda state: state["ticket"] and state["ticket"]["number"] == ticket["number"])
            await client.until(lambda state: state["ticket"]["state"] == "closed")
            await client.agrees()
        numbers = [message["seq"] for message in citizen.messages if message["type"] == "event"]
        assert numbers == list(range(1, len(numbers) + 1))
        replayed = [message["seq"] for message in tab.messages if message["type"] == "event"]
        assert sorted(set(replayed)) == numbers


async def test_a_cursor_of_another_database_is_told_to_begin_anew(pair: Pair) -> None:
    async with Citizen(pair.one.url) as citizen:
        await citizen.enter()
        await citizen.hang_up_line()
        (stream,) = citizen.cursor
        citizen.cursor = {stream: 10**12}
        await citizen.connect()
        await citizen.heard(lambda message: message["type"] == "reset")
        await citizen.refresh()
        await citizen.agrees()


async def test_hints_and_signals_cross_between_processes(pair: Pair) -> None:
    async with Clerk(pair.two.url) as clerk, Citizen(pair.one.url) as citizen, Citizen(pair.two.url) as other:
        await clerk.sign_in("zhanghaoran", "许昌")
        desk = clerk.me["desks"][0]["id"]
        await clerk.say({"type": "watch", "keys": [f"desk:{desk}", "desk:nonsense", "login:x", 7, None]})
        await citizen.enter()
        await citizen.take("B01", CITY)
        await clerk.heard(lambda message: message == {"type": "hint", "key": f"desk:{desk}"})
        joined = await clerk.accept()
        mine = await citizen.post(f"/api/calls/{joined['call']['id']}/join")
        await other.enter()
        batch = [{"candidate": "candidate:1"}]
        signal = {"type": "signal", "call": joined["call"]["id"], "from_attempt": 1, "to_attempt": 1, "batch": batch}
        await clerk.say(signal | {"to": mine["participant_id"]})
        got = await citizen.heard(lambda message: message["type"] == "signal")
        assert (got["from"], got["batch"]) == (joined["participant_id"], batch)
        await citizen.say(signal | {"to": joined["participant_id"], "batch": ["back"]})
        got = await clerk.heard(lambda message: message["type"] == "signal")
        assert got["batch"] == ["back"]
        await other.say(signal | {"to": joined["participant_id"], "batch": ["forged"]})
        await other.say({"type": "ping"})
        await other.heard(lambda message: message["type"] == "pong")
        await citizen.say(signal | {"to": joined["participant_id"], "batch": ["last"]})
        await clerk.heard(lambda message: message.get("batch") == ["last"])
        assert [m["batch"] for m in clerk.messages if m["type"] == "signal"] == [["back"], ["last"]]
        assert _heard(other, "signal") == 0


async def test_a_tab_that_came_back_is_not_closed_by_its_old_connection(pair: Pair) -> None:
    async with Clerk(pair.one.url) as clerk:
        await clerk.sign_in("liujingwen", "许昌", ready=False)
        old, clerk._socket, clerk._reader = clerk._socket, None, None
        clerk.messages.clear()
        await clerk.connect()
        await clerk.heard(lambda message: message["type"] == "welcome")
        assert old is not None
        await old.close()
        await clerk.presence("ready")
        async with Citizen(pair.two.url) as citizen:
            await citizen.enter()
            await citizen.take("P01", CITY)
            await clerk.until(lambda state: state["offer"])
