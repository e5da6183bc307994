"""The wrap-up: outcome and summary close a session; a draft is kept; only its own clerk writes it."""

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from cloudwindow.calls.queries import outcomes, summary
from cloudwindow.calls.schemas import Draft
from cloudwindow.calls.wrapping import save_draft, wrap_up
from cloudwindow.foundation.authentication import Actor
from tests.support.house import House, at_once, refused
from tests.support.house import summary as written


async def _ended(house: House) -> tuple[Actor, Actor, UUID]:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.hang_up(clerk, joined)
    return clerk, citizen, joined.session.id


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"outcome": "", "summary": "办好了"}, "summary_missing"),
        ({"outcome": "solved", "summary": ""}, "summary_missing"),
        ({"outcome": "solved", "summary": "  好　"}, "summary_missing"),
        ({"outcome": "nonsense", "summary": "办好了"}, "outcome_unknown"),
        ({"outcome": "' OR 1=1 --", "summary": "办好了"}, "outcome_unknown"),
    ],
)
async def test_outcome_and_summary_are_required(house: House, body: dict[str, Any], code: str) -> None:
    clerk, _, session_id = await _ended(house)
    before = await house.row("SELECT * FROM session")
    assert await refused(house.run(clerk, wrap_up, session_id, written(**body))) == code
    assert await house.row("SELECT * FROM session") == before


async def test_every_outcome_of_the_list_closes_a_session(house: House) -> None:
    clerk, _, session_id = await _ended(house)
    async with house.database.reading() as session:
        listed = await outcomes(session)
    assert [outcome.code for outcome in listed] == [
        "solved",
        "guided_online",
        "received",
        "to_acceptance",
        "to_support",
        "to_12345",
        "rebooked",
        "needs_visit",
        "gave_up",
        "dropped",
        "poor_picture",
        "doubtful_identity",
        "out_of_scope",
    ]
    assert [outcome.code for outcome in listed if outcome.solved] == ["solved", "guided_online", "received"]
    for outcome in listed:
        await house.change("UPDATE session SET state = 'wrapping', outcome = NULL")
        await house.run(clerk, wrap_up, session_id, written(outcome.code))
        assert await house.value("SELECT outcome FROM session") == outcome.code


async def test_closing_frees_the_clerk_and_forgets_the_draft(house: House) -> None:
    clerk, citizen, session_id = await _ended(house)
    await house.run(clerk, save_draft, session_id, Draft(summary="写到一半"))
    await house.waiting()
    view = await house.run(clerk, wrap_up, session_id, written("needs_visit", next_step="book_again"))
    assert (view.state, view.outcome) == ("closed", "needs_visit")
    row = await house.row("SELECT * FROM session")
    assert (row.draft_cipher, row.next_step, row.closed_at is not None) == (None, "book_again", True)
    assert await house.ring_of(clerk)
    async with house.database.reading() as session:
        done = await summary(session, house.wiring, house.city.keys, citizen, session_id)
    assert (done.summary, done.next_step, done.ticket_number) == (
        written("needs_visit").summary,
        "book_again",
        "云A001",
    )


async def test_then_a_break(house: House) -> None:
    clerk, _, session_id = await _ended(house)
    await house.waiting()
    await house.run(clerk, wrap_up, session_id, written("solved", then="break"))
    assert (await house.presence(clerk)).wanted == "break"
    assert await house.ring_of(clerk) is None


async def test_a_session_is_closed_once_and_not_before_its_end(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    assert await refused(house.run(clerk, wrap_up, joined.session.id, written())) == "wrong_state"
    await house.run(clerk, save_draft, joined.session.id, Draft(summary="边听边写"))
    await house.hang_up(citizen, joined)
    assert (await house.state(clerk))["session"]["draft"]["summary"] == "边听边写"
    await house.close(clerk, joined.session.id)
    assert await refused(house.run(clerk, wrap_up, joined.session.id, written())) == "wrong_state"
    assert await refused(house.run(clerk, save_draft, joined.session.id, Draft())) == "wrong_state"


async def test_late_wrap_ups_are_closed_while_serving_the_next(house: House) -> None:
    clerk, _, session_id = await _ended(house)
    await house.after(181)
    joined = await house.talk(clerk, await house.citizen())
    await house.run(clerk, wrap_up, session_id, written())
    state = await house.state(clerk)
    assert (state["unfinished"], state["session"]["id"]) == ([], str(joined.session.id))
    assert state["presence"]["work"] == "serving"


async def test_only_its_own_clerk_writes_it(house: House) -> None:
    _, citizen, session_id = await _ended(house)
    for other in (citizen, await house.clerk("zhaoshumin", ready=False), await house.clerk("xuwenbo", ready=False)):
        assert await refused(house.run(other, wrap_up, session_id, written())) == "not_found"
        assert await refused(house.run(other, save_draft, session_id, Draft())) == "not_found"


async def test_a_page_that_shows_the_next_ticket_is_not_told_of_the_last_session(house: House) -> None:
    clerk, citizen, session_id = await _ended(house)
    await house.take(citizen, "P18")
    await house.close(clerk, session_id)
    told, fetched = await house.told(citizen), await house.state(citizen)
    assert fetched["session"] is None
    assert told == fetched


@pytest.mark.parametrize("_round", range(4))
async def test_a_wrap_up_and_the_next_number_at_once_leave_page_and_fetch_agreed(house: House, _round: int) -> None:
    clerk, citizen, session_id = await _ended(house)
    await at_once(partial(house.take, citizen, "P18"), partial(house.close, clerk, session_id))
    assert await house.told(citizen) == await house.state(citizen)
