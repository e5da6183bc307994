"""A login of staff that nobody uses ends; what counts as use, what puts the end off, and what becomes of the rest."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from cloudwindow.foundation.authentication import ANONYMOUS, Actor, Authenticator
from cloudwindow.people import parameters
from cloudwindow.people.actions import sign_in
from tests.support.city import City
from tests.support.client import LONG_ENOUGH, Clerk, move_clock
from tests.support.house import House, id_of, open_house
from tests.support.server import Server

MINUTES = 30


class Browser:
    """A clerk's browser: asks with its cookie, by itself or because the person did something."""

    def __init__(self, house: House, token: str) -> None:
        self.house, self.token = house, token

    async def asks(self, *, background: bool = False) -> Actor | None:
        return await self.house.wiring.port(Authenticator).actor("staff", self.token, "", background=background)

    async def is_in(self) -> bool:
        return await self.asks(background=True) is not None


async def _browser(house: House, account: str = "zhangyanli") -> Browser:
    station = await house.value("SELECT id FROM station WHERE status = 'in_use' LIMIT 1")
    _, token = await house.run(ANONYMOUS, sign_in, account, station)
    return Browser(house, token)


async def _login(house: House, actor: Actor) -> tuple[datetime, datetime, datetime | None]:
    row = await house.row("SELECT used_at, idle_at, ended_at FROM login WHERE id = :id", id=actor.login_id)
    return row.used_at, row.idle_at, row.ended_at


async def test_a_login_that_nobody_uses_ends_by_look_up_and_by_sweep(house: House) -> None:
    browser = await _browser(house)
    actor = await browser.asks()
    assert actor is not None
    await house.move(MINUTES * 60 - 5)
    assert await browser.is_in()
    await house.move(10)
    assert not await browser.is_in()  # no sweep was needed
    assert (await _login(house, actor))[2] is None
    await house.sweep()
    assert (await _login(house, actor))[2] is not None
    written = await house.row("SELECT actor_kind, convert_from(body, 'UTF8') FROM audit WHERE action = 'login.idle'")
    assert written[0] == "system"
    assert str(actor.login_id) in written[1]


async def test_what_the_person_does_is_use_and_what_the_page_fetches_is_not(house: House) -> None:
    used, unused = await _browser(house), await _browser(house, "zhaoshumin")
    for _ in range(4):
        await house.after(10 * 60)
        await used.asks()
        await unused.asks(background=True)
    assert (await used.is_in(), await unused.is_in()) == (True, False)


async def test_use_is_written_at_most_once_a_minute(house: House) -> None:
    browser = await _browser(house)
    actor = await browser.asks()
    assert actor is not None
    first = await _login(house, actor)
    await house.move(50)
    await browser.asks()
    assert await _login(house, actor) == first
    await house.move(20)
    await browser.asks()
    later = await _login(house, actor)
    assert timedelta(seconds=69) < later[0] - first[0] < timedelta(seconds=80)
    assert abs(later[1] - later[0] - timedelta(minutes=MINUTES)) < timedelta(seconds=1)


async def test_the_minutes_are_a_parameter(house: House) -> None:
    await house.city.set_parameter(parameters.IDLE_MINUTES, 5)
    browser = await _browser(house)
    await house.move(5 * 60)
    assert not await browser.is_in()


@pytest.mark.parametrize("work", ["ringing", "serving", "wrapping"])
async def test_who_is_at_work_stays(house: House, work: str) -> None:
    clerk, citizen = await house.clerk(), await house.citizen()
    await house.change("UPDATE desk SET ring_seconds = 7200, wrap_up_seconds = 7200")
    await house.take(citizen)
    joined = await house.accept(clerk) if work != "ringing" else None
    if joined and work == "wrapping":
        await house.hang_up(clerk, joined)
    for _ in range(200):  # 40 minutes
        if joined and work == "serving":
            await house.flow(joined, clerk, citizen)
        await house.after(12)
        assert (await _login(house, clerk))[2] is None
    assert (await _login(house, clerk))[1] > await house.now()


async def test_the_end_of_a_login_is_off_duty_and_says_so(house: House) -> None:
    clerk = await house.clerk()
    await house.after(MINUTES * 60 + 1)
    assert (await house.presence(clerk)).wanted == "off"
    assert (await house.state(clerk))["presence"]["wanted"] == "off"
    event = await house.row("SELECT data FROM event WHERE stream = :s ORDER BY seq DESC LIMIT 1", s=f"staff:{clerk.id}")
    assert event.data["wanted"] == "off"


async def test_somebody_at_another_seat_stays_on_duty(house: House) -> None:
    clerk = await house.clerk()
    second = await _browser(house)
    await house.move(20 * 60)
    await second.asks()
    await house.after(11 * 60)
    assert (await _login(house, clerk))[2] is not None
    assert await second.is_in()
    assert (await house.presence(clerk)).wanted == "ready"


async def test_two_processes_end_it_once(city: City) -> None:
    async with open_house(city) as one, open_house(city) as other:
        await one.clerk(ready=False)
        await one.move(MINUTES * 60 + 1)
        await one.change("UPDATE heartbeat SET at = clock_timestamp()")
        await one.sweeper.sweep()
        await other.sweeper.sweep()
        assert await one.value("SELECT count(*) FROM audit WHERE action = 'login.idle'") == 1


async def test_a_downtime_is_no_want_of_use(house: House) -> None:
    browser = await _browser(house)
    await house.sweep()
    await house.move(20 * 60)
    await house.change("UPDATE heartbeat SET at = clock_timestamp() - interval '15 minutes'")
    await house.sweeper.sweep()
    await house.move(20 * 60)
    assert await browser.is_in()
    await house.move(6 * 60)
    assert not await browser.is_in()


async def test_a_citizen_waits_as_long_as_it_takes(house: House) -> None:
    citizen = await house.citizen()
    await house.after(6 * 3600)
    row = await house.row("SELECT idle_at, ended_at FROM login WHERE account_id = :id", id=id_of(citizen))
    assert tuple(row) == (None, None)


async def test_the_page_is_told_and_a_heartbeat_is_no_use(server: Server) -> None:
    async with Clerk(server.url) as clerk:
        await clerk.sign_in(ready=False)
        for _ in range(4):
            await move_clock(clerk, 8 * 60)
            await clerk.say({"type": "ping"})
            await clerk.http.get("/api/workbench/queue", headers={"x-background": "1"})
        await clerk.heard(lambda message: message["type"] == "signed_out", LONG_ENOUGH)
        assert (await clerk.http.get("/api/workbench/queue")).json()["code"] == "login_expired"


async def test_a_request_of_the_person_keeps_the_login(server: Server) -> None:
    async with Clerk(server.url) as clerk:
        await clerk.sign_in(ready=False)
        for _ in range(5):
            await move_clock(clerk, 8 * 60)
            await clerk.get("/api/workbench/queue")
        kept: UUID | None = None
        async with server.city.database.driver() as driver:
            kept = await driver.fetchval("SELECT id FROM login WHERE staff_id IS NOT NULL AND ended_at IS NULL")
        assert kept is not None
