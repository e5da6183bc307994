"""Signing in: five wrong passwords lock, time or an operator unlocks, and nobody learns which accounts exist."""

import json
from uuid import uuid4

import pytest

from cloudwindow.foundation.authentication import ANONYMOUS, COMMAND_LINE, Authenticator
from cloudwindow.foundation.errors import Problem
from cloudwindow.people import commands, passwords
from cloudwindow.people.actions import change_password, check_not_locked, note_failure, sign_in, sign_out
from cloudwindow.people.queries import staff_view
from cloudwindow.people.second_factor import Proof
from tests.support.city import PASSWORD
from tests.support.house import House, refused


async def _try(house: House, password: str, account: str = "zhangyanli") -> str:
    """Do what the route does, a hash of argon2 apart; returns `in` or the refusal."""
    try:
        known = await house.run(ANONYMOUS, check_not_locked, account)
        if known is None or password != PASSWORD:
            await house.run(ANONYMOUS, note_failure, account)
            return "wrong_password"
        station = await house.value("SELECT id FROM station WHERE status IN ('in_use', 'closed') LIMIT 1")
        await house.run(ANONYMOUS, sign_in, account, station)
    except Problem as problem:
        return problem.code
    return "in"


async def test_five_wrong_passwords_lock_and_time_unlocks(house: House) -> None:
    assert [await _try(house, "wrong") for _ in range(5)] == ["wrong_password"] * 5
    assert await _try(house, PASSWORD) == "account_locked"
    assert await _try(house, "wrong") == "account_locked"
    await house.move(14 * 60)
    assert await _try(house, PASSWORD) == "account_locked"
    await house.move(2 * 60)
    assert await _try(house, PASSWORD) == "in"
    assert await _try(house, "wrong") == "wrong_password"


async def test_a_right_password_starts_the_count_anew(house: House) -> None:
    for _ in range(3):
        assert [await _try(house, "wrong") for _ in range(4)][-1] == "wrong_password"
        assert await _try(house, PASSWORD) == "in"


async def test_an_operator_unlocks(house: House) -> None:
    for _ in range(5):
        await _try(house, "wrong")
    await house.run(COMMAND_LINE, commands.lift_lock, "zhangyanli")
    assert await _try(house, PASSWORD) == "in"
    with pytest.raises(LookupError):
        await house.run(COMMAND_LINE, commands.lift_lock, "nobody")
    written = await house.row("SELECT * FROM audit WHERE action = 'staff.unlock'")
    assert written.actor_kind == "system"


async def test_an_account_that_does_not_exist_is_no_exception(house: House) -> None:
    assert await _try(house, "wrong", "nobody") == "wrong_password"
    assert await passwords.fits(None, PASSWORD) is False
    await house.change("UPDATE staff SET status = 'suspended' WHERE account = 'zhangyanli'")
    assert await _try(house, PASSWORD) == "wrong_password"


async def test_a_hash_is_argon2id_and_never_the_password() -> None:
    kept = passwords.hash_password(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert await passwords.fits(kept, PASSWORD)
    assert not await passwords.fits(kept, PASSWORD + " ")
    assert not await passwords.fits("no hash", PASSWORD)


async def test_a_seat_that_is_not_in_use_is_refused(house: House) -> None:
    await house.change("UPDATE station SET status = 'closed'")
    assert await _try(house, PASSWORD) == "station_unknown"


async def test_whoever_serves_sits_at_a_window(house: House) -> None:
    assert await refused(house.run(ANONYMOUS, sign_in, "zhangyanli", None)) == "station_needed"
    assert await house.value("SELECT count(*) FROM login") == 0
    await house.change(
        "UPDATE staff SET must_change_password = true"
    )  # the way to a password of one's own asks the same
    change = house.run(ANONYMOUS, change_password, "zhangyanli", None, "argon2id of a new one", Proof())
    assert await refused(change) == "station_needed"
    assert await house.value("SELECT must_change_password FROM staff WHERE account = 'zhangyanli'")


async def test_whether_a_seat_is_needed_is_said_to_the_right_password_only(house: House) -> None:
    for account in ("zhangyanli", "xuwenbo", "nobody"):
        wrong = house.run(ANONYMOUS, sign_in, account, None, Proof(password_hash="another"))
        assert await refused(wrong) == "wrong_password"


@pytest.mark.parametrize("given", ["none", "in use", "unknown"])
@pytest.mark.parametrize("account", ["xuwenbo", "yangzhenyu", "songdongsheng"])
async def test_whoever_serves_nobody_sits_nowhere_whatever_the_page_remembers(
    house: House, account: str, given: str
) -> None:
    seat = await house.value("SELECT id FROM station WHERE status = 'in_use' LIMIT 1")
    wanted = {"none": None, "in use": seat, "unknown": uuid4()}[given]
    staff, token = await house.run(ANONYMOUS, sign_in, account, wanted)
    actor = await house.wiring.port(Authenticator).actor("staff", token, "")
    assert actor is not None
    assert (actor.id, actor.station_id) == (staff, None)
    written = json.loads(await house.value("SELECT body FROM audit WHERE action = 'login.open'"))
    assert written["new"]["station"] is None
    async with house.database.reading() as session:
        assert (await staff_view(session, actor, [])).station is None


@pytest.mark.parametrize("how", ["signed out", "expired", "suspended"])
async def test_a_login_that_is_over_opens_nothing(house: House, how: str) -> None:
    station = await house.value("SELECT id FROM station WHERE status = 'in_use' LIMIT 1")
    _, token = await house.run(ANONYMOUS, sign_in, "zhangyanli", station)
    find = house.wiring.port(Authenticator).actor
    clerk = await find("staff", token, "")
    assert clerk is not None
    assert await find("applicant", token, "") is None
    assert await find("staff", token[:-1], "") is None
    if how == "signed out":
        await house.run(clerk, sign_out)
    elif how == "expired":
        await house.move(12 * 3600)
    else:
        await house.change("UPDATE staff SET status = 'suspended'")
    assert await find("staff", token, "") is None


async def test_the_secret_of_a_cookie_is_kept_nowhere(house: House) -> None:
    station = await house.value("SELECT id FROM station WHERE status = 'in_use' LIMIT 1")
    _, token = await house.run(ANONYMOUS, sign_in, "zhangyanli", station)
    rows = await house.rows("SELECT login::text FROM login UNION ALL SELECT audit::text FROM audit")
    assert token not in "".join(row[0] for row in rows)


async def test_a_citizen_cannot_want_to_be_ready(house: House) -> None:
    citizen = await house.citizen()
    assert await refused(house.ready(citizen)) == "not_allowed"
