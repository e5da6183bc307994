"""A line that broke: who is gone is shown the way back once, and the clerk is told what is known of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from cloudwindow.calls import report
from cloudwindow.calls.calling import join
from cloudwindow.calls.recalling import recall
from cloudwindow.calls.schemas import Accepted
from cloudwindow.dispatch.recalling import how_long
from cloudwindow.foundation.authentication import SYSTEM, Actor
from cloudwindow.messages import Courier, NoSender, NotSentError, Outbox, RefusedError, Sender
from cloudwindow.people.device_links import follow_link
from tests.integration.dispatch.test_recalling import close_page, open_page, said, secret, verified
from tests.support.house import STRANGER, House, at_once, open_house

BROKEN = 16
"""After so many seconds without a good report a call is interrupted, with some 104 of its grace left."""


async def known(house: House, who: Actor) -> Any:
    """What the page is shown of the way back, by its document; what it was told by events is the same."""
    document = (await house.state(who))["call"]
    assert (await house.told(who))["call"] == document
    found = document["recall"]
    return found and found["state"]


async def broken(house: House, citizen: Actor) -> tuple[Accepted, Actor]:
    """They talked; then the line breaks."""
    clerk = await house.clerk()
    joined = await house.talk(clerk, citizen)
    assert await known(house, clerk) is None
    await house.after(BROKEN)
    return joined, clerk


async def ways(house: House, citizen: Actor) -> list[str]:
    """The texts of messages that lead back into a call."""
    return [text for kind, text in await said(house, citizen) if kind == "recall_call"]


async def carry(house: House, sender: Sender) -> None:
    await Courier(house.actions, sender).round()
    await house.sweep()


class Refusing(NoSender):
    is_there = True

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def send(self, message_id: Any, phone: str, text: str) -> None:  # noqa: ARG002  the port names them
        raise self.error


async def test_who_is_gone_gets_the_way_back_and_the_clerk_reads_when(house: House) -> None:
    citizen = await verified(house)
    _, clerk = await broken(house, citizen)
    (text,) = await ways(house, citizen)
    assert text.startswith("云A001：通话断了，位置还在。1 分半钟内点开链接就接着说：http")
    assert await known(house, clerk) == await known(house, citizen) == "sending"
    await house.move(2)
    await carry(house, Outbox())
    assert await known(house, clerk) == "sent"
    sent = await house.row("SELECT m.ended_at, c.recall_at FROM message m JOIN call c ON c.id = m.occasion")
    assert sent.ended_at == sent.recall_at
    await house.after(5)
    assert len(await ways(house, citizen)) == 1


async def test_its_link_leads_back_into_the_same_call(house: House) -> None:
    citizen = await verified(house)
    joined, clerk = await broken(house, citizen)
    (text,) = await ways(house, citizen)
    await house.after(60)
    _, cookie = await house.run(STRANGER, follow_link, secret(text), uuid4())
    back = await house._actor("applicant", cookie)
    assert (await house.state(back))["call"]["id"] == str(joined.call.id)
    await open_page(house, back)
    await house.sweep()
    assert await known(house, clerk) == "open"
    await house.run(back, join, joined.call.id)
    await house.flow(joined, clerk, back)
    assert await house.value("SELECT state FROM call") == "connected"
    assert await known(house, clerk) is None


async def test_who_is_too_late_is_shown_by_the_link_what_became_of_it(house: House) -> None:
    citizen = await verified(house)
    await broken(house, citizen)
    (text,) = await ways(house, citizen)
    await house.after(105)
    _, cookie = await house.run(STRANGER, follow_link, secret(text), uuid4())
    back = await house._actor("applicant", cookie)
    assert (await house.state(back))["ticket"]["callback_at"] is not None


async def test_a_page_that_is_open_needs_none(house: House) -> None:
    citizen = await verified(house)
    await open_page(house, citizen)
    joined, clerk = await broken(house, citizen)
    assert await known(house, clerk) == "looking"
    await house.after(5)
    await house.run(citizen, report, joined.call.id, 1, "disconnected", 1000)
    await house.sweep()
    assert await known(house, clerk) == "open"
    await house.after(60)
    assert await ways(house, citizen) == []


async def test_a_page_whose_line_was_not_cut_is_open(house: House) -> None:
    citizen = await verified(house)
    await open_page(house, citizen)
    _, clerk = await broken(house, citizen)
    await house.after(64)
    assert await known(house, clerk) == "looking"
    await house.after(1)
    assert await known(house, clerk) == "open"


@pytest.mark.parametrize("heard", [True, False])
async def test_a_page_that_goes_later_is_followed_by_the_message(house: House, *, heard: bool) -> None:
    citizen = await verified(house)
    await open_page(house, citizen)
    joined, clerk = await broken(house, citizen)
    if heard:
        await house.move(1)
        await house.run(citizen, report, joined.call.id, 1, "disconnected", 1000)
        await house.sweep()
    assert await known(house, clerk) == ("open" if heard else "looking")
    await house.move(20)
    await close_page(house, citizen)
    await house.sweep()
    assert await known(house, clerk) == "sending"
    assert len(await ways(house, citizen)) == 1


async def test_a_guest_gets_none(house: House) -> None:
    citizen = await house.citizen()
    _, clerk = await broken(house, citizen)
    await house.sweep()
    assert await known(house, clerk) == "unverified"
    assert await ways(house, citizen) == []


@pytest.mark.parametrize("phone", [True, False])
async def test_without_a_sender_there_is_none(house: House, *, phone: bool) -> None:
    house.wiring._bound[Sender] = NoSender()
    citizen = await (verified(house) if phone else house.citizen())
    _, clerk = await broken(house, citizen)
    await house.sweep()
    assert await known(house, clerk) == "none"
    assert await ways(house, citizen) == []
    await open_page(house, citizen)
    await house.sweep()
    assert await known(house, clerk) == "open"


@pytest.mark.parametrize(("left", "found"), [(19, "late"), (20.5, "sending")])
async def test_it_must_be_of_use(house: House, left: float, found: str) -> None:
    citizen = await verified(house)
    await open_page(house, citizen)
    _, clerk = await broken(house, citizen)
    until = await house.value("SELECT grace_until FROM call")
    await house.move((until - await house.now()).total_seconds() - left)
    await close_page(house, citizen)
    await house.sweep()
    await house.sweep()
    assert await known(house, clerk) == found
    assert len(await ways(house, citizen)) == (found == "sending")


async def test_one_for_a_call_however_often_its_line_breaks(house: House) -> None:
    citizen = await verified(house)
    joined, clerk = await broken(house, citizen)
    await carry(house, Outbox())
    await house.move(10)
    await house.flow(joined, clerk, citizen)
    await house.after(BROKEN)
    assert await known(house, clerk) == "before"
    assert len(await ways(house, citizen)) == 1
    at = await house.row("SELECT m.ended_at, c.recall_at FROM message m JOIN call c ON c.id = m.occasion")
    assert at.ended_at == at.recall_at


@pytest.mark.parametrize(
    ("error", "found"), [(RefusedError(), "failed"), (NotSentError(), "sending"), (OSError(), "unknown")]
)
async def test_the_clerk_reads_what_became_of_it(house: House, error: Exception, found: str) -> None:
    citizen = await verified(house)
    _, clerk = await broken(house, citizen)
    await carry(house, Refusing(error))
    assert await known(house, clerk) == found


async def test_who_signed_out_cannot_be_led_back(house: House) -> None:
    citizen = await verified(house)
    clerk = await house.clerk()
    await house.talk(clerk, citizen)
    await house.change("UPDATE login SET ended_at = app_now() WHERE id = :id", id=citizen.login_id)
    await house.after(BROKEN)
    await house.sweep()
    assert await known(house, clerk) == "failed"
    assert await ways(house, citizen) == []


async def test_two_processes_at_once_write_one(house: House) -> None:
    citizen = await verified(house)
    await open_page(house, citizen)
    joined, clerk = await broken(house, citizen)
    await close_page(house, citizen)
    async with open_house(house.city) as other:

        async def one() -> None:
            await house.run(SYSTEM, recall, joined.call.id)

        async def two() -> None:
            await other.run(SYSTEM, recall, joined.call.id)

        await at_once(one, two, one, two)
    assert len(await ways(house, citizen)) == 1
    assert await known(house, clerk) == "sending"
    assert await house.value("SELECT count(*) FROM device_link") == 1


async def test_a_call_that_goes_on_is_left_alone(house: House) -> None:
    citizen = await verified(house)
    clerk = await house.clerk()
    joined = await house.talk(clerk, citizen)
    await house.run(SYSTEM, recall, joined.call.id)
    assert await ways(house, citizen) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(15, "10 秒"), (59.9, "50 秒"), (60, "1 分钟"), (89, "1 分钟"), (104, "1 分半钟"), (120, "2 分钟")],
)
def test_how_long_is_never_said_too_long(seconds: float, words: str) -> None:
    assert how_long(timedelta(seconds=seconds)) == words
