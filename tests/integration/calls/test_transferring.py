"""Handing a talk on 转接: to whom, that the session goes on, who is rung and told what, and what is refused."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.calls.chat import say
from cloudwindow.calls.hold import hold
from cloudwindow.calls.inviting import who_could_come
from cloudwindow.calls.schemas import Accepted, Say, TransferRequest
from cloudwindow.calls.transferring import transfer, where_to
from cloudwindow.dispatch import TransferOptions
from cloudwindow.dispatch.actions import leave
from cloudwindow.dispatch.queries import ticket_card
from cloudwindow.foundation.authentication import Actor
from cloudwindow.people import PresenceRequest, set_presence
from tests.integration.calls.test_inviting import CITY, EXPERT, MATE, Talk
from tests.integration.foundation.test_privacy import in_clear
from tests.integration.kills.invariants import check
from tests.support.city import ZONE
from tests.support.house import House, at_once, id_of, refused

REGION = "411000000000"
WORDS = "材料齐了，只差银行卡，问补发从哪个月算。"


class HandedOn(Talk):
    """A talk that may be handed on."""

    async def hand(self, to: str, id_: UUID, words: str = "", by: Actor | None = None) -> Any:
        """Hand it on."""
        request = TransferRequest.model_validate({"to": to, "id": id_, "words": words})
        return await self.house.run(by or self.clerk, transfer, self.call, request)

    async def desk(self, key: str) -> UUID:
        """Return the key of a desk."""
        found: UUID = await self.house.value("SELECT id FROM desk WHERE key = :key", key=key)
        return found

    async def options(self) -> TransferOptions:
        """What the page lists."""
        async with self.house.database.reading() as session:
            return await where_to(session, ZONE, self.clerk, self.call)

    async def ticket(self) -> Any:
        """Return the ticket's row, with the key of its desk."""
        return await self.house.row(
            "SELECT t.*, d.key AS desk FROM ticket t JOIN desk d ON d.id = t.desk_id WHERE t.id = :id",
            id=self.joined.session.ticket_id,
        )

    async def card(self, who: Actor) -> Any:
        """What somebody is shown of whom it rings for."""
        house = self.house
        async with house.database.reading() as session:
            return await ticket_card(session, house.wiring, house.city.keys, who, self.joined.session.ticket_id)


@pytest.fixture
async def talk(house: House) -> AsyncIterator[HandedOn]:
    clerk, citizen = await house.clerk(), await house.citizen()
    yield HandedOn(house, clerk, citizen, await house.talk(clerk, citizen))
    await check(house.city)


async def test_a_person_is_rung_at_once_and_goes_on_with_the_session(talk: HandedOn) -> None:
    house = talk.house
    mate = await house.clerk(MATE)
    said = await talk.hand("person", id_of(mate), WORDS)
    assert (said.state, said.ended_reason) == ("ended", "transferred")
    state = await house.state(talk.clerk)
    assert (state["presence"]["work"], state["session"], state["call"], state["unfinished"]) == ("idle", None, None, [])
    assert (await house.told(talk.clerk))["session"] is None
    offer = (await house.told(mate))["offer"]
    assert (offer["kind"], offer["why"]["rule"]) == ("serve", "transferred")
    by = await house.value("SELECT name FROM staff WHERE id = :id", id=talk.clerk.id)
    assert offer["why"]["facts"][0] == {
        "code": "handed_to_you",
        "params": {"name": by, "organisation": offer["why"]["facts"][0]["params"]["organisation"]},
    }
    mine = await house.told(talk.citizen)
    assert (mine["ticket"]["state"], mine["ticket"]["bonus_reason"]) == ("ringing", "transferred")
    assert mine["session"]["state"] == "open"
    handover = (await talk.card(mate)).handover
    assert (handover.name, handover.words) == (by, WORDS)
    again = await house.accept(mate)
    assert (again.session.id, again.session.part) == (talk.session, "serve")
    assert again.call.id != talk.call
    kinds = [row.kind for row in await house.rows("SELECT kind FROM session_event ORDER BY seq")]
    assert kinds[-2:] == ["transferred", "handed_on"]
    await house.flow(again, mate, talk.citizen)
    await house.hang_up(mate, again)
    await house.close(mate, talk.session)
    assert await house.value("SELECT count(*) FROM session") == 1
    # Whoever handed it on has nothing to do with it any more.
    assert await house.value("SELECT clerk_id FROM session") == mate.id


async def test_the_words_are_nowhere_in_clear(talk: HandedOn) -> None:
    house = talk.house
    mate = await house.clerk(MATE)
    await talk.hand("person", id_of(mate), WORDS)
    assert (await talk.card(mate)).handover.words == WORDS
    assert await in_clear(house, WORDS) == set()


async def test_who_does_not_answer_leaves_it_at_the_head_of_the_desk(talk: HandedOn) -> None:
    house = talk.house
    mate = await house.clerk(MATE)
    await talk.hand("person", id_of(mate), WORDS)
    await house.waiting(1)
    next_one = await house.accept(talk.clerk)
    assert next_one.session.id != talk.session, "whoever handed it on takes the next"
    city = await house.clerk(CITY)
    await house.after(21)
    ticket = await talk.ticket()
    assert (ticket.state, ticket.desk, ticket.bonus_reason) == ("waiting", "desk-411002-social", "transferred")
    assert await house.ring_of(city) is None
    # A minute later whoever missed it may be asked again.
    await house.after(61)
    ring = await house.ring_of(mate)
    assert ring.ticket_id == ticket.id
    assert (await talk.card(mate)).handover.words == WORDS
    codes = [fact["code"] for fact in ring.why["facts"]]
    assert "transferred" in codes


async def test_a_desk_takes_it_at_its_head(talk: HandedOn) -> None:
    house = talk.house
    desk = await talk.desk("desk-411000-social")
    assert await refused(talk.hand("desk", desk)) == "desk_empty"
    before = await talk.ticket()
    city = await house.clerk(CITY)
    others = await house.serve(city, await house.citizen(), region=REGION)
    await house.waiting(2, region=REGION)
    await talk.hand("desk", desk, WORDS)
    ticket = await talk.ticket()
    assert (ticket.desk, ticket.number, ticket.enqueued_at) == ("desk-411000-social", before.number, before.enqueued_at)
    assert ticket.state == "waiting"
    await house.hang_up(city, others)
    await house.close(city, others.session.id)
    again = await house.accept(city)
    assert again.session.id == talk.session, "who was handed on comes before those who wait"
    assert (await talk.card(city)).handover.words == WORDS


async def test_who_hands_it_to_the_own_desk_does_not_get_it_back_at_once(talk: HandedOn) -> None:
    house = talk.house
    own = await talk.desk("desk-411002-social")
    assert await refused(talk.hand("desk", own)) == "desk_empty"
    mate = await house.clerk(MATE)
    await house.waiting(1)
    await talk.hand("desk", own)
    first = await house.ring_of(mate)
    mine = await house.ring_of(talk.clerk)
    assert first.ticket_id != talk.joined.session.ticket_id, "who waited was rung before the talk was over"
    assert mine is None
    await house.miss_or_decline(mate, "decline")
    assert (await house.ring_of(mate)).ticket_id == talk.joined.session.ticket_id
    assert (await house.ring_of(talk.clerk)).ticket_id == first.ticket_id


async def test_who_is_in_the_call_already_is_handed_it_and_the_others_are_let_go(talk: HandedOn) -> None:
    house = talk.house
    mate, _ = await talk.come(MATE)
    expert, _ = await talk.come(EXPERT)
    people = {one.staff_id: one for one in (await talk.options()).people}
    assert people[id_of(mate)].state == "here"
    await house.run(talk.clerk, hold, talk.call)
    await talk.hand("person", id_of(mate))
    assert (await house.told(expert))["session"] is None
    again = await house.accept(mate)
    assert (again.session.id, again.session.part) == (talk.session, "serve")
    assert [one.side for one in again.call.participants] == ["applicant", "clerk"]
    assert again.call.hold is None


async def test_it_lists_people_and_desks_with_the_reason_why_not(talk: HandedOn) -> None:
    house = talk.house
    await house.clerk(CITY)
    await house.clerk(MATE, ready=False)
    found = await talk.options()
    accounts = {row.id: row.account for row in await house.rows("SELECT id, account FROM staff")}
    people = {accounts[one.staff_id]: one for one in found.people}
    assert (people[CITY].state, people[MATE].state) == ("ready", "off")
    assert EXPERT not in people, "an expert explains, and does not take a matter over"
    assert list(people).index(MATE) < list(people).index(CITY), "the nearest come first"
    own, city = found.desks
    assert (own.here, own.present, own.free, own.estimate_minutes) == (True, 0, 0, None)
    assert (city.here, city.name, city.free, city.estimate_minutes) == (False, "市级社保医保专席", 1, (0, 0))
    assert city.open


async def test_a_closed_desk_is_listed_and_refused(talk: HandedOn) -> None:
    house = talk.house
    await house.clerk(CITY)
    desk = await talk.desk("desk-411000-social")
    await house.city.keep_hours()
    night = (await house.now()).astimezone(ZONE).replace(hour=23)
    await house.city.move_to(night)
    closed = next(one for one in (await talk.options()).desks if one.desk_id == desk)
    assert not closed.open
    assert closed.opens_at is not None
    assert await refused(talk.hand("desk", desk)) == "desk_closed"
    assert (await talk.ticket()).state == "serving"


async def test_what_cannot_be_is_refused_and_changes_nothing(talk: HandedOn) -> None:
    house = talk.house
    mate, expert = await house.clerk(MATE, ready=False), await house.clerk(EXPERT)
    before = await talk.ticket()
    assert await refused(talk.hand("person", id_of(mate))) == "not_free"
    assert await refused(talk.hand("person", id_of(expert))) == "not_invitable"
    assert await refused(talk.hand("person", id_of(talk.clerk))) == "not_invitable"
    assert await refused(talk.hand("desk", await talk.desk("desk-411000-market"))) == "desk_unsuited"
    assert await refused(talk.hand("desk", id_of(mate))) == "desk_unsuited"
    assert await refused(talk.hand("person", id_of(mate), by=expert)) == "not_found"
    assert await refused(talk.hand("person", id_of(mate), by=talk.citizen)) == "not_allowed"
    await talk.ask(expert)
    await house.accept(expert)
    assert await refused(talk.hand("person", id_of(mate), by=expert)) == "not_allowed"
    assert await talk.ticket() == before
    assert await house.value("SELECT state FROM call") == "connected"


async def test_nobody_is_handed_on_while_the_line_is_broken(talk: HandedOn) -> None:
    house = talk.house
    mate = await house.clerk(MATE)
    await house.after(16)
    assert await house.value("SELECT state FROM call") == "interrupted"
    assert await refused(talk.hand("person", id_of(mate))) == "wrong_state"


async def test_handed_on_twice_at_once_goes_to_one(talk: HandedOn) -> None:
    house = talk.house
    mate, city = await house.clerk(MATE), await house.clerk(CITY)
    answers = await at_once(
        lambda: talk.hand("person", id_of(mate)),
        lambda: talk.hand("person", id_of(city)),
    )
    assert sorted(isinstance(one, str) for one in answers) == [False, True]
    assert "call_over" in answers
    rung = [who for who in (mate, city) if await house.ring_of(who) is not None]
    assert len(rung) == 1


async def test_who_leaves_meanwhile_ends_the_session_of_whoever_talked_last(talk: HandedOn) -> None:
    house = talk.house
    mate = await house.clerk(MATE)
    await talk.hand("person", id_of(mate))
    await house.run(talk.citizen, leave, talk.joined.session.ticket_id)
    assert await house.ring_of(mate) is None
    (unfinished,) = (await house.state(talk.clerk))["unfinished"]
    assert unfinished["session_id"] == str(talk.session)


async def test_a_callback_that_was_kept_is_no_callback_any_more(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined: Accepted = await house.talk(clerk, citizen)
    await house.change(
        "UPDATE ticket SET callback_at = app_now(), callback_id = id, callback_tries = 1 WHERE id = :id",
        id=joined.session.ticket_id,
    )
    mate = await house.clerk(MATE)
    talk = HandedOn(house, clerk, citizen, joined)
    await talk.hand("person", id_of(mate))
    ticket = await talk.ticket()
    assert (ticket.callback_at, ticket.callback_id, ticket.callback_tries) == (None, None, 0)


async def test_who_is_free_comes_before_who_is_not_whatever_they_answered(talk: HandedOn) -> None:
    house = talk.house
    first = await house.clerk("dongyujie")
    await talk.ask(first)
    await house.miss_or_decline(first, "decline")
    await house.run(first, set_presence, PresenceRequest(wanted="break"))
    await house.clerk(CITY)
    async with house.database.reading() as session:
        found = await who_could_come(session, talk.clerk, talk.call)
    city = [one.state for one in found if not one.expert and one.desk == "市级社保医保专席"]
    assert city[:2] == ["ready", "break"]


async def test_a_desk_whose_people_may_not_take_it_is_empty(talk: HandedOn) -> None:
    house = talk.house
    city = await house.clerk(CITY)
    desk = await talk.desk("desk-411000-social")
    await house.change("UPDATE role_grant SET lines = ARRAY['market'] WHERE staff_id = :id", id=city.id)
    found = next(one for one in (await talk.options()).desks if one.desk_id == desk)
    assert (found.present, found.free, found.estimate_minutes) == (0, 0, None)
    assert await refused(talk.hand("desk", desk)) == "desk_empty"


async def test_whoever_handed_it_on_says_nothing_more_in_it(talk: HandedOn) -> None:
    house = talk.house
    mate = await house.clerk(MATE)
    await talk.hand("person", id_of(mate))
    words = Say(client_id=uuid4(), text="还有一句")
    assert await refused(house.run(talk.clerk, say, talk.session, words)) == "not_found"
    await house.run(talk.citizen, say, talk.session, Say(client_id=uuid4(), text="好的"))


async def test_a_talk_that_lies_between_ends_the_handover(talk: HandedOn) -> None:
    house = talk.house
    mate = await house.clerk(MATE)
    await talk.hand("person", id_of(mate), WORDS)
    again = await house.accept(mate)
    await house.flow(again, mate, talk.citizen)
    await house.close_tabs(mate)
    await house.after(16)
    await house.after(121)
    ring = await house.ring_of(talk.clerk)
    assert ring.ticket_id == talk.joined.session.ticket_id
    assert (await talk.card(talk.clerk)).handover is None
