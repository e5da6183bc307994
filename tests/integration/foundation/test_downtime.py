"""A downtime of the service is added to every live deadline, once, and everybody shown a deadline is told."""

import json
from datetime import timedelta
from functools import partial

import pytest

from cloudwindow.app import DEADLINES
from cloudwindow.calls.inviting import invite
from cloudwindow.calls.schemas import InviteRequest
from cloudwindow.dispatch.actions import postpone
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.downtime import beat
from tests.support.city import CITY
from tests.support.house import House, at_once, id_of

DOWN = 60
DEADLINE_ROWS = """
    SELECT 'ring', id, expires_at FROM engagement WHERE state = 'ringing'
    UNION ALL SELECT 'wrap-up', id, wrap_until FROM engagement WHERE wrap_until IS NOT NULL
    UNION ALL SELECT 'good', id, last_good_at FROM call WHERE state IN ('connected', 'interrupted')
    UNION ALL SELECT 'grace', id, grace_until FROM call WHERE grace_until IS NOT NULL AND state <> 'ended'
    UNION ALL SELECT 'lease', id, lease_until FROM ticket WHERE state <> 'closed'
    UNION ALL SELECT 'aside', id, parked_until FROM ticket WHERE state = 'parked'
    UNION ALL SELECT 'session', id, wrap_until FROM session WHERE state = 'wrapping'
"""
FIXED_ROWS = """
    SELECT 'tab', id, lease_until FROM tab_lease
    UNION ALL SELECT 'closed', id, lease_until FROM ticket WHERE state = 'closed'
    UNION ALL SELECT 'over', id, expires_at FROM engagement WHERE state <> 'ringing'
    UNION ALL SELECT 'rating', session_id, expires_at FROM rating
    UNION ALL SELECT 'login', id, expires_at FROM login
"""


async def _go_down(house: House, seconds: float) -> None:
    """The last process died so long ago, by the real clock."""
    await house.change(
        "INSERT INTO heartbeat VALUES (1, clock_timestamp() - make_interval(secs => :s))"
        " ON CONFLICT (id) DO UPDATE SET at = excluded.at",
        s=seconds,
    )


async def _live_scene(house: House) -> None:
    """One of everything that has a deadline: ringing, aside, waiting, connecting, connected, interrupted, wrapping."""
    await house.change("INSERT INTO desk_member SELECT d.id, s.id FROM desk d, staff s ON CONFLICT DO NOTHING")
    names = ["wangjunfeng", "chenxiaona", "sunmengjie", "liujingwen", "zhanghaoran"]
    for name in names:
        clerk, citizen = await house.clerk(name), await house.citizen()
        joined = await house.serve(clerk, citizen, item="P18", region=CITY)
        if name in {"wangjunfeng", "chenxiaona", "liujingwen"}:
            await house.flow(joined, clerk, citizen)
        if name == "wangjunfeng":
            await house.hang_up(citizen, joined)
        if name == "chenxiaona":
            await house.change("UPDATE call SET last_good_at = app_now() - interval '16 s'")
            await house.sweep()
        if name == "sunmengjie":
            await house.run(citizen, postpone, joined.session.ticket_id)
            await house.waiting(item="P18", region=CITY)
            await house.close_tabs(clerk)
            await house.open_tab(clerk)
    await house.waiting(item="P18", region=CITY)


async def test_every_live_deadline_gets_the_downtime(house: House) -> None:
    await _live_scene(house)
    before = {row[:2]: row[2] for row in await house.rows(DEADLINE_ROWS)}
    fixed = await house.rows(f"{FIXED_ROWS} ORDER BY 1, 2")
    assert {kind for kind, _ in before} == {"ring", "wrap-up", "good", "grace", "lease", "aside", "session"}
    await _go_down(house, DOWN)
    gap = await house.run(SYSTEM, beat, DEADLINES)
    assert gap is not None
    assert DOWN <= gap.total_seconds() < DOWN + 30
    after = {row[:2]: row[2] for row in await house.rows(DEADLINE_ROWS)}
    assert after == {key: moment + gap for key, moment in before.items()}
    assert await house.rows(f"{FIXED_ROWS} ORDER BY 1, 2") == fixed


async def test_it_is_on_record_once_with_what_was_moved(house: House) -> None:
    await _live_scene(house)
    await _go_down(house, DOWN)
    await house.run(SYSTEM, beat, DEADLINES)
    written = await house.row("SELECT * FROM audit WHERE action = 'server.beat'")
    body = json.loads(written.body)
    assert DOWN <= body["new"]["down_seconds"] < DOWN + 30
    assert set(body["new"]["moved"]) == {"put_off_tickets", "put_off_calls", "put_off_engagements", "put_off_logins"}
    assert all(body["new"]["moved"].values())
    assert await house.run(SYSTEM, beat, DEADLINES) is None


async def test_who_is_shown_a_deadline_is_told(house: House) -> None:
    ringing, aside = await house.clerk(), await house.citizen()
    joined = await house.serve(ringing, aside)
    ticket = await house.run(aside, postpone, joined.session.ticket_id)
    await house.waiting()
    wrapping, ended = await house.clerk("wangjunfeng"), await house.citizen()
    await house.hang_up(ended, await house.talk(wrapping, ended, item="P18", region=CITY))
    lost, losing = await house.clerk("liujingwen"), await house.citizen()
    joined = await house.talk(lost, losing, region=CITY)
    await house.change("UPDATE call SET last_good_at = app_now() - interval '16 s'")
    await house.sweep()
    assert ticket.parked_until is not None
    await _go_down(house, DOWN)
    await house.run(SYSTEM, beat, DEADLINES)
    told = {
        (row.stream, row.type): row.data
        for row in await house.rows("SELECT DISTINCT ON (stream, type) * FROM event ORDER BY stream, type, seq DESC")
    }
    for actor in (ringing, wrapping, lost, aside, losing):
        stream = f"{'staff' if actor.kind == 'staff' else 'account'}:{actor.id}"
        state = await house.state(actor)
        assert {part: told.get((stream, part)) for part in state if (stream, part) in told} == {
            part: document for part, document in state.items() if (stream, part) in told
        }


async def test_who_talks_is_told_that_it_rings_on_for_whom_they_asked_in(house: House) -> None:
    clerk, citizen, expert = await house.clerk(), await house.citizen(), await house.clerk("lihongxia")
    joined = await house.talk(clerk, citizen)
    await house.run(clerk, invite, joined.call.id, InviteRequest(staff_id=id_of(expert)))
    before = await house.value("SELECT expires_at FROM engagement WHERE kind = 'invite'")
    await _go_down(house, DOWN)
    assert await house.run(SYSTEM, beat, DEADLINES) is not None
    assert await house.value("SELECT expires_at FROM engagement WHERE kind = 'invite'") > before
    for side in (clerk, citizen):
        assert (await house.told(side))["call"] == (await house.state(side))["call"]


@pytest.mark.parametrize("seconds", [0, 1, 9])
async def test_a_short_pause_is_none(house: House, seconds: float) -> None:
    await house.clerk()
    await house.waiting()
    before = await house.rows(DEADLINE_ROWS)
    await _go_down(house, seconds)
    assert await house.run(SYSTEM, beat, DEADLINES) is None or seconds == 9  # a busy machine may take a second
    if seconds < 9:
        assert await house.rows(DEADLINE_ROWS) == before


async def test_the_first_start_ever_is_no_downtime(house: House) -> None:
    assert await house.value("SELECT count(*) FROM heartbeat") == 0
    assert await house.run(SYSTEM, beat, DEADLINES) is None
    assert await house.value("SELECT clock_timestamp() - at FROM heartbeat") < timedelta(seconds=10)


async def test_a_moved_test_clock_is_no_downtime(house: House) -> None:
    await house.sweeper.sweep()
    await house.waiting()
    await house.move(86400)
    before = await house.rows(DEADLINE_ROWS)
    assert await house.run(SYSTEM, beat, DEADLINES) is None
    assert await house.rows(DEADLINE_ROWS) == before


async def test_two_processes_that_come_back_at_once_add_it_once(house: House) -> None:
    await house.waiting()
    before = await house.value("SELECT lease_until FROM ticket")
    await _go_down(house, DOWN)
    answers = await at_once(*[partial(house.run, SYSTEM, beat, DEADLINES) for _ in range(5)])
    (gap,) = [answer for answer in answers if answer is not None]
    assert await house.value("SELECT lease_until FROM ticket") == before + gap
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'server.beat'") == 1


async def test_a_sweep_after_a_downtime_ends_nothing_before_its_time(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    waiting = await house.waiting()
    await house.move(DOWN)  # a minute went by in which nobody could report
    await _go_down(house, DOWN)
    await house.sweeper.sweep()
    assert await house.value("SELECT state FROM call") == "connected"
    assert await house.value("SELECT state FROM ticket WHERE id = :id", id=waiting[0].id) == "waiting"
    await house.after(16)
    assert await house.value("SELECT state FROM call") == "interrupted"
    await house.flow(joined, clerk, citizen)
    assert await house.value("SELECT state FROM call") == "connected"
