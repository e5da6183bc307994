"""Ratings: once, with the codes of the level, within thirty days; and the clerk's figures of the day."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.foundation.authentication import Actor
from cloudwindow.oversight import RatingDesk
from cloudwindow.oversight.actions import give
from cloudwindow.oversight.queries import today
from cloudwindow.oversight.schemas import RatingRequest
from tests.support.house import House, refused


async def _ended(house: House, clerk: Actor, outcome: str = "solved") -> tuple[Actor, UUID]:
    citizen = await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.move(60)
    await house.hang_up(citizen, joined)
    await house.close(clerk, joined.session.id, outcome)
    return citizen, joined.session.id


def rating(level: int = 5, **more: Any) -> RatingRequest:
    return RatingRequest.model_validate({"level": level} | more)


async def test_a_service_is_rated_once(house: House) -> None:
    citizen, session_id = await _ended(house, await house.clerk())
    view = await house.run(citizen, give, session_id, rating(2, options=["207", "214"], local=["unclear"], text="慢"))
    assert (view.state, view.level) == ("given", 2)
    row = await house.row("SELECT * FROM rating")
    assert (row.level, row.options, row.local_options) == (2, ["207", "214"], ["unclear"])
    assert house.city.keys.decrypt("rating", "words", session_id, row.words_cipher) == "慢"
    assert await refused(house.run(citizen, give, session_id, rating(5))) == "rating_over"
    assert await house.row("SELECT * FROM rating") == row


@pytest.mark.parametrize(
    "body",
    [
        {"level": 5, "options": ["406"]},
        {"level": 5, "options": ["510", "999"]},
        {"level": 5, "options": ["501"]},
        {"level": 5, "local": ["unclear"]},
        {"level": 3, "options": ["unclear"]},
        {"level": 1, "local": ["nonsense"]},
    ],
)
async def test_wrong_codes_are_refused(house: House, body: dict[str, Any]) -> None:
    citizen, session_id = await _ended(house, await house.clerk())
    assert await refused(house.run(citizen, give, session_id, rating(**body))) == "rating_options_wrong"
    assert await house.value("SELECT state FROM rating") == "asked"


async def test_after_thirty_days_it_is_over_and_counts_as_nothing(house: House) -> None:
    citizen, session_id = await _ended(house, await house.clerk())
    await house.after(29 * 86400)
    assert await house.value("SELECT state FROM rating") == "asked"
    await house.move(86400)
    assert await refused(house.run(citizen, give, session_id, rating())) == "rating_over"
    await house.sweep()
    row = await house.row("SELECT * FROM rating")
    assert (row.state, row.level) == ("expired", None)
    assert (await house.state(citizen))["rating"]["state"] == "expired"


async def test_it_may_be_rated_while_the_wrap_up_is_written(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    assert await refused(house.run(citizen, give, joined.session.id, rating())) == "not_found"
    await house.hang_up(citizen, joined)
    await house.run(citizen, give, joined.session.id, rating())
    assert (await house.state(citizen))["session"]["state"] == "wrapping"


async def test_only_who_was_served_rates(house: House) -> None:
    clerk = await house.clerk()
    _, session_id = await _ended(house, clerk)
    for other in (clerk, await house.citizen(), await house.clerk("xuwenbo", ready=False)):
        assert await refused(house.run(other, give, session_id, rating())) == "not_found"
        assert await refused(house.run(other, give, uuid4(), rating())) == "not_found"


async def test_the_rated_clerk_does_not_see_who_rated(house: House) -> None:
    clerk = await house.clerk()
    citizen, session_id = await _ended(house, clerk)
    await house.run(citizen, give, session_id, rating(1))
    async with house.database.reading() as session:
        assert await RatingDesk().of_session(session, clerk, session_id) is None
        assert await RatingDesk().of_session(session, citizen, session_id)


async def test_the_figures_of_the_day(house: House) -> None:
    clerk = await house.clerk()
    async with house.database.reading() as session:
        nothing = await today(session, clerk)
    assert nothing.model_dump(exclude={"breaks"}) == {
        "answered": 0,
        "missed": 0,
        "average_answer_seconds": None,
        "average_talk_seconds": None,
        "solved": 0,
        "ended": 0,
        "rated": 0,
        "good": 0,
        "last": None,
    }
    levels = [5, 4, 3, 2, None, 1]
    for number, level in enumerate(levels):
        citizen, session_id = await _ended(house, clerk, "solved" if number % 2 else "gave_up")
        if level:
            await house.run(citizen, give, session_id, rating(level))
        if number == 3:
            async with house.database.reading() as session:
                few = await today(session, clerk)
            assert (few.rated, few.good) == (0, 0)  # four would tell who they were
    await house.waiting()
    await house.after(20)
    async with house.database.reading() as session:
        figures = await today(session, clerk)
        others = await today(session, await house.clerk("zhaoshumin", ready=False))
    assert (figures.answered, figures.missed) == (6, 1)
    assert figures.average_talk_seconds is not None
    assert 60 <= figures.average_talk_seconds <= 65
    assert figures.average_answer_seconds is not None
    assert figures.average_answer_seconds <= 3
    assert (figures.solved, figures.ended) == (3, 6)
    assert (figures.rated, figures.good) == (5, 3)
    assert others.model_dump(exclude={"breaks"}) == nothing.model_dump(exclude={"breaks"})
    assert (others.breaks.times, others.breaks.seconds) == (0, 0)
    await house.move(86400)
    async with house.database.reading() as session:
        tomorrow = await today(session, clerk)
    assert (tomorrow.answered, tomorrow.ended, tomorrow.rated) == (0, 0, 5)


async def test_a_page_that_shows_the_next_ticket_is_not_told_of_the_last_rating(house: House) -> None:
    citizen, session_id = await _ended(house, await house.clerk())
    await house.take(citizen, "P18")
    await house.run(citizen, give, session_id, rating(4))
    told, fetched = await house.told(citizen), await house.state(citizen)
    assert fetched["rating"] is None
    assert told == fetched
