"""A live line's two queues: what came from the client and waits to be read, what is on its way to the client."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.line import QUEUE_LIMIT, Connection
from cloudwindow.foundation.live import Live
from cloudwindow.foundation.live_socket import COME_BACK, Writer
from cloudwindow.foundation.sockets import Gate, Inbox


class Paper:
    """A socket that writes down what it is sent, once it may."""

    def __init__(self) -> None:
        self.written: list[Any] = []
        self.may = asyncio.Event()
        self.may.set()

    async def send_text(self, text: str) -> None:
        await self.may.wait()
        self.written.append(text)

    async def close(self, code: int) -> None:
        self.written.append(code)


def _line(paper: Paper, cursor: int = 0) -> tuple[Connection, Writer]:
    line = Connection(new_id(), Actor("account"), uuid4(), "account:1", datetime(2026, 11, 28, tzinfo=UTC), cursor)
    return line, Writer(paper, line)  # type: ignore[arg-type]  # the part of a socket that is used


async def _until_written(paper: Paper, number: int) -> None:
    async with asyncio.timeout(5):
        while len(paper.written) < number:  # noqa: ASYNC110  a task writes
            await asyncio.sleep(0)


async def test_messages_are_read_in_the_order_in_which_they_came() -> None:
    inbox = Inbox()
    assert inbox.empty()
    reading = asyncio.create_task(inbox.get())
    await asyncio.sleep(0)
    for message in (1, 2, 3):
        inbox.put_nowait(message)
    assert [await reading, await inbox.get(), await inbox.get()] == [1, 2, 3]
    assert inbox.empty()


async def test_a_reader_that_gives_up_takes_nothing_with_it() -> None:
    inbox = Inbox()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await inbox.get()
    inbox.put_nowait("kept")
    assert await inbox.get() == "kept"


async def test_a_closed_gate_lets_everybody_through_once_it_opens() -> None:
    gate = Gate()
    await gate.wait()
    gate.clear()
    waiting = [asyncio.create_task(gate.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    gate.clear()
    assert not any(one.done() for one in waiting)
    gate.set()
    await asyncio.gather(*waiting)
    await gate.wait()


async def test_what_is_sent_arrives_in_order_and_nothing_follows_the_end() -> None:
    paper = Paper()
    line, writer = _line(paper)
    line.send({"type": "pong"})
    await _until_written(paper, 1)
    for text in ("one", "two"):
        line.send_text(text)
    line.close()
    line.send_text("too late")
    await _until_written(paper, 4)
    await writer.end()
    assert paper.written == ['{"type":"pong"}', "one", "two", COME_BACK]


async def test_a_client_that_does_not_read_is_closed_after_what_is_queued() -> None:
    paper = Paper()
    paper.may.clear()
    line, writer = _line(paper)
    for number in range(QUEUE_LIMIT + 5):
        line.send_text(str(number))
    paper.may.set()
    await _until_written(paper, QUEUE_LIMIT + 1)
    assert paper.written == [*map(str, range(QUEUE_LIMIT)), COME_BACK]
    await writer.end()


async def test_an_answer_for_one_page_is_not_told_to_another_that_knows_less() -> None:
    """It came while the answer was on its way: what lies between would be lost to it."""
    live = Live(None, None)  # type: ignore[arg-type]  # neither is asked
    knowing, new = Paper(), Paper()
    (first, first_writer), (second, second_writer) = _line(knowing, cursor=10), _line(new, cursor=5)
    with live.holding(first), live.holding(second):
        live._tell("account:1", 10, [(11, "eleven")])
        await _until_written(knowing, 1)
        assert (first.cursor, second.cursor, knowing.written, new.written) == (11, 5, ["eleven"], [])
        live._tell("account:1", 5, [(number, str(number)) for number in range(6, 12)])
        await _until_written(new, 6)
        assert (first.cursor, second.cursor, len(knowing.written)) == (11, 11, 1)
    await first_writer.end()
    await second_writer.end()
