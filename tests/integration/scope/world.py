"""The world of the matrix: an application in this process, and one ticket's life as snapshots to go back to."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import insert, text

from cloudwindow import app as composition
from cloudwindow.foundation.authentication import COOKIES, Face, csrf_token, open_login
from cloudwindow.foundation.database import Base
from cloudwindow.foundation.models import TabLease
from cloudwindow.settings import Settings
from scripts.lint_scope import PUBLIC_TABLES
from tests.integration.scope.matrix import BODIES, CITIZENS, FILES, STAFF, Row
from tests.support.city import JIANAN_VILLAGE, PASSWORD, WEIDU, City, write_keys
from tests.support.pictures import PDF, picture

ORIGIN = "http://localhost:8000"
OWNER_PHONE, OTHER_PHONE, FAR_PHONE = "19900001301", "19900001302", "19900001303"
YANLING = "411024000000"
SAID = "我想问一下材料"
ASKED = "卡丢了，待遇会不会停？"
PAPER = PDF + b"what only some may read"

TABLES = sorted(set(Base.metadata.tables) - set(PUBLIC_TABLES) | {"counter"})
"""Tables that requests change, compared and put back as a whole."""

_DIGEST = text(
    " UNION ALL ".join(
        f"SELECT '{name}' AS name, md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS digest FROM {name} t"  # noqa: S608  our own names
        for name in TABLES
    )
)

_FURNISH = """
INSERT INTO desk (id, key, name, organisation_id, region_code, priority, flows, needs, hours_key, parent_id)
SELECT gen_random_uuid(), 'desk-411003-social', '建安社保养老专席', o.id, '411003000000', 10, ARRAY['coach'],
       ARRAY[]::text[], c.hours_key, c.id
FROM organisation o, desk c WHERE o.key = 'centre-411003' AND c.key = 'desk-411000-social';
INSERT INTO desk_item SELECT d.id, i.id FROM desk d, item i WHERE d.key = 'desk-411003-social' AND i.key = 'P01';
INSERT INTO desk_member SELECT d.id, s.id FROM desk d, staff s
WHERE (d.key, s.account) IN (('desk-411003-social', 'koujunjie'), ('desk-411002-social', 'fenglei'));
UPDATE presence SET wanted = 'break', reason = 'rest' WHERE staff_id IN (SELECT id FROM staff WHERE status = 'active');
UPDATE parameter SET value = '1000000' WHERE key LIKE 'limits.%';
"""
"""A desk in 建安 like the one in 魏都, a member of another department line, everybody on duty, no limit in the way."""

_KEEP = """
UPDATE engagement SET expires_at = expires_at + interval '1 day', wrap_until = wrap_until + interval '1 day';
UPDATE ticket SET lease_until = lease_until + interval '1 day';
UPDATE session SET wrap_until = wrap_until + interval '1 day';
UPDATE call SET grace_until = grace_until + interval '1 day';
UPDATE tab_lease SET lease_until = lease_until + interval '1 day';
"""
"""A snapshot stays true for as long as the tests take."""


@dataclass
class Person:
    """One actor's browser."""

    face: Face
    id: UUID
    token: str

    def headers(self) -> dict[str, str]:
        return {
            "x-face": self.face,
            "cookie": f"{COOKIES[self.face]}={self.token}",
            "x-csrf-token": csrf_token(self.token),
        }


@dataclass
class World:
    """The application, the actors, the ids of the one ticket's things, and the stage that is set up now."""

    app: FastAPI
    city: City
    http: httpx.AsyncClient
    people: dict[str, Person] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    stage: str = ""
    digest: dict[str, str] = field(default_factory=dict)

    async def ask(
        self, actor: str, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, **how: Any
    ) -> httpx.Response:
        """Send a request as an actor's page would."""
        sent = {"origin": ORIGIN, "idempotency-key": str(uuid4())}
        if actor in self.people:
            sent |= self.people[actor].headers()
        return await self.http.request(method, path, json=body, headers=sent | (headers or {}), **how)

    def fill(self, body: Any) -> Any:
        """Put the real ids into the body of a row."""
        filled = json.dumps(body).replace("{fresh}", str(uuid4()))
        for name, value in (self.ids | {"password": PASSWORD}).items():
            if value.isdigit():
                filled = filled.replace(f'"{{{name}}}"', value)
            filled = filled.replace(f"{{{name}}}", value)
        return json.loads(filled)

    async def ask_row(
        self, actor: str, row: Row, ids: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send the request of a row; `ids` replaces the real ids."""
        body = BODIES.get(row.route)
        if body is not None:
            body = self.fill(body)
        path = row.path.replace("{path:path}", "workbench").replace("{key}", "P01").format(**(ids or self.ids))
        if row.route in FILES:
            content, query = FILES[row.route]
            return await self.ask(actor, row.method, path, None, headers, content=content, params=query)
        return await self.ask(actor, row.method, path, body, headers)

    async def must(self, actor: str, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must work."""
        answer = await self.ask(actor, method, path, body)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    async def run(self, statements: str) -> None:
        """Run statements of the test's own, triggers and foreign keys asleep."""
        async with self.city.database.transaction() as session:
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in filter(str.strip, statements.split(";")):
                await session.execute(text(statement))

    async def look(self) -> dict[str, str]:
        """Return a digest of every table's rows."""
        async with self.city.database.reading() as session:
            return {row.name: row.digest for row in await session.execute(_DIGEST)}

    async def keep(self, stage: str) -> None:
        """Take a snapshot of this moment."""
        await self.run(_KEEP)
        copies = "".join(f"CREATE TABLE stage_{stage}.{table} AS TABLE public.{table};" for table in TABLES)
        await self.run(f"CREATE SCHEMA stage_{stage};{copies}")

    async def go_to(self, stage: str) -> None:
        """Go to a stage; what is set up already is left as it is."""
        if self.stage != stage:
            await self.put_back(stage, TABLES)
            self.stage, self.digest = stage, await self.look()

    async def put_back(self, stage: str, tables: list[str]) -> None:
        """Give tables the rows that they have at a stage."""
        await self.run(
            "".join(f"DELETE FROM {name};INSERT INTO {name} SELECT * FROM stage_{stage}.{name};" for name in tables)  # noqa: S608  our own names
        )

    async def changed(self) -> list[str]:
        """Return the tables that differ from the stage, and put them back."""
        now = await self.look()
        differ = [table for table in TABLES if now[table] != self.digest[table]]
        if differ:
            await self.put_back(self.stage, differ)
        return differ


@asynccontextmanager
async def open_world(city: City, folder: Path) -> AsyncIterator[World]:
    """Start the application in this process and live through the ticket's life once."""
    write_keys(folder / "keys")
    web = folder / "web"
    web.mkdir()
    for page in ("index.html", "workbench.html"):
        (web / page).write_text("<!doctype html>", encoding="utf-8")
    settings = Settings(mode="test", worker_inside=False, data=folder, web=web, port=8000, log_level="warning")
    app = composition.create_app(settings, city.url)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http,
    ):
        world = World(app, city, http)
        await _live(world)
        yield world


async def _enter(world: World, name: str, phone: str) -> Person:
    body = {"form_of_address": name, "phone": phone, "elderly": False}
    answer = await world.ask("stranger", "POST", "/api/applicant/enter", body)
    world.http.cookies.clear()
    return Person("applicant", UUID(answer.json()["account"]["id"]), answer.cookies[COOKIES["applicant"]])


async def _sign_in_staff(world: World) -> None:
    async with world.city.database.transaction() as session:
        now = await session.scalar(text("SELECT app_now()"))
        station = await session.scalar(text("SELECT id FROM station WHERE status = 'in_use' ORDER BY key LIMIT 1"))
        world.ids["station_id"] = str(station)
        second = text("SELECT id FROM station WHERE status = 'in_use' ORDER BY key LIMIT 1 OFFSET 1")
        world.ids["other_station_id"] = str(await session.scalar(second))
        ids = {row.account: row.id for row in await session.execute(text("SELECT account, id FROM staff"))}
        for actor, account in STAFF.items():
            _, token = await open_login(session, "staff", ids[account], station_id=station, now=now)
            world.people[actor] = Person("staff", ids[account], token)


async def _open_a_tab(world: World, actor: str) -> None:
    """Let an actor's page be open for as long as the tests take, without a live line that would renew it."""
    person = world.people[actor]
    async with world.city.database.transaction() as session:
        login = await session.scalar(text("SELECT id FROM login WHERE staff_id = :id"), {"id": person.id})
        now = await session.scalar(text("SELECT app_now()"))
        await session.execute(
            insert(TabLease).values(
                id=uuid4(),
                login_id=login,
                staff_id=person.id,
                account_id=None,
                opened_at=now,
                lease_until=now + timedelta(days=1),
                holder=uuid4(),
            )
        )


async def _write_letters(world: World) -> None:
    """The owner writes twice, and the agent answers once."""
    for name, words in (("own_letter_id", "要带什么材料？"), ("letter_id", ASKED)):
        letter = await world.must("owner", "POST", "/api/letters", BODIES["POST /api/letters"] | {"words": words})
        world.ids[name] = letter["id"]
        (entry,) = (await world.must("owner", "GET", f"/api/letters/{letter['id']}"))["entries"]
        world.ids["letter_entry_id"] = entry["id"]
        if name == "own_letter_id":
            answer = {"to": entry["id"], "words": "身份证就行。"}
            await world.must("agent", "POST", f"/api/workbench/letters/{letter['id']}/answer", answer)


async def _open_matter(world: World, session: str) -> None:
    first, further = await world.must("agent", "POST", f"/api/sessions/{session}/matters", {"item_key": "P18"})
    world.ids |= {"own_matter_id": first["id"], "matter_id": further["id"]}


async def _work_together(world: World, seen: Any, session: str) -> None:
    """Show, draw, measure, send a file and say something within a call."""
    call = seen["id"]
    place = next(one["id"] for one in seen["participants"] if one["side"] == "applicant")
    shown = {"kind": "document", "participant_id": place}
    no = (await world.must("owner", "PUT", f"/api/calls/{call}/stage", shown))["no"]
    stroke = {"no": no, "id": str(uuid4()), "tool": "pen", "colour": "red", "places": [1, 2, 3, 4]}
    await world.must("agent", "POST", f"/api/calls/{call}/strokes", stroke)
    measured = BODIES["POST /api/calls/{call_id}/quality"] | {"number": 1}
    await world.must("agent", "POST", f"/api/calls/{call}/quality", measured)
    world.ids |= {"place_id": place, "stage_no": str(no), "stroke_id": stroke["id"], "step": "matter"}
    for name in ("file_id", "own_file_id"):
        path = f"/api/sessions/{session}/files?purpose=document"
        world.ids[name] = (await world.ask("owner", "POST", path, content=PAPER)).json()["id"]
    photo = await world.ask("owner", "POST", f"/api/sessions/{session}/files?purpose=photo", content=picture())
    asked = await world.must("agent", "POST", f"/api/calls/{call}/photos", {"what": "household", "material": None})
    world.ids |= {"photo_file_id": photo.json()["id"], "photo_id": asked["id"]}
    link = {"kind": "link", "url": "https://www.gov.cn/"}
    world.ids["pushed_id"] = (await world.must("agent", "POST", f"/api/calls/{call}/links", link))["id"]
    for said in ({"text": SAID}, {"file_id": world.ids["file_id"]}):
        await world.must("owner", "POST", f"/api/sessions/{session}/messages", {"client_id": str(uuid4())} | said)


async def _ask_the_expert_in(world: World, call: str) -> None:
    """The expert is asked into the call and comes; the mate could be asked as well."""
    for actor in ("expert", "mate"):
        await _open_a_tab(world, actor)
        await world.run(f"UPDATE presence SET wanted = 'ready' WHERE staff_id = '{world.people[actor].id}'")  # noqa: S608  our own names
    asked = {"staff_id": str(world.people["expert"].id), "words": "视同缴费能不能认？"}
    await world.must("agent", "POST", f"/api/calls/{call}/invitations", asked)
    offer = (await world.must("expert", "GET", "/api/workbench/state"))["offer"]
    joined = await world.must("expert", "POST", f"/api/engagements/{offer['engagement_id']}/accept")
    world.ids |= {"invitation_id": offer["engagement_id"], "participant_id": joined["participant_id"]}
    world.ids["mate_id"] = str(world.people["mate"].id)


async def _put_down_as_abuse(world: World, session: str) -> None:
    """Say of the session that it was ended for abuse, and block the citizen who is not in the matrix for it."""
    words = world.city.keys.encrypt("abuse", "words", UUID(session), "三次提醒后还在骂人").hex()
    block = world.ids["block_id"] = str(uuid4())
    owner, far, agent = (world.people[actor].id for actor in ("owner", "far", "agent"))
    of_desk = f"(SELECT d.organisation_id FROM session s JOIN desk d ON d.id = s.desk_id WHERE s.id = '{session}')"  # noqa: S608  our own names
    await world.run(
        f"INSERT INTO abuse VALUES ('{session}', '{owner}', {of_desk}, app_now(), decode('{words}', 'hex'));"  # noqa: S608  our own names
        "INSERT INTO block (id, account_id, session_id, organisation_id, from_at, until, reason, made_by)"
        f" VALUES ('{block}', '{far}', '{session}', {of_desk}, app_now(), app_now() + interval '3 days',"
        f" 'insults', '{agent}')"
    )


async def _live(world: World) -> None:
    """Live through the life of one ticket and take a snapshot at each stage."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await world.run(_FURNISH + f"UPDATE staff SET password_hash = '{cheap}' WHERE account = 'jinjianguo'")  # noqa: S608  our own names
    await _sign_in_staff(world)
    for actor, name, phone, region in (
        ("owner", "刘桂英", OWNER_PHONE, WEIDU),
        ("other", "赵长顺", OTHER_PHONE, JIANAN_VILLAGE),
        ("far", "何女士", FAR_PHONE, YANLING),
    ):
        world.people[actor] = await _enter(world, name, phone)
        wish = BODIES["POST /api/tickets"] | {"region_code": region}
        ticket = (await world.must(actor, "POST", "/api/tickets", wish))["ticket"]["id"]
        prefix = "" if actor == "owner" else f"{actor}_"
        world.secrets |= {f"{prefix}ticket": ticket, f"{prefix}name": name}
    await _write_letters(world)
    await world.must("owner", "POST", "/api/applicant/phone-code")
    world.ids["message_id"] = (await world.must("owner", "GET", "/api/outbox"))["messages"][0]["id"]
    await world.keep("waiting")

    await _open_a_tab(world, "agent")
    await world.must("agent", "POST", "/api/workbench/presence", {"wanted": "ready"})
    offer = (await world.must("agent", "GET", "/api/workbench/state"))["offer"]
    assert offer["ticket_id"] == world.secrets["ticket"]
    await world.keep("ringing")

    accepted = await world.must("agent", "POST", f"/api/engagements/{offer['engagement_id']}/accept")
    call, session = accepted["call"]["id"], accepted["session"]["id"]
    await _work_together(world, accepted["call"], session)
    await _open_matter(world, session)
    await _ask_the_expert_in(world, call)
    await world.keep("serving")

    await world.must("agent", "DELETE", f"/api/sessions/{session}/matters/{world.ids['matter_id']}")
    await world.must("agent", "POST", f"/api/calls/{call}/end")
    for actor in ("expert", "mate"):
        await world.run(f"UPDATE presence SET wanted = 'break' WHERE staff_id = '{world.people[actor].id}'")  # noqa: S608  our own names
    await world.keep("wrapping")

    rating = BODIES["POST /api/sessions/{session_id}/rating"]
    await world.must("owner", "POST", f"/api/sessions/{session}/rating", rating)
    wrap_up = BODIES["POST /api/sessions/{session_id}/wrap-up"]
    await world.must("agent", "POST", f"/api/sessions/{session}/wrap-up", wrap_up | {"then": "break"})
    await _put_down_as_abuse(world, session)
    await world.keep("done")

    masked = (await world.must("owner", "GET", "/api/applicant/me"))["account"]["phone_masked"]
    world.secrets |= {
        "engagement": offer["engagement_id"],
        "call": call,
        "session": session,
        "phone": OWNER_PHONE,
        "masked_phone": masked,
        "summary": wrap_up["summary"],
        "paper": PAPER.decode(),
        "said": SAID,
        "asked": ASKED,
        "rated": f'"level":{rating["level"]},"expires_at"',
        **{f"{actor}_id": str(world.people[actor].id) for actor in (*CITIZENS, *STAFF)},
    }
    world.ids |= {
        "ticket_id": world.secrets["ticket"],
        "other_ticket_id": world.secrets["other_ticket"],
        "engagement_id": world.secrets["engagement"],
        "call_id": call,
        "session_id": session,
    }
