"""A database of the first release with rows in every table, played through its own pages: what upgrades are tested on.

`PYTHONPATH=src:. .venv/bin/python -m tests.support.first_release` wrote `tests/data/first_release` on the day of that
release. It must never be written anew by a later program: the whole point is that an old one made it.
"""

import asyncio
import json
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from cloudwindow.foundation.authentication import COOKIES
from cloudwindow.foundation.migrations import head
from cloudwindow.foundation.postgres import EmbeddedPostgres
from cloudwindow.operating.programs import program
from tests.support.city import CITY, City, open_city, write_keys
from tests.support.client import Citizen, Clerk, flow
from tests.support.cluster import OPTIONS, Cluster, temporary_folder
from tests.support.server import open_server

FOLDER = Path(__file__).resolve().parents[1] / "data" / "first_release"
REVISION = "0001"

SUMMARY = "指导群众在网上办理了居民养老参保登记，材料已齐。"
DRAFT = "户口迁移要先开准迁证，刚说到一半"
WORDS = "张艳丽讲得很耐心"


@dataclass(frozen=True)
class Guest:
    """A citizen of then: what the browser kept, and what only the keys can tell."""

    token: str
    csrf: str
    name: str
    phone: str
    ticket: str
    number: str


@dataclass(frozen=True)
class Facts:
    """What was the case when the dump was made; `moment` is the product's time (ISO 8601)."""

    moment: str
    rated: Guest
    unrated: Guest
    talking: Guest
    ringing: Guest
    aside: Guest
    waiting: Guest
    closed_session: str
    unfinished_session: str


def read_facts() -> Facts:
    """The facts beside the dump."""
    raw: dict[str, Any] = json.loads((FOLDER / "facts.json").read_text(encoding="utf-8"))
    guests: dict[str, Any] = {name: Guest(**value) for name, value in raw.items() if isinstance(value, dict)}
    return Facts(**raw | guests)


async def _enter(citizen: Citizen, name: str, number: int, **wish: Any) -> Guest:
    phone = f"1990000{number}"
    await citizen.enter(name, phone)
    ticket = await citizen.take(**wish)
    token = citizen.http.cookies[COOKIES["applicant"]]
    return Guest(token, citizen.csrf or "", name, phone, ticket["id"], ticket["number"])


async def _serve(clerk: Clerk, citizen: Citizen) -> str:
    """Answer, talk, hang up; returns the session."""
    joined = await clerk.accept()
    await flow(clerk, citizen, joined)
    await clerk.post(f"/api/calls/{joined['call']['id']}/end")
    session: str = joined["session"]["id"]
    return session


async def _wrap_up(clerk: Clerk, session: str, then: str = "ready") -> None:
    body = {"outcome": "guided_online", "summary": SUMMARY, "next_step": "none", "then": then}
    await clerk.post(f"/api/sessions/{session}/wrap-up", body)
    await clerk.until(lambda state: state["session"] is None)


async def play(url: str, city: City) -> tuple[Facts, list[Any]]:
    """Let everything happen that the first release can do. Returns the facts, and clients whose pages stay open."""
    first, second, third = Clerk(url), Clerk(url), Clerk(url)
    rated, unrated, unfinished, talking, ringing, aside, waiting, gone = (Citizen(url) for _ in range(8))
    await first.post(
        "/api/staff/login",
        {"account": "mengfanchao", "password": "wrong", "station_id": (await first.get("/api/stations"))[0]["id"]},
        expect=(401, 403, 422),
    )
    await first.sign_in()
    guests = {"rated": await _enter(rated, "刘桂英", 1301)}
    closed = await _serve(first, rated)
    await _wrap_up(first, closed)
    await rated.post(f"/api/sessions/{closed}/rating", {"level": 5, "options": [], "local": [], "text": WORDS})
    guests["unrated"] = await _enter(unrated, "王先生", 1302)
    await _wrap_up(first, await _serve(first, unrated))
    await _enter(unfinished, "李女士", 1303)
    left = await _serve(first, unfinished)
    draft = {"outcome": None, "summary": DRAFT, "next_step": "none"}
    await first.post(f"/api/sessions/{left}/draft", draft, method="PUT")
    await third.sign_in("liujingwen", "许昌")
    guests["talking"] = await _enter(talking, "赵先生", 1304, region=CITY)
    await flow(third, talking, await third.accept())
    await second.sign_in("zhaoshumin")
    guests["aside"] = await _enter(aside, "孙女士", 1305)
    await second.accept()
    await aside.post(f"/api/tickets/{guests['aside'].ticket}/postpone")
    guests["ringing"] = await _enter(ringing, "周先生", 1306)
    await second.until(lambda state: state["offer"] and state["offer"]["ticket_id"] == guests["ringing"].ticket)
    guests["waiting"] = await _enter(waiting, "吴女士", 1307)
    leaving = await _enter(gone, "郑先生", 1308)
    await gone.post(f"/api/tickets/{leaving.ticket}/leave")
    async with city.database.reading() as session:
        moment = (await session.execute(text("SELECT app_now()"))).scalar_one()
    facts = Facts(moment.isoformat(), **guests, closed_session=closed, unfinished_session=left)
    open_pages = [first, second, third, rated, unrated, unfinished, talking, ringing, aside, waiting, gone]
    return facts, open_pages


def _dump(url: str, to: Path) -> None:
    command = [str(program("pg_dump")), "--format=custom", "--compress=9", "--no-owner", "--no-privileges"]
    command += ["--no-comments", "--no-unlogged-table-data", f"--dbname={url}", f"--file={to}"]
    subprocess.run(command, check=True)  # noqa: S603  our own program


async def main() -> None:
    """Write the dump, the keys and the facts."""
    if head() != REVISION:
        sys.exit(f"This program is at migration {head()}: the first release was at {REVISION}.")
    folder = temporary_folder()
    postgres = EmbeddedPostgres(folder, OPTIONS)
    try:
        async with open_city(Cluster(postgres.start())) as city, open_server(city) as server:
            facts, pages = await play(server.url, city)
            FOLDER.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(_dump, city.url, FOLDER / "database.dump")
            for page in pages:
                await page.__aexit__(None, None, None)
    finally:
        postgres.stop()
        shutil.rmtree(folder)
    write_keys(FOLDER)
    lines = json.dumps(asdict(facts), ensure_ascii=False, indent=2)
    (FOLDER / "facts.json").write_text(f"{lines}\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
