"""上一位 on the ready page: the clerk's own last talk of today, without a name."""

from cloudwindow.calls.schemas import TransferRequest
from cloudwindow.calls.transferring import transfer
from cloudwindow.dispatch.callback import call_back_by_clerk
from cloudwindow.foundation.authentication import Actor
from cloudwindow.oversight.queries import today
from cloudwindow.oversight.schemas import LastTalk
from tests.integration.dispatch.test_callback import IN_30
from tests.support.house import House, id_of


async def last(house: House, clerk: Actor) -> LastTalk | None:
    async with house.database.reading() as session:
        return (await today(session, clerk)).last


async def test_it_is_the_last_that_ended_with_its_length(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.move(372)
    assert await last(house, clerk) is None
    await house.hang_up(citizen, joined)
    ended = await house.now()
    found = await last(house, clerk)
    assert found is not None
    assert (found.number, found.item_short_name) == ("云A001", "居民养老参保")
    assert 372 <= found.seconds <= 375
    assert abs((found.ended_at - ended).total_seconds()) < 2
    await house.close(clerk, joined.session.id)
    assert await last(house, clerk) == found
    second = await house.talk(clerk, await house.citizen())
    assert await last(house, clerk) == found
    await house.hang_up(clerk, second)
    newer = await last(house, clerk)
    assert newer is not None
    assert newer.number == "云A002"


async def test_who_was_handed_on_or_called_back_later_left_ones_hands(house: House) -> None:
    clerk, mate = await house.clerk(), await house.clerk("zhaoshumin")
    joined = await house.talk(clerk, await house.citizen())
    await house.run(clerk, transfer, joined.call.id, TransferRequest(to="person", id=id_of(mate)))
    found = await last(house, clerk)
    assert found is not None
    assert found.number == "云A001"
    await house.accept(mate)
    assert await last(house, mate) is None
    second = await house.talk(clerk, await house.citizen())
    await house.run(clerk, call_back_by_clerk, second.session.ticket_id, IN_30)
    found = await last(house, clerk)
    assert found is not None
    assert found.number == "云A002"


async def test_who_never_came_was_no_talk(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    await house.serve(clerk, citizen)
    await house.after(125)
    assert (await house.state(clerk))["presence"]["work"] != "serving"
    assert await last(house, clerk) is None


async def test_it_is_of_today_and_ones_own(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.hang_up(citizen, joined)
    assert await last(house, await house.clerk("zhaoshumin", ready=False)) is None
    await house.move(86_400)
    assert await last(house, clerk) is None
