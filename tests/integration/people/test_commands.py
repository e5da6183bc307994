"""What an operator does to accounts: each an action on record, and a call is never cut."""

import json

import pytest

from cloudwindow.foundation.authentication import COMMAND_LINE, Authenticator
from cloudwindow.people import commands
from cloudwindow.people.logins import Ended
from tests.support.house import House, refused

ACCOUNT = "zhangyanli"


async def _noted(house: House, action: str) -> list[dict[str, object]]:
    rows = await house.rows(
        "SELECT convert_from(body, 'UTF8') AS body FROM audit WHERE action = :a ORDER BY id", a=action
    )
    return [json.loads(row.body) for row in rows]


async def test_disabled_is_out_and_in_no_more(house: House) -> None:
    clerk = await house.clerk()
    assert await house.run(COMMAND_LINE, commands.disable, ACCOUNT) == Ended(1, at_work=False)
    assert await house.value("SELECT count(*) FROM login WHERE staff_id = :id AND ended_at IS NULL", id=clerk.id) == 0
    assert (await house.presence(clerk)).wanted == "off"
    assert await refused(house.clerk()) == "wrong_password"
    with pytest.raises(ValueError, match="is suspended already"):
        await house.run(COMMAND_LINE, commands.disable, ACCOUNT)
    await house.run(COMMAND_LINE, commands.enable, ACCOUNT)
    await house.clerk()
    with pytest.raises(ValueError, match="not suspended"):
        await house.run(COMMAND_LINE, commands.enable, ACCOUNT)


@pytest.mark.parametrize("act", [commands.disable, commands.sign_out], ids=["disable", "sign-out"])
async def test_a_call_is_not_cut_and_the_login_ends_after_it(house: House, act: object) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    token_of = "SELECT closing, ended_at FROM login WHERE id = :id"
    assert await house.run(COMMAND_LINE, act, ACCOUNT) == Ended(1, at_work=True)  # type: ignore[arg-type]  # one of two actions
    for _ in range(30):
        await house.flow(joined, clerk, citizen)
        await house.after(10)
    assert (await house.row(token_of, id=clerk.login_id)).ended_at is None
    await house.hang_up(citizen, joined)
    await house.sweep()
    assert (await house.row(token_of, id=clerk.login_id)).ended_at is None  # the wrap-up has its time
    await house.close(clerk, joined.session.id)
    await house.sweep()
    assert (await house.row(token_of, id=clerk.login_id)).ended_at is not None
    assert (await house.presence(clerk)).wanted == "off"


async def test_the_cookie_opens_during_the_call_and_not_after(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.change("UPDATE login SET token_digest = sha256('known'::bytea) WHERE id = :id", id=clerk.login_id)
    find = house.wiring.port(Authenticator).actor
    await house.run(COMMAND_LINE, commands.disable, ACCOUNT)
    assert await find("staff", "known", "") is not None
    await house.hang_up(clerk, joined)
    await house.close(clerk, joined.session.id)
    await house.sweep()
    assert await find("staff", "known", "") is None


async def test_who_is_signed_out_gets_no_further_ring(house: House) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen)
    await house.waiting(2)
    await house.run(COMMAND_LINE, commands.sign_out, ACCOUNT)
    await house.hang_up(clerk, joined)
    await house.close(clerk, joined.session.id)
    await house.sweep()
    assert await house.ring_of(clerk) is None


async def test_a_one_time_password_ends_logins_and_lifts_the_lock(house: House) -> None:
    clerk = await house.clerk()
    await house.change("UPDATE staff SET locked_until = app_now() + interval '1 hour' WHERE id = :id", id=clerk.id)
    password, kept = commands.one_time_password()
    assert await house.run(COMMAND_LINE, commands.give_password, ACCOUNT, kept) == Ended(1, at_work=False)
    row = await house.row("SELECT * FROM staff WHERE id = :id", id=clerk.id)
    assert (row.password_hash, row.must_change_password, row.locked_until) == (kept, True, None)
    assert await refused(house.clerk()) == "password_must_change"
    (noted,) = [each for each in await _noted(house, "staff.give_password") if each["subject"]["table"] == "staff"]  # type: ignore[index]  # JSON
    assert password not in json.dumps(noted)
    assert kept not in json.dumps(noted)


async def test_each_is_on_record_as_the_command_line(house: House) -> None:
    await house.clerk(ready=False)
    for act in (commands.lift_lock, commands.sign_out, commands.disable, commands.enable):
        await house.run(COMMAND_LINE, act, ACCOUNT)
    for action in ("staff.unlock", "staff.sign_out", "staff.disable", "staff.enable"):
        noted = await _noted(house, action)
        assert noted, action
        for each in noted:
            actor = each["actor"]
            assert actor == {"kind": "system", "id": None, "login": None, "station": None, "via": "command line"}


async def test_an_account_that_nobody_has(house: House) -> None:
    for act in (
        commands.lift_lock,
        commands.sign_out,
        commands.disable,
        commands.enable,
        commands.reset_second_factor,
    ):
        with pytest.raises(LookupError, match="There is no account nobody"):
            await house.run(COMMAND_LINE, act, "nobody")


async def test_the_list_shows_states_and_no_whole_name(house: House) -> None:
    await house.clerk(ready=False)
    await house.run(COMMAND_LINE, commands.disable, "zhaoshumin")
    await house.change("UPDATE staff SET locked_until = app_now() + interval '1 hour' WHERE account = 'fenglei'")
    await house.change("UPDATE staff SET locked_until = app_now() - interval '1 hour' WHERE account = 'jinjianguo'")
    async with house.database.reading() as session:
        lines = {line.account: line for line in await commands.list_staff(session)}
    assert len(lines) == await house.value("SELECT count(*) FROM staff")
    assert list(lines) == sorted(lines)
    clerk = lines[ACCOUNT]
    assert (clerk.name, clerk.roles, clerk.status, clerk.logins) == ("张**", ["agent"], "active", 1)
    assert lines["zhaoshumin"].status == "suspended"
    assert lines["fenglei"].locked_until is not None
    assert lines["jinjianguo"].locked_until is None
