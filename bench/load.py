"""A light load generator: keep-alive connections that send prepared requests and count whole answers."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length: "
PATIENCE = 30.0  # seconds for the last answers


@dataclass
class Run:
    """One round: what was sent, how fast, and how long each answer took."""

    requests: Iterator[bytes]
    until: float
    answers: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds

    def milliseconds(self, share: float) -> float:
        """The latency below which `share` of the answers came."""
        return sorted(self.latencies)[int(share * (len(self.latencies) - 1))] * 1000


class _Client(asyncio.Protocol):
    """One connection: the next request leaves when the answer to the last one is whole."""

    def __init__(self, run: Run, done: asyncio.Future[None]) -> None:
        self._run = run
        self._done = done
        self._buffer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by inheritance
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(END_OF_HEAD)
        if head < 0:
            return
        lower = self._buffer[:head].lower()
        start = lower.index(LENGTH) + len(LENGTH)
        length = int(lower[start:].split(b"\r\n", 1)[0])
        if len(self._buffer) < head + len(END_OF_HEAD) + length:
            return
        self._count()
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._run.wrong.append(f"the connection was lost: {exc}")
            self._done.set_result(None)

    def _count(self) -> None:
        self._run.latencies.append(time.perf_counter() - self._sent_at)
        if self._buffer[9:12] == b"201":
            self._run.answers += 1
        else:
            self._run.wrong.append(self._buffer[:600].decode(errors="replace"))
        self._buffer = b""

    def _next(self) -> None:
        self._sent_at = time.perf_counter()
        request = next(self._run.requests, None) if self._sent_at < self._run.until else None
        if request is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._transport.write(request)


async def drive(port: int, requests: Iterator[bytes], *, clients: int, seconds: float) -> Run:
    """Send requests over `clients` connections until time or requests are over.

    Raises:
        RuntimeError: an answer was not 201, or a connection broke.
    """
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    run = Run(requests, start + seconds)
    ends = [loop.create_future() for _ in range(clients)]
    for end in ends:
        await loop.create_connection(lambda end=end: _Client(run, end), "127.0.0.1", port)  # type: ignore[misc]  # a default argument binds the loop's value
    async with asyncio.timeout(seconds + PATIENCE):
        await asyncio.gather(*ends)
    run.seconds = time.perf_counter() - start
    if run.wrong:
        raise RuntimeError(f"{len(run.wrong)} answers were wrong, the first: {run.wrong[0]}")
    return run
