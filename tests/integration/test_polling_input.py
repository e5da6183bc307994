"""What comes in by polls and messages of a live line is refused with a sentence, or counted (invariant 12)."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from cloudwindow.foundation import limits
from tests.support.polling import MESSAGES, POLL, Line, guest
from tests.support.server import Server


async def test_a_tab_of_another_login_is_refused(shared_server: Server) -> None:
    async with await guest(shared_server) as citizen, await guest(shared_server) as other:
        line = Line(citizen)
        await line.ask(shared_server)
        for mark in (None, line.mark):
            answer = await other.elsewhere(shared_server.url, POLL, line.body() | {"mark": mark})
            assert (answer.status_code, answer.json()["code"]) == (409, "tab_of_another_login")


_MARK = {"since": 0, "signals": [], "hints": {}}
WRONG: dict[str, Any] = {
    "no tab": {"tab": None},
    "a wrong tab": {"tab": "7"},
    "a cursor that is none": {"after": {"account:x": "x"}},
    "a yes for a cursor": {"after": {"account:x": True}},
    "too many cursors": {"after": {str(number): 1 for number in range(5)}},
    "too many keys": {"watch": ["desk:x"] * 17},
    "a long key": {"watch": ["x" * 81]},
    "a NUL": {"watch": ["desk:\0"]},
    "a text for a mark": {"mark": "x"},
    "half a mark": {"mark": {"since": 0}},
    "an instant before all time": {"mark": _MARK | {"since": -1}},
    "an instant after all time": {"mark": _MARK | {"since": 2**60}},
    "signals that are none": {"mark": _MARK | {"signals": ["x"]}},
    "too many signals": {"mark": _MARK | {"signals": [str(uuid4())] * 1001}},
    "hints that are none": {"mark": _MARK | {"hints": {"desk:x": "x"}}},
    "too many hints": {"mark": _MARK | {"hints": {f"desk:{number}": 1 for number in range(17)}}},
    "something else": {"limit": 1},
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_wrong_poll_is_refused(shared_server: Server, wrong: str) -> None:
    async with await guest(shared_server) as citizen:
        answer = await citizen.elsewhere(shared_server.url, POLL, Line(citizen).body() | WRONG[wrong])
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_odd_cursors_and_marks_are_answered(shared_server: Server) -> None:
    async with await guest(shared_server) as citizen:
        line, (stream,) = Line(citizen), citizen.cursor
        first = await line.ask(shared_server, after={stream: 10**30})
        assert [message["type"] for message in first] == ["welcome", "reset"]
        odd = {"since": 2**53 - 1, "signals": [str(uuid4())], "hints": {"desk:x": 2**53 - 1}}
        reset = {"type": "reset", "stream": stream, "seq": citizen.cursor[stream]}
        assert await line.ask(shared_server, odd, after={stream: 10**12}) == [reset]
        assert line.mark == odd | {"signals": [], "hints": {}}


SAID: dict[str, Any] = {
    "no list": {"messages": {"type": "signal"}},
    "none": {"messages": []},
    "no object": {"messages": ["signal"]},
    "too many": {"messages": [{}] * 33},
    "deep": {"messages": [{"type": "signal", "batch": json.loads("[" * 50 + "]" * 50)}]},
    "a NUL": {"messages": [{"type": "signal", "call": "\0"}]},
    "something else": {"messages": [], "tab": "x"},
}


@pytest.mark.parametrize("wrong", SAID)
async def test_wrong_messages_are_refused(shared_server: Server, wrong: str) -> None:
    async with await guest(shared_server) as citizen:
        answer = await citizen.elsewhere(shared_server.url, MESSAGES, SAID[wrong])
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("depth", [500, 950, 50_000])
async def test_what_is_far_too_deep_is_refused(shared_server: Server, depth: int) -> None:
    async with await guest(shared_server) as citizen:
        headers = {"idempotency-key": str(uuid4()), "x-csrf-token": citizen.csrf or ""}
        deep = '{"messages": [{"type": "signal", "batch": ' + "[" * depth + "]" * depth + "}]}"
        answer = await citizen.http.post(MESSAGES, content=deep, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("path", [POLL, MESSAGES])
async def test_only_our_own_pages_have_a_line(shared_server: Server, path: str) -> None:
    async with await guest(shared_server) as citizen:
        body: dict[str, Any] = Line(citizen).body() if path == POLL else {"messages": [{}]}

        async def send(**headers: str) -> tuple[int, str]:
            known = {"origin": shared_server.url, "idempotency-key": str(uuid4()), "x-csrf-token": citizen.csrf or ""}
            answer = await citizen.http.post(shared_server.url + path, json=body, headers=known | headers)
            return answer.status_code, answer.json().get("code", "")

        assert await send() == (200, "")
        assert await send(origin="https://evil.example") == (403, "origin_refused")
        assert await send(**{"x-csrf-token": "x" * 43}) == (403, "csrf_failed")
        assert await send(**{"x-face": "staff"}) == (401, "login_required")
        big = await citizen.http.post(path, content=b" " * 2_000_000, headers={"x-csrf-token": citizen.csrf or ""})
        assert (big.status_code, big.json()["code"]) == (413, "too_large")
    async with httpx.AsyncClient(base_url=shared_server.url) as stranger:
        answer = await stranger.post(path, json=body, headers={"origin": shared_server.url})
        assert (answer.status_code, answer.json()["code"]) == (401, "login_required")


async def test_what_is_said_needs_a_key(shared_server: Server) -> None:
    async with await guest(shared_server) as citizen:
        answer = await citizen.elsewhere(shared_server.url, MESSAGES, {"messages": [{}]}, "7")
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


async def test_polls_and_messages_are_counted_by_login(server: Server) -> None:
    await server.city.set_parameter(limits.MESSAGES_PER_LINE, 6)
    await server.city.set_parameter(limits.WRITES_PER_LOGIN.most, 1)  # what a page does by itself is no write of hers
    async with await guest(server) as citizen, await guest(server) as other:
        line = Line(citizen)
        await line.ask(server)
        said = {"messages": [{"type": "media"}] * 4}
        assert (await citizen.elsewhere(server.url, MESSAGES, said)).status_code == 200
        answers = [
            await citizen.elsewhere(server.url, path, body) for path, body in ((MESSAGES, said), (POLL, line.body()))
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(429, "too_many_requests")] * 2
        assert 0 < int(answers[0].headers["retry-after"]) <= 60
        await Line(other).ask(server)


async def test_polls_are_counted_by_address_apart_from_other_requests(server: Server) -> None:
    async with await guest(server) as citizen, await guest(server) as other:
        await server.city.set_parameter(limits.POLLS_PER_ADDRESS.most, 2)
        for _ in range(2):
            await Line(citizen).ask(server)
        answer = await other.elsewhere(server.url, POLL, Line(other).body())
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        await other.document()
        await server.city.set_parameter(limits.REQUESTS_PER_ADDRESS.most, 1)
        await server.city.set_parameter(limits.POLLS_PER_ADDRESS.most, 1000)
        assert (await other.http.get("/api/applicant/state")).status_code == 429
        await Line(other).ask(server)
