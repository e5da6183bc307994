"""The live line where WebSockets are blocked: polls and messages over HTTP (invariant 4)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints, field_validator

from cloudwindow.foundation import frames, limits, live_socket
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.ceiling import LINES
from cloudwindow.foundation.http import EitherActor, OnceKey, house
from cloudwindow.foundation.live import WATCH_LIMIT
from cloudwindow.foundation.live_polling import Mark, Polling
from cloudwindow.foundation.numbers import NOT_GUESSED
from cloudwindow.people import Asked, Wire

MOST_MESSAGES = 32
"""In one request; a page sends what has gathered while the last one was under way."""

Name = Annotated[str, StringConstraints(max_length=80)]
"""Of a stream, or of something to watch."""

router = APIRouter(tags=["common"])


class PollRequest(Asked):
    """Which tab asks, how far it has been told (`after`: a number for each stream), and what it watches.

    The first poll of a line has no `mark`; every other one brings the mark of the answer before.
    """

    tab: UUID
    after: Annotated[dict[Name, Annotated[int, NOT_GUESSED]], Field(max_length=4)]
    watch: Annotated[list[Name], Field(max_length=WATCH_LIMIT)]
    mark: Mark | None = None


class PollAnswer(Wire):
    """What a WebSocket would have said, in order. Without a `mark` the line is over; another may be opened at once."""

    messages: list[dict[str, Any]]
    mark: Mark | None


class SayRequest(Asked):
    """Messages as a WebSocket takes them: `signal` and `media`; others are passed over."""

    messages: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_MESSAGES)]

    @field_validator("messages", mode="before")
    @classmethod
    def _not_too_deep(cls, value: Any) -> Any:
        if frames.is_deep(value):
            msg = "a message is nested too deep"
            raise ValueError(msg)
        return value


class SayAnswer(Wire):
    """How many messages there were."""

    heard: int


@router.post(LINES + "poll")
async def poll(body: PollRequest, actor: EitherActor, request: Request) -> PollAnswer:
    """Wait for news of one's own, up to 25 s; the answer to the first poll of a line comes at once."""
    await _count(request, actor, 1)
    polling: Polling = request.app.state.polling
    if body.mark is None:
        told = await polling.open(actor, body.tab, body.after)
    else:
        async with _leaving(request) as gone:
            told = await polling.poll(actor, body.tab, body.after, body.watch, body.mark, gone)
    return PollAnswer(messages=told.messages, mark=told.mark)


@asynccontextmanager
async def _leaving(request: Request) -> AsyncIterator[asyncio.Future[None]]:
    """Give out what is done once the client has gone away."""

    async def leave() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    leaving = asyncio.create_task(leave())
    try:
        yield leaving
    finally:
        leaving.cancel()


@router.post(LINES + "messages")
async def say(body: SayRequest, actor: EitherActor, key: OnceKey, request: Request) -> SayAnswer:
    """Take what a page says. Sent again with the same key, no signal goes out twice."""
    await _count(request, actor, len(body.messages))
    for place, message in enumerate(body.messages):
        if message.get("type") in live_socket.CARRIED:
            own = uuid5(key.key, f"{actor.login_id} {place}")  # of this login: nobody can take up somebody else's
            await request.app.state.live.rooms.received(actor, message, own)
    return SayAnswer(heard=len(body.messages))


async def _count(request: Request, actor: Actor, times: int) -> None:
    who = hashlib.sha256(str(actor.login_id).encode()).hexdigest()[:32]
    await limits.check(house(request).database, *[(limits.MESSAGES_OF_POLLING_LOGIN, who)] * times)
