"""换一个窗口: a clerk who has signed in sits at another station, but not while somebody is rung for or served there."""

from uuid import uuid4

from cloudwindow.foundation.authentication import Actor
from cloudwindow.people.schemas import SeatRequest
from cloudwindow.people.seats import move
from tests.support.house import House, id_of, refused


async def another(house: House, clerk: Actor) -> SeatRequest:
    found = await house.value(
        "SELECT id FROM station WHERE status = 'in_use' AND id <> :mine ORDER BY key LIMIT 1", mine=clerk.station_id
    )
    return SeatRequest(station_id=found)


async def seats(house: House, clerk: Actor) -> set[object]:
    """Where presence and login say that somebody sits."""
    row = await house.row(
        "SELECT p.station_id AS sits, l.station_id AS signed_in FROM presence p, login l"
        " WHERE p.staff_id = :staff AND l.id = :login",
        staff=id_of(clerk),
        login=clerk.login_id,
    )
    return {row.sits, row.signed_in}


async def test_the_next_ring_is_at_the_new_seat(house: House) -> None:
    clerk = await house.clerk()
    wish = await another(house, clerk)
    since = (await house.presence(clerk)).since
    await house.move(30)
    await house.run(clerk, move, wish)
    await house.run(clerk, move, wish)
    assert await seats(house, clerk) == {wish.station_id}
    assert (await house.presence(clerk)).since == since
    await house.take(await house.citizen())
    assert (await house.ring_of(clerk)).station_id == wish.station_id
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'login.move'") == 1


async def test_a_ring_and_a_talk_stay_where_they_are(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    wish = await another(house, clerk)
    await house.take(citizen)
    assert await refused(house.run(clerk, move, wish)) == "still_serving"
    joined = await house.accept(clerk)
    assert await refused(house.run(clerk, move, wish)) == "still_serving"
    assert await seats(house, clerk) == {clerk.station_id}
    await house.hang_up(citizen, joined)
    await house.run(clerk, move, wish)
    assert await seats(house, clerk) == {wish.station_id}


async def test_only_a_station_in_use_and_only_for_who_serves(house: House) -> None:
    clerk, watcher = await house.clerk(), await house.clerk("yangzhenyu", ready=False, tab=False)
    wish = await another(house, clerk)
    assert await refused(house.run(clerk, move, SeatRequest(station_id=uuid4()))) == "station_unknown"
    await house.change("UPDATE station SET status = 'closed' WHERE id = :id", id=wish.station_id)
    assert await refused(house.run(clerk, move, wish)) == "station_unknown"
    assert await refused(house.run(watcher, move, wish)) == "not_allowed"
    assert await seats(house, clerk) == {clerk.station_id}
