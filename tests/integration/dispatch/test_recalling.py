"""A phone that sleeps is recalled: near its turn and when it rings, each once, and only where the phone is verified."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from cloudwindow.app import wire
from cloudwindow.calls.schemas import TransferRequest
from cloudwindow.calls.transferring import transfer
from cloudwindow.dispatch import Place, keep_places
from cloudwindow.dispatch.queries import ticket_page
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.messages import Sender, text_of
from cloudwindow.messages.models import Message
from cloudwindow.people.device_links import follow_link
from cloudwindow.settings import Settings
from tests.support.house import STRANGER, House, id_of, refused


async def verified(house: House) -> Actor:
    citizen = await house.citizen()
    await house.change("UPDATE account SET phone_verified_at = app_now() WHERE id = :id", id=id_of(citizen))
    return citizen


async def open_page(house: House, citizen: Actor) -> None:
    await house.change(
        "INSERT INTO tab_lease (id, login_id, account_id, opened_at, lease_until, holder)"
        " VALUES (:id, :login, :account, app_now(), app_now() + interval '1 hour', :id)",
        id=uuid4(),
        login=citizen.login_id,
        account=citizen.id,
    )


async def close_page(house: House, citizen: Actor) -> None:
    await house.change("DELETE FROM tab_lease WHERE account_id = :id", id=citizen.id)


async def said(house: House, citizen: Actor) -> list[tuple[str, str]]:
    """Kinds and texts of the messages to somebody, in their order."""
    ids = [
        row.id for row in await house.rows("SELECT id FROM message WHERE account_id = :id ORDER BY id", id=citizen.id)
    ]
    async with house.database.reading() as session:
        rows = [await session.get_one(Message, id_) for id_ in ids]
        return [(row.kind, text_of(row, house.city.keys)) for row in rows]


async def kinds(house: House, citizen: Actor) -> list[str]:
    return [kind for kind, _ in await said(house, citizen)]


def secret(text: str) -> str:
    return text.partition("#")[2].partition("（")[0]


async def test_a_ring_writes_the_message_in_its_own_transaction(house: House) -> None:
    citizen = await verified(house)
    await house.take(citizen)
    clerk = await house.clerk()
    assert await house.ring_of(clerk) is not None
    ((kind, text),) = await said(house, citizen)
    assert kind == "recall_ringing"
    assert text.startswith("云A001：轮到您了")
    at = await house.row(
        "SELECT m.queued_at, e.offered_at FROM message m JOIN engagement e ON e.ticket_id = m.occasion"
    )
    assert at.queued_at == at.offered_at


async def test_guests_and_open_pages_get_no_message(house: House) -> None:
    guest, at_the_page = await house.citizen(), await verified(house)
    await open_page(house, at_the_page)
    for one, account in ((guest, "zhangyanli"), (at_the_page, "zhaoshumin")):
        await house.take(one)
        clerk = await house.clerk(account)
        assert await house.ring_of(clerk) is not None
    await house.sweep()
    assert await house.value("SELECT count(*) FROM message") == 0


async def test_a_second_ring_of_the_same_ticket_says_nothing_more(house: House) -> None:
    citizen = await verified(house)
    await house.take(citizen)
    await house.clerk()
    await house.after(21)
    await house.clerk("zhaoshumin")
    await house.sweep()
    assert await house.value("SELECT count(*) FROM engagement") == 2
    assert await kinds(house, citizen) == ["recall_ringing"]


async def test_a_page_that_falls_asleep_just_before_the_ring_is_recalled_by_the_sweep(house: House) -> None:
    citizen = await verified(house)
    await open_page(house, citizen)
    await house.take(citizen)
    clerk = await house.clerk()
    await house.sweep()
    assert await kinds(house, citizen) == []
    await close_page(house, citizen)
    await house.accept(clerk)
    await house.sweep()
    await house.sweep()
    assert await kinds(house, citizen) == ["recall_ringing"]


async def test_whoever_is_in_the_call_is_not_told_that_it_rings(house: House) -> None:
    citizen = await verified(house)
    await open_page(house, citizen)
    await house.take(citizen)
    clerk = await house.clerk()
    joined = await house.accept(clerk)
    await house.flow(joined, clerk, citizen)
    await close_page(house, citizen)
    await house.sweep()
    assert await kinds(house, citizen) == []


@pytest.mark.parametrize(("place", "position", "told"), [(4, 3, 0), (3, 3, 1), (4, 4, 1), (1, 3, 1)])
async def test_the_message_comes_when_the_place_is_reached(house: House, place: int, position: int, told: int) -> None:
    await house.change(
        "UPDATE parameter SET value = to_jsonb(cast(:n AS int)) WHERE key = 'dispatch.recall_at_position'", n=position
    )
    await house.waiting(place - 1)
    citizen = await verified(house)
    await house.take(citizen)
    await house.sweep()
    await house.sweep()
    assert await kinds(house, citizen) == ["recall_near"] * told
    if told:
        before = f"前面还有 {place - 1} 位" if place > 1 else "下一位就是您"
        assert before in (await said(house, citizen))[0][1]


async def test_both_occasions_are_told_once_each(house: House) -> None:
    citizen = await verified(house)
    await house.take(citizen)
    await house.sweep()
    await house.clerk()
    await house.sweep()
    assert await kinds(house, citizen) == ["recall_near", "recall_ringing"]


async def test_the_link_brings_the_person_back_to_the_very_ticket_once(house: House) -> None:
    citizen = await verified(house)
    ticket = await house.take(citizen)
    await house.sweep()
    ((_, text),) = await said(house, citizen)
    assert (
        await house.value("SELECT count(*) FROM device_link WHERE digest = convert_to(:t, 'UTF8')", t=secret(text)) == 0
    )
    me, cookie = await house.run(STRANGER, follow_link, secret(text), uuid4())
    assert me.account is not None
    assert me.account.id == citizen.id
    back = await house._actor("applicant", cookie)
    assert (await house.state(back))["ticket"]["id"] == str(ticket.id)
    assert await refused(house.run(STRANGER, follow_link, secret(text), uuid4())) == "link_used"
    assert await house.value("SELECT ended_at IS NOT NULL FROM login WHERE id = :id", id=citizen.login_id)


async def test_the_link_expires_with_the_place(house: House) -> None:
    citizen = await verified(house)
    await house.take(citizen)
    await house.sweep()
    ((_, text),) = await said(house, citizen)
    await house.move(3601)
    assert await refused(house.run(STRANGER, follow_link, secret(text), uuid4())) == "link_expired"


async def test_who_signed_out_is_not_recalled(house: House) -> None:
    citizen = await verified(house)
    await house.take(citizen)
    await house.change("UPDATE login SET ended_at = app_now() WHERE id = :id", id=citizen.login_id)
    await house.clerk()
    await house.sweep()
    assert await kinds(house, citizen) == []


async def test_a_phone_that_can_be_recalled_keeps_its_place_longer(house: House) -> None:
    guest, citizen = await house.citizen(), await verified(house)
    for one in (guest, citizen):
        await house.take(one)
        async with house.database.driver() as driver:
            await keep_places(driver, [Place(id_of(one), recalled=house.wiring.port(Sender).is_there)])
    now = await house.now()

    async def kept(who: Actor) -> timedelta:
        until: Any = await house.value("SELECT lease_until FROM ticket WHERE account_id = :id", id=who.id)
        return timedelta(seconds=round((until - now).total_seconds()))

    assert (await kept(guest), await kept(citizen)) == (timedelta(minutes=5), timedelta(hours=1))


async def test_the_waiting_page_promises_only_what_is_true(house: House) -> None:
    production = Wiring()
    wire(production, house.database, Settings(mode="production", data=house.folder))
    guest, citizen = await house.citizen(), await verified(house)
    promised = {}
    for name, one in (("guest", guest), ("verified", citizen)):
        ticket = await house.take(one)
        async with house.database.reading() as session:
            here = await ticket_page(session, house.wiring, one, ticket.id)
            there = await ticket_page(session, production, one, ticket.id)
        promised[name] = (here.recall, there.recall)
    assert promised == {"guest": ("offered", "none"), "verified": ("on", "none")}


async def test_who_is_handed_on_is_told_anew_that_it_rings(house: House) -> None:
    citizen, clerk = await verified(house), await house.clerk()
    joined = await house.talk(clerk, citizen)
    assert await kinds(house, citizen) == ["recall_ringing"]
    mate = await house.clerk("zhaoshumin")
    await house.run(clerk, transfer, joined.call.id, TransferRequest(to="person", id=id_of(mate)))
    assert await house.ring_of(mate) is not None
    assert await kinds(house, citizen) == ["recall_ringing"] * 2
    await house.miss_or_decline(mate, "decline")
    await house.sweep()
    assert await kinds(house, citizen) == ["recall_ringing"] * 2
