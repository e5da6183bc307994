"""Going on with another device: once, in time, with the number and the call; the first device is let go."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from cloudwindow.app import SettingsAddress
from cloudwindow.foundation.tls.names import lan_addresses
from cloudwindow.people.parameters import LINK_MINUTES
from cloudwindow.settings import Settings
from tests.support.client import Citizen, Clerk, flow, move_clock
from tests.support.server import Server


@pytest.fixture
async def citizen(server: Server) -> AsyncIterator[Citizen]:
    """Somebody on a PC with a number."""
    async with Citizen(server.url) as opened:
        await opened.enter()
        await opened.take(device="pc")
        yield opened


@pytest.fixture
async def phone(server: Server) -> AsyncIterator[Citizen]:
    """A browser that nobody has used yet."""
    async with Citizen(server.url) as opened:
        yield opened


async def link(citizen: Citizen) -> str:
    """Ask for a link and return its secret."""
    made = await citizen.post("/api/applicant/device-link")
    address: str = made["address"]
    return address.partition("#")[2]


async def follow(phone: Citizen, token: str, expect: int = 200, key: str | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = await phone.post("/api/applicant/continue", {"token": token}, expect=expect, key=key)
    if expect == 200:
        phone.csrf = answer["csrf"]
    return answer


async def test_the_number_goes_along_and_the_first_device_is_let_go(citizen: Citizen, phone: Citizen) -> None:
    before = await citizen.document()
    answer = await follow(phone, await link(citizen))
    assert answer["account"]["form_of_address"] == "刘桂英"
    assert answer["account"]["phone_masked"] == "199****1301"
    await phone.open_line()
    assert phone.state["ticket"] == before["ticket"]
    await citizen.heard(lambda message: message["type"] == "signed_out")
    assert await citizen.closed() == 1012
    assert (await citizen.get("/api/applicant/state", expect=401))["code"] == "login_expired"
    assert await citizen.get("/api/applicant/me") == {"account": None, "csrf": None, "moved": True}
    await phone.post(f"/api/tickets/{before['ticket']['id']}/leave")


async def test_a_call_goes_along(server: Server, citizen: Citizen, phone: Citizen) -> None:
    async with Clerk(server.url) as clerk:
        await clerk.sign_in()
        joined = await clerk.accept()
        await citizen.until(lambda state: state["call"])
        await flow(clerk, citizen, joined)
        await follow(phone, await link(citizen))
        await phone.open_line()
        mine = await phone.post(f"/api/calls/{joined['call']['id']}/join")
        assert mine["attempt"] == 2
        await clerk.until(lambda state: sorted(one["attempt"] for one in state["call"]["participants"]) == [1, 2])
        await phone.agrees()
        assert (await clerk.document())["session"]["state"] == "open"


async def test_a_link_works_once(server: Server, citizen: Citizen, phone: Citizen) -> None:
    token = await link(citizen)
    await follow(phone, token)
    async with Citizen(server.url) as third:
        assert (await follow(third, token, expect=410))["code"] == "link_used"
        assert third.http.cookies == httpx.Cookies()
    await phone.document()


async def test_of_two_at_once_one_has_it(server: Server, citizen: Citizen) -> None:
    token = await link(citizen)
    async with Citizen(server.url) as one, Citizen(server.url) as two:
        answers = await asyncio.gather(*(each.send("/api/applicant/continue", {"token": token}) for each in (one, two)))
        assert sorted(answer.status_code for answer in answers) == [200, 410]


async def test_an_answer_that_got_lost_is_asked_for_again(server: Server, citizen: Citizen, phone: Citizen) -> None:
    token, key = await link(citizen), str(uuid4())
    await follow(phone, token, key=key)
    first = dict(phone.http.cookies)
    await follow(phone, token, key=key)
    assert dict(phone.http.cookies) != first
    await phone.document()
    async with server.city.database.reading() as rows:
        assert await rows.scalar(text("SELECT count(*) FROM login WHERE ended_at IS NULL")) == 1


async def test_it_expires(citizen: Citizen, phone: Citizen, server: Server) -> None:
    token = await link(citizen)
    await move_clock(citizen, 10 * 60)
    assert (await follow(phone, token, expect=410))["code"] == "link_expired"
    await server.city.set_parameter(LINK_MINUTES, 30)
    token = await link(citizen)
    await move_clock(citizen, timedelta(minutes=29).total_seconds())
    await follow(phone, token)


async def test_a_second_link_voids_the_first_and_signing_out_voids_all(citizen: Citizen, phone: Citizen) -> None:
    first, second = await link(citizen), await link(citizen)
    assert (await follow(phone, first, expect=410))["code"] == "link_expired"
    await citizen.post("/api/applicant/sign-out")
    assert (await follow(phone, second, expect=410))["code"] == "link_expired"
    assert (await citizen.get("/api/applicant/me"))["moved"] is False


async def test_made_up_links(phone: Citizen) -> None:
    assert (await follow(phone, "x" * 43, expect=404))["code"] == "link_unknown"
    assert (await follow(phone, "", expect=422))["code"] == "invalid_input"
    assert (await phone.send("/api/applicant/device-link")).status_code == 401


async def test_the_secret_is_kept_and_told_nowhere(server: Server, citizen: Citizen, phone: Citizen) -> None:
    token = await link(citizen)
    await follow(phone, token)
    async with server.city.database.reading() as rows:
        kept = await rows.execute(text("SELECT encode(body, 'escape') FROM audit WHERE subject_table = 'device_link'"))
        bodies = [row[0] for row in kept]
        assert len(bodies) == 2
        assert not [body for body in bodies if token in body]
        found = await rows.scalar(
            text("SELECT count(*) FROM device_link WHERE digest = convert_to(:t, 'UTF8')"), {"t": token}
        )
        assert found == 0
    assert token not in server.log()


@pytest.mark.parametrize(
    ("origin", "settings", "leads"),
    [
        ("https://window.example", {}, "https://window.example"),
        ("http://localhost:8000", {}, "http://localhost:8000"),
        (None, {}, "http://localhost:8000"),
        ("http://localhost:8000", {"tls_port": 8443}, f"https://{lan_addresses()[0]}:8443"),
        ("http://127.0.0.1:8000", {"origins": "http://a.example, https://b.example"}, "https://b.example"),
    ],
)
def test_a_link_leads_to_where_phones_get_in(origin: str | None, settings: dict[str, Any], leads: str) -> None:
    assert SettingsAddress(Settings(mode="test", **settings)).for_phones(origin) == leads
