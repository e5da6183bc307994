"""Answering an invitation in writing 回文字: it rings on meanwhile, only whoever invited reads it, nobody comes."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from cloudwindow.calls.calling import end
from cloudwindow.calls.inviting import read_reply
from cloudwindow.calls.schemas import TransferRequest
from cloudwindow.calls.transferring import transfer
from cloudwindow.dispatch.inviting import begin_to_write, reply
from cloudwindow.dispatch.schemas import ReplyRequest
from cloudwindow.foundation.authentication import Actor
from tests.integration.calls.test_inviting import EXPERT, MATE, Talk
from tests.integration.foundation.test_privacy import in_clear
from tests.integration.kills.invariants import check
from tests.support.house import House, id_of, refused

WORDS = "能认，看招工表原件。"


@pytest.fixture
async def talk(house: House) -> AsyncIterator[Talk]:
    clerk, citizen = await house.clerk(), await house.citizen()
    yield Talk(house, clerk, citizen, await house.talk(clerk, citizen))
    await check(house.city)


async def _read(talk: Talk, who: Actor, invitation: Any) -> str:
    async with talk.house.database.reading() as session:
        return (await read_reply(session, talk.house.city.keys, who, talk.call, invitation)).words


async def _invitation(talk: Talk, who: Actor) -> Any:
    (told,) = (await talk.house.told(who))["call"]["invitations"]
    return told


async def test_whoever_invited_reads_it_and_the_citizen_only_that_there_was_an_answer(talk: Talk) -> None:
    house = talk.house
    expert = await house.clerk(EXPERT)
    invitation = await talk.ask(expert)
    await house.run(expert, reply, invitation, ReplyRequest(words=WORDS))
    assert (await house.told(expert))["offer"] is None
    assert (await house.state(expert))["presence"]["work"] == "idle"
    for side in (talk.clerk, talk.citizen):
        assert (await _invitation(talk, side))["state"] == "replied"
        assert (await house.told(side))["call"] == (await house.state(side))["call"]
    assert await _read(talk, talk.clerk, invitation) == WORDS
    assert await talk.kinds() == ["invited", "invite_declined"]
    assert await in_clear(house, WORDS) == set()
    assert await talk.sides(talk.citizen) == ["applicant", "clerk"]
    assert await refused(house.run(expert, reply, invitation, ReplyRequest(words=WORDS))) == "ring_over"


async def test_it_rings_on_for_a_minute_once(talk: Talk) -> None:
    house = talk.house
    expert = await house.clerk(EXPERT)
    invitation = await talk.ask(expert)
    rings = await house.run(expert, begin_to_write, invitation)
    assert rings.ring_seconds == 80
    assert (await house.told(expert))["offer"]["ring_seconds"] == 80
    told = await _invitation(talk, talk.clerk)
    assert datetime.fromisoformat(told["expires_at"]) == rings.expires_at
    await house.after(40)
    again = await house.run(expert, begin_to_write, invitation)
    assert again.expires_at == rings.expires_at
    await house.run(expert, reply, invitation, ReplyRequest(words=WORDS))
    assert (await house.presence(expert)).misses == 0


async def test_who_writes_for_too_long_has_missed_it(talk: Talk) -> None:
    house = talk.house
    expert = await house.clerk(EXPERT)
    invitation = await talk.ask(expert)
    await house.run(expert, begin_to_write, invitation)
    await house.after(81)
    assert await refused(house.run(expert, reply, invitation, ReplyRequest(words=WORDS))) == "ring_over"
    assert await refused(house.run(expert, begin_to_write, invitation)) == "ring_over"
    assert (await _invitation(talk, talk.clerk))["state"] == "missed"


async def test_only_an_invitation_is_answered_in_writing(talk: Talk) -> None:
    house = talk.house
    mate = await house.clerk(MATE)
    await house.waiting(1)
    ring = await house.ring_of(mate)
    assert await refused(house.run(mate, begin_to_write, ring.id)) == "not_allowed"
    assert await refused(house.run(mate, reply, ring.id, ReplyRequest(words=WORDS))) == "not_allowed"
    assert (await house.ring_of(mate)).expires_at == ring.expires_at


async def test_nobody_else_writes_or_reads(talk: Talk) -> None:
    house = talk.house
    expert, mate = await house.clerk(EXPERT), await house.clerk(MATE)
    invitation = await talk.ask(expert)
    for who in (mate, talk.clerk, talk.citizen):
        assert await refused(house.run(who, reply, invitation, ReplyRequest(words=WORDS))) == "not_found"
    assert await refused(_read(talk, talk.clerk, invitation)) == "not_found", "nothing was written yet"
    await house.run(expert, reply, invitation, ReplyRequest(words=WORDS))
    for who in (mate, expert):
        assert await refused(_read(talk, who, invitation)) == "not_found"
    assert await refused(_read(talk, talk.citizen, invitation)) == "not_allowed"
    assert await refused(_read(talk, talk.clerk, id_of(mate))) == "not_found"
    await house.run(talk.clerk, end, talk.call)
    assert await _read(talk, talk.clerk, invitation) == WORDS, "the wrap-up may quote it"


async def test_the_next_clerk_does_not_read_what_was_written_to_the_one_before(talk: Talk) -> None:
    house = talk.house
    expert = await house.clerk(EXPERT)
    invitation = await talk.ask(expert)
    await house.run(expert, reply, invitation, ReplyRequest(words=WORDS))
    mate = await house.clerk(MATE)
    await house.run(talk.clerk, transfer, talk.call, TransferRequest(to="person", id=id_of(mate)))
    talk.call = (await house.accept(mate)).call.id
    assert await refused(_read(talk, mate, invitation)) == "not_found"
