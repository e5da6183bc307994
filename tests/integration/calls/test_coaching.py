"""The steps of a coaching: ticked, taken back, handed on with the session, and by nobody else."""

from typing import get_args

from cloudwindow.calls.coaching import reach, undo
from cloudwindow.calls.schemas import CoachingStep, TransferRequest
from cloudwindow.calls.transferring import transfer
from tests.integration.calls.test_inviting import MATE
from tests.support.house import House, id_of, refused


async def test_steps_are_ticked_once_with_their_time_and_told(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    session = (await house.talk(clerk, citizen)).session.id
    first = await house.run(clerk, reach, session, "matter")
    await house.move(60)
    again = await house.run(clerk, reach, session, "matter")
    assert again.coached == first.coached
    for step in get_args(CoachingStep):
        await house.run(clerk, reach, session, step)
    told = (await house.told(clerk))["session"]["coached"]
    assert set(told) == set(get_args(CoachingStep))
    assert (await house.state(clerk))["session"]["coached"].keys() == told.keys()
    await house.run(clerk, undo, session, "operation")
    await house.run(clerk, undo, session, "operation")
    assert "operation" not in (await house.state(clerk))["session"]["coached"]
    kinds = [
        row.kind for row in await house.rows("SELECT kind FROM session_event WHERE kind LIKE 'step%' ORDER BY seq")
    ]
    assert kinds == ["step_reached"] * 7 + ["step_undone"]
    assert "coached" not in (await house.state(citizen))["session"]


async def test_they_go_on_with_the_session(house: House) -> None:
    clerk, citizen, mate = await house.clerk(), await house.citizen(), await house.clerk(MATE, ready=False)
    joined = await house.talk(clerk, citizen)
    await house.run(clerk, reach, joined.session.id, "conditions")
    await house.ready(mate)
    await house.run(clerk, transfer, joined.call.id, TransferRequest(to="person", id=id_of(mate)))
    assert await refused(house.run(clerk, reach, joined.session.id, "situation")) == "wrong_state"
    again = await house.accept(mate)
    assert list(again.session.coached) == ["conditions"]
    await house.run(mate, reach, joined.session.id, "situation")
    await house.hang_up(mate, again)
    assert await refused(house.run(mate, reach, joined.session.id, "materials")) == "wrong_state"
    assert set((await house.state(mate))["session"]["coached"]) == {"conditions", "situation"}


async def test_nobody_else_ticks(house: House) -> None:
    clerk, citizen, mate = await house.clerk(), await house.citizen(), await house.clerk(MATE)
    session = (await house.talk(clerk, citizen)).session.id
    for who in (citizen, mate):
        assert await refused(house.run(who, reach, session, "matter")) == "not_found"
        assert await refused(house.run(who, undo, session, "matter")) == "not_found"
    assert await house.value("SELECT coached::text FROM session") == "{}"
