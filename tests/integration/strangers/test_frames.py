"""Strangers on the live line: whatever a frame holds, it is passed over or closes the line, and changes nothing."""

import json
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import strategies as st

from cloudwindow.foundation.limits import MESSAGES_PER_LINE
from cloudwindow.foundation.live_socket import NOT_UNDERSTOOD, TOO_MUCH
from cloudwindow.foundation.parameters import default_of
from tests.integration.kills.invariants import check
from tests.integration.scope.line import Line
from tests.integration.scope.world import World
from tests.integration.strangers.door import Door
from tests.integration.strangers.generated import SEED, drawn
from tests.support.client import Citizen
from tests.support.server import Server

RENEWED = {"tab_lease", "ticket"}
"""What an open line keeps alive: the own tab, and the own place in the queue."""

OUTSIDERS = ("other", "mate", "sibling", "super", "auditor", "sysadmin")
INSIDERS = ("owner", "agent")
FRAMES = 50

CLOSING: dict[str, str | bytes] = {
    "nothing": "",
    "half": '{"type":',
    "a word": "null",
    "a list": '[{"type":"ping"}]',
    "a string": '"ping"',
    "not a number": '{"type":"ping"}NaN',
    "bytes": b'{"type":"ping"}',
    "no bytes": b"",
    "no text": b"\xff\xfe\x00",
    "too long": json.dumps({"type": "ping", "x": "x" * 80_000}),
    "a number without end": '{"type":"ping","x":' + "9" * 5_000 + "}",
    "brackets without end": "[" * 60_000,
    "a deep object": '{"type":"ping","x":' * 400 + "{}" + "}" * 400,
    "a deep list": '{"type":"ping","x":' + "[" * 400 + "]" * 400 + "}",
}


async def places(world: World) -> dict[str, Any]:
    """Return the two places in the call, by side."""
    state = await world.must("agent", "GET", "/api/workbench/state")
    return {place["side"]: place for place in state["call"]["participants"]}


async def _signal(world: World, actor: str) -> dict[str, Any]:
    """What a browser in the call would send to the other; from anybody else it is a forgery."""
    there = await places(world)
    mine, other = ("applicant", "clerk") if actor == "owner" else ("clerk", "applicant")
    return {
        "type": "signal",
        "call": world.ids["call_id"],
        "to": there[other]["id"],
        "from_attempt": there[mine]["attempt"],
        "to_attempt": there[other]["attempt"],
        "batch": [{"candidate": "candidate:1"}],
    }


@pytest.mark.parametrize("bad", CLOSING)
async def test_a_frame_that_is_none_of_ours_closes_the_line(door: Door, bad: str) -> None:
    world = door.world
    await world.go_to("serving")
    for actor in (*INSIDERS, *OUTSIDERS):
        for greeted in (True, False):
            async with Line(world, actor) as line:
                if greeted:
                    await line.greet()
                line.throw(CLOSING[bad])
                assert await line.ended() == NOT_UNDERSTOOD, actor
        assert set(await world.changed()) <= RENEWED, actor


@pytest.mark.parametrize("depth", [5, 40, 480, 490, 900, 940, 950, 960, 990])
async def test_a_deep_signal_ends_the_line_of_its_sender_only(door: Door, depth: int) -> None:
    """Somewhere before a thousand Python refuses to go deeper, at one place or the other."""
    world = door.world
    await world.go_to("serving")
    async with Line(world, "owner") as listener, Line(world, "agent") as sender:
        await listener.greet()
        await sender.greet()
        message = json.dumps(await _signal(world, "agent") | {"batch": []})
        sender.throw(message.replace("[]", "[" * depth + "]" * depth))
        if depth > 5:
            assert await sender.ended() == NOT_UNDERSTOOD
        async with Line(world, "agent") as again:
            await again.greet()
            again.say(await _signal(world, "agent") | {"batch": ["still there"]})
            await again.handled()
            await listener.hear_that(lambda message: message.get("batch") == ["still there"])
    await world.changed()


_texts = st.text(max_size=8) | st.sampled_from(["\0", "x" * 5_000, "desk:\0", "__proto__", "' OR 1=1 --", "\u202e"])
_numbers = st.integers(-(2**70), 2**70) | st.floats() | st.sampled_from([0, 1, -1, 2**31, 2**63, 10**400])
_anything = st.recursive(
    st.none() | st.booleans() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)


def _frames(number: int, seeded: int, real: dict[str, Any]) -> list[dict[str, Any]]:
    """Make messages of the kinds that the server knows, with real ids and generated values in their fields."""
    kinds = st.sampled_from(["signal", "media", "watch", "ping", "hello", "event", "signed_out"]) | _anything
    some = st.sampled_from(list(real.values())) | _anything
    fields = st.fixed_dictionaries({"type": kinds}, optional=dict.fromkeys(real, some) | {"x": _anything})
    mixed = st.tuples(fields, st.sets(st.sampled_from(sorted(real))))
    return [message | {name: real[name] for name in true} for message, true in drawn(mixed, number, seeded)]


async def _throw(world: World, actor: str, number: int, seeded: int) -> None:
    """Send generated messages over the line of an actor; it must be there afterwards."""
    media = {"attempt": 1, "ice": "connected", "bytes": 1_000, "frames": 1}
    watched = {"keys": [f"desk:{uuid4()}"], "tab": str(uuid4()), "after": {"staff:x": 1}}
    real = await _signal(world, actor) | media | watched
    del real["type"]
    async with Line(world, actor) as line:
        await line.greet()
        for message in _frames(number, seeded, real):
            line.throw(json.dumps(message))
        await line.handled()


async def _strangers_talk(door: Door, number: int, seeded: int) -> None:
    """Throw as somebody outside the call, who changes nothing, and as the two inside, who may only do what they may."""
    print(f"seed {seeded} (CLOUDWINDOW_TEST_SEED)")  # noqa: T201  a failing test shows it
    world = door.world
    await world.go_to("serving")
    chance = Random(seeded)  # noqa: S311  a test that can be repeated
    for actor in OUTSIDERS:
        await _throw(world, actor, number, chance.randrange(10**6))
        assert set(await world.changed()) <= RENEWED, actor
    for actor in INSIDERS:
        await _throw(world, actor, number, chance.randrange(10**6))
        await check(world.city)
        await world.changed()
    assert (await world.ask("stranger", "GET", "/readyz")).status_code == 200


async def test_what_is_generated_changes_nothing_that_its_sender_may_not(door: Door) -> None:
    await _strangers_talk(door, FRAMES, SEED)


@pytest.mark.long
@pytest.mark.parametrize("more", range(5))
async def test_much_more_of_it(door: Door, more: int) -> None:
    await _strangers_talk(door, FRAMES * 5, SEED + more)


async def test_a_flood_is_cut_off_and_nobody_else_notices(shared_server: Server) -> None:
    """On a real server, over a real socket: without a pause, and without reading what comes back."""
    async with Citizen(shared_server.url) as flooding, Citizen(shared_server.url) as other:
        await flooding.enter()
        await other.enter(phone="19900001302")
        await flooding.heard(lambda message: message["type"] == "welcome")
        for number in range(2 * default_of(MESSAGES_PER_LINE)):
            await flooding.say({"type": "signal", "call": str(uuid4()), "batch": [number]})
            if flooding._socket is None or flooding._socket.close_code is not None:
                break
        assert await flooding.closed() == TOO_MUCH
        await other.say({"type": "ping"})
        await other.heard(lambda message: message["type"] == "pong")
        await flooding.open_line()
        await flooding.say({"type": "ping"})
        await flooding.heard(lambda message: message["type"] == "pong")
