"""The rooms without HTTP: actions on a city's database, wired as `app.py` wires them. The sweeper runs when asked."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from cloudwindow import faces
from cloudwindow.app import DEADLINES, SWEEPS, wire
from cloudwindow.calls import files, report
from cloudwindow.calls.calling import end, join
from cloudwindow.calls.schemas import Accepted, WrapUpRequest
from cloudwindow.calls.wrapping import wrap_up
from cloudwindow.dispatch import accept
from cloudwindow.dispatch.ringing import decline
from cloudwindow.dispatch.schemas import DeclineRequest, TakeRequest, TicketView
from cloudwindow.dispatch.taking import take
from cloudwindow.foundation import failpoints
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.authentication import Actor, Authenticator, Face
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.storage.files import Purpose
from cloudwindow.foundation.sweeper import Sweeper
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.people import set_presence
from cloudwindow.people.actions import enter_as_guest, sign_in
from cloudwindow.people.schemas import EnterRequest, PresenceRequest
from cloudwindow.settings import Settings
from tests.support.city import WEIDU, ZONE, City, open_city
from tests.support.cluster import Cluster

CONSENT = "2026-11"
STRANGER = Actor("anonymous", address="192.0.2.1")
FLOWING = "connected"


class House:
    """One process without a network: what it does goes through the real actions."""

    def __init__(self, city: City, pool_size: int, folder: Path) -> None:
        self.city = city
        self.folder = folder
        self.database = Database(city.url, pool_size=pool_size)
        self.wiring = Wiring()
        wire(self.wiring, self.database, Settings(mode="test", data=folder))
        self.actions = Actions(self.database, city.keys, self.wiring, Notifier(self.database))
        self.sweeper = Sweeper(self.actions, SWEEPS, DEADLINES)
        self.run = self.actions.run
        self._phones = iter(range(19900001301, 19900009999))
        self._received = 0

    # Rows and time.

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """Return what a statement finds."""
        async with self.database.reading() as session:
            return list((await session.execute(text(sql), values)).all())

    async def row(self, sql: str, **values: Any) -> Any:
        """Return the one row a statement finds."""
        (found,) = await self.rows(sql, **values)
        return found

    async def value(self, sql: str, **values: Any) -> Any:
        """Return the first column of the first row, None without a row."""
        async with self.database.reading() as session:
            return await session.scalar(text(sql), values)

    async def change(self, sql: str, **values: Any) -> None:
        """Change rows behind the product's back, as a test's set-up."""
        async with self.database.transaction() as session:
            await session.execute(text(sql), values)

    async def now(self) -> datetime:
        """Return the product's time."""
        moment: datetime = await self.value("SELECT app_now()")
        return moment

    async def move(self, seconds: float) -> None:
        """Move the clock; open pages keep their leases, as they would by renewing them."""
        by = "make_interval(secs => :s)"
        async with self.database.transaction() as session:
            for table in ("tab_lease", "ticket"):
                await session.execute(
                    text(f"UPDATE {table} SET lease_until = lease_until + {by} WHERE lease_until > app_now()"),  # noqa: S608
                    {"s": seconds},
                )
            await session.execute(text(f"UPDATE test_clock SET shift = shift + {by}"), {"s": seconds})  # noqa: S608

    async def sweep(self) -> None:
        """Do what is due now. A test that took its time is no downtime."""
        await self.change("UPDATE heartbeat SET at = clock_timestamp()")
        await self.sweeper.sweep()

    async def after(self, seconds: float) -> None:
        """Let time pass, and the sweeper look."""
        await self.move(seconds)
        await self.sweep()

    # People.

    async def _actor(self, face: Face, token: str) -> Actor:
        actor = await self.wiring.port(Authenticator).actor(face, token, "192.0.2.1")
        assert actor is not None
        return actor

    async def citizen(self, name: str = "刘桂英", phone: str | None = None, *, elderly: bool = False) -> Actor:
        """Enter as a guest with an open page."""
        request = EnterRequest(form_of_address=name, phone=phone or str(next(self._phones)), elderly=elderly)
        _, token = await self.run(STRANGER, enter_as_guest, request)
        return await self._actor("applicant", token)

    async def clerk(self, account: str = "zhangyanli", *, ready: bool = True, tab: bool = True) -> Actor:
        """Sign in at a station, open a tab, and be ready."""
        station = await self.value(
            "SELECT coalesce(s.station_id, (SELECT id FROM station WHERE status = 'in_use' ORDER BY number LIMIT 1))"
            " FROM staff s WHERE account = :a",
            a=account,
        )
        _, token = await self.run(STRANGER, sign_in, account, station)
        actor = await self._actor("staff", token)
        if tab:
            await self.open_tab(actor)
        if ready:
            await self.ready(actor)
        return actor

    async def open_tab(self, clerk: Actor) -> None:
        """Give a clerk a tab that is open for an hour."""
        await self.change(
            "INSERT INTO tab_lease (id, login_id, staff_id, opened_at, lease_until, holder)"
            " VALUES (:id, :login, :staff, app_now(), app_now() + interval '1 hour', :id)",
            id=uuid4(),
            login=clerk.login_id,
            staff=clerk.id,
        )

    async def close_tabs(self, clerk: Actor) -> None:
        """Close all of a clerk's tabs."""
        await self.change("DELETE FROM tab_lease WHERE staff_id = :id", id=clerk.id)

    async def ready(self, clerk: Actor) -> None:
        """Become ready."""
        await self.run(clerk, set_presence, PresenceRequest(wanted="ready"))

    async def presence(self, clerk: Actor) -> Any:
        """Return the clerk's presence row."""
        return await self.row("SELECT * FROM presence WHERE staff_id = :id", id=clerk.id)

    # A service, step by step.

    async def take(self, citizen: Actor, item: str = "P01", region: str = WEIDU, **more: Any) -> TicketView:
        """Take a number."""
        return (await self.run(citizen, take, wish(item, region, **more))).ticket

    async def waiting(self, number: int = 1, **more: Any) -> list[TicketView]:
        """Let so many people take a number, one after the other."""
        return [await self.take(await self.citizen(), **more) for _ in range(number)]

    async def ring_of(self, clerk: Actor) -> Any:
        """Return the clerk's live ring, None when nothing rings."""
        found = await self.rows("SELECT * FROM engagement WHERE staff_id = :id AND state = 'ringing'", id=clerk.id)
        return found[0] if found else None

    async def accept(self, clerk: Actor) -> Accepted:
        """Answer the ring."""
        ring = await self.ring_of(clerk)
        assert ring is not None
        return Accepted.model_validate(await self.run(clerk, accept, ring.id))

    async def miss_or_decline(self, clerk: Actor, how: str) -> None:
        """Let the clerk's ring run out, or give it back."""
        if how == "miss":
            await self.after(20)
            return
        ring = await self.ring_of(clerk)
        await self.run(clerk, decline, ring.id, DeclineRequest(reason="busy_paperwork"))

    async def hang_up(self, side: Actor, joined: Accepted) -> None:
        """End the call."""
        await self.run(side, end, joined.call.id)

    async def serve(self, clerk: Actor, citizen: Actor, **more: Any) -> Accepted:
        """Take a number and answer it."""
        await self.take(citizen, **more)
        return await self.accept(clerk)

    async def flow(self, joined: Accepted, *sides: Actor) -> None:
        """Let sides report that media flow; a citizen who has not joined yet joins."""
        self._received += 1000
        for side in sides:
            attempt = await self._attempt(joined.call.id, side)
            if attempt == 0:
                attempt = (await self.run(side, join, joined.call.id)).attempt
            await self.run(side, report, joined.call.id, attempt, FLOWING, self._received)

    async def _attempt(self, call_id: UUID, side: Actor) -> int:
        attempt: int = await self.value(
            "SELECT attempt FROM call_participant WHERE call_id = :call AND :me IN (staff_id, account_id)",
            call=call_id,
            me=side.id,
        )
        return attempt

    async def talk(self, clerk: Actor, citizen: Actor, **more: Any) -> Accepted:
        """Take a number, answer it, and connect."""
        joined = await self.serve(clerk, citizen, **more)
        await self.flow(joined, clerk, citizen)
        return joined

    async def close(self, clerk: Actor, session_id: UUID, outcome: str = "guided_online", **more: Any) -> None:
        """Write the wrap-up."""
        await self.run(clerk, wrap_up, session_id, summary(outcome, **more))

    async def send_file(self, who: Actor, session_id: UUID, content: bytes, purpose: Purpose = "document") -> UUID:
        """Send a file into a session."""

        async def stream() -> AsyncIterator[bytes]:
            yield content

        asked = files.Upload(session_id, purpose, "文件", uuid4())
        return (await files.upload(self.actions, who, asked, stream())).id

    async def state(self, who: Actor) -> dict[str, Any]:
        """Fetch the state document as a page would."""
        async with self.database.reading() as session:
            document: Any = (
                await faces.workbench_state(session, self.city.keys, who)
                if who.kind == "staff"
                else await faces.applicant_state(session, self.wiring, who)
            )
        found: dict[str, Any] = document.model_dump(mode="json")
        return {name: part for name, part in found.items() if name not in {"cursor", "server_time"}}

    async def told(self, who: Actor) -> dict[str, Any]:
        """What a page knows that followed the actor's events from the first on; parts never told of are missing.

        A citizen's letters are there from the beginning: before the first one there are none.
        """
        stream = f"{'staff' if who.kind == 'staff' else 'account'}:{who.id}"
        rows = await self.rows("SELECT type, data FROM event WHERE stream = :stream ORDER BY seq", stream=stream)
        begun: dict[str, Any] = {} if who.kind == "staff" else {"letters": []}
        return begun | {row.type: row.data for row in rows}


def wish(item: str = "P01", region: str = WEIDU, **more: Any) -> TakeRequest:
    """Build a request for a number."""
    body = {"item_key": item, "region_code": region, "consent_version": CONSENT, "device": "phone"} | more
    return TakeRequest.model_validate(body)


def summary(outcome: str = "guided_online", **more: Any) -> WrapUpRequest:
    """Build a wrap-up."""
    body = {"outcome": outcome, "summary": "指导网上参保，已提交。", "next_step": "none"} | more
    return WrapUpRequest.model_validate(body)


def id_of(actor: Actor) -> UUID:
    """Return the key of somebody who is signed in."""
    assert actor.id is not None
    return actor.id


async def refused(awaitable: Awaitable[object]) -> str:
    """Await something that must be refused; returns the problem's code."""
    with pytest.raises(Problem) as caught:
        await awaitable
    return caught.value.code


async def at_once(*calls: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Start calls in the same moment; returns answers, or the codes of refusals."""

    async def one(call: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await call()
        except Problem as problem:
            return problem.code

    return await asyncio.gather(*(one(call) for call in calls))


@asynccontextmanager
async def open_house(city: City, pool_size: int = 8) -> AsyncIterator[House]:
    """Open a house in a city. A second one in the same city is a second process."""
    with tempfile.TemporaryDirectory(prefix="cw-house-") as folder:
        house = House(city, pool_size, Path(folder))
        try:
            yield house
        finally:
            failpoints.disarm("matching.no_locks")
            await house.database.close()


@pytest.fixture
async def house(cluster: Cluster) -> AsyncIterator[House]:
    """A house in a city of this test's own, tomorrow at ten: who moves the clock by an hour stays within a day."""
    async with open_city(cluster) as city, open_house(city) as opened:
        tomorrow = datetime.now(ZONE).date() + timedelta(days=1)
        await city.move_to(datetime.combine(tomorrow, time(10), ZONE))
        yield opened
