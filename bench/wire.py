"""HTTP/1.1 and WebSocket (RFC 6455) as clients speak them, with little besides: the generator shall not be measured."""

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import cast

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length: "

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
FINAL, MASKED = 0x80, 0x80
SHORT, MEDIUM, LONG = 125, 126, 127


class LostError(ConnectionError):
    """The connection ended before the answer came."""


class Requests(asyncio.Protocol):
    """One keep-alive connection; the next request leaves when the answer to the last one is whole."""

    def __init__(self) -> None:
        self.open = False
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by inheritance
        self.open = True

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._answer is not None

    async def exchange(self, request: bytes) -> tuple[int, bytes]:
        """Send one request; returns status and body. Raises `LostError`."""
        if not self.open:
            raise LostError
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        """Gather the answer."""
        self._buffer += data
        head = self._buffer.find(END_OF_HEAD)
        if head < 0:
            return
        lower = self._buffer[:head].lower()
        start = lower.index(LENGTH) + len(LENGTH)
        end = head + len(END_OF_HEAD) + int(lower[start:].split(b"\r\n", 1)[0])
        if len(self._buffer) < end:
            return
        answer, self._answer = self._answer, None
        body, status = self._buffer[head + len(END_OF_HEAD) : end], int(self._buffer[9:12])
        self._buffer = b""
        if answer is not None and not answer.done():
            answer.set_result((status, body))

    def connection_lost(self, _exc: Exception | None) -> None:
        """Whoever waits for an answer waits in vain."""
        self.open = False
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(LostError())

    def close(self) -> None:
        """Hang up."""
        if self.open:
            self._transport.close()


class Line(asyncio.Protocol):
    """One WebSocket: it opens with `first`, `heard` gets each text, `lost` is called once when it ends."""

    def __init__(
        self,
        request: str,
        first: bytes,
        heard: Callable[[bytes], None],
        lost: Callable[[], None],
    ) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        self._request = (
            f"{request}upgrade: websocket\r\nconnection: Upgrade\r\n"
            f"sec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n\r\n"
        ).encode()
        self._first = first
        self._heard = heard
        self._lost = lost
        self._buffer = b""
        self._opened = False
        self._closing = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the line."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def say(self, text: bytes) -> None:
        """Send one text."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(_frame(TEXT, text))

    def data_received(self, data: bytes) -> None:
        """Take the frames out of what came."""
        self._buffer = self._buffer + data if self._buffer else data
        if not self._opened:
            head = self._buffer.find(END_OF_HEAD)
            if head < 0:
                return
            if self._buffer[9:12] != b"101":
                self._hang_up()
                return
            self._opened = True
            self._buffer = self._buffer[head + len(END_OF_HEAD) :]
            self.say(self._first)
        while self._take_frame():
            pass

    def _take_frame(self) -> bool:
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        kind, length, start = buffer[0] & 0x0F, buffer[1], 2
        if length == MEDIUM and len(buffer) >= 4:
            length, start = struct.unpack_from(">H", buffer, 2)[0], 4
        elif length == LONG and len(buffer) >= 10:
            length, start = struct.unpack_from(">Q", buffer, 2)[0], 10
        elif length > SHORT:
            return False
        if len(buffer) < start + length:
            return False
        self._buffer = buffer[start + length :]
        if kind == TEXT:
            self._heard(buffer[start : start + length])
        elif kind == PING and self._transport is not None:
            self._transport.write(_frame(PONG, buffer[start : start + length]))
        elif kind == CLOSE:
            self._hang_up()
        return not self._closing

    def _hang_up(self) -> None:
        self._closing = True
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, _exc: Exception | None) -> None:
        """Tell whoever wants to come back."""
        self._transport = None
        self._lost()

    def close(self) -> None:
        """Close as a browser does that leaves the page; `lost` is not called any more."""
        self._lost = _nothing
        if self._transport is not None:
            self._transport.write(_frame(CLOSE, struct.pack(">H", 1001)))
            self._hang_up()


def _nothing() -> None:
    pass


def _frame(kind: int, payload: bytes) -> bytes:
    """One frame of a client. The mask is of zeros: it is there, and costs nothing (RFC 6455 §5.3 wants it random)."""
    length = len(payload)
    if length <= SHORT:
        return bytes((FINAL | kind, MASKED | length)) + b"\0\0\0\0" + payload
    return struct.pack(">BBH", FINAL | kind, MASKED | MEDIUM, length) + b"\0\0\0\0" + payload
