"""The live line of every actor while one ticket is rung, served and ended: each hears its own and nothing else."""

import json
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import ColumnElement, text, true

from cloudwindow.foundation import live_polling, scope
from cloudwindow.foundation.authentication import Actor
from tests.integration.scope.line import Line, Polled, what_of
from tests.integration.scope.matrix import CITIZENS, LIVE, STAFF
from tests.integration.scope.world import World

DESKS = {"weidu": "desk-411002-social", "jianan": "desk-411003-social", "city": "desk-411000-social"}
HEARS = {
    # what of the ticket's life may be in anything an actor hears; hints of a desk name the desk only
    "owner": {"ticket", "session", "call", "agent_id", "owner_id"},
    "agent": {"ticket", "engagement", "session", "call", "agent_id"},
}


async def ids_of_desks(world: World) -> dict[str, str]:
    async with world.city.database.reading() as session:
        ids = {row.key: str(row.id) for row in await session.execute(text("SELECT key, id FROM desk"))}
    return {name: ids[key] for name, key in DESKS.items()}


async def logins(world: World) -> dict[str, UUID]:
    """The live login of each actor."""
    async with world.city.database.reading() as session:
        rows = await session.execute(text("SELECT coalesce(staff_id, account_id) AS person, id FROM login"))
        by_person = {row.person: row.id for row in rows}
    return {actor: by_person[person.id] for actor, person in world.people.items()}


def stream(world: World, actor: str) -> str:
    return f"{'account' if actor in CITIZENS else 'staff'}:{world.people[actor].id}"


async def live_through(world: World, lines: dict[str, Line]) -> dict[str, Any]:
    """Ring, accept, join, signal — also by those who may not — and end."""
    await world.must("agent", "POST", "/api/workbench/presence", {"wanted": "ready"})
    offer = (await world.must("agent", "GET", "/api/workbench/state"))["offer"]
    accepted = await world.must("agent", "POST", f"/api/engagements/{offer['engagement_id']}/accept")
    call = accepted["call"]["id"]
    joined = await world.must("owner", "POST", f"/api/calls/{call}/join")
    places = {place["side"]: place["id"] for place in joined["call"]["participants"]}
    for actor in [*LIVE, "agent"]:  # the one who may comes last
        attempts = {"from_attempt": 1, "to_attempt": 1}
        lines[actor].say(
            {"type": "signal", "call": call, "to": places["applicant"], "batch": [{"by": actor}], **attempts}
        )
        lines[actor].say({"type": "media", "call": call, "attempt": 1, "ice": "connected", "bytes": 1000, "frames": 1})
        await lines[actor].handled()
    await world.must("agent", "POST", f"/api/calls/{call}/end")
    return {"ticket": world.secrets["ticket"], "engagement": offer["engagement_id"], "call": call} | {
        "session": accepted["session"]["id"]
    }


async def test_everybody_hears_the_own_and_nothing_else(world: World) -> None:
    await world.go_to("waiting")
    desks, signed_in = await ids_of_desks(world), await logins(world)
    async with AsyncExitStack() as stack:
        lines = {actor: await stack.enter_async_context(Line(world, actor)) for actor in LIVE}
        asked = [f"desk:{id_}" for id_ in desks.values()] + [f"desk:{uuid4()}", "desk:*", "desk:", "stream", "*"]
        asked += [f"letters:{id_}" for id_ in desks.values()] + ["letters:*"]
        asked += [stream(world, "agent"), f"login:{signed_in['agent']}"]
        for actor, line in lines.items():
            # a cursor of somebody else's stream is not asked for, and not answered
            await line.greet(after={stream(world, "owner"): 0, stream(world, "agent"): 0, stream(world, actor): 0})
            line.say({"type": "watch", "keys": asked})
            await line.handled()
        # A second page of each, with its WebSockets blocked: it hears the same, and nothing else either.
        begun = {actor: {stream(world, each): 0 for each in ("owner", "agent", actor)} for actor in LIVE}
        polled = {actor: await stack.enter_async_context(Polled(world, actor, begun[actor], asked)) for actor in LIVE}
        things = await live_through(world, lines)
        notifier = world.app.state.house.actions.notifier
        notifier.send([f"hint:{key}" for key in asked if not key.startswith("login:")])
        # Notices arrive in order, and in one turn hints come last: after this one nothing is on its way any more.
        notifier.send([f"hint:login:{signed_in[actor]}" for actor in lines])
        for line in lines.values():
            await line.hear("signed_out")
            await line.ended()
        for actor, line in lines.items():
            await polled[actor].hears(line.heard)
            assert what_of(polled[actor].heard) == what_of(line.heard), actor

    secrets = world.secrets | things
    for actor, line in lines.items():
        streams = {message["stream"] for message in line.of_type("event")}
        assert streams <= {stream(world, actor)}, actor
        hints = {message["key"] for message in line.of_type("hint")}
        kinds = ("desk", "letters") if actor in STAFF else ("desk",)  # of letters only who answers them is told
        assert hints == {f"{kind}:{desks[name]}" for kind in kinds for name in LIVE[actor]}, actor
        heard = json.dumps([m for m in line.heard if m["type"] not in {"hint", "welcome"}], ensure_ascii=False)
        seen = {thing for thing, secret in secrets.items() if secret in heard}
        own = {f"{actor}_id"} if streams else set()
        assert seen <= HEARS.get(actor, own | ({"other_ticket"} if actor == "other" else set())), actor
    assert {m["event"] for m in lines["owner"].of_type("event")} >= {"ticket", "session", "call", "rating"}
    assert {m["event"] for m in lines["agent"].of_type("event")} >= {"offer", "presence", "session", "call"}
    assert [m["batch"] for m in lines["owner"].of_type("signal")] == [[{"by": "agent"}]] * 2
    assert not any(line.of_type("signal") for actor, line in lines.items() if actor != "owner")
    await world.changed()


async def test_a_report_of_somebody_else_changes_nothing(world: World) -> None:
    await world.go_to("serving")
    for actor in ("other", "mate", "sibling", "super", "sysadmin"):
        async with Line(world, actor) as line:
            await line.greet()
            for attempt in (0, 1):
                report = {"type": "media", "call": world.ids["call_id"], "attempt": attempt, "ice": "connected"}
                line.say(report | {"bytes": 10_000, "frames": 9})
            await line.handled()
        assert set(await world.changed()) <= {"tab_lease", "ticket"}, actor  # the own tab and place were renewed


@pytest.mark.parametrize(
    ("actor", "how"),
    [
        ("stranger", {}),
        ("stranger", {"face": "staff"}),
        ("owner", {"face": "staff"}),
        ("agent", {"face": "applicant"}),
    ],
)
async def test_without_the_cookie_of_the_face_there_is_no_line(world: World, actor: str, how: dict[str, str]) -> None:
    await world.go_to("waiting")
    async with Line(world, actor, **how) as line:
        assert await line.ended() == 1008
    assert line.heard == [{"type": "signed_out"}]
    assert await world.changed() == []


@pytest.mark.parametrize("actor", ["stranger", *CITIZENS, *STAFF])
@pytest.mark.parametrize("how", [{"origin": "https://evil.example"}, {"origin": "null"}, {"face": "system"}], ids=str)
async def test_a_foreign_page_or_an_unknown_face_gets_no_line(world: World, actor: str, how: dict[str, str]) -> None:
    await world.go_to("waiting")
    async with Line(world, actor, **how) as line:
        assert await line.ended() == 1008
    assert not line.accepted
    assert await world.changed() == []


async def test_an_ended_login_gets_no_line(world: World) -> None:
    await world.go_to("waiting")
    await world.run("UPDATE login SET ended_at = app_now()")
    for actor in LIVE:
        async with Line(world, actor) as line:
            await line.ended()
        assert line.heard == [{"type": "signed_out"}], actor
    assert await world.changed() == ["login"]


async def test_nobody_takes_over_the_tab_of_somebody_else(world: World) -> None:
    await world.go_to("waiting")
    tab = str(uuid4())
    async with Line(world, "agent") as mine:
        await mine.greet(tab)
        for actor in ("mate", "owner"):
            async with Line(world, actor) as line:
                line.say({"type": "hello", "tab": tab, "after": {}})
                await line.ended()
            assert line.heard == []
    await world.changed()


async def test_a_tab_that_was_left_behind_is_free_for_the_next_login(world: World) -> None:
    """A killed process closes no leases, and a browser keeps the name of its tab over a new sign-in."""
    await world.go_to("waiting")
    tab = str(uuid4())
    async with Line(world, "agent") as mine:
        await mine.greet(tab)
        await world.run(f"UPDATE tab_lease SET lease_until = app_now() WHERE id = '{tab}'")  # noqa: S608  our own
        async with Line(world, "mate") as line:
            await line.greet(tab)
            async with world.city.database.reading() as session:
                row = (await session.execute(text("SELECT * FROM tab_lease WHERE id = :id"), {"id": tab})).one()
            assert row.staff_id == world.people["mate"].id
            login = text("SELECT staff_id FROM login WHERE id = :id")
            async with world.city.database.reading() as session:
                assert await session.scalar(login, {"id": row.login_id}) == world.people["mate"].id
    await world.changed()


def _everybody(_actor: Actor) -> ColumnElement[bool]:
    return true()


async def test_without_the_condition_of_tickets_a_citizen_would_watch_any_desk(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hints above rest on the scope of `ticket`: taking it away would be noticed there too."""
    await world.go_to("waiting")
    desks = await ids_of_desks(world)
    rooms = world.app.state.live.rooms
    person = world.people["other"]
    actor = Actor("account", person.id)
    async with world.city.database.reading() as session:
        assert not await rooms.may_watch(session, actor, f"desk:{desks['weidu']}")
        monkeypatch.setitem(scope._conditions, "ticket", _everybody)
        assert await rooms.may_watch(session, actor, f"desk:{desks['weidu']}")


async def test_a_poll_without_news_is_answered_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.go_to("waiting")
    monkeypatch.setattr(live_polling, "HANG_SECONDS", 0.05)
    body: dict[str, Any] = {"tab": str(uuid4()), "after": {}, "watch": [], "mark": None}
    first = await world.must("owner", "POST", "/api/live/poll", body)
    assert await world.must("owner", "POST", "/api/live/poll", body | {"mark": first["mark"]}) == {
        "messages": [],
        "mark": first["mark"],
    }
    await world.changed()
