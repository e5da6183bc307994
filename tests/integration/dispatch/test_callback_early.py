"""现在回呼: a clerk calls back before the agreed time. Who may, from when on, and what becomes of it."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.dispatch.actions import leave, postpone
from cloudwindow.dispatch.callback import call_back, come_now
from cloudwindow.dispatch.callback_early import call_back_early
from cloudwindow.dispatch.queries import queue
from cloudwindow.dispatch.schemas import OfferView, QueueRow
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.idempotency import Key
from cloudwindow.people.presence import set_presence
from cloudwindow.people.schemas import PresenceRequest
from tests.integration.dispatch.test_callback import IN_30, agreed, called_back_from_a_call, row_of
from tests.integration.dispatch.test_callback_kept import nobody_comes, until_the_time
from tests.integration.dispatch.test_recalling import close_page, kinds, open_page, said, verified
from tests.support.city import JIANAN_VILLAGE, ZONE
from tests.support.house import House, at_once, refused

EARLY = timedelta(minutes=15)


async def before_the_time(house: House, citizen: Actor, minutes: float = 14) -> Any:
    """Let it be so many minutes before the agreed time, with the citizen's page open; return the ticket."""
    row = await row_of(house, citizen)
    await house.move((row.callback_at - await house.now()).total_seconds() - minutes * 60)
    await open_page(house, citizen)
    return await row_of(house, citizen)


async def waits_at_home(house: House, **more: Any) -> tuple[Actor, Any]:
    citizen = await house.citizen()
    await agreed(house, citizen, **more)
    return citizen, await before_the_time(house, citizen)


async def listed(house: House, clerk: Actor) -> dict[UUID, QueueRow]:
    async with house.database.reading() as session:
        return {row.ticket_id: row for row in await queue(session, clerk)}


async def test_it_rings_at_once_at_whoever_calls_back(house: House) -> None:
    _, ticket = await waits_at_home(house)
    await house.waiting()
    mate = await house.clerk("zhaoshumin")
    assert (await house.ring_of(mate)).ticket_id != ticket.id
    clerk = await house.clerk()
    offer = await house.run(clerk, call_back_early, ticket.id)
    ring = await house.ring_of(clerk)
    assert (offer.engagement_id, ring.ticket_id, ring.kind) == (ring.id, ticket.id, "serve")
    facts = {fact["code"]: fact["params"] for fact in ring.why["facts"]}
    assert ring.why["rule"] == "callback_early"
    assert facts["callback"] == {"at": ticket.callback_at.isoformat()}
    now = await row_of_ticket(house, ticket.id)
    assert (now.state, now.bonus_reason, now.callback_at, now.callback_tries) == (
        "ringing",
        "callback",
        ticket.callback_at,
        0,
    )
    assert now.lease_until >= ticket.callback_at + timedelta(hours=1)


async def row_of_ticket(house: House, ticket_id: UUID) -> Any:
    return await house.row("SELECT * FROM ticket WHERE id = :id", id=ticket_id)


async def test_it_goes_on_in_the_same_session(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await called_back_from_a_call(house, clerk, citizen)
    ticket = await before_the_time(house, citizen)
    await house.run(clerk, call_back_early, ticket.id)
    again = await house.accept(clerk)
    assert again.session.id == joined.session.id
    await house.flow(again, clerk, citizen)
    await house.hang_up(citizen, again)
    assert (await row_of(house, citizen)).close_reason == "served"


@pytest.mark.parametrize(("minutes", "early"), [(15.5, True), (14.9, False), (0.5, False)])
async def test_a_quarter_of_an_hour_before_at_the_earliest(house: House, minutes: float, *, early: bool) -> None:
    citizen = await house.citizen()
    await agreed(house, citizen)
    ticket = await before_the_time(house, citizen, minutes)
    clerk = await house.clerk()
    assert (await listed(house, clerk))[ticket.id].callback_from == ticket.callback_at - EARLY
    if not early:
        assert (await house.run(clerk, call_back_early, ticket.id)).ticket_id == ticket.id
        return
    with pytest.raises(Problem) as caught:
        await house.run(clerk, call_back_early, ticket.id)
    at = (ticket.callback_at - EARLY).astimezone(ZONE)
    assert (caught.value.code, caught.value.params) == ("callback_not_yet", {"time": f"{at:%H:%M}"})
    assert (await row_of(house, citizen)).state == "parked"


async def test_how_early_is_a_parameter_of_the_desk(house: House) -> None:
    await house.city.set_parameter("dispatch.callback_early_minutes", 0)
    _, ticket = await waits_at_home(house)
    clerk = await house.clerk()
    assert (await listed(house, clerk))[ticket.id].callback_from == ticket.callback_at
    assert await refused(house.run(clerk, call_back_early, ticket.id)) == "callback_not_yet"


async def test_only_who_may_take_it_calls_back(house: House) -> None:
    citizen, ticket = await waits_at_home(house)
    clerk = await house.clerk()
    for account, code in (
        ("koujunjie", "not_found"),  # of a desk elsewhere
        ("fenglei", "not_found"),  # at the desk, for other department lines
        ("liujingwen", "may_not_take"),  # sees it, sits at another desk
        ("xuwenbo", "may_not_take"),  # watches the desk
    ):
        other = await house.clerk(account, ready=account != "xuwenbo")
        assert await refused(house.run(other, call_back_early, ticket.id)) == code, account
        assert ticket.id not in await listed(house, other)
    assert await refused(house.run(citizen, call_back_early, ticket.id)) in {"not_found", "may_not_take"}
    assert await refused(house.run(clerk, call_back_early, uuid4())) == "not_found"
    assert (await row_of(house, citizen)).state == "parked"


async def test_who_sits_at_the_desk_without_a_role_that_serves_is_refused(house: House) -> None:
    citizen, ticket = await waits_at_home(house)
    clerk = await house.clerk()
    await house.change("UPDATE ticket SET flow = 'support' WHERE id = :id", id=ticket.id)
    assert (await listed(house, clerk))[ticket.id].callback_from is None
    assert await refused(house.run(clerk, call_back_early, ticket.id)) == "may_not_take"
    assert (await row_of(house, citizen)).state == "parked"


@pytest.mark.parametrize("why", ["break", "off", "no tab", "rung", "serving", "wrapping", "certificate"])
async def test_the_clerk_is_free_and_ready(house: House, why: str) -> None:
    citizen = await house.citizen()
    await agreed(house, citizen)
    clerk = await house.clerk(ready=why != "off")
    if why in {"rung", "serving", "wrapping"}:
        await house.waiting()
    if why in {"serving", "wrapping"}:
        joined = await house.accept(clerk)
        if why == "wrapping":
            await house.hang_up(clerk, joined)
    ticket = await before_the_time(house, citizen)
    if why == "rung":
        await house.change("UPDATE engagement SET expires_at = app_now() + interval '9 s' WHERE state = 'ringing'")
    if why == "wrapping":
        await house.change("UPDATE engagement SET wrap_until = app_now() + interval '9 s'")
    if why == "break":
        await house.run(clerk, set_presence, PresenceRequest(wanted="break", reason="rest"))
    if why == "no tab":
        await house.close_tabs(clerk)
    if why == "certificate":
        await house.change("UPDATE staff SET certificate_valid_to = '2020-01-01' WHERE id = :id", id=clerk.id)
    assert await refused(house.run(clerk, call_back_early, ticket.id)) == "not_ready_yourself"
    assert (await row_of(house, citizen)).state == "parked"


@pytest.mark.parametrize("state", ["waiting", "ringing", "serving", "aside", "closed", "come"])
async def test_only_what_is_agreed_is_called_back(house: House, state: str) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=state in {"ringing", "serving", "aside"})
    if state in {"closed", "come"}:
        await agreed(house, citizen)
        await house.run(citizen, leave if state == "closed" else come_now, (await row_of(house, citizen)).id)
    else:
        await house.take(citizen)
    if state in {"serving", "aside"}:
        await house.accept(clerk)
    if state == "aside":
        await house.run(citizen, postpone, (await row_of(house, citizen)).id)
    assert await refused(house.run(clerk, call_back_early, (await row_of(house, citizen)).id)) == "wrong_state"


async def test_no_clerk_is_rung_for_whom_nothing_would_reach(house: House) -> None:
    citizen, ticket = await waits_at_home(house)
    await close_page(house, citizen)
    clerk = await house.clerk()
    assert await refused(house.run(clerk, call_back_early, ticket.id)) == "nobody_to_hear"
    await house.change("UPDATE account SET phone_verified_at = app_now() WHERE id = :id", id=citizen.id)
    assert (await house.run(clerk, call_back_early, ticket.id)).ticket_id == ticket.id


async def test_a_request_that_is_sent_again_gets_the_first_answer(house: House) -> None:
    _, ticket = await waits_at_home(house)
    clerk = await house.clerk()
    assert clerk.login_id is not None
    key = Key(clerk.login_id, uuid4(), b"a", OfferView)

    async def once() -> OfferView:
        return await house.actions.once(clerk, key, call_back_early, ticket.id)

    answers = await at_once(once, once, once)
    assert answers[0] == answers[1] == answers[2] == await once()
    assert await house.value("SELECT count(*) FROM engagement") == 1


async def test_two_clerks_press_in_the_same_moment(house: House) -> None:
    _, ticket = await waits_at_home(house)
    clerks = [await house.clerk(), await house.clerk("zhaoshumin")]
    answers = await at_once(*(partial(house.run, clerk, call_back_early, ticket.id) for clerk in clerks))
    assert sorted(answer if isinstance(answer, str) else "rings" for answer in answers) == ["rings", "wrong_state"]
    assert await house.value("SELECT count(*) FROM engagement") == 1


# What becomes of it.


async def called_early(house: House, clerk: Actor, citizen: Actor, minutes: float = 14) -> Any:
    """Agree, and be called back so many minutes before the time."""
    await called_back_from_a_call(house, clerk, citizen)
    ticket = await before_the_time(house, citizen, minutes)
    await house.run(clerk, call_back_early, ticket.id)
    return ticket


async def test_who_is_not_reached_early_is_called_at_the_agreed_time_all_the_same(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    ticket = await called_early(house, clerk, citizen)
    await nobody_comes(house, clerk)
    row = await row_of(house, citizen)
    assert (row.state, row.callback_at, row.callback_tries) == ("parked", ticket.callback_at, 0)
    assert row.parked_until == ticket.callback_at
    assert (await house.state(clerk))["presence"]["work"] == "idle"
    assert (await house.told(citizen))["ticket"]["callback_tries"] == 0
    assert await house.value("SELECT state FROM session") == "open"
    for tries in (1, 2):
        await until_the_time(house, citizen)
        await nobody_comes(house, clerk)
        row = await row_of(house, citizen)
        assert (row.state, row.callback_tries) == ("parked", tries)
    await until_the_time(house, citizen)
    await nobody_comes(house, clerk)
    assert (await row_of(house, citizen)).close_reason == "callback_failed"


async def test_an_early_call_may_be_made_again(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    ticket = await called_early(house, clerk, citizen)
    for _ in range(3):
        await nobody_comes(house, clerk)
        await house.run(clerk, call_back_early, ticket.id)
    assert (await row_of(house, citizen)).callback_tries == 0


async def test_where_the_time_has_come_meanwhile_it_was_a_try(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    ticket = await called_early(house, clerk, citizen, minutes=1)
    await nobody_comes(house, clerk)
    row = await row_of(house, citizen)
    assert (row.state, row.callback_tries) == ("parked", 1)
    assert row.callback_at > ticket.callback_at


@pytest.mark.parametrize("how", ["miss", "decline"])
async def test_where_the_clerk_does_not_answer_it_is_the_next_ones_and_still_early(house: House, how: str) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    ticket = await called_early(house, clerk, citizen)
    await house.miss_or_decline(clerk, how)
    row = await row_of(house, citizen)
    assert (row.state, row.callback_at) == ("waiting", ticket.callback_at)
    mate = await house.clerk("zhaoshumin")
    assert (await house.ring_of(mate)).ticket_id == ticket.id
    await nobody_comes(house, mate)
    row = await row_of(house, citizen)
    assert (row.state, row.callback_at, row.callback_tries) == ("parked", ticket.callback_at, 0)


async def test_who_says_not_now_to_an_early_call_keeps_the_time(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    ticket = await called_early(house, clerk, citizen)
    await house.accept(clerk)
    view = await house.run(citizen, postpone, ticket.id)
    assert (view.state, view.callback_at, view.parked_until) == ("parked", ticket.callback_at, ticket.callback_at)
    assert (await house.state(clerk))["presence"]["work"] == "idle"
    await until_the_time(house, citizen)
    assert (await house.ring_of(clerk)).ticket_id == ticket.id


async def test_who_talked_and_breaks_off_is_called_back_as_ever(house: House) -> None:
    clerk, citizen = await house.clerk(), await verified(house)
    ticket = await called_early(house, clerk, citizen)
    joined = await house.accept(clerk)
    await house.flow(joined, clerk, citizen)
    await close_page(house, citizen)
    for seconds in (16, 121):
        await house.after(seconds)
    row = await row_of(house, citizen)
    assert (row.state, row.callback_tries) == ("parked", 0)
    assert row.callback_id != ticket.callback_id
    assert "callback_dropped" in [found.kind for found in await house.rows("SELECT kind FROM message")]


async def test_the_phone_is_told_that_it_is_early_that_the_time_stays_and_of_the_time(house: House) -> None:
    citizen = await verified(house)
    await agreed(house, citizen)
    clock = f"{(await row_of(house, citizen)).callback_at.astimezone(ZONE):%H:%M}"
    ticket = await before_the_time(house, citizen)
    await close_page(house, citizen)
    clerk = await house.clerk()
    await house.run(clerk, call_back_early, ticket.id)
    await nobody_comes(house, clerk)
    await until_the_time(house, citizen, looks=False)
    assert await kinds(house, citizen) == ["recall_ringing", "callback_kept", "recall_ringing"]
    early, kept, due = [text for _, text in await said(house, citizen)]
    assert early.startswith(f"云A001：约好 {clock} 的回呼，工作人员提前有空，正在等您")
    assert kept.startswith(f"云A001：刚才没有接通，约好的 {clock} 不变")
    assert due.startswith(f"云A001：约好 {clock} 的回呼到了")


async def test_another_desks_callbacks_are_not_listed(house: House) -> None:
    await waits_at_home(house, region=JIANAN_VILLAGE)
    citizen = await house.citizen()
    await agreed(house, citizen)
    assert list(await listed(house, await house.clerk(ready=False))) == [(await row_of(house, citizen)).id]


async def test_what_waits_has_no_time_from_which_to_call_back(house: House) -> None:
    citizen, _ = await waits_at_home(house)
    (waiting,) = await house.waiting()
    rows = await listed(house, await house.clerk(ready=False))
    assert rows[waiting.id].callback_from is None
    await house.run(citizen, come_now, (await row_of(house, citizen)).id)
    rows = await listed(house, await house.clerk(ready=False))
    assert [row.callback_from for row in rows.values()] == [None, None]


async def test_a_new_time_may_be_agreed_on_in_an_early_call(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    ticket = await called_early(house, clerk, citizen)
    joined = await house.accept(clerk)
    await house.flow(joined, clerk, citizen)
    view = await house.run(citizen, call_back, ticket.id, IN_30)
    assert view.callback_at is not None
    assert view.callback_at > ticket.callback_at
