"""Inviting another member of staff: whom, how it rings and ends, who sees what, and that four are the most."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from cloudwindow.calls import chat, signalling
from cloudwindow.calls.calling import end, join, report
from cloudwindow.calls.hold import hold
from cloudwindow.calls.inviting import invite, leave, remove, uninvite, who_could_come
from cloudwindow.calls.quality import measure
from cloudwindow.calls.schemas import Accepted, InviteRequest, Marks, Say
from cloudwindow.calls.schemas_quality import QualityReport
from cloudwindow.calls.schemas_stage import StageRequest
from cloudwindow.calls.stage import put_on_stage
from cloudwindow.dispatch import accept
from cloudwindow.dispatch.queries import ticket_card
from cloudwindow.foundation.authentication import Actor
from tests.integration.kills.invariants import check
from tests.integration.scope.matrix import BODIES
from tests.support.house import House, at_once, id_of, refused

EXPERT, MATE, CITY = "lihongxia", "zhaoshumin", "liujingwen"
WORDS = "她想弹性提前，能不能认？"


class Talk:
    """A clerk of 魏都 and a citizen who talk about P01."""

    def __init__(self, house: House, clerk: Actor, citizen: Actor, joined: Accepted) -> None:
        self.house, self.clerk, self.citizen, self.joined = house, clerk, citizen, joined
        self.call, self.session = joined.call.id, joined.session.id

    async def ask(self, who: Actor, words: str = "") -> UUID:
        """Invite somebody; returns the invitation."""
        view = await self.house.run(self.clerk, invite, self.call, InviteRequest(staff_id=id_of(who), words=words))
        return next(one.id for one in view.invitations if one.state == "ringing")

    async def come(self, account: str) -> tuple[Actor, Accepted]:
        """Somebody signs in, is invited, and comes."""
        who = await self.house.clerk(account)
        await self.ask(who)
        return who, await self.house.accept(who)

    async def kinds(self) -> list[str]:
        """Session events of invitations, in order."""
        rows = await self.house.rows("SELECT kind FROM session_event WHERE kind LIKE 'invite%' ORDER BY seq")
        return [row.kind for row in rows]

    async def sides(self, who: Actor) -> list[str]:
        """Who is in the call, as somebody's page knows it by its events."""
        told, state = (await self.house.told(who))["call"], (await self.house.state(who))["call"]
        assert told == state
        return [] if told is None else [one["side"] for one in told["participants"]]


@pytest.fixture
async def talk(house: House) -> AsyncIterator[Talk]:
    clerk, citizen = await house.clerk(), await house.citizen()
    yield Talk(house, clerk, citizen, await house.talk(clerk, citizen))
    await check(house.city)


async def _candidates(talk: Talk) -> dict[str, Any]:
    async with talk.house.database.reading() as session:
        found = await who_could_come(session, talk.clerk, talk.call)
    names = await talk.house.rows("SELECT id, account FROM staff")
    accounts = {row.id: row.account for row in names}
    return {accounts[one.staff_id]: one for one in found}


async def test_the_expert_of_the_item_comes_first_and_the_unavailable_stay_with_a_reason(talk: Talk) -> None:
    await talk.house.clerk(EXPERT)
    await talk.house.clerk(CITY, tab=False)
    found = await _candidates(talk)
    accounts = list(found)
    assert "zhangyanli" not in found
    experts = [one for one in accounts if found[one].expert]
    assert accounts[: len(experts)] == experts
    assert MATE in experts  # the nearest desk up the ladder that serves `support` is the county's own
    assert accounts.index(MATE) < accounts.index(EXPERT)
    assert (found[EXPERT].expert, found[EXPERT].state) == (True, "ready")
    assert (found[CITY].expert, found[CITY].state) == (False, "away")
    assert found[MATE].state == "off"


async def test_an_invited_one_is_rung_told_by_whom_and_for_what_and_comes(talk: Talk) -> None:
    house = talk.house
    expert = await house.clerk(EXPERT)
    invitation = await talk.ask(expert, WORDS)
    offer = (await house.told(expert))["offer"]
    assert offer == (await house.state(expert))["offer"]
    assert (offer["kind"], offer["engagement_id"], offer["ring_seconds"]) == ("invite", str(invitation), 20)
    by = await house.value("SELECT name FROM staff WHERE account = 'zhangyanli'")
    assert offer["why"]["facts"][0]["params"]["name"] == by
    assert WORDS not in json.dumps(await house.told(expert), ensure_ascii=False)
    async with house.database.reading() as session:
        card = await ticket_card(session, house.wiring, house.city.keys, expert, talk.joined.session.ticket_id)
    assert card.invitation is not None
    assert (card.invitation.name, card.invitation.words) == (by, WORDS)
    for side in (talk.clerk, talk.citizen):
        (told,) = (await house.told(side))["call"]["invitations"]
        assert told["state"] == "ringing"
    joined = await house.accept(expert)
    assert (joined.call.id, joined.session.id, joined.session.part) == (talk.call, talk.session, "invite")
    for side in (talk.clerk, talk.citizen, expert):
        assert await talk.sides(side) == ["applicant", "clerk", "invited"]
    assert (await house.told(expert))["session"] == (await house.state(expert))["session"]
    assert (await house.state(expert))["presence"]["work"] == "serving"
    assert await house.value("SELECT state FROM ticket") == "serving"
    assert await talk.kinds() == ["invited", "invited_joined"]
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'call.invite'") > 0


async def test_an_invitation_runs_out_and_another_is_chosen(talk: Talk) -> None:
    house = talk.house
    expert, mate = await house.clerk(EXPERT), await house.clerk(MATE)
    await talk.ask(expert)
    assert (await refused(talk.ask(expert))) == "not_free"
    await house.after(21)
    (told,) = (await house.told(talk.clerk))["call"]["invitations"]
    assert told["state"] == "missed"
    assert (await _candidates(talk))[EXPERT].answer == "missed"
    assert await house.value("SELECT state FROM ticket") == "serving"
    await talk.ask(mate)
    await house.miss_or_decline(mate, "decline")
    (told,) = (await house.told(talk.clerk))["call"]["invitations"]
    assert told["state"] == "declined"
    assert (await _candidates(talk))[MATE].answer_reason == "busy_paperwork"
    assert await talk.kinds() == ["invited", "invite_missed", "invited", "invite_declined"]
    assert await talk.sides(talk.citizen) == ["applicant", "clerk"]


async def test_an_invitation_is_taken_back_and_whoever_has_no_page_is_told_of(talk: Talk) -> None:
    house = talk.house
    expert = await house.clerk(EXPERT)
    invitation = await talk.ask(expert)
    view = await house.run(talk.clerk, uninvite, talk.call, invitation)
    assert view.invitations == []
    assert (await house.told(expert))["offer"] is None
    assert await refused(house.run(talk.clerk, uninvite, talk.call, invitation)) == "ring_over"
    assert await refused(house.run(expert, accept, invitation)) == "ring_over"
    await talk.ask(expert)
    await house.close_tabs(expert)
    await house.sweep()
    (told,) = (await house.told(talk.clerk))["call"]["invitations"]
    assert told["state"] == "missed"
    assert await talk.kinds() == ["invited", "invite_withdrawn", "invited", "invite_withdrawn"]
    assert await house.value("SELECT count(*) FROM engagement WHERE kind = 'invite' AND state = 'withdrawn'") == 2


async def test_the_fifth_is_refused(talk: Talk) -> None:
    house = talk.house
    await talk.come(EXPERT)
    mate = await house.clerk(MATE)
    await talk.ask(mate)  # who rings has a place as well
    third = await house.clerk(CITY)
    assert await refused(talk.ask(third)) == "call_full"
    await house.accept(mate)
    assert await refused(talk.ask(third)) == "call_full"
    await house.run(mate, leave, talk.call)
    await talk.ask(third)


async def test_nobody_is_assigned_twice(talk: Talk) -> None:
    """Two clerks ask the same expert at the same moment, and the queue would ring the expert as well."""
    house = talk.house
    other = await house.clerk(CITY)
    other_joined = await house.talk(other, await house.citizen(), region="411000000000")
    expert = await house.clerk(EXPERT)
    asked = InviteRequest(staff_id=id_of(expert))
    answers = await at_once(
        lambda: house.run(talk.clerk, invite, talk.call, asked),
        lambda: house.run(other, invite, other_joined.call.id, asked),
    )
    assert sorted(isinstance(one, str) for one in answers) == [False, True]
    live = "SELECT count(*) FROM engagement WHERE staff_id = :id AND state IN ('ringing', 'accepted')"
    assert await house.value(live, id=expert.id) == 1
    await house.accept(expert)
    await house.take(await house.citizen(), region="411000000000")
    assert await house.ring_of(expert) is None


async def test_whoever_leaves_is_gone_and_the_call_goes_on(talk: Talk) -> None:
    house = talk.house
    expert, joined = await talk.come(EXPERT)
    await house.flow(joined, talk.clerk, talk.citizen, expert)
    assert (await house.state(expert))["call"]["state"] == "connected"
    assert await refused(house.run(expert, end, talk.call)) == "not_allowed"
    await house.run(expert, leave, talk.call)
    told = await house.told(expert)
    assert [told[part] for part in ("session", "call", "chat", "matters")] == [None] * 4
    assert (await house.state(expert))["session"] is None
    assert (await house.state(expert))["presence"]["work"] == "idle"
    assert (await house.state(expert))["unfinished"] == []
    for side in (talk.clerk, talk.citizen):
        assert await talk.sides(side) == ["applicant", "clerk"]
    for act in (join, leave):
        assert await refused(house.run(expert, act, talk.call)) == "not_found"
    await talk.ask(expert)  # and may come again, to a place of its own
    again = await house.accept(expert)
    assert again.participant_id != joined.participant_id


async def test_the_clerk_lets_somebody_go_and_nobody_else_does(talk: Talk) -> None:
    house = talk.house
    expert, joined = await talk.come(EXPERT)
    clerk = next(one.id for one in joined.call.participants if one.side == "clerk")
    assert await refused(house.run(talk.clerk, remove, talk.call, clerk)) == "not_there"
    assert await refused(house.run(expert, remove, talk.call, clerk)) == "not_allowed"
    assert await refused(house.run(talk.clerk, leave, talk.call)) == "not_allowed"
    await house.run(talk.clerk, remove, talk.call, joined.participant_id)
    assert await talk.sides(talk.citizen) == ["applicant", "clerk"]
    assert await house.value("SELECT reason FROM engagement WHERE kind = 'invite'") == "removed"
    assert await talk.kinds() == ["invited", "invited_joined", "invited_left"]


async def test_the_clerk_ends_and_all_end(talk: Talk) -> None:
    house = talk.house
    expert, _ = await talk.come(EXPERT)
    mate = await house.clerk(MATE)
    await talk.ask(mate)
    await house.hang_up(talk.clerk, talk.joined)
    states = await house.rows("SELECT state, wrap_until FROM engagement WHERE kind = 'invite' ORDER BY offered_at")
    assert [(row.state, row.wrap_until) for row in states] == [("ended", None), ("withdrawn", None)]
    for who in (expert, mate):
        state = await house.state(who)
        assert (state["session"], state["call"], state["offer"], state["presence"]["work"]) == (
            None,
            None,
            None,
            "idle",
        )
        assert (await house.told(who)).get("session") is None
    assert (await house.state(talk.clerk))["session"]["state"] == "wrapping"
    (unwritten,) = await house.rows("SELECT clerk_id FROM session WHERE state = 'wrapping'")
    assert unwritten.clerk_id == talk.clerk.id


async def test_a_call_is_the_citizen_s_and_the_clerk_s(talk: Talk) -> None:
    """Whoever was invited neither keeps a call alive nor brings it down."""
    house = talk.house
    expert, joined = await talk.come(EXPERT)
    await house.flow(joined, talk.clerk, talk.citizen)
    await house.run(expert, report, talk.call, 1, "failed", 0)
    assert (await house.state(talk.clerk))["call"]["state"] == "connected"
    await house.after(16)
    assert (await house.state(talk.clerk))["call"]["state"] == "interrupted"
    await house.flow(joined, expert, talk.clerk)
    assert (await house.state(talk.clerk))["call"]["state"] == "interrupted"
    await house.flow(joined, talk.clerk, talk.citizen)
    assert (await house.state(talk.clerk))["call"]["state"] == "connected"


async def test_an_expert_whose_browser_died_is_let_go_after_the_grace(talk: Talk) -> None:
    house = talk.house
    expert, joined = await talk.come(EXPERT)
    for closed in (False, True):  # an open page may still come back
        if closed:
            await house.close_tabs(expert)
        await house.move(121)
        await house.flow(joined, talk.clerk, talk.citizen)
        await house.sweep()
        gone = await house.value("SELECT left_at FROM call_participant WHERE id = :id", id=joined.participant_id)
        assert (gone is not None) == closed
    assert await house.value("SELECT reason FROM engagement WHERE kind = 'invite'") == "lost"
    assert await talk.sides(talk.citizen) == ["applicant", "clerk"]


async def test_signals_go_between_any_two_and_to_nobody_who_left(talk: Talk) -> None:
    house = talk.house
    expert, joined = await talk.come(EXPERT)
    places: dict[str, UUID] = {one.side: one.id for one in joined.call.participants}

    async def send(who: Actor, to: str) -> str | None:
        message = {"call": str(talk.call), "to": str(places[to]), "from_attempt": 1, "to_attempt": 1, "batch": []}
        async with house.database.reading() as session:
            return await signalling.send(session, who, message)

    assert (await send(talk.citizen, "invited") or "").startswith(f"signal:staff:{expert.id}:")
    assert (await send(expert, "applicant") or "").startswith(f"signal:account:{talk.citizen.id}:")
    assert (await send(expert, "clerk") or "").startswith(f"signal:staff:{talk.clerk.id}:")
    await house.run(expert, leave, talk.call)
    assert await send(talk.citizen, "invited") is None
    assert await send(expert, "applicant") is None


async def test_the_invited_takes_part_while_there_and_not_in_what_is_the_clerk_s(talk: Talk) -> None:
    house = talk.house
    expert, joined = await talk.come(EXPERT)
    said = Say(client_id=UUID(int=7), text="视同缴费可以认")
    await house.run(expert, chat.say, talk.session, said)
    page = await chat.history(house.actions, talk.citizen, talk.session, after=None, before=None, limit=9)
    name = await house.value("SELECT name FROM staff WHERE account = :a", a=EXPERT)
    assert [(one.side, one.sender) for one in page.messages] == [("clerk", name)]
    await chat.history(house.actions, expert, talk.session, after=None, before=None, limit=9)
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'chat.look'") == 0
    marked = await house.run(expert, chat.mark, talk.session, Marks(delivered=1, read=1))
    assert marked.clerk.read == 0
    own = StageRequest(kind="screen", participant_id=joined.participant_id)
    await house.run(expert, put_on_stage, talk.call, own)
    measured = QualityReport.model_validate(BODIES["POST /api/calls/{call_id}/quality"])
    await house.run(expert, measure, talk.call, measured)
    others = next(one.id for one in joined.call.participants if one.side == "applicant")
    shown = StageRequest(kind="document", participant_id=others)
    assert await refused(house.run(expert, put_on_stage, talk.call, shown)) == "not_allowed"
    assert await refused(house.run(expert, hold, talk.call)) == "not_allowed"
    assert (
        await refused(house.run(expert, invite, talk.call, InviteRequest(staff_id=id_of(talk.clerk)))) == "not_allowed"
    )
    await house.run(expert, leave, talk.call)
    last = measured.model_copy(update={"number": 3})  # a page's last word comes as it goes
    assert (await house.run(expert, measure, talk.call, last)).number == 3
    assert (await house.state(talk.citizen))["call"]["stage"] is None
    again = chat.history(house.actions, expert, talk.session, after=None, before=None, limit=9)
    assert await refused(again) == "not_found"
