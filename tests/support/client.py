"""Protocol clients: what a page does, without the page — requests with keys, the live line, state kept by events."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from itertools import cycle
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote
from uuid import uuid4

import httpx
import websockets
from sqlalchemy import text

from tests.support.city import PASSWORD, WEIDU, City
from tests.support.server import USUAL_TRUST

CONSENT = "2026-11"
LONG_ENOUGH = 30.0
"""Seconds after which waiting is hopeless, on a machine that is busy with other things too."""


class Client:
    """One browser of one face. `state` is kept by events only: `state[type] = data`.

    With `polls` its WebSockets are blocked: its line asks these servers in turn, each time another one.
    """

    def __init__(self, url: str, face: str, trust: ssl.SSLContext | None = None, *, polls: Sequence[str] = ()) -> None:
        self.url = url
        self.face = face
        self.trust = trust
        self.polls = cycle(polls) if polls else None
        self.mark: dict[str, Any] | None = None
        self.watching: list[Any] = []
        self.refused: httpx.Response | None = None
        headers = {"x-face": face, "origin": url}
        self.http = httpx.AsyncClient(base_url=url, headers=headers, timeout=30, verify=trust or USUAL_TRUST)
        self.csrf: str | None = None
        self.state: dict[str, Any] = {}
        self.messages: list[dict[str, Any]] = []
        self.tab = str(uuid4())
        self.cursor: dict[str, int] = {}
        self._socket: websockets.ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.hang_up_line()
        await self.http.aclose()

    async def get(self, path: str, expect: int = 200) -> Any:
        """GET and check the status."""
        response = await self.http.get(path)
        assert response.status_code == expect, response.text
        return response.json()

    async def send(
        self, path: str, body: Any = None, *, method: str = "POST", key: str | None = None
    ) -> httpx.Response:
        """Send a mutation as a page would, with a request key that can be given to repeat it."""
        headers = {"idempotency-key": key or str(uuid4())}
        if self.csrf:
            headers["x-csrf-token"] = self.csrf
        return await self.http.request(method, path, json=body, headers=headers)

    async def post(self, path: str, body: Any = None, expect: int | tuple[int, ...] = (200, 201), **how: Any) -> Any:
        """Send a mutation and check the status."""
        response = await self.send(path, body, **how)
        expected = expect if isinstance(expect, tuple) else (expect,)
        assert response.status_code in expected, f"{path}: {response.status_code} {response.text}"
        return response.json()

    async def upload(
        self,
        session: str,
        content: bytes | AsyncIterator[bytes],
        *,
        purpose: str = "photo",
        name: str = "",
        key: str | None = None,
    ) -> httpx.Response:
        """Send a file into a session, as the body itself."""
        headers = {"idempotency-key": key or str(uuid4()), "x-csrf-token": self.csrf or ""}
        headers |= {"x-file-name": quote(name)} if name else {}
        path = f"/api/sessions/{session}/files?purpose={purpose}"
        return await self.http.post(path, content=content, headers=headers)

    async def file(self, file_id: str, **headers: str) -> httpx.Response:
        """Fetch a file, or the part of it that the headers ask for."""
        return await self.http.get(
            f"/api/files/{file_id}", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    async def document(self) -> dict[str, Any]:
        """Fetch the state document."""
        face = "applicant" if self.face == "applicant" else "workbench"
        document: dict[str, Any] = await self.get(f"/api/{face}/state")
        return document

    async def refresh(self) -> None:
        """Begin anew with a fresh state document, as a page does when it is told to reset."""
        document = await self.document()
        self.cursor = {document["cursor"]["stream"]: document["cursor"]["seq"]}
        self.state = {name: part for name, part in document.items() if name not in {"cursor", "server_time"}}

    async def open_line(self) -> None:
        """Fetch the state document and follow it on the live line."""
        await self.refresh()
        await self.connect()

    async def agrees(self, seconds: float = LONG_ENOUGH) -> None:
        """Check that the state kept by events is what a fresh fetch says, once both are at the same event.

        A draft belongs to the tab that types it: it comes with a fetch and with events that come anyway, so it is
        left out here.
        """
        async with asyncio.timeout(seconds):
            while True:
                fresh = await self.document()
                stream, seq = fresh["cursor"]["stream"], fresh["cursor"]["seq"]
                async with self._changed:
                    while self.cursor.get(stream, 0) < seq:
                        await self._changed.wait()
                    kept, told = _parts(self.state), _parts(fresh)
                if kept == told:
                    return
                if self.cursor[stream] != seq:
                    continue
                again = await self.document()  # a document is read in several statements: did something move meanwhile?
                if again["cursor"] == fresh["cursor"] and _parts(again) == told:
                    differ = {name: (kept.get(name), told[name]) for name in told if kept.get(name) != told[name]}
                    raise AssertionError(f"kept by events, and fetched, at {seq}: {differ}")

    async def connect(self) -> None:
        """Open the live line at the cursor; after a lost one this is all a client does."""
        await self.hang_up_line()
        if self.polls:
            self.mark = None
            self._reader = asyncio.create_task(self._poll(self.polls))
            return
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        self._socket = await websockets.connect(
            f"{self.url.replace('http', 'ws')}/api/ws?face={self.face}",
            additional_headers={"cookie": cookie, "origin": self.url},
            ssl=self.trust,
        )
        await self.say({"type": "hello", "tab": self.tab, "after": self.cursor})
        self._reader = asyncio.create_task(self._read(self._socket))

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message on the live line."""
        if self.polls:
            await self._say_over_http(message)
            return
        assert self._socket is not None
        await self._socket.send(json.dumps(message))

    async def _say_over_http(self, message: dict[str, Any]) -> None:
        assert self.polls is not None
        if message["type"] != "watch":
            await self.elsewhere(next(self.polls), "/api/live/messages", {"messages": [message]})
        elif message["keys"] != self.watching:
            self.watching = message["keys"]
            await self.hang_up_line()
            self._reader = asyncio.create_task(self._poll(self.polls))

    async def elsewhere(self, url: str, path: str, body: Any, key: str | None = None) -> httpx.Response:
        """Send a mutation to another server process than usual."""
        headers = {"origin": url, "idempotency-key": key or str(uuid4()), "x-csrf-token": self.csrf or ""}
        return await self.http.post(url + path, json=body, headers=headers | {"x-background": "1"})

    async def _poll(self, servers: Iterator[str]) -> None:
        """Ask, hear, ask again; what happens at other servers than the one asked is heard all the same."""
        while True:
            body = {"tab": self.tab, "after": self.cursor, "watch": self.watching, "mark": self.mark}
            answer = await self.elsewhere(next(servers), "/api/live/poll", body)
            if answer.status_code != 200:
                self.refused = answer
                return
            self.mark = answer.json()["mark"]
            for message in answer.json()["messages"]:
                await self._hear(message)

    async def hang_up_line(self) -> None:
        """Close the live line, as a closed tab does."""
        if self._reader:
            self._reader.cancel()
            with suppress(asyncio.CancelledError, websockets.ConnectionClosed):
                await self._reader
        if self._socket:
            await self._socket.close()
        self._reader = self._socket = None

    async def _read(self, socket: websockets.ClientConnection) -> None:
        with suppress(websockets.ConnectionClosed):
            async for raw in socket:
                await self._hear(json.loads(raw))

    async def _hear(self, message: dict[str, Any]) -> None:
        async with self._changed:
            self.messages.append(message)
            if message["type"] == "event" and message["seq"] > self.cursor.get(message["stream"], 0):
                self.cursor[message["stream"]] = message["seq"]
                self.state[message["event"]] = message["data"]
            self._changed.notify_all()

    async def closed(self, seconds: float = LONG_ENOUGH) -> int | None:
        """Wait until the server closes the live line; returns the close code, or the status of a poll."""
        assert self._reader is not None
        async with asyncio.timeout(seconds):
            await asyncio.wait([self._reader])
        if self.polls:
            return self.refused.status_code if self.refused else None
        assert self._socket is not None
        return self._socket.close_code

    async def until(self, holds: Callable[[dict[str, Any]], object], seconds: float = LONG_ENOUGH) -> dict[str, Any]:
        """Wait until the state kept by events satisfies a condition, and return the state."""
        async with asyncio.timeout(seconds), self._changed:
            while not holds(self.state):
                await self._changed.wait()
        return self.state

    async def heard(self, fits: Callable[[dict[str, Any]], object], seconds: float = LONG_ENOUGH) -> dict[str, Any]:
        """Wait for a message on the live line that fits, and return it."""
        async with asyncio.timeout(seconds), self._changed:
            while not (found := next((m for m in self.messages if fits(m)), None)):
                await self._changed.wait()
        return found


def _parts(document: dict[str, Any]) -> Any:
    return _without_drafts({name: part for name, part in document.items() if name not in {"cursor", "server_time"}})


def _without_drafts(part: Any) -> Any:
    if isinstance(part, list):
        return [_without_drafts(each) for each in part]
    if isinstance(part, dict):
        return {name: _without_drafts(each) for name, each in part.items() if name != "draft"}
    return part


class Citizen(Client):
    """A guest on a phone."""

    def __init__(self, url: str, trust: ssl.SSLContext | None = None, *, polls: Sequence[str] = ()) -> None:
        super().__init__(url, "applicant", trust, polls=polls)

    async def enter(self, name: str = "刘桂英", phone: str = "19900001301", *, elderly: bool = False) -> Self:
        """Give a form of address and a phone, and follow the own state."""
        body = {"form_of_address": name, "phone": phone, "elderly": elderly}
        self.csrf = (await self.post("/api/applicant/enter", body))["csrf"]
        await self.open_line()
        return self

    def wish(self, item: str = "P01", region: str = WEIDU, **more: Any) -> dict[str, Any]:
        """Return the body of a request for a number."""
        return {"item_key": item, "region_code": region, "consent_version": CONSENT, "device": "phone"} | more

    async def take(self, item: str = "P01", region: str = WEIDU, **more: Any) -> dict[str, Any]:
        """Take a number; returns the ticket."""
        ticket: dict[str, Any] = (await self.post("/api/tickets", self.wish(item, region, **more)))["ticket"]
        return ticket


class Clerk(Client):
    """A clerk at a station."""

    def __init__(self, url: str, *, polls: Sequence[str] = ()) -> None:
        super().__init__(url, "staff", polls=polls)
        self.me: dict[str, Any] = {}

    async def sign_in(self, account: str = "zhangyanli", site: str = "魏都", *, ready: bool = True) -> Self:
        """Sign in at the first station of a site, follow the own state, and be ready unless told otherwise."""
        stations = await self.get("/api/stations")
        station = next(row["id"] for row in stations if site in row["site_name"])
        body = {"account": account, "password": PASSWORD, "station_id": station}
        answer = await self.post("/api/staff/login", body)
        self.csrf, self.me = answer["csrf"], answer["staff"]
        await self.open_line()
        await self.heard(lambda message: message["type"] == "welcome")
        if ready:
            await self.presence("ready")
        return self

    async def presence(self, wanted: str, reason: str | None = None, expect: int = 200) -> Any:
        """Say what the clerk wants."""
        return await self.post("/api/workbench/presence", {"wanted": wanted, "reason": reason}, expect=expect)

    async def accept(self) -> dict[str, Any]:
        """Wait for a ring and answer it; returns what the browser gets."""
        offer = (await self.until(lambda state: state.get("offer")))["offer"]
        answer: dict[str, Any] = await self.post(f"/api/engagements/{offer['engagement_id']}/accept")
        return answer


async def flow(clerk: Clerk, citizen: Citizen, joined: dict[str, Any]) -> None:
    """Let the citizen join, and both report growing bytes until the call counts as connected."""
    call = joined["call"]["id"]
    mine = await citizen.post(f"/api/calls/{call}/join")
    for received in (1000, 2000):
        for client, attempt in ((clerk, joined["attempt"]), (citizen, mine["attempt"])):
            await client.say(
                {"type": "media", "call": call, "attempt": attempt, "ice": "connected", "bytes": received, "frames": 9}
            )
    await clerk.until(lambda state: state["call"] and state["call"]["state"] == "connected")


async def tab_is_gone(city: City, client: Client) -> None:
    """Wait until the server knows that a page was closed; the few seconds that a broken poll leaves it pass at once."""
    known = text("SELECT lease_until <= app_now() + interval '5 s', pg_sleep(0.05) FROM tab_lease WHERE id = :tab")
    over = text("UPDATE tab_lease SET lease_until = app_now() WHERE id = :tab")
    async with asyncio.timeout(LONG_ENOUGH):
        while True:
            async with city.database.transaction() as session:
                row = (await session.execute(known, {"tab": client.tab})).first()
                if row is None or row[0]:
                    await session.execute(over, {"tab": client.tab})
                    return


async def move_clock(client: Client, seconds: float) -> None:
    """Move the one clock forward; open pages keep their leases."""
    await client.post("/api/test/clock", {"seconds": seconds})
