"""A second factor: bound by its first code, asked for at sign-in, each code good once, a lost one replaced."""

import xml.etree.ElementTree as ET
from collections import Counter
from datetime import datetime
from functools import partial
from uuid import UUID

import httpx
import pytest

from cloudwindow.foundation.authentication import ANONYMOUS, COMMAND_LINE
from cloudwindow.people import commands, second_factor, totp
from cloudwindow.people.actions import note_failure, sign_in
from cloudwindow.people.second_factor import Proof
from tests.support.city import PASSWORD, City
from tests.support.client import Clerk, move_clock
from tests.support.house import House, at_once, open_house, refused
from tests.support.server import Server, open_server

ACCOUNT = "zhangyanli"


async def _code(house: House, secret: str, steps: int = 0) -> str:
    return totp.code_at(secret, totp.step_of((await house.now()).timestamp()) + steps)


async def _bind(house: House, account: str = ACCOUNT) -> tuple[str, list[str]]:
    """Bind a generator; returns its secret and the recovery codes. The code of now is used up."""
    secret = (await house.run(ANONYMOUS, second_factor.begin, account, Proof(), "Test")).secret
    proof = Proof(code=await _code(house, secret))
    return secret, (await house.run(ANONYMOUS, second_factor.confirm, account, proof)).codes


async def _sign_in(house: House, code: str | None = None, needed_by: frozenset[str] = frozenset()) -> str:
    """Sign in with the password already checked; returns `in` or the refusal."""
    station = await house.value("SELECT id FROM station WHERE status = 'in_use' LIMIT 1")
    call = partial(house.run, ANONYMOUS, sign_in, ACCOUNT, station, Proof(code=code, needed_by=needed_by))
    (answer,) = await at_once(call)
    return answer if isinstance(answer, str) else "in"


async def test_it_counts_once_a_first_code_confirmed_it(house: House) -> None:
    begun = await house.run(ANONYMOUS, second_factor.begin, ACCOUNT, Proof(), "许昌·云综窗")
    assert begun.secret in begun.address
    assert await _sign_in(house) == "in"
    wrong = Proof(code="000000")
    assert await refused(house.run(ANONYMOUS, second_factor.confirm, ACCOUNT, wrong)) == "wrong_code"
    right = Proof(code=await _code(house, begun.secret))
    codes = (await house.run(ANONYMOUS, second_factor.confirm, ACCOUNT, right)).codes
    assert len(set(codes)) == 10
    assert await _sign_in(house) == "code_required"
    assert await refused(house.run(ANONYMOUS, second_factor.begin, ACCOUNT, Proof(), "x")) == "second_factor_there"


async def test_the_secret_is_encrypted_and_the_codes_are_digests(house: House) -> None:
    secret, codes = await _bind(house)
    rows = await house.rows(
        "SELECT second_factor::text FROM second_factor UNION ALL SELECT recovery_code::text FROM recovery_code"
        " UNION ALL SELECT convert_from(body, 'UTF8') FROM audit UNION ALL SELECT idempotency::text FROM idempotency"
    )
    kept = "".join(row[0] for row in rows)
    assert not [each for each in (secret, *codes) if each in kept]
    staff = await house.row("SELECT s.id, f.secret_cipher FROM staff s JOIN second_factor f ON f.staff_id = s.id")
    assert house.city.keys.decrypt("second_factor", "secret", staff.id, staff.secret_cipher) == secret


async def test_each_code_opens_once(house: House) -> None:
    secret, _ = await _bind(house)
    assert await _sign_in(house, await _code(house, secret)) == "wrong_code"  # it confirmed the generator
    await house.move(30)
    code = await _code(house, secret)
    assert await _sign_in(house, code) == "in"
    assert await _sign_in(house, code) == "wrong_code"
    assert await _sign_in(house, await _code(house, secret, -1)) == "wrong_code"
    assert await _sign_in(house, await _code(house, secret, 1)) == "in"
    await house.move(120)
    assert await _sign_in(house, await _code(house, secret, -2)) == "wrong_code"
    assert await _sign_in(house, await _code(house, secret, 2)) == "wrong_code"
    assert await _sign_in(house, await _code(house, secret, -1)) == "in"


@pytest.mark.parametrize("kind", ["generator", "recovery"])
async def test_a_code_at_two_processes_at_once_opens_one(city: City, kind: str) -> None:
    async with open_house(city) as one, open_house(city) as other:
        secret, codes = await _bind(one)
        await one.move(30)
        code = await _code(one, secret) if kind == "generator" else codes[0]
        answers = await at_once(*(partial(_sign_in, turn, code) for turn in (one, other) * 4))
        assert Counter(answers) == {"in": 1, "wrong_code": 7}


async def test_a_recovery_code_opens_once_and_is_on_record(house: House) -> None:
    _, codes = await _bind(house)
    assert await _sign_in(house, codes[3].upper().replace("-", "")) == "in"
    assert await _sign_in(house, codes[3]) == "wrong_code"
    assert await _sign_in(house, codes[4]) == "in"
    left = await house.value("SELECT count(*) FROM recovery_code WHERE used_at IS NULL")
    assert left == 8
    assert await house.value("SELECT count(*) FROM audit WHERE subject_table = 'recovery_code'") == 2


async def test_a_role_that_needs_one_gets_in_with_one_only(house: House) -> None:
    needed = frozenset({"agent"})
    assert await _sign_in(house, needed_by=frozenset({"system_admin"})) == "in"
    assert await _sign_in(house, needed_by=needed) == "second_factor_missing"
    secret, _ = await _bind(house)
    assert await _sign_in(house, needed_by=needed) == "code_required"
    await house.move(30)
    assert await _sign_in(house, await _code(house, secret), needed) == "in"


async def test_a_password_changed_meanwhile_proves_nothing(house: House) -> None:
    station = await house.value("SELECT id FROM station WHERE status = 'in_use' LIMIT 1")
    old = Proof(password_hash="$argon2id$another")
    assert await refused(house.run(ANONYMOUS, sign_in, ACCOUNT, station, old)) == "wrong_password"
    assert await refused(house.run(ANONYMOUS, second_factor.begin, ACCOUNT, old, "x")) == "wrong_password"


async def test_an_operator_takes_it_away(house: House) -> None:
    await _bind(house)
    await house.run(COMMAND_LINE, commands.reset_second_factor, ACCOUNT)
    assert await _sign_in(house) == "in"
    assert await house.value("SELECT count(*) FROM recovery_code") == 0
    with pytest.raises(ValueError, match="no second factor"):
        await house.run(COMMAND_LINE, commands.reset_second_factor, ACCOUNT)


# Over HTTP.


async def _time(server: Server) -> float:
    async with httpx.AsyncClient(base_url=server.url) as client:
        moved = await client.post("/api/test/clock", json={"seconds": 0})
    return datetime.fromisoformat(moved.json()["server_time"]).timestamp()


async def _station(server: Server) -> UUID:
    async with server.city.database.driver() as driver:
        found: UUID = await driver.fetchval("SELECT id FROM station WHERE status = 'in_use' ORDER BY key LIMIT 1")
    return found


async def test_from_the_menu_to_the_next_sign_in(server: Server) -> None:
    who = {"account": ACCOUNT, "password": PASSWORD}
    async with Clerk(server.url) as clerk, Clerk(server.url) as again:
        await clerk.sign_in(ready=False)
        assert clerk.me["second_factor"] is False
        answer = await clerk.send("/api/staff/second-factor", who)
        assert answer.headers["cache-control"] == "no-store"
        begun = answer.json()
        assert ET.fromstring(begun["qr_svg"]).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314  our own document
        code = totp.code_at(begun["secret"], totp.step_of(await _time(server)))
        codes = (await clerk.post("/api/staff/second-factor/confirm", who | {"code": code}))["codes"]
        assert (await clerk.get("/api/staff/me"))["staff"]["second_factor"] is True
        body = who | {"station_id": str(await _station(server))}
        assert (await again.post("/api/staff/login", body, expect=401))["code"] == "code_required"
        assert (await again.post("/api/staff/login", body | {"code": code}, expect=401))["code"] == "wrong_code"
        await move_clock(clerk, 30)
        code = totp.code_at(begun["secret"], totp.step_of(await _time(server)))
        await again.post("/api/staff/login", body | {"code": f"{code[:3]} {code[3:]}"})
        await again.post("/api/staff/login", body | {"code": codes[0]})


async def test_wrong_codes_lock_as_wrong_passwords_do(server: Server) -> None:
    async with open_house(server.city) as house:
        await _bind(house)
    async with Clerk(server.url) as clerk:
        body = {"account": ACCOUNT, "password": PASSWORD, "station_id": str(await _station(server))}
        codes = [(await clerk.send("/api/staff/login", body | {"code": "000000"})).json()["code"] for _ in range(6)]
        assert codes == ["wrong_code"] * 5 + ["account_locked"]


async def test_wrong_passwords_at_binding_count_too(server: Server) -> None:
    async with Clerk(server.url) as clerk:
        wrong = {"account": ACCOUNT, "password": "wrong"}
        codes = [(await clerk.send("/api/staff/second-factor", wrong)).json()["code"] for _ in range(6)]
        assert codes == ["wrong_password"] * 5 + ["account_locked"]


async def test_a_role_of_the_setting_binds_before_it_gets_in(city: City) -> None:
    roles = {"CLOUDWINDOW_SECOND_FACTOR_ROLES": "system_admin, agent"}
    async with open_server(city, **roles) as server, Clerk(server.url) as clerk:
        who = {"account": ACCOUNT, "password": PASSWORD}
        body = who | {"station_id": str(await _station(server))}
        assert (await clerk.post("/api/staff/login", body, expect=403))["code"] == "second_factor_missing"
        begun = await clerk.post("/api/staff/second-factor", who)
        code = totp.code_at(begun["secret"], totp.step_of(await _time(server)))
        await clerk.post("/api/staff/second-factor/confirm", who | {"code": code})
        later = totp.code_at(begun["secret"], totp.step_of(await _time(server)) + 1)
        await clerk.post("/api/staff/login", body | {"code": later})
        await clerk.post("/api/staff/login", body | {"account": "lihongxia"})


async def test_a_failure_at_the_lock_is_the_same_count(house: House) -> None:
    await _bind(house)
    for _ in range(4):
        await house.run(ANONYMOUS, note_failure, ACCOUNT)
    assert await _sign_in(house) == "code_required"
    await house.run(ANONYMOUS, note_failure, ACCOUNT)
    assert await _sign_in(house) == "account_locked"
