"""Agreeing on a callback: who may, from where, for when; what it does, and taking it back."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from cloudwindow.calls.inviting import invite
from cloudwindow.calls.schemas import InviteRequest
from cloudwindow.dispatch.actions import leave, postpone
from cloudwindow.dispatch.callback import call_back, call_back_by_clerk, come_now, offer_to_clerk, offer_to_owner
from cloudwindow.dispatch.queries import queue
from cloudwindow.dispatch.schemas import CallbackRequest, CallbackTime, TicketView
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.idempotency import Key
from cloudwindow.organisation import timetable
from tests.integration.dispatch.test_recalling import verified
from tests.integration.dispatch.test_tickets import _coming_week
from tests.support.city import ZONE
from tests.support.house import House, at_once, id_of, refused

IN_30 = CallbackRequest(minutes=30)
PATIENT = 181
"""Seconds in the queue after which a callback may be chosen."""


async def row_of(house: House, citizen: Actor) -> Any:
    return await house.row("SELECT * FROM ticket WHERE account_id = :id", id=id_of(citizen))


async def agreed(house: House, citizen: Actor, **more: Any) -> TicketView:
    """Wait long enough in the queue, then choose a callback."""
    ticket = await house.take(citizen, **more)
    await house.move(PATIENT)
    return await house.run(citizen, call_back, ticket.id, IN_30)


async def called_back_from_a_call(house: House, clerk: Actor, citizen: Actor) -> Any:
    """Talk, then agree on a callback; returns what the clerk joined."""
    joined = await house.talk(clerk, citizen)
    await house.run(citizen, call_back, joined.session.ticket_id, IN_30)
    return joined


async def test_out_of_the_queue_the_place_is_kept_until_the_time(house: House) -> None:
    citizen = await house.citizen()
    ticket = await agreed(house, citizen)
    now = await house.now()
    assert (ticket.state, ticket.callback_tries) == ("parked", 0)
    assert ticket.callback_at is not None
    assert timedelta(minutes=30) <= ticket.callback_at - now + timedelta(seconds=5) < timedelta(minutes=35, seconds=5)
    assert ticket.callback_at.minute % 5 == ticket.callback_at.second == 0
    row = await row_of(house, citizen)
    assert row.parked_until == row.callback_at
    assert row.lease_until == row.callback_at + timedelta(hours=1)
    clerk = await house.clerk()
    assert await house.ring_of(clerk) is None


@pytest.mark.parametrize(("seconds", "code"), [(0, "callback_too_early"), (178, "callback_too_early"), (181, "")])
async def test_the_queue_offers_it_after_three_minutes(house: House, seconds: int, code: str) -> None:
    citizen = await house.citizen()
    ticket = await house.take(citizen)
    await house.move(seconds)
    if not code:
        assert (await house.run(citizen, call_back, ticket.id, IN_30)).state == "parked"
        return
    with pytest.raises(Problem) as caught:
        await house.run(citizen, call_back, ticket.id, IN_30)
    assert (caught.value.code, caught.value.params) == (code, {"minutes": 3})
    async with house.database.reading() as session:
        offer = await offer_to_owner(session, house.wiring, ZONE, citizen, ticket.id)
    assert offer.offered_from == ticket.enqueued_at + timedelta(seconds=180)


@pytest.mark.parametrize("connected", [True, False])
async def test_out_of_a_call_the_session_is_kept_and_the_clerk_is_free(house: House, *, connected: bool) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await (house.talk if connected else house.serve)(clerk, citizen)
    ticket = await house.run(citizen, call_back, joined.session.ticket_id, IN_30)
    assert ticket.state == "parked"
    rows = await house.row(
        "SELECT s.state AS session, c.state AS call, c.ended_reason, e.state AS part, e.reason, e.wrap_until"
        " FROM session s JOIN call c ON c.session_id = s.id JOIN engagement e ON e.ticket_id = s.ticket_id"
    )
    assert tuple(rows) == ("open", "ended", "callback", "ended", "callback", None)
    state = await house.state(clerk)
    assert (state["presence"]["work"], state["session"], state["call"]) == ("idle", None, None)
    assert await house.value("SELECT count(*) FROM rating") == 0
    other = await house.citizen()
    await house.take(other)
    assert await house.ring_of(clerk) is not None


async def test_the_clerk_who_serves_agrees_for_both(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    async with house.database.reading() as session:
        offer = await offer_to_clerk(session, house.wiring, ZONE, clerk, joined.session.ticket_id)
    assert [one.minutes for one in offer.times] == [10, 30, 60, 120]
    assert offer.recall == "offered"
    answer = await house.run(clerk, call_back_by_clerk, joined.session.ticket_id, IN_30)
    row = await row_of(house, citizen)
    assert (row.state, row.callback_at) == ("parked", answer.at)
    assert (await house.told(citizen))["ticket"]["callback_at"] is not None
    assert await house.value("SELECT state FROM session") == "open"


async def test_nobody_else_agrees(house: House) -> None:
    clerk, mate = await house.clerk(), await house.clerk("zhaoshumin")
    citizen, other = await house.citizen(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    ticket_id = joined.session.ticket_id
    assert await refused(house.run(other, call_back, ticket_id, IN_30)) == "not_found"
    assert await refused(house.run(other, come_now, ticket_id)) == "not_found"
    assert await refused(house.run(mate, call_back_by_clerk, ticket_id, IN_30)) == "not_found"
    assert await refused(house.run(clerk, call_back_by_clerk, uuid4(), IN_30)) == "not_found"
    async with house.database.reading() as session:
        for offer, actor in ((offer_to_owner, other), (offer_to_clerk, mate)):
            assert await refused(offer(session, house.wiring, ZONE, actor, ticket_id)) == "not_found"
    await house.hang_up(citizen, joined)
    assert await refused(house.run(clerk, call_back_by_clerk, ticket_id, IN_30)) == "not_found"


async def test_who_was_invited_does_not_agree_and_is_let_go(house: House) -> None:
    clerk, citizen, mate = await house.clerk(), await house.citizen(), await house.clerk("zhaoshumin")
    joined = await house.talk(clerk, citizen)
    await house.run(clerk, invite, joined.call.id, InviteRequest(staff_id=id_of(mate), words=""))
    await house.accept(mate)
    ticket_id = joined.session.ticket_id
    assert await refused(house.run(mate, call_back_by_clerk, ticket_id, IN_30)) == "not_found"
    await house.run(clerk, call_back_by_clerk, ticket_id, IN_30)
    assert await house.value("SELECT count(*) FROM engagement WHERE state IN ('ringing', 'accepted')") == 0
    assert (await house.state(mate))["session"] is None


@pytest.mark.parametrize("state", ["ringing", "parked", "closed", "agreed"])
async def test_only_from_the_queue_or_a_call(house: House, state: str) -> None:
    citizen = await house.citizen()
    if state == "agreed":
        ticket = await agreed(house, citizen)
    else:
        clerk = await house.clerk()
        ticket = await house.take(citizen)
        if state == "parked":
            await house.accept(clerk)
            await house.run(citizen, postpone, ticket.id)
        if state == "closed":
            await house.run(citizen, leave, ticket.id)
    assert await refused(house.run(citizen, call_back, ticket.id, IN_30)) == "wrong_state"


@pytest.mark.parametrize("minutes", [1, 29, 45, 1440])
async def test_only_what_is_offered_is_agreed_on(house: House, minutes: int) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    request = CallbackRequest(minutes=minutes)
    before = await house.value("SELECT count(*) FROM audit")
    assert await refused(house.run(citizen, call_back, joined.session.ticket_id, request)) == "callback_not_offered"
    assert await house.value("SELECT count(*) FROM audit") == before
    assert (await row_of(house, citizen)).state == "serving"


async def before_closing(house: House, minutes: float) -> datetime:
    """Return the instant so long before a desk of 魏都 closes for a day without any holiday."""
    week = await _coming_week(house)
    async with house.database.reading() as session:
        key = await house.value("SELECT hours_key FROM desk WHERE key = 'desk-411002-social'")
        hours = await timetable(session, key, ZONE)
    closes = hours.at(datetime.combine(week["tuesday"], time(16), ZONE)).closes_at
    assert closes is not None
    return closes - timedelta(minutes=minutes)


async def test_towards_the_end_of_the_day_less_is_offered_and_then_nothing(house: House) -> None:
    await house.city.move_to(await before_closing(house, 66))
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    for minutes, found in ((65.5, [10, 30, 60]), (34, [10]), (9, [])):
        await house.city.move_to(await before_closing(house, minutes))
        async with house.database.reading() as session:
            offer = await offer_to_owner(session, house.wiring, ZONE, citizen, joined.session.ticket_id)
        assert [one.minutes for one in offer.times] == found
    assert await refused(house.run(citizen, call_back, joined.session.ticket_id, IN_30)) == "callback_not_offered"


def _key(actor: Actor, key: Any, model: Any) -> Key:
    assert actor.login_id is not None
    return Key(actor.login_id, key, b"a", model)


async def test_a_request_that_is_sent_again_gets_the_first_answer(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    ticket_id, key = joined.session.ticket_id, uuid4()
    once = partial(house.actions.once, citizen, _key(citizen, key, TicketView), call_back, ticket_id, IN_30)
    answers = await at_once(once, once, once)
    assert answers[0] == answers[1] == answers[2]
    undo = _key(citizen, uuid4(), TicketView)
    back = [await house.actions.once(citizen, undo, come_now, ticket_id) for _ in range(2)]
    assert back[0] == back[1]
    assert await once() == answers[0]
    assert (
        await house.value(
            "SELECT count(*) FROM audit WHERE action = 'ticket.call_back' AND subject_id = :id", id=ticket_id
        )
        == 1
    )


async def test_both_agree_in_the_same_moment(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    ticket_id = joined.session.ticket_id
    answers = await at_once(
        partial(house.run, citizen, call_back, ticket_id, IN_30),
        partial(house.run, clerk, call_back_by_clerk, ticket_id, CallbackRequest(minutes=60)),
    )
    made = [one for one in answers if isinstance(one, TicketView | CallbackTime)]
    assert len(made) == 1
    assert next(one for one in answers if isinstance(one, str)) in {"wrong_state", "not_found"}
    assert (await row_of(house, citizen)).state == "parked"


async def test_taken_back_it_is_the_head_at_once(house: House) -> None:
    citizen = await house.citizen()
    await agreed(house, citizen)
    await house.waiting(2)
    ticket = await house.run(citizen, come_now, (await row_of(house, citizen)).id)
    assert (ticket.state, ticket.callback_at) == ("waiting", None)
    row = await row_of(house, citizen)
    assert (row.bonus_reason, row.callback_id, row.parked_until) == ("callback_now", None, None)
    clerk = await house.clerk()
    ring = await house.ring_of(clerk)
    assert ring.ticket_id == row.id
    assert "callback_now" in [fact["code"] for fact in ring.why["facts"]]
    assert await refused(house.run(citizen, come_now, row.id)) == "wrong_state"


async def test_taken_back_the_place_goes_again_by_the_page(house: House) -> None:
    citizen = await house.citizen()
    await agreed(house, citizen)
    row = await row_of(house, citizen)
    await house.run(citizen, come_now, row.id)
    await house.change("UPDATE test_clock SET shift = shift + interval '301 s'")
    await house.sweep()
    assert (await row_of(house, citizen)).close_reason == "expired"


async def test_a_minute_aside_is_no_callback_to_take_back(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.serve(clerk, citizen)
    await house.run(citizen, postpone, joined.session.ticket_id)
    assert await refused(house.run(citizen, come_now, joined.session.ticket_id)) == "wrong_state"


async def test_who_leaves_instead_leaves_a_wrap_up_only_after_a_talk(house: House) -> None:
    for talked in (False, True):
        citizen = await house.citizen()
        if talked:
            await called_back_from_a_call(house, await house.clerk(), citizen)
        else:
            await agreed(house, citizen)
        left = await house.run(citizen, leave, (await row_of(house, citizen)).id)
        assert (left.state, left.close_reason) == ("closed", "left")
        assert await house.value("SELECT count(*) FROM session WHERE state = 'wrapping'") == int(talked)


async def test_the_clerks_see_what_is_agreed_behind_who_waits(house: House) -> None:
    early = await house.citizen()
    await agreed(house, early)
    await house.waiting(2)
    clerk = await house.clerk(ready=False)
    async with house.database.reading() as session:
        rows = await queue(session, clerk)
    assert [row.callback_at is not None for row in rows] == [False, False, True]
    assert rows[2].state == "parked"


async def test_the_offer_knows_whether_a_message_comes(house: House) -> None:
    for citizen, recall in ((await house.citizen(), "offered"), (await verified(house), "on")):
        ticket = await house.take(citizen)
        async with house.database.reading() as session:
            assert (await offer_to_owner(session, house.wiring, ZONE, citizen, ticket.id)).recall == recall
