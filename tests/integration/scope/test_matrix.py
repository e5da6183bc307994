"""Every route × every actor against the hand-written table, and the proof that the table would notice (invariant 7)."""

import re
from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import ColumnElement, true

from cloudwindow import tables
from cloudwindow.app import create_app
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.door import PATH, LiveDoor
from cloudwindow.settings import Settings
from tests.integration.scope.matrix import (
    ACTORS,
    BODIES,
    CITIZENS,
    LIVE,
    LIVE_ROUTE,
    LOOKS,
    ROWS,
    SECRETS,
    STAFF,
    UNCHANGING,
    Row,
)
from tests.integration.scope.world import World

tables.load()


async def differences(world: World, row: Row, actor: str) -> list[str]:
    """Ask one cell and say how it differs from the table; the stage stands as it was afterwards."""
    await world.go_to(row.at)
    answer = await world.ask_row(actor, row)
    wrong = list(_wrong_answer(world, row, actor, answer))
    changed = await world.changed()
    allowed = answer.is_success
    if changed and not (allowed and (row.method != "GET" or row.route in LOOKS)):
        wrong.append(f"it changed {', '.join(changed)}")
    idle = row.method == "GET" or row.route in UNCHANGING or '"created":false' in answer.text
    if allowed and not idle and not set(changed) - {"idempotency"}:
        wrong.append("it changed nothing")
    if answer.status_code == 404 and row.expect[actor] == 404 and "_id}" in row.path:
        nobody = await world.ask_row(actor, row, world.ids | _unknown(world))
        if (nobody.status_code, nobody.text) != (answer.status_code, answer.text):
            wrong.append(f"an unknown id answers {nobody.text}, a foreign one {answer.text}")
    return [f"{row}, {actor}: {each}" for each in wrong]


def _unknown(world: World) -> dict[str, str]:
    return {name: str(uuid4()) for name in world.ids if name.endswith("_id")}


def _wrong_answer(world: World, row: Row, actor: str, answer: httpx.Response) -> Iterator[str]:
    if answer.status_code != row.expect[actor]:
        yield f"{answer.status_code} instead of {row.expect[actor]}: {answer.text[:200]}"
    for thing in SECRETS:
        seen = world.secrets[thing] in answer.text
        if seen != (actor in row.shown.get(thing, ())):
            yield f"{thing} is {'seen' if seen else 'not seen'}"


def routes_of(app: FastAPI) -> set[str]:
    """Every way into an application, as the table writes it; the live line is served before any route."""
    served: list[object] = [middleware.cls for middleware in app.user_middleware]
    found = {f"WS {PATH}"} if LiveDoor in served else set()
    for route in iter_route_contexts(app.routes):
        methods = getattr(route, "methods", None) or {"WS"}  # another way in would be found as well
        found |= {f"{method} {route.path}" for method in methods - {"HEAD"}}
    return found


def test_every_route_has_a_row(world: World) -> None:
    rows = {re.sub(r"\{(other|own)_", "{", row.route) for row in ROWS} | {" ".join(LIVE_ROUTE.split())}
    assert routes_of(world.app) == rows
    described = {
        f"{method.upper()} {path}" for path, methods in world.app.openapi()["paths"].items() for method in methods
    }
    assert described <= rows
    mutations = {row.route for row in ROWS if "{" not in row.path and row.method in {"POST", "PUT"}}
    assert mutations - set(BODIES) == {"POST /api/staff/sign-out", "POST /api/applicant/sign-out"}
    assert set(LIVE) == set(ACTORS) - {"stranger"}


def test_the_instruments_of_tests_are_not_there_in_production() -> None:
    app = create_app(Settings(mode="production"), "postgresql://nobody@/nothing?host=/nowhere")
    instruments = {row.route for row in ROWS if row.path.startswith("/api/test/")}
    assert instruments
    assert not instruments & routes_of(app)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_each_actor_gets_what_the_table_says(world: World, row: Row) -> None:
    assert [wrong for actor in ACTORS for wrong in await differences(world, row, actor)] == []


_OK = {200, 201}
_MUTATIONS = [row for row in ROWS if row.method != "GET" and _OK & set(row.expect.values())]


@pytest.mark.parametrize("row", _MUTATIONS, ids=str)
async def test_a_mutation_needs_its_own_page(world: World, row: Row) -> None:
    """Who is allowed, is allowed from our own pages only: the origin fits, and where there is a login its token."""
    await world.go_to(row.at)
    actor = next(actor for actor in (*CITIZENS, *STAFF) if row.expect[actor] in _OK)
    foreign = await world.ask_row(actor, row, headers={"origin": "https://evil.example"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "origin_refused")
    if row.expect["stranger"] == 401:
        for token in ("", "x" * 43):
            forged = await world.ask_row(actor, row, headers={"x-csrf-token": token})
            assert (forged.status_code, forged.json()["code"]) == (403, "csrf_failed")
    assert await world.changed() == []


@pytest.mark.parametrize("actor", ["owner", "agent"])
async def test_a_login_that_ended_opens_nothing(world: World, actor: str) -> None:
    person = world.people[actor]
    column = "staff_id" if person.face == "staff" else "account_id"
    for end in ("ended_at = app_now()", "expires_at = app_now()"):
        await world.go_to("serving")
        await world.run(f"UPDATE login SET {end} WHERE {column} = '{person.id}'")  # noqa: S608  our own names
        for row in (row for row in ROWS if row.at == "serving" and row.expect["stranger"] == 401):
            assert (await world.ask_row(actor, row)).status_code == 401, row
        assert await world.changed() == ["login"]


async def test_somebody_who_was_suspended_gets_nothing(world: World) -> None:
    await world.go_to("serving")
    await world.run(f"UPDATE staff SET status = 'suspended' WHERE id = '{world.people['agent'].id}'")  # noqa: S608  our own names
    for row in (row for row in ROWS if row.at == "serving" and row.expect["agent"] == 200 != row.expect["stranger"]):
        assert (await world.ask_row("agent", row)).status_code == 401, row
    assert await world.changed() == ["staff"]


async def test_a_role_that_was_taken_away_opens_nothing_more(world: World) -> None:
    await world.go_to("done")
    row = next(row for row in ROWS if row.path == "/api/sessions/{session_id}" and row.at == "done")
    assert (await world.ask_row("super", row)).status_code == 200
    await world.run(f"DELETE FROM role_grant WHERE staff_id = '{world.people['super'].id}'")  # noqa: S608  our own names
    assert (await world.ask_row("super", row)).status_code == 404
    assert await world.changed() == ["role_grant"]


def _everybody(_actor: Actor) -> ColumnElement[bool]:
    return true()


@pytest.mark.parametrize("table", scope.scoped_tables())
async def test_the_table_would_notice_a_missing_condition(
    world: World, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take one table's condition away: at least one cell must differ."""
    for row in sorted(ROWS, key=lambda row: row.at):
        if len(set(row.expect.values())) == 1 and not row.shown:
            continue  # public, and shows nobody's things
        for actor in ACTORS:
            with monkeypatch.context() as patch:
                patch.setitem(scope._conditions, table, _everybody)
                noticed = await differences(world, row, actor)
            if noticed:
                assert await differences(world, row, actor) == []
                return
    pytest.fail(f"without the condition of {table} every answer is as before")
