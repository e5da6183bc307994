"""Who is rung for whom: the order of the queue, the order of clerks, and everybody who is not rung."""

from functools import partial

import pytest

from cloudwindow.dispatch import match_ticket, ring_next
from cloudwindow.dispatch.taking import take
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.people import set_presence
from cloudwindow.people.schemas import PresenceRequest
from tests.support.city import CITY, WEIDU
from tests.support.house import House, at_once, id_of, wish

QUEUE = "SELECT id FROM ticket WHERE state = 'waiting' ORDER BY queue_key, id"


async def test_who_came_first_is_served_first(house: House) -> None:
    first, second, third = await house.waiting(3)
    clerk = await house.clerk()
    for ticket in (first, second, third):
        ring = await house.ring_of(clerk)
        assert ring.ticket_id == ticket.id
        citizen = await house.value("SELECT account_id FROM ticket WHERE id = :id", id=ticket.id)
        assert citizen
        joined = await house.accept(clerk)
        await house.change("UPDATE call SET grace_until = app_now() - interval '1 s'")
        await house.sweep()  # the citizen never came: the session ends
        await house.close(clerk, joined.session.id, "dropped")


async def test_the_elderly_count_as_having_come_three_minutes_earlier(house: House) -> None:
    (early,) = await house.waiting()
    await house.move(100)
    (later,) = await house.waiting()
    await house.move(100)
    elderly = await house.take(await house.citizen(), elderly=True)
    assert [row.id for row in await house.rows(QUEUE)] == [early.id, elderly.id, later.id]
    row = await house.row("SELECT * FROM ticket WHERE id = :id", id=elderly.id)
    assert (row.bonus_seconds, row.bonus_reason) == (180, "elderly")
    assert (row.enqueued_at - row.queue_key).total_seconds() == 180


async def test_an_account_that_calls_itself_elderly_still_says_so_with_each_number(house: House) -> None:
    ticket = await house.take(await house.citizen(elderly=True))
    assert await house.value("SELECT bonus_seconds FROM ticket WHERE id = :id", id=ticket.id) == 0


async def test_a_missed_ring_returns_to_the_head(house: House) -> None:
    clerk = await house.clerk()
    (first,) = await house.waiting()
    await house.move(1)
    elderly = await house.take(await house.citizen(), elderly=True)
    await house.after(20)
    assert [row.id for row in await house.rows(QUEUE)] == [first.id]
    row = await house.row("SELECT * FROM ticket WHERE id = :id", id=first.id)
    assert (row.bonus_seconds, row.bonus_reason) == (86400, "missed_ring")
    ring = await house.ring_of(clerk)  # passed over for the first one, the clerk takes the next
    assert ring.ticket_id == elderly.id


async def test_the_best_level_is_rung_before_the_longest_idle(house: House) -> None:
    able = await house.clerk("chenxiaona")  # police 2
    await house.move(60)
    proficient = await house.clerk("wangjunfeng")  # police 3
    await house.waiting(item="P18", region=CITY)
    assert await house.ring_of(proficient)
    assert await house.ring_of(able) is None
    facts = {fact["code"]: fact["params"] for fact in (await house.ring_of(proficient)).why["facts"]}
    assert facts["skill"] == {"level": 3}
    await house.waiting(item="P18", region=CITY)
    assert (await house.ring_of(able)).why["level"] == 2


async def test_the_level_of_the_item_beats_that_of_its_line(house: House) -> None:
    one, other = await house.clerk("wangjunfeng"), await house.clerk("sunmengjie")
    await house.change("INSERT INTO skill (staff_id, subject, level) VALUES (:id, 'P18', 1)", id=one.id)
    await house.waiting(item="P18", region=CITY)
    assert await house.ring_of(other)
    assert await house.ring_of(one) is None


async def test_without_any_skill_one_is_a_learner(house: House) -> None:
    clerk = await house.clerk()
    await house.change("DELETE FROM skill")
    await house.waiting()
    assert (await house.ring_of(clerk)).why["level"] == 1


@pytest.mark.parametrize("longest", ["zhangyanli", "zhaoshumin"])
async def test_among_equals_the_longest_idle_is_rung(house: House, longest: str) -> None:
    (other,) = {"zhangyanli", "zhaoshumin"} - {longest}
    first = await house.clerk(longest)
    await house.move(1)
    second = await house.clerk(other)
    await house.waiting()
    assert await house.ring_of(first)
    assert await house.ring_of(second) is None


async def test_who_declined_is_passed_over_for_a_while(house: House) -> None:
    clerk = await house.clerk()
    (ticket,) = await house.waiting()
    await house.miss_or_decline(clerk, "decline")
    await house.sweep()
    assert await house.ring_of(clerk) is None
    assert await house.value("SELECT bonus_reason FROM ticket WHERE id = :id", id=ticket.id) == "declined"
    colleague = await house.clerk("zhaoshumin")
    assert (await house.ring_of(colleague)).ticket_id == ticket.id
    await house.miss_or_decline(colleague, "decline")
    await house.after(61)
    assert await house.ring_of(clerk) or await house.ring_of(colleague)


async def test_two_misses_in_a_row_put_a_clerk_on_break(house: House) -> None:
    clerk = await house.clerk()
    await house.waiting(2)
    await house.after(20)
    presence = await house.presence(clerk)
    assert (presence.wanted, presence.misses) == ("ready", 1)
    assert await house.ring_of(clerk)
    await house.after(20)
    presence = await house.presence(clerk)
    assert (presence.wanted, presence.reason, presence.misses) == ("break", "missed_rings", 0)
    assert await house.ring_of(clerk) is None
    assert (await house.state(clerk))["presence"]["reason"] == "missed_rings"
    written = await house.row(
        "SELECT * FROM audit WHERE action = 'engagement.miss' AND subject_table = 'presence' AND subject_id = :id",
        id=clerk.id,
    )
    assert written.actor_kind == "system"
    assert b'"reason":"missed_rings"' in written.body
    await house.ready(clerk)
    assert (await house.presence(clerk)).wanted == "ready"


async def test_an_answer_makes_earlier_misses_forgotten(house: House) -> None:
    clerk = await house.clerk()
    await house.waiting(2)
    await house.after(20)
    await house.accept(clerk)
    assert (await house.presence(clerk)).misses == 0


WRONG = {
    "no tab": "DELETE FROM tab_lease",
    "a dead tab": "UPDATE tab_lease SET lease_until = app_now() - interval '1 s'",
    "a certificate that ended yesterday": "UPDATE staff SET certificate_valid_to = app_now()::date - 1",
    "no certificate": "UPDATE staff SET certificate_valid_to = NULL",
    "suspended": "UPDATE staff SET status = 'suspended'",
    "another line": "UPDATE role_grant SET lines = ARRAY['market', 'police']",
    "a sibling's scope": """
        UPDATE role_grant SET scope_organisation_id = (SELECT id FROM organisation WHERE key = 'centre-411003')
    """,
    "another role": "UPDATE role_grant SET role = 'expert'",
    "no grant": "DELETE FROM role_grant",
    "no seat at the desk": "DELETE FROM desk_member",
    "a break": "UPDATE presence SET wanted = 'break', reason = 'rest'",
    "off": "UPDATE presence SET wanted = 'off'",
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_who_may_not_take_it_is_not_rung(house: House, wrong: str) -> None:
    clerk = await house.clerk()
    await house.change(WRONG[wrong])
    (ticket,) = await house.waiting()
    await house.run(SYSTEM, match_ticket, ticket.id)
    assert await house.run(SYSTEM, ring_next, id_of(clerk)) is None
    await house.sweep()
    assert await house.ring_of(clerk) is None
    assert await house.value("SELECT state FROM ticket WHERE id = :id", id=ticket.id) == "waiting"


async def test_a_certificate_counts_on_its_last_day(house: House) -> None:
    clerk = await house.clerk()
    await house.change("UPDATE staff SET certificate_valid_to = app_now()::date")
    await house.waiting()
    assert await house.ring_of(clerk)


async def test_a_grant_of_the_right_line_is_enough(house: House) -> None:
    clerk = await house.clerk()
    await house.change("UPDATE role_grant SET lines = ARRAY['market', 'hrss'] WHERE staff_id = :id", id=clerk.id)
    await house.waiting()
    assert await house.ring_of(clerk)


async def test_nobody_is_rung_for_a_page_that_is_gone(house: House) -> None:
    await house.waiting()
    await house.change("UPDATE ticket SET lease_until = app_now() - interval '1 s'")
    clerk = await house.clerk()
    assert await house.ring_of(clerk) is None


async def test_nobody_is_rung_twice_or_while_serving_or_wrapping(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    await house.take(citizen)
    await house.waiting()
    assert await house.run(SYSTEM, ring_next, id_of(clerk)) is None
    joined = await house.accept(clerk)
    assert await house.run(SYSTEM, ring_next, id_of(clerk)) is None
    await house.hang_up(citizen, joined)
    await house.sweep()
    assert await house.ring_of(clerk) is None
    await house.close(clerk, joined.session.id)
    assert await house.ring_of(clerk)


async def test_a_number_goes_to_the_nearest_desk(house: House) -> None:
    keys = {}
    for region in (WEIDU, CITY, "411003000000"):
        ticket = await house.take(await house.citizen(), region=region)
        keys[region] = await house.value("SELECT key FROM desk WHERE id = :id", id=ticket.desk_id)
    assert keys == {
        WEIDU: "desk-411002-social",
        CITY: "desk-411000-social",
        "411003000000": "desk-411000-social",
    }


@pytest.mark.parametrize("round_", range(6))
async def test_arriving_and_becoming_free_cannot_miss_each_other(house: House, round_: int) -> None:
    """Both look after their commit, so whoever commits last sees the other; nothing waits for the sweeper."""
    clerk, citizen = await house.clerk(ready=False), await house.citizen()
    ready = partial(house.run, clerk, set_presence, PresenceRequest(wanted="ready"))
    arrive = partial(house.run, citizen, take, wish())
    await at_once(*((ready, arrive) if round_ % 2 else (arrive, ready)))
    assert await house.ring_of(clerk) is not None


async def test_several_arrivals_and_several_clerks_at_once_find_each_other(house: House) -> None:
    clerks = [await house.clerk(name, ready=False) for name in ("wangjunfeng", "chenxiaona", "sunmengjie")]
    citizens = [await house.citizen() for _ in range(3)]
    calls = [partial(house.run, clerk, set_presence, PresenceRequest(wanted="ready")) for clerk in clerks]
    await at_once(*calls, *(partial(house.run, citizen, take, wish("P18", CITY)) for citizen in citizens))
    await house.sweep()  # three at once may skip each other's locks; the sweeper finds the rest
    rings = [await house.ring_of(clerk) for clerk in clerks]
    assert len({ring.ticket_id for ring in rings if ring}) == 3
