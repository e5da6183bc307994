"""Ending for abuse: words on record, no rating, told to the citizen; blocks by whoever watches the desk, for days."""

from typing import Any

import pytest

from cloudwindow.calls.abuse import AbuseRequest, end_for_abuse
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.oversight.abuse import BlockRequest, lift_block, look, make_block
from tests.support.house import House, at_once, refused

WORDS = "对方骂人，三次提醒后还是骂。"


async def abused(house: House) -> tuple[Actor, Actor, Any]:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.run(clerk, end_for_abuse, joined.call.id, AbuseRequest(words=WORDS))
    return clerk, citizen, joined


async def watcher(house: House, account: str = "xuwenbo") -> Actor:
    return await house.clerk(account, ready=False, tab=False)


async def listed(house: House, who: Actor) -> list[Any]:
    return await house.run(who, look)


def days(number: int) -> BlockRequest:
    return BlockRequest(days=number, reason="insults")


async def test_it_ends_the_service_with_its_reason_and_asks_for_no_rating(house: House) -> None:
    clerk, citizen, joined = await abused(house)
    row = await house.row("SELECT state, end_reason, wrap_until IS NOT NULL AS wraps FROM session")
    assert (row.state, row.end_reason, row.wraps) == ("wrapping", "abuse", True)
    assert await house.value("SELECT close_reason FROM ticket") == "served"
    event = await house.value("SELECT convert_from(body, 'UTF8') FROM session_event WHERE kind = 'ended'")
    assert '"reason":"abuse"' in event
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'call.end_for_abuse'") > 0
    told = await house.state(citizen)
    assert (told["session"]["end_reason"], told["rating"]) == ("abuse", None)
    await house.close(clerk, joined.session.id, "out_of_scope")
    assert await house.value("SELECT state FROM session") == "closed"
    assert await house.value("SELECT count(*) FROM rating") == 0


async def test_only_the_clerk_of_the_call_may_end_it_so_and_only_while_it_lasts(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    other = await house.clerk("zhaoshumin", ready=False)
    request = AbuseRequest(words=WORDS)
    for who in (citizen, other):
        assert await refused(house.run(who, end_for_abuse, joined.call.id, request)) == "not_found"
    await house.hang_up(citizen, joined)
    assert await refused(house.run(clerk, end_for_abuse, joined.call.id, request)) == "call_over"
    assert await house.value("SELECT count(*) FROM abuse") == 0


async def test_words_are_required(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    few = AbuseRequest(words="  骂 \t ")
    assert await refused(house.run(clerk, end_for_abuse, joined.call.id, few)) == "words_missing"
    assert await house.value("SELECT state FROM call WHERE id = :id", id=joined.call.id) != "ended"


@pytest.mark.parametrize(
    ("account", "sees"), [("xuwenbo", 1), ("yangzhenyu", 1), ("yuecaihong", 0), ("zhangyanli", 0), ("fanguohua", 0)]
)
async def test_whoever_watches_the_desk_sees_and_blocks(house: House, account: str, sees: int) -> None:
    clerk, _, joined = await abused(house)
    who = clerk if account == "zhangyanli" else await watcher(house, account)
    found = await listed(house, who)
    assert [(one.words, one.clerk, one.block) for one in found] == [(WORDS, "张艳丽", None)] * sees
    if sees:
        made = await house.run(who, make_block, joined.session.id, days(3))
        assert (await listed(house, who))[0].block == made
    else:
        assert await refused(house.run(who, make_block, joined.session.id, days(3))) == "not_found"


async def test_a_blocked_account_is_told_why_until_when_and_how_to_object(house: House) -> None:
    _, citizen, joined = await abused(house)
    supervisor = await watcher(house)
    block = await house.run(supervisor, make_block, joined.session.id, days(3))
    with pytest.raises(Problem) as caught:
        await house.take(citizen)
    assert caught.value.code == "blocked_for_insults"
    local = block.until.astimezone(house.database.zone)
    assert caught.value.params["until"] == local.strftime("%Y-%m-%d %H:%M")
    assert "12345" in caught.value.body()["detail"]
    await house.take(await house.citizen())
    await house.move(3 * 86400 + 1)
    assert (await house.take(citizen)).state == "waiting"


async def test_a_lifted_block_counts_no_more_and_another_may_follow(house: House) -> None:
    _, citizen, joined = await abused(house)
    supervisor, stranger = await watcher(house), await watcher(house, "yuecaihong")
    block = await house.run(supervisor, make_block, joined.session.id, days(3))
    assert await refused(house.run(stranger, lift_block, block.id)) == "not_found"
    lifted = await house.run(supervisor, lift_block, block.id)
    again = await house.run(supervisor, lift_block, block.id)
    assert lifted.lifted_at == again.lifted_at is not None
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'block.lift'") == 1
    await house.run(supervisor, make_block, joined.session.id, days(1))
    assert await refused(house.take(citizen)) == "blocked_for_insults"


async def test_of_two_supervisors_one_is_first_and_days_are_limited(house: House) -> None:
    _, _, joined = await abused(house)
    first, second = await watcher(house), await watcher(house, "yangzhenyu")
    too_long = house.run(first, make_block, joined.session.id, days(31))
    assert await refused(too_long) == "block_too_long"
    answers = await at_once(
        lambda: house.run(first, make_block, joined.session.id, days(30)),
        lambda: house.run(second, make_block, joined.session.id, days(2)),
    )
    assert sorted(isinstance(answer, str) for answer in answers) == [False, True]
    assert "already_blocked" in answers
    assert await house.value("SELECT count(*) FROM block") == 1


async def test_a_number_that_was_taken_before_goes_on(house: House) -> None:
    _, citizen, joined = await abused(house)
    ticket = await house.take(citizen)
    await house.run(await watcher(house), make_block, joined.session.id, days(3))
    assert (await house.take(citizen)).id == ticket.id


async def test_who_looked_is_on_record(house: House) -> None:
    clerk, _, joined = await abused(house)
    who = await watcher(house)
    for actor in (who, clerk):
        await listed(house, actor)
    looks = await house.value(
        "SELECT array_agg(actor_id) FROM audit WHERE action = 'abuse.look' AND subject_id = :id",
        id=joined.call.session_id,
    )
    assert looks == [who.id]
