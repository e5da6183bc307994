"""Canned replies: the item's first, then those of all, filled in; and only for the clerk of the session."""

from uuid import UUID

import pytest

from cloudwindow.calls.canned import replies
from cloudwindow.calls.chat import history
from cloudwindow.calls.schemas import CannedReplyView
from cloudwindow.dispatch.queries import queue, ticket_card
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from tests.support.house import House


async def _replies(house: House, who: Actor, session: UUID) -> list[CannedReplyView]:
    async with house.database.reading() as reading:
        return await replies(reading, who, session)


async def test_the_items_sentences_come_first_and_are_filled_in(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen, item="P04")
    found = await _replies(house, clerk, joined.session.id)
    of_item = [one.zh for one in found if one.item]
    assert [one.item for one in found] == sorted((one.item for one in found), reverse=True)
    assert of_item[0].startswith("您好，先别急，您的卡是丢了还是坏了")
    assert "材料齐全的，承诺 1 个工作日办好。" in of_item
    assert "请把原社会保障卡拍清楚，发到这里。" in of_item
    general = [one for one in found if not one.item]
    assert len(general) >= 12
    assert general[0].zh == "您好，我是许昌市魏都区政务服务中心的张艳丽，很高兴为您服务。"
    assert all(one.zh and one.en and "{" not in one.zh + one.en for one in found)


async def test_another_item_has_other_sentences(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    assert "这件事不收费。" in [one.zh for one in await _replies(house, clerk, joined.session.id)]


@pytest.mark.parametrize("account", ["zhaoshumin", "xuwenbo"])
async def test_whoever_does_not_serve_gets_none(house: House, account: str) -> None:
    clerk, citizen, other = await house.clerk(), await house.citizen(), await house.clerk(account, ready=False)
    joined = await house.talk(clerk, citizen)
    with pytest.raises(Problem, match="not_found"):
        await _replies(house, other, joined.session.id)


async def test_pages_hear_with_the_messages_what_one_may_hold(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    page = await history(house.actions, citizen, joined.session.id, after=None, before=None, limit=50)
    assert page.limits.model_dump() == {"text": 2000, "file_mb": 20}


@pytest.mark.parametrize("typed_only", [True, False])
async def test_who_cannot_hear_or_speak_is_announced_everywhere(house: House, *, typed_only: bool) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    ticket = await house.take(citizen, typed_only=typed_only)
    assert ticket.typed_only is typed_only
    assert (await house.state(citizen))["ticket"]["typed_only"] is typed_only
    async with house.database.reading() as reading:
        (row,) = await queue(reading, clerk)
        card = await ticket_card(reading, house.wiring, house.city.keys, clerk, ticket.id)
    assert (row.typed_only, card.typed_only) == (typed_only, typed_only)
    assert (await house.told(citizen))["ticket"] == (await house.state(citizen))["ticket"]
