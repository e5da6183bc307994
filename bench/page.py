"""A page without its browser: cookie, origin, state kept by events, pings, the web client's own way of coming back."""

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

from pydantic_core import from_json

from bench.wire import Line, LostError, Requests
from cloudwindow.foundation.authentication import COOKIES, Face, csrf_token

BEAT_SECONDS = 20.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 8.0
FALLBACK_SECONDS = 5.0
COALESCE_SECONDS = 0.3
ANSWER_SECONDS = 15.0
RETRIES = 2
"""As in `web/src/live/socket.ts`, `store.ts`, `hints.ts` and `api/http.ts`."""

BROWSER = (
    "user-agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
    "Safari/537.36\r\naccept-language: zh-CN,zh;q=0.9,en;q=0.8\r\naccept-encoding: gzip, deflate, br, zstd\r\n"
    "pragma: no-cache\r\ncache-control: no-cache\r\nsec-fetch-site: same-origin\r\nsec-fetch-mode: websocket\r\n"
)
"""What browsers send besides: the server keeps it or does not."""

PATIENCE_SECONDS = 60.0
FIRST_ERROR = 400
LOST = {502, 503, 504}
"""Answers after which a page asks again, with the same key."""


class RefusedError(RuntimeError):
    """A request was answered with a problem; `code` is the problem's."""

    def __init__(self, path: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{path}: {status} {problem}")
        self.code = problem["code"]


def reconnect_pause(tries: int) -> float:
    """Seconds before try number `tries`: doubling, and between half and the whole of it at random."""
    return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**tries) * random.uniform(0.5, 1.0)  # noqa: S311  no secret


class Page:
    """One tab of a face with a live login. `state[type]` is what events made of the state document."""

    def __init__(self, port: int, face: Face, token: str) -> None:
        self.port = port
        self.face = face
        self.state: dict[str, Any] = {}
        self.cursor: dict[str, int] = {}
        self.welcomes = 0
        self.events = 0
        self.on_welcome: Callable[[], None] | None = None
        self.on_message: Callable[[dict[str, Any]], None] | None = None
        self._tab = str(uuid4())
        self._token = token
        self._watched: list[str] = []
        self._requests: list[Requests] = []
        self._line: Line | None = None
        self._open = False
        self._tries = 0
        self._timer: asyncio.TimerHandle | None = None
        self._fallback: asyncio.Task[None] | None = None
        self._changed: asyncio.Event | None = None

    @property
    def is_open(self) -> bool:
        """Whether the line is open and welcome."""
        return self._open

    # Requests.

    async def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Ask for something or, with a body or method POST, do something; with one key until an answer comes.

        Raises:
            RefusedError: the answer is a problem.
        """
        request = self._request(method or ("GET" if body is None else "POST"), path, body)
        for tried in range(RETRIES + 1):
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    status, answer = await self._exchange(request)
                if status < FIRST_ERROR:
                    return from_json(answer)
                if status not in LOST or tried == RETRIES:
                    raise RefusedError(path, status, from_json(answer))
            except OSError:
                if tried == RETRIES:
                    raise
            await asyncio.sleep(FIRST_PAUSE_SECONDS * 1.5 * 2**tried * random.uniform(0.5, 1.5))  # noqa: S311  no secret
        raise LostError

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        """Send over a connection that is free, or over one more, as browsers do."""
        self._requests = [one for one in self._requests if one.open]
        free = next((one for one in self._requests if not one.busy), None)
        if free is None:
            _, free = await asyncio.get_running_loop().create_connection(Requests, "127.0.0.1", self.port)
            self._requests.append(free)
        return await free.exchange(request)

    def _request(self, method: str, path: str, body: Any) -> bytes:
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nhost: localhost:{self.port}\r\nx-face: {self.face}\r\n{self._headers()}"
        if method != "GET":
            head += f"x-csrf-token: {csrf_token(self._token)}\r\nidempotency-key: {uuid4()}\r\n"
            head += f"content-type: application/json\r\ncontent-length: {len(content)}\r\n"
        return f"{head}\r\n".encode() + content

    def _headers(self) -> str:
        return f"{BROWSER}origin: http://localhost:{self.port}\r\ncookie: {COOKIES[self.face]}={self._token}\r\n"

    # The state document and the live line.

    async def refresh(self) -> None:
        """Fetch the state document."""
        document = await self.ask(f"/api/{'applicant' if self.face == 'applicant' else 'workbench'}/state")
        stream, seq = document["cursor"]["stream"], document["cursor"]["seq"]
        if seq >= self.cursor.get(stream, 0):
            self.cursor = {stream: seq}
            self.state = {name: part for name, part in document.items() if name not in {"cursor", "server_time"}}

    async def open_line(self) -> None:
        """Fetch the state document, follow it, and wait for the welcome."""
        await self.refresh()
        welcomes = self.welcomes
        self.connect()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.welcomes == welcomes:
                await self._change()

    def watch(self, keys: list[str]) -> None:
        """Ask for hints; said again after every reconnection."""
        self._watched = keys
        if self._open:
            self._say_watch()

    def _say_watch(self) -> None:
        self.say({"type": "watch", "keys": self._watched})

    def say(self, message: dict[str, Any]) -> None:
        """Send a message when the line is open; drop it otherwise."""
        if self._line is not None and self._open:
            self._line.say(json.dumps(message).encode())

    def connect(self) -> None:
        """Open the line at the cursor; after a lost one this is what a page does."""
        request = f"GET /api/ws?face={self.face} HTTP/1.1\r\nhost: localhost:{self.port}\r\n{self._headers()}"
        hello = json.dumps({"type": "hello", "tab": self._tab, "after": self.cursor}).encode()
        line = Line(request, hello, self._hear, lambda: self._lost(line))
        self._line = line
        self._dialling = asyncio.get_running_loop().create_task(self._dial(line))

    async def _dial(self, line: Line) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", self.port)
        except OSError:
            self._lost(line)

    def _hear(self, raw: bytes) -> None:
        message = from_json(raw)
        kind = message["type"]
        if kind == "event":
            if message["seq"] > self.cursor.get(message["stream"], 0):
                self.events += 1
                self.cursor[message["stream"]] = message["seq"]
                self.state[message["event"]] = message["data"]
        elif kind == "welcome":
            self._welcomed()
        if self.on_message is not None:
            self.on_message(message)
        if self._changed is not None:
            self._changed.set()

    def _welcomed(self) -> None:
        self._open, self._tries = True, 0
        self.welcomes += 1
        if self._watched:
            self._say_watch()
        self._later(BEAT_SECONDS, self._beat)
        if self._fallback is not None:
            self._fallback.cancel()
            self._fallback = None
        if self.on_welcome is not None:
            self.on_welcome()

    def _beat(self) -> None:
        self.say({"type": "ping"})
        self._later(BEAT_SECONDS, self._beat)

    def _lost(self, line: Line) -> None:
        if line is not self._line:
            return
        self._open, self._line = False, None
        if self._fallback is None:
            self._fallback = asyncio.create_task(self._fetch_now_and_then())
        self._later(reconnect_pause(self._tries), self.connect)
        self._tries += 1

    async def _fetch_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(FALLBACK_SECONDS)
            with suppress(OSError, RefusedError):
                await self.refresh()

    def _later(self, seconds: float, call: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, call)

    async def _change(self) -> None:
        self._changed = self._changed or asyncio.Event()
        await self._changed.wait()
        self._changed.clear()

    async def agrees(self) -> None:
        """Check that what events made of the state is what a fresh fetch says. Raises `RuntimeError` when it is not."""
        document = await self.ask(f"/api/{'applicant' if self.face == 'applicant' else 'workbench'}/state")
        stream, seq = document["cursor"]["stream"], document["cursor"]["seq"]
        await self.until(lambda _: self.cursor[stream] >= seq)
        parts = {name: part for name, part in document.items() if name not in {"cursor", "server_time"}}
        if self.cursor[stream] == seq and parts != self.state:
            raise RuntimeError(f"kept by events: {self.state}, fetched: {parts}")

    async def until(self, holds: Callable[[dict[str, Any]], object], seconds: float | None = PATIENCE_SECONDS) -> None:
        """Wait until the state kept by events satisfies a condition. Raises `TimeoutError`."""
        async with asyncio.timeout(seconds):
            while not holds(self.state):
                await self._change()

    def leave(self) -> None:
        """Close the tab."""
        if self._timer is not None:
            self._timer.cancel()
        if self._fallback is not None:
            self._fallback.cancel()
        line, self._line, self._open = self._line, None, False
        if line is not None:
            line.close()
        for one in self._requests:
            one.close()


async def open_all(pages: Sequence[Page], at_once: int = 50) -> None:
    """Open many pages, so many at a time, until all are welcome."""
    for first in range(0, len(pages), at_once):
        await asyncio.gather(*(page.open_line() for page in pages[first : first + at_once]))


async def leave_all(pages: Sequence[Page]) -> None:
    """Close many tabs, and give the server a moment to notice."""
    for page in pages:
        page.leave()
    await asyncio.sleep(1.0)
