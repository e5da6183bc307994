"""Being in a call: connecting, losing and finding each other again, grace, whoever is gone, and the end."""

from uuid import UUID

import pytest

from cloudwindow.calls import report
from cloudwindow.calls.calling import end, join, lose
from cloudwindow.calls.schemas import Accepted
from cloudwindow.dispatch.actions import postpone
from cloudwindow.foundation.authentication import SYSTEM, Actor
from tests.support.house import House, refused


async def _call(house: House, joined: Accepted) -> str:
    state: str = await house.value("SELECT state FROM call WHERE id = :id", id=joined.call.id)
    return state


async def _kinds(house: House) -> list[str]:
    return [row.kind for row in await house.rows("SELECT kind FROM session_event ORDER BY session_id, seq")]


async def test_connected_means_that_both_sides_saw_media_flow(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.serve(clerk, citizen)
    await house.flow(joined, clerk)
    assert await _call(house, joined) == "connecting"
    await house.flow(joined, citizen)
    assert await _call(house, joined) == "connected"
    row = await house.row("SELECT * FROM call")
    assert row.last_good_at <= row.connected_at
    assert row.grace_until is None
    assert await _kinds(house) == ["answered", "joined", "connected"]


async def test_reports_too_far_apart_do_not_connect(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.serve(clerk, citizen)
    await house.flow(joined, clerk)
    await house.move(16)
    await house.flow(joined, citizen)
    assert await _call(house, joined) == "connecting"
    await house.flow(joined, clerk)
    assert await _call(house, joined) == "connected"


@pytest.mark.parametrize(("ice", "growing"), [("checking", True), ("disconnected", True), ("connected", False)])
async def test_no_media_no_connection(house: House, ice: str, *, growing: bool) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.serve(clerk, citizen)
    await house.run(citizen, join, joined.call.id)
    for received in (0, 1, 2):
        for side in (clerk, citizen):
            await house.run(side, report, joined.call.id, 1, ice, received if growing else 0)
    assert await _call(house, joined) == "connecting"


async def test_fifteen_silent_seconds_interrupt_and_grace_runs_from_the_last_good_report(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    good = await house.value("SELECT flowing_at FROM call_participant WHERE side = 'applicant'")
    await house.after(10)
    assert await _call(house, joined) == "connected"
    await house.flow(joined, clerk)  # one side alone is not good
    await house.after(6)
    row = await house.row("SELECT * FROM call")
    assert row.state == "interrupted"
    assert (row.grace_until - good).total_seconds() == 120
    assert (await house.state(citizen))["call"]["grace_until"] is not None
    await house.flow(joined, clerk, citizen)
    row = await house.row("SELECT * FROM call")
    assert (row.state, row.grace_until) == ("connected", None)
    assert await _kinds(house) == ["answered", "joined", "connected", "interrupted", "connected"]


async def test_good_reports_keep_it_connected(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    for _ in range(8):
        await house.move(5)
        await house.flow(joined, clerk, citizen)
        await house.sweep()
    assert await _call(house, joined) == "connected"
    await house.run(SYSTEM, lose, joined.call.id)
    assert await _call(house, joined) == "connected"


async def test_where_nobody_is_called_back_today_the_service_ends_and_the_next_number_is_the_head(house: House) -> None:
    await house.city.set_parameter("dispatch.callback_minutes", [])
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    waiting = await house.waiting(2)
    await house.after(16)
    await house.after(100)
    assert await _call(house, joined) == "interrupted"
    await house.after(5)
    assert await _call(house, joined) == "ended"
    session = await house.row("SELECT * FROM session")
    assert (session.state, session.end_reason) == ("wrapping", "dropped")
    ticket = await house.row("SELECT * FROM ticket WHERE id = :id", id=session.ticket_id)
    assert (ticket.state, ticket.close_reason) == ("closed", "expired")
    assert await house.value("SELECT state FROM rating") == "asked"
    await house.move(25 * 60)
    again = await house.take(citizen)
    row = await house.row("SELECT * FROM ticket WHERE id = :id", id=again.id)
    assert (row.bonus_reason, row.bonus_seconds) == ("dropped_call", 86400)
    assert row.queue_key < await house.value("SELECT min(queue_key) FROM ticket WHERE id = :id", id=waiting[0].id)
    await house.close(clerk, joined.session.id, "dropped")
    assert (await house.ring_of(clerk)).ticket_id == again.id


async def test_the_head_is_for_the_next_number_only_and_for_half_an_hour(house: House) -> None:
    await house.city.set_parameter("dispatch.callback_minutes", [])
    clerk = await house.clerk()
    for minutes, reason in ((20, "dropped_call"), (31, None)):
        citizen = await house.citizen()
        joined = await house.talk(clerk, citizen)
        await house.after(16)
        await house.after(110)
        await house.close(clerk, joined.session.id, "dropped")
        await house.move(minutes * 60)
        joined = await house.talk(clerk, citizen)
        query = "SELECT bonus_reason FROM ticket WHERE id = :id"
        assert await house.value(query, id=joined.session.ticket_id) == reason
        await house.hang_up(citizen, joined)
        await house.close(clerk, joined.session.id)
        joined = await house.talk(clerk, citizen)  # served by then: as anybody
        assert await house.value(query, id=joined.session.ticket_id) is None
        await house.hang_up(citizen, joined)
        await house.close(clerk, joined.session.id)


async def test_a_clerk_who_is_gone_hands_the_same_session_to_the_next(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.close_tabs(clerk)
    await house.after(16)
    await house.after(60)
    assert await _call(house, joined) == "interrupted"  # a dead page alone ends nothing
    await house.after(50)
    assert await _call(house, joined) == "ended"
    state = await house.state(citizen)
    assert (state["ticket"]["state"], state["session"]["state"]) == ("waiting", "open")
    ticket = await house.row("SELECT * FROM ticket")
    assert (ticket.bonus_reason, ticket.close_reason) == ("clerk_lost", None)
    assert (await house.state(clerk))["session"] is None
    colleague = await house.clerk("zhaoshumin")
    again = await house.accept(colleague)
    assert again.session.id == joined.session.id
    assert again.session.number == joined.session.number
    assert again.call.id != joined.call.id
    assert await house.value("SELECT clerk_id FROM session") == colleague.id
    await house.flow(again, colleague, citizen)
    await house.hang_up(colleague, again)
    await house.close(colleague, again.session.id)
    assert await house.value("SELECT clerk_id FROM rating") == colleague.id
    assert await house.value("SELECT count(*) FROM session") == 1


async def test_a_citizen_who_never_joins_is_given_up_after_the_grace(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.serve(clerk, citizen)
    await house.after(110)
    assert await _call(house, joined) == "connecting"
    assert (await house.state(citizen))["call"]["grace_until"] is None
    await house.after(15)
    assert await house.value("SELECT end_reason FROM session") == "dropped"


async def test_postponing_is_for_before_they_see_each_other(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    assert await refused(house.run(citizen, postpone, joined.session.ticket_id)) == "wrong_state"
    await house.after(16)
    assert await _call(house, joined) == "interrupted"
    assert await refused(house.run(citizen, postpone, joined.session.ticket_id)) == "wrong_state"


@pytest.mark.parametrize("who", ["clerk", "applicant"])
@pytest.mark.parametrize("state", ["connecting", "connected", "interrupted"])
async def test_either_side_ends_it_in_any_state(house: House, who: str, state: str) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await (house.serve if state == "connecting" else house.talk)(clerk, citizen)
    if state == "interrupted":
        await house.after(16)
    assert await _call(house, joined) == state
    side, other = (clerk, citizen) if who == "clerk" else (citizen, clerk)
    view = await house.run(side, end, joined.call.id)
    assert (view.state, view.ended_reason) == ("ended", who)
    session = await house.row("SELECT * FROM session")
    assert (session.state, session.end_reason) == ("wrapping", who)
    ticket = await house.row("SELECT * FROM ticket")
    assert (ticket.state, ticket.close_reason) == ("closed", "served")
    for actor in (side, other):
        assert await refused(house.run(actor, end, joined.call.id)) == "call_over"
        assert await refused(house.run(actor, join, joined.call.id)) == "call_over"


async def test_coming_back_grows_the_attempt_and_old_reports_count_for_nothing(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    again = await house.run(citizen, join, joined.call.id)
    assert (again.attempt, again.transport) == (2, "p2p")
    assert again.participant_id in {place.id for place in joined.call.participants}
    for received in (10_000, 20_000):
        await house.run(citizen, report, joined.call.id, 1, "connected", received)
    row = await house.row("SELECT * FROM call_participant WHERE side = 'applicant'")
    assert (row.attempt, row.bytes_received, row.flowing_at) == (2, 0, None)
    assert await _kinds(house) == ["answered", "joined", "connected", "resumed"]
    back = await house.run(clerk, join, joined.call.id)
    assert back.attempt == 2


async def _strangers(house: House) -> list[Actor]:
    return [
        await house.citizen(),
        await house.clerk("zhaoshumin", ready=False),
        await house.clerk("xuwenbo", ready=False),  # may look at the session, which is not being in its call
    ]


async def test_nobody_else_is_in_the_call(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    before = await house.rows("SELECT * FROM call_participant ORDER BY id")
    for stranger in await _strangers(house):
        assert await refused(house.run(stranger, join, joined.call.id)) == "not_found"
        assert await refused(house.run(stranger, end, joined.call.id)) == "not_found"
        await house.run(stranger, report, joined.call.id, 1, "connected", 10_000)
    assert await house.rows("SELECT * FROM call_participant ORDER BY id") == before
    assert await refused(house.run(clerk, join, UUID(int=7))) == "not_found"
    assert await _call(house, joined) == "connected"


async def test_evidence_has_no_gaps_and_fits_its_digest(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.after(16)
    await house.hang_up(citizen, joined)
    await house.close(clerk, joined.session.id)
    rows = await house.rows("SELECT seq, digest = sha256(body) AS fits FROM session_event ORDER BY seq")
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.fits for row in rows)
    assert await house.value("SELECT bool_and(digest = sha256(body)) FROM audit")
