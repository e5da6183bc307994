"""Messages: said once, handed over once, tried again only when they were surely not sent, and given up in the end."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from cloudwindow.app import wire
from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import SYSTEM, Actor
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.messages import Courier, NoSender, NotSentError, Outbox, RefusedError, Words, queue_message
from cloudwindow.messages.parameters import PER_PHONE_AND_DAY
from cloudwindow.messages.settling import mark, settle
from cloudwindow.settings import Settings
from tests.support.client import Citizen, move_clock
from tests.support.house import House, id_of, open_house
from tests.support.server import Server

PHONE = "19900001377"
HOUR = timedelta(hours=1)


@dataclass
class Provider:
    """A provider's side: keeps what it was handed, and fails as it is told to, once for each failure."""

    failures: list[Exception] = field(default_factory=list)
    took: list[tuple[UUID, str, str]] = field(default_factory=list)
    is_there: bool = True

    async def send(self, message_id: UUID, phone: str, text: str) -> None:
        await asyncio.sleep(0)  # as a network would, it lets others run
        if self.failures:
            raise self.failures.pop(0)
        self.took.append((message_id, phone, text))


@action("test.say")
async def say(tx: Tx, kind: str, occasion: UUID, account: UUID, good_for: timedelta = HOUR) -> bool:
    """Write a message as a room would."""
    return await queue_message(tx, kind, occasion, account, Words(PHONE, "轮到您了", good_for))


async def one_message(house: House, good_for: timedelta = HOUR) -> Actor:
    citizen = await house.citizen(phone=PHONE)
    assert await house.run(SYSTEM, say, "recall_near", uuid4(), id_of(citizen), good_for)
    return citizen


async def message(house: House) -> Any:
    return await house.row("SELECT * FROM message")


async def test_what_is_said_reaches_the_sender_with_phone_and_text(house: House) -> None:
    await one_message(house)
    provider = Provider()
    assert await Courier(house.actions, provider).round() == 1
    row = await message(house)
    assert provider.took == [(row.id, PHONE, "轮到您了")]
    assert (row.state, row.attempts, row.failure, row.ended_at is not None) == ("sent", 1, None, True)
    assert await Courier(house.actions, provider).round() == 0
    moves = await house.rows("SELECT body FROM audit WHERE action LIKE 'message.%' ORDER BY at")
    assert len(moves) == 2
    assert not [body for (body,) in moves if PHONE.encode() in bytes(body)]


async def test_an_occasion_is_said_once(house: House) -> None:
    citizen, occasion = await house.citizen(), uuid4()
    assert await house.run(SYSTEM, say, "recall_near", occasion, id_of(citizen))
    assert not await house.run(SYSTEM, say, "recall_near", occasion, id_of(citizen))
    assert await house.run(SYSTEM, say, "recall_ringing", occasion, id_of(citizen))
    assert await house.value("SELECT count(*) FROM message") == 2


async def test_two_couriers_never_hand_over_the_same_message(house: House) -> None:
    citizen = await house.citizen()
    for _ in range(12):
        await house.run(SYSTEM, say, "recall_near", uuid4(), id_of(citizen))
    provider = Provider()
    async with open_house(house.city) as second:
        couriers = [Courier(one.actions, provider) for one in (house, second)]
        handed = await asyncio.gather(*(courier.round() for courier in couriers))
    assert sum(handed) == 12
    assert len({id_ for id_, _, _ in provider.took}) == len(provider.took) == 12


async def test_what_was_surely_not_sent_is_tried_again_ever_later_and_given_up(house: House) -> None:
    await one_message(house)
    provider = Provider(failures=[NotSentError()] * 9)
    courier, waited = Courier(house.actions, provider), []
    for seconds in (10, 20, 40):
        assert await courier.round() == 1
        row = await message(house)
        waited.append((row.due_at - await house.now()).total_seconds())
        assert row.state == "queued"
        await house.move(seconds - 2)
        assert await courier.round() == 0
        await house.move(2)
    assert [round(seconds) for seconds in waited] == [10, 20, 40]
    assert await courier.round() == 1
    row = await message(house)
    assert (row.state, row.failure, row.attempts) == ("failed", "not_sent", 4)
    await house.move(3000)
    assert await courier.round() == 0


async def test_a_second_try_may_succeed(house: House) -> None:
    await one_message(house)
    provider = Provider(failures=[NotSentError()])
    courier = Courier(house.actions, provider)
    await courier.round()
    await house.move(11)
    await courier.round()
    assert (len(provider.took), (await message(house)).state) == (1, "sent")


@pytest.mark.parametrize(
    ("failure", "state", "code"),
    [(RefusedError(), "failed", "refused"), (ConnectionResetError(), "unknown", "no_answer")],
)
async def test_what_is_refused_or_not_answered_is_not_tried_again(
    house: House, failure: Exception, state: str, code: str
) -> None:
    await one_message(house)
    provider = Provider(failures=[failure])
    courier = Courier(house.actions, provider)
    await courier.round()
    row = await message(house)
    assert (row.state, row.failure) == (state, code)
    await house.after(3000)
    assert await courier.round() == 0
    assert provider.took == []


async def test_no_try_begins_when_the_message_would_come_too_late(house: House) -> None:
    await one_message(house, timedelta(seconds=12))
    courier = Courier(house.actions, Provider(failures=[NotSentError(), NotSentError()]))
    await courier.round()
    await house.after(13)
    assert await courier.round() == 0
    row = await message(house)
    assert (row.state, row.failure) == ("failed", "too_late")


async def test_a_late_answer_changes_nothing_once_the_message_counts_as_lost(house: House) -> None:
    await one_message(house)
    marked = await house.run(SYSTEM, mark, (await message(house)).id)
    assert marked is not None
    await house.after(31)
    assert ((await message(house)).state, (await message(house)).failure) == ("unknown", "courier_lost")
    await house.run(SYSTEM, settle, marked.id, marked.attempt, "postpone")
    assert (await message(house)).state == "unknown"


async def test_a_phone_gets_only_so_many_messages_a_day(house: House) -> None:
    citizen, other = await house.citizen(), await house.citizen()
    await house.change("UPDATE parameter SET value = '3' WHERE key = :key", key=PER_PHONE_AND_DAY)
    said = [
        await house.run(SYSTEM, say, "recall_near", uuid4(), id_of(who)) for who in (citizen, other, citizen, other)
    ]
    assert said == [True, True, True, False]
    await house.move(24 * 3600 + 1)
    assert await house.run(SYSTEM, say, "recall_near", uuid4(), id_of(citizen))


async def test_without_a_sender_nothing_is_written_and_what_is_there_waits(house: House) -> None:
    await one_message(house)
    wiring = Wiring()
    wire(wiring, house.database, Settings(mode="production", data=house.folder))
    production = Actions(house.database, house.city.keys, wiring, Notifier(house.database))
    account = await house.value("SELECT id FROM account LIMIT 1")
    assert not await production.run(SYSTEM, say, "recall_ringing", uuid4(), account)
    assert await Courier(production, NoSender()).round() == 0
    with pytest.raises(NotSentError):
        await NoSender().send(uuid4(), PHONE, "轮到您了")
    assert (await message(house)).state == "queued"


async def test_messages_are_forgotten_after_some_days(house: House) -> None:
    await one_message(house)
    await Courier(house.actions, Outbox()).round()
    await house.after(6 * 86400)
    assert (await message(house)).state == "sent"
    await house.after(86400 + 60)
    assert await house.value("SELECT count(*) FROM message") == 0
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'test.say'") == 1


async def test_a_courier_killed_between_marking_and_handing_over_sends_nothing_twice(server: Server) -> None:
    async with Citizen(server.url) as citizen:
        await citizen.enter()
        await citizen.post("/api/test/failpoints", {"name": "message.mark.after_commit", "effect": "kill"})
        await citizen.post("/api/applicant/phone-code")
        assert await server.wait_dead() == -signal.SIGKILL
        await server.start()

        async def state() -> Any:
            async with server.city.database.reading() as rows:
                return (await rows.execute(text("SELECT state, attempts FROM message"))).one()

        assert tuple(await state()) == ("sending", 1)
        await move_clock(citizen, 60)
        await _until(state, lambda row: row.state != "sending")
        assert tuple(await state()) == ("unknown", 1)


async def _until(read: Callable[[], Any], fits: Callable[[Any], bool]) -> None:
    async with asyncio.timeout(15):
        while not fits(await read()):  # noqa: ASYNC110  the row of another process
            await asyncio.sleep(0.05)
