"""Signalling goes to the other side of the same call, between present attempts, in small batches, or nowhere."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.calls import signalling
from cloudwindow.calls.calling import join
from cloudwindow.calls.schemas import Accepted
from cloudwindow.foundation.authentication import Actor
from tests.support.house import House

OFFER = [{"description": {"type": "offer", "sdp": "v=0\r\n"}}, {"candidate": None}]


async def _send(house: House, actor: Actor, message: dict[str, Any]) -> str | None:
    async with house.database.reading() as session:
        return await signalling.send(session, actor, message)


class Talk:
    """A call with both sides in it."""

    def __init__(self, house: House, clerk: Actor, citizen: Actor, joined: Accepted) -> None:
        self.house, self.clerk, self.citizen, self.joined = house, clerk, citizen, joined
        places = {place.side: place.id for place in joined.call.participants}
        self.clerks, self.citizens = places["clerk"], places["applicant"]

    def message(self, **more: Any) -> dict[str, Any]:
        """A batch from the clerk to the citizen."""
        return {
            "type": "signal",
            "call": str(self.joined.call.id),
            "to": str(self.citizens),
            "from_attempt": 1,
            "to_attempt": 1,
            "batch": OFFER,
        } | more


@pytest.fixture
async def talk(house: House) -> Talk:
    clerk, citizen = await house.clerk(), await house.citizen()
    return Talk(house, clerk, citizen, await house.talk(clerk, citizen))


async def test_a_batch_reaches_the_stream_of_the_other_side(talk: Talk) -> None:
    notice = await _send(talk.house, talk.clerk, talk.message())
    assert notice is not None
    kind, stream, id_ = notice.split(":", 1)[0], notice.split(":", 1)[1].rpartition(":")[0], notice.rpartition(":")[2]
    assert (kind, stream) == ("signal", f"account:{talk.citizen.id}")
    async with talk.house.database.reading() as session:
        (got,) = await signalling.fetch(session, [UUID(id_)])
    assert got == {
        "id": id_,
        "type": "signal",
        "call": str(talk.joined.call.id),
        "from": str(talk.clerks),
        "from_attempt": 1,
        "to_attempt": 1,
        "batch": OFFER,
    }
    back = await _send(talk.house, talk.citizen, talk.message(to=str(talk.clerks)))
    assert back is not None
    assert back.startswith(f"signal:staff:{talk.clerk.id}:")


LONG = "x" * 70_000
DEEP: list[Any] = [[[[{"a": [1]}]]]]
BAD: dict[str, dict[str, Any]] = {
    "too many": {"batch": OFFER * 33},
    "too long": {"batch": [LONG]},
    "long in bytes": {"batch": ["云" * 25_000]},
    "no list": {"batch": {"a": 1}},
    "text": {"batch": "offer"},
    "none": {"batch": None},
    "a NUL": {"batch": ["a\0"]},
    "half a pair": {"batch": ["\ud800"]},
    "not a number": {"batch": [float("nan")]},
    "an old attempt": {"from_attempt": 0},
    "a future attempt": {"from_attempt": 2},
    "their old attempt": {"to_attempt": 0},
    "a huge attempt": {"to_attempt": 10**30},
    "infinity": {"to_attempt": float("inf")},
    "no attempt": {"to_attempt": None},
    "no key": {"to": "x"},
    "a list as key": {"to": []},
    "a stranger's place": {"to": str(uuid4())},
    "another call": {"call": str(uuid4())},
}


@pytest.mark.parametrize("bad", BAD)
async def test_what_is_wrong_is_dropped(talk: Talk, bad: str) -> None:
    assert await _send(talk.house, talk.clerk, talk.message(**BAD[bad])) is None
    assert await talk.house.value("SELECT count(*) FROM signal") == 0


async def test_what_is_odd_but_sound_passes(talk: Talk) -> None:
    for batch in ([], DEEP, ["\\u0000"], ["𠮷 \u2028"]):
        assert await _send(talk.house, talk.clerk, talk.message(batch=batch)) is not None


async def test_nobody_signals_to_oneself_or_into_a_foreign_call(talk: Talk) -> None:
    assert await _send(talk.house, talk.clerk, talk.message(to=str(talk.clerks))) is None
    strangers = [await talk.house.citizen(), await talk.house.clerk("zhaoshumin", ready=False), Actor("anonymous")]
    for stranger in strangers:
        for place in (talk.citizens, talk.clerks):
            assert await _send(talk.house, stranger, talk.message(to=str(place))) is None


async def test_after_coming_back_the_old_attempts_are_dropped(talk: Talk) -> None:
    await talk.house.run(talk.citizen, join, talk.joined.call.id)
    assert await _send(talk.house, talk.clerk, talk.message()) is None
    assert await _send(talk.house, talk.clerk, talk.message(to_attempt=2)) is not None
    assert await _send(talk.house, talk.citizen, talk.message(to=str(talk.clerks))) is None
    assert await _send(talk.house, talk.citizen, talk.message(to=str(talk.clerks), from_attempt=2)) is not None


async def test_after_the_end_nothing_goes(talk: Talk) -> None:
    await talk.house.hang_up(talk.citizen, talk.joined)
    assert await _send(talk.house, talk.clerk, talk.message()) is None


async def test_who_has_not_joined_yet_sends_nothing(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    talk = Talk(house, clerk, citizen, await house.serve(clerk, citizen))
    assert await _send(house, citizen, talk.message(to=str(talk.clerks), from_attempt=0)) is None


async def test_what_nobody_fetched_is_swept_away(talk: Talk) -> None:
    assert await _send(talk.house, talk.clerk, talk.message())
    await talk.house.after(20)
    assert await talk.house.value("SELECT count(*) FROM signal") == 1
    await talk.house.after(15)
    assert await talk.house.value("SELECT count(*) FROM signal") == 0
