"""The live line without WebSockets: nothing is lost between two polls, whichever processes they land on."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from cloudwindow.foundation.live_polling import HANG_SECONDS
from tests.support.city import CITY, City, open_city
from tests.support.client import LONG_ENOUGH, Citizen, Clerk, tab_is_gone
from tests.support.cluster import Cluster
from tests.support.polling import MESSAGES, POLL, Line, guest
from tests.support.server import Server, open_server


@dataclass(frozen=True)
class Pair:
    """Two processes on one database."""

    city: City
    one: Server
    two: Server


@pytest.fixture(scope="module")
async def pair(cluster: Cluster) -> AsyncIterator[Pair]:
    async with open_city(cluster) as city, open_server(city) as one, open_server(city) as two:
        yield Pair(city, one, two)


@dataclass
class Talk:
    """A clerk on a WebSocket and a citizen who polls, both in a call."""

    clerk: Clerk
    citizen: Citizen
    line: Line
    call: str
    clerks_place: str
    citizens_place: str

    def signal(self, *batch: Any, back: bool = False) -> dict[str, Any]:
        """A batch from the clerk to the citizen, or back."""
        to = self.clerks_place if back else self.citizens_place
        attempts = {"from_attempt": 1, "to_attempt": 1}
        return {"type": "signal", "call": self.call, "to": to, "batch": list(batch)} | attempts

    async def kept(self, city: City, number: int) -> None:
        """Wait until so many batches are on their way."""
        count = text("SELECT count(*) FROM signal WHERE call_id = :call")
        async with asyncio.timeout(LONG_ENOUGH), city.database.reading() as session:
            while await session.scalar(count, {"call": self.call}) != number:
                await session.execute(text("SELECT pg_sleep(0.02)"))


@pytest.fixture
async def talk(pair: Pair) -> AsyncIterator[Talk]:
    async with Clerk(pair.one.url) as clerk, await guest(pair.one) as citizen:
        await clerk.sign_in("wangjunfeng", "许昌")
        line = Line(citizen)
        await line.ask(pair.one)
        await citizen.take("P18", CITY)
        joined = await clerk.accept()
        mine = await citizen.post(f"/api/calls/{joined['call']['id']}/join")
        await citizen.refresh()
        yield Talk(clerk, citizen, line, joined["call"]["id"], joined["participant_id"], mine["participant_id"])
        await citizen.post(f"/api/calls/{joined['call']['id']}/end")
        wrap = {"outcome": "solved", "summary": "好了", "next_step": "none"}
        await clerk.post(f"/api/sessions/{joined['session']['id']}/wrap-up", wrap)
        await clerk.presence("off")


async def test_a_new_line_is_greeted_at_once(pair: Pair) -> None:
    async with await guest(pair.one) as citizen:
        line = Line(citizen)
        (welcome,) = await line.ask(pair.one)
        assert (welcome["type"], welcome["heartbeat_seconds"]) == ("welcome", 20)
        assert line.mark is not None
        lease = await line.lease(pair.city)
        assert lease is not None
        assert lease > HANG_SECONDS


async def test_events_of_the_gap_are_told_by_any_process_and_again_when_the_answer_was_lost(pair: Pair) -> None:
    async with await guest(pair.one) as citizen:
        line = Line(citizen)
        await line.ask(pair.one)
        ticket = await citizen.take("P18", CITY)
        before = dict(citizen.cursor)
        told = await line.ask(pair.two)
        assert told[0]["event"] == "ticket"
        lost = await line.ask(pair.one, after=before)
        assert lost[: len(told)] == told
        await citizen.post(f"/api/tickets/{ticket['id']}/leave")


async def test_signals_of_the_gap_come_once_from_any_process(pair: Pair, talk: Talk) -> None:
    for number in (1, 2):
        await talk.clerk.say(talk.signal(number))
    await talk.kept(pair.city, 2)
    mark = talk.line.mark
    told = await talk.line.ask(pair.two)
    assert [message["batch"] for message in told if message["type"] == "signal"] == [[1], [2]]
    # The answer was lost: the same question has the same answer, from the other process too.
    again = await talk.line.ask(pair.one, mark)
    assert [message["batch"] for message in again if message["type"] == "signal"] == [[1], [2]]
    # It was not: what comes next comes alone, pushed to a poll that hangs.
    hanging = asyncio.create_task(talk.line.until(pair.two, "signal"))
    await talk.clerk.say(talk.signal(3))
    assert (await hanging)["batch"] == [3]
    await talk.clerk.say(talk.signal(4))
    assert (await talk.line.until(pair.one, "signal"))["batch"] == [4]


async def test_a_line_that_begins_hears_no_signals_of_before(pair: Pair, talk: Talk) -> None:
    await talk.clerk.say(talk.signal("old"))
    await talk.kept(pair.city, 1)
    await talk.line.ask(pair.two, None)
    await talk.clerk.say(talk.signal("new"))
    assert (await talk.line.until(pair.one, "signal"))["batch"] == ["new"]


async def test_what_is_said_twice_is_heard_once(pair: Pair, talk: Talk) -> None:
    key, both = str(uuid4()), {"messages": [talk.signal("one", back=True), talk.signal("two", back=True)]}
    for server in (pair.one, pair.two, pair.two):
        answer = await talk.citizen.elsewhere(server.url, MESSAGES, both, key)
        assert (answer.status_code, answer.json()) == (200, {"heard": 2})
    last = {"messages": [talk.signal("three", back=True)]}
    await talk.citizen.elsewhere(pair.two.url, MESSAGES, last)
    await talk.clerk.heard(lambda message: message.get("batch") == ["three"])
    heard = [message["batch"] for message in talk.clerk.messages if message["type"] == "signal"]
    assert heard == [["one"], ["two"], ["three"]]


async def test_somebody_elses_key_takes_up_nothing(pair: Pair, talk: Talk) -> None:
    key, said = str(uuid4()), {"messages": [talk.signal("mine", back=True)]}
    async with await guest(pair.two) as other:
        await other.elsewhere(pair.two.url, MESSAGES, said, key)
        line = Line(other)
        await line.ask(pair.two)
        await talk.citizen.elsewhere(pair.one.url, MESSAGES, said, key)
        await talk.clerk.heard(lambda message: message.get("batch") == ["mine"])
        await talk.clerk.say(talk.signal("secret"))
        await talk.kept(pair.city, 2)
        await other.take("B01", CITY)
        told = await line.ask(pair.two, line.mark | {"since": 0})
        assert {message["type"] for message in told} == {"event"}
        await other.post(f"/api/tickets/{(await other.document())['ticket']['id']}/leave")


async def test_media_reports_connect_the_call(pair: Pair, talk: Talk) -> None:
    for received in (1000, 2000):
        report = {"type": "media", "call": talk.call, "attempt": 1, "ice": "connected", "bytes": received, "frames": 9}
        await talk.clerk.say(report)
        await talk.citizen.elsewhere(pair.two.url, MESSAGES, {"messages": [report]})
    await talk.clerk.until(lambda state: state["call"] and state["call"]["state"] == "connected")


async def test_a_hint_of_the_gap_is_told_once_by_any_process(pair: Pair) -> None:
    async with Clerk(pair.one.url) as clerk, await guest(pair.one) as citizen:
        await clerk.sign_in("zhanghaoran", "许昌", ready=False)
        line = Line(clerk, [f"desk:{clerk.me['desks'][0]['id']}"])
        hint = {"type": "hint", "key": line.watch[0]}
        await line.ask(pair.one)
        mark = line.mark
        ticket = await citizen.take("B01", CITY)
        assert await line.ask(pair.two) == [hint]
        # It is told again, by the other process too, to whoever lost it, and not to whoever did not.
        after, line.mark = line.mark, mark
        assert await line.ask(pair.one) == [hint]
        assert line.mark == after
        hanging = await line.hang(pair.one, pair.city)
        await clerk.presence("break", "rest")
        assert {message["type"] for message in await hanging} == {"event"}
        hanging = await line.hang(pair.two, pair.city)
        await citizen.post(f"/api/tickets/{ticket['id']}/leave")
        assert await hanging == [hint]


async def test_a_process_that_has_just_started_takes_a_hint_for_lost(pair: Pair) -> None:
    async with Clerk(pair.one.url) as clerk:
        await clerk.sign_in("zhanghaoran", "许昌", ready=False)
        line = Line(clerk, [f"desk:{clerk.me['desks'][0]['id']}"])
        await line.ask(pair.one)
        async with open_server(pair.city) as young:
            assert await line.ask(young) == [{"type": "hint", "key": line.watch[0]}]
            # The clerk's own line would hear what comes next, too, and a poll asks only for what nobody has heard.
            await clerk.hang_up_line()
            await clerk.presence("break", "meeting")
            assert {message["type"] for message in await line.ask(pair.one)} == {"event"}


async def test_only_the_own_desks_are_watched(pair: Pair) -> None:
    async with await guest(pair.one) as citizen, await guest(pair.two) as other:
        ticket = await citizen.take("P18", CITY)
        line = Line(other, [f"desk:{ticket['desk_id']}", "desk:x", "login:x", "*"])
        await line.ask(pair.one)
        await citizen.post(f"/api/tickets/{ticket['id']}/leave")
        await other.take("B01", CITY)
        told = await line.ask(pair.two)
        assert {message["type"] for message in told} == {"event"}
        assert line.mark["hints"] == {}
        await other.post(f"/api/tickets/{(await other.document())['ticket']['id']}/leave")


async def test_signing_out_ends_the_line(pair: Pair) -> None:
    async with Clerk(pair.one.url) as clerk:
        await clerk.sign_in("zhanghaoran", "许昌", ready=False)
        line = Line(clerk)
        await line.ask(pair.two)
        hanging = await line.hang(pair.two, pair.city)
        old = {cookie.name: cookie.value for cookie in clerk.http.cookies.jar}
        await clerk.post("/api/staff/sign-out")
        assert [message["type"] for message in await hanging][-1] == "signed_out"
        assert (line.mark, await line.lease(pair.city)) == (None, None)
        clerk.http.cookies.update({name: value or "" for name, value in old.items()})
        answer = await clerk.elsewhere(pair.two.url, POLL, line.body())
        assert (answer.status_code, answer.json()["code"]) == (401, "login_expired")


async def test_lost_rights_end_the_line(pair: Pair) -> None:
    async with Clerk(pair.one.url) as clerk:
        await clerk.sign_in("zhanghaoran", "许昌", ready=False)
        line = Line(clerk)
        await line.ask(pair.one)
        hanging = await line.hang(pair.one, pair.city)
        async with pair.city.database.transaction() as session:
            await session.execute(text("DELETE FROM role_grant WHERE staff_id = :id"), {"id": clerk.me["id"]})
        assert await hanging == []
        assert line.mark is None
        (welcome,) = await line.ask(pair.one)
        assert welcome["type"] == "welcome"


async def test_a_page_that_is_gone_is_believed_in_for_seconds_only(pair: Pair) -> None:
    async with await guest(pair.one) as citizen:
        line = Line(citizen, tab=citizen.tab)
        await line.ask(pair.two)
        hanging = await line.hang(pair.two, pair.city)
        assert (await line.lease(pair.city) or 0) > HANG_SECONDS
        hanging.cancel()
        await tab_is_gone(pair.city, citizen)
        # Back within that time, it is as open as before.
        await citizen.take("P18", CITY)
        await line.ask(pair.one)
        assert (await line.lease(pair.city) or 0) > HANG_SECONDS
        await citizen.post(f"/api/tickets/{(await citizen.document())['ticket']['id']}/leave")


async def test_a_process_that_stops_answers_at_once_and_hands_over_what_rings(pair: Pair) -> None:
    async with open_server(pair.city) as other, Clerk(other.url) as clerk, await guest(pair.one) as citizen:
        await clerk.sign_in("liujingwen", "许昌", ready=False)
        await clerk.hang_up_line()
        line = Line(clerk)
        await line.ask(other)
        await clerk.presence("ready")
        await line.until(other, "event")
        await citizen.take("P01", CITY)
        await citizen.connect()
        await citizen.until(lambda state: (state["ticket"] or {}).get("state") == "ringing")
        await line.until(other, "event")
        hanging = await line.hang(other, pair.city)
        began = time.monotonic()
        await asyncio.to_thread(other.stop)
        assert await hanging == []
        assert line.mark is None
        assert time.monotonic() - began < 5  # which is how long the server would wait for requests
        await citizen.until(lambda state: state["ticket"]["state"] == "waiting")
        await citizen.post(f"/api/tickets/{citizen.state['ticket']['id']}/leave")
        await line.ask(pair.two)
        await clerk.elsewhere(pair.two.url, "/api/workbench/presence", {"wanted": "off", "reason": None})


async def test_messages_that_mean_nothing_are_passed_over(pair: Pair, talk: Talk) -> None:
    messages: list[Any] = [
        {},
        {"type": None},
        {"type": ["signal"]},
        {"type": "nonsense"},
        {"type": "signal"},
        talk.signal("x" * 70_000, back=True),
        talk.signal("x", back=True) | {"to": str(uuid4())},
        talk.signal("x", back=True) | {"from_attempt": 7},
        {"type": "media", "call": talk.call, "attempt": 1, "ice": "connected", "bytes": 2**80},
        talk.signal("last", back=True),
    ]
    answer = await talk.citizen.elsewhere(pair.two.url, MESSAGES, {"messages": messages})
    assert answer.json() == {"heard": len(messages)}
    await talk.clerk.heard(lambda message: message.get("batch") == ["last"])
    assert sum(message["type"] == "signal" for message in talk.clerk.messages) == 1
