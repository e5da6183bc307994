"""A one-time password opens nothing but the way to one's own; the way asks for all that sign-in asks for."""

from typing import Any
from uuid import UUID

import pytest

from cloudwindow.foundation.authentication import COMMAND_LINE
from cloudwindow.people import commands, parameters, passwords
from tests.support.city import PASSWORD
from tests.support.client import Clerk
from tests.support.house import open_house
from tests.support.server import Server

ACCOUNT = "zhangyanli"
NEW = "rain-on-the-window-7"


async def _give(server: Server, account: str = ACCOUNT) -> str:
    """Give an account a one-time password, as the operator does."""
    async with open_house(server.city) as house:
        password, kept = commands.one_time_password()
        await house.run(COMMAND_LINE, commands.give_password, account, kept)
    return password


async def _value(server: Server, sql: str) -> Any:
    async with server.city.database.driver() as driver:
        return await driver.fetchval(sql)


async def _body(server: Server, password: str, **more: str) -> dict[str, str]:
    station: UUID = await _value(server, "SELECT id FROM station WHERE status = 'in_use' ORDER BY key LIMIT 1")
    return {"account": ACCOUNT, "password": password, "station_id": str(station)} | more


async def test_it_must_be_changed_before_anything_else(server: Server) -> None:
    once = await _give(server)
    async with Clerk(server.url) as clerk:
        assert (await clerk.post("/api/staff/login", await _body(server, PASSWORD), expect=401))[
            "code"
        ] == "wrong_password"
        refused = await clerk.post("/api/staff/login", await _body(server, once), expect=403)
        assert refused["code"] == "password_must_change"
        assert "cw_staff" not in clerk.http.cookies
        answer = await clerk.post("/api/staff/password", await _body(server, once, new_password=NEW))
        assert answer["staff"]["account"] == ACCOUNT
        clerk.csrf = answer["csrf"]
        await clerk.presence("ready")
    async with Clerk(server.url) as clerk:
        assert (await clerk.post("/api/staff/login", await _body(server, once), expect=401))["code"] == "wrong_password"
        await clerk.post("/api/staff/login", await _body(server, NEW))


@pytest.mark.parametrize(
    ("new", "code"),
    [("short", "password_too_short"), ("zhangyanli1", "password_too_common"), (PASSWORD, "password_unchanged")],
)
async def test_a_weak_one_is_refused_and_changes_nothing(server: Server, new: str, code: str) -> None:
    before = await _value(server, "SELECT password_hash FROM staff WHERE account = 'zhangyanli'")
    async with Clerk(server.url) as clerk:
        answer = await clerk.post("/api/staff/password", await _body(server, PASSWORD, new_password=new), expect=422)
        assert answer["code"] == code
        for _ in range(6):  # refused for its weakness, not as a wrong try
            await clerk.post("/api/staff/password", await _body(server, PASSWORD, new_password=new), expect=422)
        await clerk.post("/api/staff/login", await _body(server, PASSWORD))
    assert await _value(server, "SELECT password_hash FROM staff WHERE account = 'zhangyanli'") == before


async def test_the_shortest_is_a_parameter(server: Server) -> None:
    await server.city.set_parameter(parameters.PASSWORD_LENGTH, 30)
    async with Clerk(server.url) as clerk:
        answer = await clerk.post("/api/staff/password", await _body(server, PASSWORD, new_password=NEW), expect=422)
        assert (answer["code"], answer["params"]) == ("password_too_short", {"least": 30})


async def test_the_way_is_no_way_around_the_lock(server: Server) -> None:
    async with Clerk(server.url) as clerk:
        body = await _body(server, "wrong", new_password=NEW)
        codes = [(await clerk.send("/api/staff/password", body)).json()["code"] for _ in range(6)]
        assert codes == ["wrong_password"] * 5 + ["account_locked"]


async def test_a_new_password_ends_the_other_logins(server: Server) -> None:
    async with Clerk(server.url) as one, Clerk(server.url) as other:
        await one.sign_in(ready=False)
        await other.post("/api/staff/password", await _body(server, PASSWORD, new_password=NEW))
        assert (await one.get("/api/workbench/queue", expect=401))["code"] == "login_expired"
        await one.heard(lambda message: message["type"] == "signed_out")
        await other.get("/api/workbench/queue")


async def test_what_is_kept_is_a_hash_and_the_change_is_on_record(server: Server) -> None:
    async with Clerk(server.url) as clerk:
        await clerk.post("/api/staff/password", await _body(server, PASSWORD, new_password=NEW))
    kept = await _value(server, "SELECT password_hash FROM staff WHERE account = 'zhangyanli'")
    assert await passwords.fits(kept, NEW)
    body = await _value(server, "SELECT convert_from(body, 'UTF8') FROM audit WHERE action = 'staff.change_password'")
    assert NEW not in body
    assert kept not in body
