"""Whatever comes in is answered by a problem with a known code and changes nothing (invariant 12)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import websockets
from sqlalchemy import text

from cloudwindow.foundation.errors import problem_codes
from tests.support.city import KEYS, PASSWORD, WEIDU
from tests.support.client import LONG_ENOUGH, Citizen, Clerk, Client, flow
from tests.support.server import Server

QUIET = {"heartbeat", "request_count", "seal_batch", "seal_member", "tab_lease", "test_clock"}
"""Tables that change by themselves."""

LONG = "长" * 10_000
SCRIPT = "<script>alert(1)</script>'; DROP TABLE ticket; -- \u202e${7*7}{{7*7}}%00\\u0000"
NAME_SCRIPT = "<b>'; DROP TABLE account; --</b>"
WISH = {"item_key": "P01", "region_code": WEIDU, "consent_version": "2026-11", "device": "phone"}
ENTER = {"form_of_address": "刘桂英", "phone": "19900001301"}


async def _rows(server: Server) -> dict[str, int]:
    async with server.city.database.reading() as session:
        tables = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        names = [name for name in tables if name not in QUIET]
        counts = (f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)  # noqa: S608  our own names
        union = " UNION ALL ".join(counts)
        return {row[0]: row[1] for row in await session.execute(text(union))}


def _problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert response.headers["content-type"] == "application/problem+json", response.text
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code), body
    assert problem_codes[code].status == status
    assert response.headers["x-content-type-options"] == "nosniff"
    return body


class Door:
    """Sends something wrong and checks the refusal and that nothing changed."""

    def __init__(self, server: Server, client: Client) -> None:
        self.server, self.client = server, client

    async def refuses(self, status: int, code: str, path: str, **how: Any) -> dict[str, Any]:
        before = await _rows(self.server)
        method = how.pop("method", "POST")
        headers = {"idempotency-key": str(uuid4()), "x-csrf-token": self.client.csrf or ""} | how.pop("headers", {})
        kept = {name: value for name, value in headers.items() if value is not None}
        body = _problem(await self.client.http.request(method, path, headers=kept, **how), status, code)
        assert await _rows(self.server) == before
        return body


@pytest.fixture(scope="module")
async def citizen(shared_server: Server) -> AsyncIterator[Door]:
    async with Citizen(shared_server.url) as client:
        yield Door(shared_server, await client.enter())


@pytest.fixture(scope="module")
async def clerk(shared_server: Server) -> AsyncIterator[Door]:
    async with Clerk(shared_server.url) as client:
        yield Door(shared_server, await client.sign_in(ready=False))


WRONG_BODIES: dict[str, Any] = {
    "no body": None,
    "a list": [],
    "a text": "text",
    "a number": 7,
    "empty": {},
    "unknown field": WISH | {"priority": 1},
    "wrong type": WISH | {"elderly": "perhaps"},
    "a number for text": WISH | {"item_key": 1},
    "a list for text": WISH | {"item_key": ["P01"]},
    "null": WISH | {"item_key": None},
    "a huge number": WISH | {"elderly": 10**300},
    "long": WISH | {"item_key": LONG},
    "long version": WISH | {"consent_version": LONG},
    "long answers": WISH | {"answers": {LONG: LONG}},
    "many answers": WISH | {"answers": {f"s{number}": "x" for number in range(65)}},
    "a NUL": WISH | {"item_key": "P\0"},
    "a NUL in an answer": WISH | {"answers": {"s1": "\0"}},
    "a NUL in a question": WISH | {"answers": {"\0": "s1.o1"}},
    "half a pair": WISH | {"item_key": "\ud800"},
    "a field of half a pair": WISH | {"\ud800": 1},
    "a region too short": WISH | {"region_code": "411002"},
    "a region in other digits": WISH | {"region_code": "٤١١٠٠٢٠٠٠٠٠٠"},
    "another flow": WISH | {"flow": "accept"},
    "another device": WISH | {"device": "fax"},
    "deep": WISH | {"answers": {"s1": [[[[[[]]]]]]}},
}


@pytest.mark.parametrize("wrong", WRONG_BODIES)
async def test_a_wrong_body_is_refused(citizen: Door, wrong: str) -> None:
    await citizen.refuses(422, "invalid_input", "/api/tickets", content=json.dumps(WRONG_BODIES[wrong]))


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"{'a': 1}", b"\xff\xfe", b"\x00", b"{}x", b"[" * 50_000, b'{"a":' * 20_000, b"NaN", b"1" * 5000],
    ids=lambda content: content[:6].hex(),
)
async def test_what_is_no_json_is_refused(citizen: Door, content: bytes) -> None:
    for path in ("/api/tickets", "/api/applicant/enter"):
        body = await citizen.refuses(422, "invalid_input", path, content=content)
        assert body["params"]["fields"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "é"])
async def test_another_content_type_is_refused(citizen: Door, kind: str) -> None:
    headers = {"content-type": kind.encode()}
    await citizen.refuses(422, "invalid_input", "/api/applicant/enter", content=json.dumps(ENTER), headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        ENTER | {"form_of_address": LONG},
        ENTER | {"form_of_address": " "},
        ENTER | {"form_of_address": "刘\0"},
        ENTER | {"phone": "1" * 10_000},
        ENTER | {"phone": "'; DROP TABLE account; --"},
        ENTER | {"phone": 19900001301},
        ENTER | {"role": "clerk"},
        ENTER | {"elderly": None},
    ],
    ids=lambda body: str(body)[:60],
)
async def test_a_wrong_guest_is_refused(citizen: Door, body: dict[str, Any]) -> None:
    refused = await citizen.refuses(422, "invalid_input", "/api/applicant/enter", content=json.dumps(body))
    assert not any(str(value) in json.dumps(refused, ensure_ascii=False) for value in body.values() if value == LONG)


async def test_too_large_is_too_large(citizen: Door) -> None:
    big = json.dumps(ENTER | {"form_of_address": "x" * 1_100_000})
    await citizen.refuses(413, "too_large", "/api/applicant/enter", content=big)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 50_000

    await citizen.refuses(413, "too_large", "/api/applicant/enter", content=chunks())


async def _raw(server: Server, head: str, body: bytes = b"") -> bytes:
    """Write a request by hand, and read what comes until the line is closed."""
    reader, writer = await asyncio.open_connection("localhost", server.port)
    try:
        writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        await writer.drain()
        async with asyncio.timeout(LONG_ENOUGH):
            return await reader.read(65_536)
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    ("length", "status"), [("99999999999", b"413"), ("-1", b"4"), ("x", b"4"), ("9" * 5000, b"4"), ("0x10", b"4")]
)
async def test_a_lying_length_is_no_way_in(citizen: Door, length: str, status: bytes) -> None:
    before = await _rows(citizen.server)
    head = (
        f"POST /api/applicant/enter HTTP/1.1\nHost: localhost\nContent-Type: application/json\nContent-Length: {length}"
    )
    answer = await _raw(citizen.server, head, json.dumps(ENTER).encode())
    assert answer.startswith(b"HTTP/1.1 " + status), answer[:200]
    assert await _rows(citizen.server) == before


async def test_a_body_longer_than_it_says_is_cut_where_it_says(citizen: Door) -> None:
    before = await _rows(citizen.server)
    body = json.dumps(ENTER).encode()
    head = "POST /api/applicant/enter HTTP/1.1\nHost: localhost\nConnection: close\nContent-Type: application/json"
    answer = await _raw(citizen.server, f"{head}\nContent-Length: 10", body)
    assert answer.startswith(b"HTTP/1.1 422"), answer[:200]
    assert await _rows(citizen.server) == before


@pytest.mark.parametrize("token", [None, "", "x", "é", "a" * 43])
async def test_without_the_logins_own_token_nothing_changes(citizen: Door, clerk: Door, token: str | None) -> None:
    headers = {"x-csrf-token": token and token.encode("latin-1")}
    await citizen.refuses(403, "csrf_failed", "/api/tickets", json=WISH, headers=headers)
    await clerk.refuses(403, "csrf_failed", "/api/workbench/presence", json={"wanted": "ready"}, headers=headers)
    await clerk.refuses(403, "csrf_failed", "/api/staff/sign-out", headers=headers)


async def test_the_token_of_another_login_is_none(citizen: Door, clerk: Door) -> None:
    headers = {"x-csrf-token": clerk.client.csrf}
    await citizen.refuses(403, "csrf_failed", "/api/tickets", json=WISH, headers=headers)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost", "http://localhost:1", ""])
async def test_another_site_is_refused_with_and_without_a_login(citizen: Door, origin: str) -> None:
    headers = {"origin": origin}
    await citizen.refuses(403, "origin_refused", "/api/tickets", json=WISH, headers=headers)
    await citizen.refuses(403, "origin_refused", "/api/applicant/enter", json=ENTER, headers=headers)
    login = {"account": "zhangyanli", "password": PASSWORD, "station_id": str(uuid4())}
    await citizen.refuses(403, "origin_refused", "/api/staff/login", json=login, headers=headers)


async def test_a_request_key_is_needed_and_is_a_key(citizen: Door) -> None:
    for key in (None, "", "7", "x" * 10_000):
        await citizen.refuses(
            400, "idempotency_key_missing", "/api/tickets", json=WISH, headers={"idempotency-key": key}
        )


async def test_one_key_with_another_body_is_refused(citizen: Door) -> None:
    client, key = citizen.client, str(uuid4())
    first = await client.post("/api/tickets", WISH, key=key)
    before = await _rows(citizen.server)
    assert (await client.post("/api/tickets", WISH, key=key)) == first
    _problem(await client.send("/api/tickets", WISH | {"elderly": True}, key=key), 422, "idempotency_key_reused")
    assert await _rows(citizen.server) == before
    await client.post(f"/api/tickets/{first['ticket']['id']}/leave")


@pytest.mark.parametrize(
    "id_", ["7", "x", "'; --", "0" * 200, "%00", "..%2f..", "{}", "123e4567-e89b-12d3-a456-42661417400g"]
)
async def test_a_malformed_key_in_an_address_is_refused(citizen: Door, clerk: Door, id_: str) -> None:
    for door, path in ((citizen, f"/api/tickets/{id_}/leave"), (clerk, f"/api/engagements/{id_}/accept")):
        before = await _rows(door.server)
        answer = await door.client.send(path)
        assert answer.status_code in {404, 422}
        assert answer.json()["code"] in {"invalid_input", "not_found"}
        assert await _rows(door.server) == before


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/" + "a" * 300,
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/..%2f..%2fpyproject.toml",
        "/api/nothing",
        "/api/items?q=%00",
        "/api/items?q=%FF",
        "/api/items?region=%00",
        "/api/items/%00",
        "/api/items/P01?region=411002%00000000",
        "/api/items?q=" + "a" * 5000,
    ],
)
async def test_an_odd_address_is_never_a_fault(citizen: Door, path: str) -> None:
    before = await _rows(citizen.server)
    answer = await citizen.client.http.get(path)
    assert answer.status_code in {200, 404, 422}, answer.text
    if answer.status_code != 200:
        assert answer.json()["code"] in {"not_found", "invalid_input", "item_unknown", "region_unknown"}
    assert "root:" not in answer.text
    assert "requires-python" not in answer.text
    assert await _rows(citizen.server) == before


async def test_another_method_is_not_found(citizen: Door) -> None:
    for method, path in (("DELETE", "/api/tickets"), ("PATCH", "/api/workbench/presence"), ("POST", "/nothing")):
        await citizen.refuses(404, "not_found", path, method=method)


@pytest.mark.parametrize(
    "body",
    [
        {"account": LONG, "password": PASSWORD},
        {"account": "zhangyanli", "password": LONG},
        {"account": "zhangyanli\0", "password": PASSWORD},
        {"account": "zhangyanli", "password": PASSWORD, "station_id": "7"},
        {"account": "", "password": ""},
    ],
    ids=lambda body: str(body)[:40],
)
async def test_a_wrong_sign_in_is_refused_before_it_counts(citizen: Door, body: dict[str, Any]) -> None:
    body = {"station_id": str(uuid4())} | body
    await citizen.refuses(422, "invalid_input", "/api/staff/login", json=body)


async def test_sql_as_an_account_is_an_unknown_account(shared_server: Server) -> None:
    async with Clerk(shared_server.url) as client:
        body = {"account": "' OR 1=1 --", "password": "' OR 1=1 --", "station_id": str(uuid4())}
        _problem(await client.send("/api/staff/login", body), 401, "wrong_password")


async def test_a_stale_cookie_says_that_the_login_is_over(shared_server: Server) -> None:
    async with Citizen(shared_server.url) as client:
        _problem(await client.http.get("/api/applicant/state"), 401, "login_required")
        client.http.cookies.set("cw_applicant", "nonsense")
        _problem(await client.http.get("/api/applicant/state"), 401, "login_expired")
        assert (await client.get("/api/applicant/me"))["account"] is None


async def test_script_and_sql_are_text_and_stay_as_they_are(shared_server: Server) -> None:
    async with Clerk(shared_server.url) as clerk, Citizen(shared_server.url) as citizen:
        await clerk.sign_in("zhaoshumin")
        await citizen.enter(NAME_SCRIPT)
        assert (await citizen.get("/api/applicant/me"))["account"]["form_of_address"] == NAME_SCRIPT
        ticket = await citizen.take()
        joined = await clerk.accept()
        card = await clerk.http.get(f"/api/workbench/tickets/{ticket['id']}")
        assert card.json()["form_of_address"] == NAME_SCRIPT
        assert card.headers["content-type"] == "application/json"
        await flow(clerk, citizen, joined)
        session = joined["session"]["id"]
        draft: dict[str, Any] = {"outcome": None, "summary": SCRIPT, "next_step": "none", "matters": []}
        assert (await clerk.send(f"/api/sessions/{session}/draft", draft, method="PUT")).json() == draft
        await citizen.post(f"/api/calls/{joined['call']['id']}/end")
        for wrong, code in (
            ({"summary": LONG}, "invalid_input"),
            ({"summary": "好\0"}, "invalid_input"),
            ({"summary": ""}, "summary_missing"),
            ({"outcome": SCRIPT[:32]}, "outcome_unknown"),
            ({"next_step": SCRIPT}, "invalid_input"),
        ):
            body = {"outcome": "solved", "summary": SCRIPT, "next_step": "none"} | wrong
            _problem(await clerk.send(f"/api/sessions/{session}/wrap-up", body), 422, code)
        await clerk.post(
            f"/api/sessions/{session}/wrap-up", {"outcome": "solved", "summary": SCRIPT, "next_step": "none"}
        )
        ratings: list[tuple[dict[str, Any], str]] = [
            ({"level": 6}, "invalid_input"),
            ({"level": 10**400}, "invalid_input"),
            ({"level": 5, "text": LONG}, "invalid_input"),
            ({"level": 5, "text": "\0"}, "invalid_input"),
            ({"level": 5, "options": [SCRIPT]}, "invalid_input"),
            ({"level": 5, "options": ["' OR 1=1 --"]}, "rating_options_wrong"),
        ]
        for rating, code in ratings:
            _problem(await citizen.send(f"/api/sessions/{session}/rating", rating), 422, code)
        await citizen.post(f"/api/sessions/{session}/rating", {"level": 5, "text": SCRIPT})
        async with shared_server.city.database.reading() as rows:
            rated = (await rows.execute(text("SELECT session_id, words_cipher FROM rating"))).one()
        assert KEYS.decrypt("rating", "words", rated.session_id, rated.words_cipher) == SCRIPT
        assert (await citizen.get(f"/api/sessions/{session}"))["summary"] == SCRIPT
        await clerk.until(lambda state: state["presence"]["work"] == "idle")
        await clerk.presence("off")


MALFORMED: dict[str, str | bytes] = {
    "no json": "{",
    "a list": "[]",
    "a number": "7",
    "bytes": b"\x00\xff",
    "deep": "[" * 60_000,
    "nested": json.dumps({"type": "ping", "x": json.loads("[" * 400 + "]" * 400)}),
    "too long": json.dumps({"type": "ping", "x": "x" * 70_000}),
}
NOT_HELLO: dict[str, Any] = {
    "no tab": {"type": "hello"},
    "no key": {"type": "hello", "tab": "7"},
    "a list": {"type": "hello", "tab": []},
    "ping": {"type": "ping", "tab": str(uuid4())},
    "no type": {"tab": str(uuid4())},
    "a bad cursor": {"type": "hello", "tab": str(uuid4()), "after": [1]},
}


async def _line(client: Client, **more: Any) -> websockets.ClientConnection:
    cookie = "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())
    headers = {"cookie": cookie, "origin": client.url} | more
    url = f"{client.url.replace('http', 'ws')}/api/ws?face={client.face}"
    return await websockets.connect(url, additional_headers=headers)


async def _closed_with(line: websockets.ClientConnection) -> int | None:
    async with asyncio.timeout(LONG_ENOUGH):
        await line.wait_closed()
    return line.close_code


@pytest.mark.parametrize("bad", MALFORMED)
async def test_a_malformed_message_ends_the_line_and_nothing_else(citizen: Door, bad: str) -> None:
    before = await _rows(citizen.server)
    for first in (True, False):
        line = await _line(citizen.client)
        if not first:
            await line.send(json.dumps({"type": "hello", "tab": str(uuid4())}))
            assert json.loads(await line.recv())["type"] == "welcome"
        await line.send(MALFORMED[bad])
        assert await _closed_with(line) == (1009 if bad == "too long" else 1002)
    assert await _rows(citizen.server) == before
    assert "exception" not in citizen.server.log().lower()


@pytest.mark.parametrize("bad", NOT_HELLO)
async def test_a_line_begins_with_hello(citizen: Door, bad: str) -> None:
    line = await _line(citizen.client)
    await line.send(json.dumps(NOT_HELLO[bad]))
    assert await _closed_with(line) == 1002


async def test_messages_that_mean_nothing_are_passed_over(citizen: Door) -> None:
    line = await _line(citizen.client)
    await line.send(json.dumps({"type": "hello", "tab": str(uuid4()), "after": {"staff:x": 1, "account:x": "y"}}))
    assert json.loads(await line.recv())["type"] == "welcome"
    before = await _rows(citizen.server)
    call = {"call": str(uuid4()), "attempt": 1, "ice": "connected", "bytes": 1}
    signal = {"call": str(uuid4()), "to": str(uuid4()), "from_attempt": 1, "to_attempt": 1, "batch": []}
    messages: list[Any] = [
        {"type": "nonsense"},
        {"type": ["signal"]},
        {"type": None},
        {"type": {}},
        {"type": ["ping"]},
        {"no": "type"},
        {"type": "watch"},
        {"type": "watch", "keys": "desk:x"},
        {"type": "watch", "keys": [None, 7, {}, "desk:\0", "desk:" + str(uuid4()), SCRIPT]},
        {"type": "media"} | call,
        {"type": "media"} | call | {"attempt": 10**40},
        {"type": "media"} | call | {"attempt": float("inf")},
        {"type": "media"} | call | {"bytes": -1},
        {"type": "media"} | call | {"bytes": 2**80},
        {"type": "media"} | call | {"ice": "\0"},
        {"type": "media"} | call | {"ice": {"a": 1}},
        {"type": "media"} | call | {"call": SCRIPT},
        {"type": "signal"} | signal,
        {"type": "signal"} | signal | {"from_attempt": 2**70},
        {"type": "signal"} | signal | {"batch": ["\0", "\ud800"]},
        {"type": "signal"} | signal | {"batch": [{"a": float("nan")}]},
        {"type": "signal"},
    ]
    for message in messages:
        await line.send(json.dumps(message))
    await line.send(json.dumps({"type": "ping"}))
    async with asyncio.timeout(LONG_ENOUGH):
        assert json.loads(await line.recv()) == {"type": "pong"}
    await line.close()
    assert await _rows(citizen.server) == before
    assert "exception" not in citizen.server.log().lower()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1"])
async def test_a_line_from_another_site_is_refused(citizen: Door, origin: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as caught:
        await _line(citizen.client, origin=origin)
    assert caught.value.response.status_code == 403


async def test_a_stranger_is_told_to_sign_in(shared_server: Server) -> None:
    async with Citizen(shared_server.url) as client:
        line = await _line(client)
        assert json.loads(await line.recv()) == {"type": "signed_out"}
        assert await _closed_with(line) == 1008


async def test_a_tab_of_somebody_else_cannot_be_taken_over(citizen: Door, clerk: Door) -> None:
    line = await _line(citizen.client)
    await line.send(json.dumps({"type": "hello", "tab": clerk.client.tab}))
    assert await _closed_with(line) == 1002
    async with citizen.server.city.database.reading() as rows:
        staff = await rows.scalar(text("SELECT staff_id FROM tab_lease WHERE id = :id"), {"id": clerk.client.tab})
    assert str(staff) == (await clerk.client.get("/api/staff/me"))["staff"]["id"]
