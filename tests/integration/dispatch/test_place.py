"""The place in the queue and the pulse of a desk, as a waiting page shows them."""

from datetime import UTC, datetime
from uuid import UUID

from cloudwindow.dispatch.actions import postpone
from cloudwindow.dispatch.duty import duty_at
from cloudwindow.dispatch.estimates import DeskPulse, pulse
from cloudwindow.dispatch.queries import ticket_page
from cloudwindow.dispatch.schemas import TicketPage
from cloudwindow.foundation.authentication import Actor
from tests.support.city import WEIDU
from tests.support.house import House, refused

SUNDAY_NIGHT = datetime(2026, 11, 29, 14, tzinfo=UTC)


async def _page(house: House, citizen: Actor, ticket_id: UUID) -> TicketPage:
    async with house.database.reading() as session:
        return await ticket_page(session, house.wiring, citizen, ticket_id)


async def _pulse(house: House) -> DeskPulse:
    desk = await house.value("SELECT id FROM desk WHERE key = 'desk-411002-social'")
    async with house.database.reading() as session:
        return await pulse(session, desk)


async def test_people_ahead_are_those_who_will_be_served_before(house: House) -> None:
    citizens = [await house.citizen() for _ in range(3)]
    tickets = [await house.take(citizen) for citizen in citizens]
    places = [(await _page(house, who, ticket.id)).place for who, ticket in zip(citizens, tickets, strict=True)]
    assert [place and place.ahead for place in places] == [0, 1, 2]
    assert [place and place.estimate_minutes for place in places] == [None] * 3  # nobody is on duty
    await house.take(await house.citizen(), elderly=True)
    place = (await _page(house, citizens[0], tickets[0].id)).place
    assert place is not None
    assert place.ahead == 1


async def test_the_clerk_is_named_from_the_answer_on(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    ticket = await house.take(citizen)
    page = await _page(house, citizen, ticket.id)
    assert (page.ticket.state, page.clerk) == ("ringing", None)
    assert page.place is not None
    await house.accept(clerk)
    page = await _page(house, citizen, ticket.id)
    assert page.clerk is not None
    assert (page.clerk.name, page.place) == ("张艳丽", None)


async def test_a_foreign_place_is_not_found(house: House) -> None:
    (ticket,) = await house.waiting()
    assert await refused(_page(house, await house.citizen(), ticket.id)) == "not_found"


async def test_members_count_while_ready_or_serving_with_an_open_page(house: House) -> None:
    assert (await _pulse(house)).present == 0
    clerk, colleague = await house.clerk(), await house.clerk("zhaoshumin", ready=False)
    assert (await _pulse(house)).present == 1
    await house.ready(colleague)
    assert (await _pulse(house)).present == 2
    await house.close_tabs(colleague)
    assert (await _pulse(house)).present == 1
    await house.serve(clerk, await house.citizen())
    assert (await _pulse(house)).present == 1


async def test_a_place_is_on_duty_with_somebody_at_an_open_desk(house: House) -> None:
    async def duty() -> tuple[bool, tuple[int, int] | None]:
        async with house.database.reading() as session:
            found = await duty_at(session, house.database.zone, WEIDU)
        return found.on_duty, found.estimate_minutes

    assert await duty() == (False, None)
    clerk = await house.clerk()
    assert await duty() == (True, (0, 0))
    await house.serve(clerk, await house.citizen())
    assert await duty() == (True, (5, 10))
    await house.city.keep_hours()
    await house.city.move_to(SUNDAY_NIGHT)
    assert await duty() == (False, None)


async def test_the_median_is_of_services_and_not_of_those_set_aside_or_lost(house: House) -> None:
    clerk = await house.clerk()
    for minutes in (4, 6, 20):
        citizen = await house.citizen()
        joined = await house.talk(clerk, citizen)
        await house.move(minutes * 60)
        await house.hang_up(citizen, joined)
        await house.close(clerk, joined.session.id)
    citizen = await house.citizen()
    joined = await house.serve(clerk, citizen)
    await house.run(citizen, postpone, joined.session.ticket_id)
    found = await _pulse(house)
    assert found.sessions == 3
    assert 6 <= found.median_minutes < 6.2
