"""The lock of an account: counted by all processes together, on record, harmless to who is in, telling nothing."""

import json
from collections import Counter
from functools import partial
from uuid import UUID

import httpx
import pytest

from cloudwindow.foundation.authentication import ANONYMOUS
from cloudwindow.people import parameters, passwords
from cloudwindow.people.actions import check_not_locked, note_failure
from tests.support.city import PASSWORD, City
from tests.support.client import Clerk
from tests.support.house import House, at_once, open_house, refused
from tests.support.server import Server


async def _failures(house: House) -> list[dict[str, object]]:
    rows = await house.rows(
        "SELECT convert_from(body, 'UTF8') AS b FROM audit WHERE action = 'login.fail' ORDER BY at, id"
    )
    return [json.loads(row.b) for row in rows]


async def test_two_processes_count_together(city: City) -> None:
    async with open_house(city) as one, open_house(city) as other:
        for turn in (one, other, one, other, one):
            await turn.run(ANONYMOUS, note_failure, "zhangyanli")
        for turn in (one, other):
            assert await refused(turn.run(ANONYMOUS, check_not_locked, "zhangyanli")) == "account_locked"


async def test_of_tries_at_once_none_goes_uncounted(city: City) -> None:
    async with open_house(city) as one, open_house(city) as other:
        tries = [partial(turn.run, ANONYMOUS, note_failure, "zhangyanli") for turn in (one, other) for _ in range(4)]
        answers = await at_once(*tries)
        assert Counter(answers) == {None: 5, "account_locked": 3}


async def test_the_numbers_are_parameters_and_each_failure_is_on_record(house: House) -> None:
    await house.city.set_parameter(parameters.FAILURES_BEFORE_LOCK, 2)
    await house.city.set_parameter(parameters.LOCK_MINUTES, 60)
    for _ in range(2):
        await house.run(ANONYMOUS, note_failure, "zhangyanli")
    await house.move(59 * 60)
    assert await refused(house.run(ANONYMOUS, check_not_locked, "zhangyanli")) == "account_locked"
    await house.move(2 * 60)
    assert await house.run(ANONYMOUS, check_not_locked, "zhangyanli")
    noted = [each["new"] for each in await _failures(house)]
    assert [(each["failed_logins"], each["locked_until"] is not None) for each in noted] == [(1, False), (2, True)]  # type: ignore[index]  # JSON


async def test_a_name_that_nobody_has_is_on_record_but_not_in_clear(house: House) -> None:
    await house.run(ANONYMOUS, note_failure, "liugaiying")
    (noted,) = await _failures(house)
    assert noted["subject"] == {"table": "staff", "id": None}
    assert "liugaiying" not in json.dumps(noted)
    assert noted["new"] == {"account": house.city.keys.blind("account", "liugaiying").hex()}


async def test_an_unknown_account_costs_as_much_and_is_told_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = passwords._fits

    def noting(kept: str, typed: str) -> bool:
        checked.append(kept)
        return verify(kept, typed)

    monkeypatch.setattr(passwords, "_fits", noting)
    real = passwords.hash_password(PASSWORD)
    await house.change("UPDATE staff SET password_hash = :real WHERE account = 'zhangyanli'", real=real)
    for account in ("zhangyanli", "nobody"):
        known = await house.run(ANONYMOUS, check_not_locked, account)
        assert not await passwords.fits(known, "wrong")
        await house.run(ANONYMOUS, note_failure, account)
    # One hash each, with the same costs, and one row of audit each.
    costs = [kept.split("$")[3] for kept in checked]
    assert len(costs) == 2
    assert costs[0] == costs[1]
    assert len(await _failures(house)) == 2


async def test_over_http_the_words_are_the_same_and_live_logins_stay(server: Server) -> None:
    async with Clerk(server.url) as clerk, httpx.AsyncClient(base_url=server.url) as stranger:
        await clerk.sign_in(ready=False)
        station = clerk.me["station"]["id"]

        async def tried(account: str, password: str) -> httpx.Response:
            body = {"account": account, "password": password, "station_id": station}
            return await stranger.post("/api/staff/login", json=body)

        wrong, unknown = await tried("zhangyanli", "wrong"), await tried("nobody", "wrong")
        assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())
        assert wrong.json()["code"] == "wrong_password"
        for _ in range(4):
            await tried("zhangyanli", "wrong")
        assert (await tried("zhangyanli", PASSWORD)).json()["code"] == "account_locked"
        await clerk.get("/api/workbench/queue")
        await clerk.presence("ready")
        async with server.city.database.driver() as driver:
            live: list[UUID] = await driver.fetch("SELECT id FROM login WHERE ended_at IS NULL")
        assert len(live) == 1
