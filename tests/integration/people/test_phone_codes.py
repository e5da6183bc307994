"""A phone is proved by six digits that were sent there: a few tries, one use, ten minutes, and never in clear."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from cloudwindow.people.parameters import CODES_PER_PHONE
from tests.support.client import Citizen, move_clock
from tests.support.server import Server


@pytest.fixture
async def citizen(server: Server) -> AsyncIterator[Citizen]:
    async with Citizen(server.url) as opened:
        yield await opened.enter()


async def code(citizen: Citizen) -> str:
    """Ask for a code and read it on the phone."""
    await citizen.post("/api/applicant/phone-code")
    newest = (await citizen.get("/api/outbox"))["messages"][0]
    assert newest["phone_masked"] == "199****1301"
    (digits,) = re.findall(r"\d{6}", newest["text"])
    return str(digits)


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 10**6:06}"


async def confirm(citizen: Citizen, digits: str, expect: int = 200) -> Any:
    return await citizen.post("/api/applicant/phone-code/confirm", {"code": digits}, expect=expect)


async def test_the_right_code_verifies_the_phone_once(citizen: Citizen) -> None:
    digits = await code(citizen)
    assert (await citizen.get("/api/applicant/me"))["account"]["phone_verified"] is False
    assert (await confirm(citizen, digits))["account"]["phone_verified"] is True
    assert (await citizen.get("/api/applicant/me"))["account"]["phone_verified"] is True
    assert (await confirm(citizen, digits, 410))["code"] == "phone_code_over"


async def test_five_wrong_tries_and_even_the_right_code_is_void(citizen: Citizen) -> None:
    digits = await code(citizen)
    for _ in range(5):
        assert (await confirm(citizen, wrong(digits)))["fits"] is False
    assert (await confirm(citizen, digits, 410))["code"] == "phone_code_over"
    assert (await confirm(citizen, await code(citizen)))["account"]["phone_verified"] is True


async def test_a_code_is_good_for_ten_minutes_and_only_the_latest(citizen: Citizen) -> None:
    first = await code(citizen)
    second = await code(citizen)
    if first != second:
        assert (await confirm(citizen, first))["fits"] is False
    await move_clock(citizen, 601)
    assert (await confirm(citizen, second, 410))["code"] == "phone_code_over"


async def test_a_code_belongs_to_its_account(server: Server, citizen: Citizen) -> None:
    digits = await code(citizen)
    async with Citizen(server.url) as other:
        await other.enter("陈思远", "19900001302")
        assert (await confirm(other, digits, 410))["code"] == "phone_code_over"
    assert (await confirm(citizen, digits))["account"]["phone_verified"] is True


async def test_a_phone_is_sent_only_so_many_codes(server: Server, citizen: Citizen) -> None:
    async with server.city.database.transaction() as rows:
        await rows.execute(text("UPDATE parameter SET value = '2' WHERE key = :k"), {"k": CODES_PER_PHONE.most})
    await code(citizen)
    async with Citizen(server.url) as same_phone:
        await same_phone.enter()
        await code(same_phone)
        assert (await same_phone.post("/api/applicant/phone-code", expect=429))["code"] == "too_many_requests"


async def test_a_phone_that_had_its_messages_of_the_day_is_told_so(server: Server, citizen: Citizen) -> None:
    async with server.city.database.transaction() as rows:
        await rows.execute(text("UPDATE parameter SET value = '0' WHERE key = 'limits.messages_per_phone_and_day'"))
    refusal = await citizen.post("/api/applicant/phone-code", expect=503)
    assert refusal["code"] == "phone_code_not_sent"
    async with server.city.database.reading() as rows:
        assert await rows.scalar(text("SELECT count(*) FROM phone_code")) == 0


async def test_the_whole_number_is_shown_on_demand_and_that_is_on_record(server: Server, citizen: Citizen) -> None:
    await code(citizen)
    newest = (await citizen.get("/api/outbox"))["messages"][0]
    shown = await citizen.post(f"/api/outbox/{newest['id']}/phone")
    assert shown == {"phone": "19900001301"}
    async with server.city.database.reading() as rows:
        assert await rows.scalar(text("SELECT count(*) FROM audit WHERE action = 'outbox.look'")) == 1
    missing = "0198f2b4-0000-7000-8000-000000000001"
    assert (await citizen.post(f"/api/outbox/{missing}/phone", expect=404))["code"] == "not_found"


async def test_the_outbox_goes_back_page_by_page(server: Server, citizen: Citizen) -> None:
    async with server.city.database.transaction() as rows:
        await rows.execute(text("UPDATE parameter SET value = '99' WHERE key LIKE 'limits.%'"))
    for _ in range(52):
        await citizen.post("/api/applicant/phone-code")
    first = await citizen.get("/api/outbox")
    rest = await citizen.get(f"/api/outbox?before={first['before']}")
    ids = [one["id"] for page in (first, rest) for one in page["messages"]]
    assert (len(first["messages"]), len(rest["messages"]), rest["before"]) == (50, 2, None)
    assert ids == sorted(set(ids), reverse=True)
