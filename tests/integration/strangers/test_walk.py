"""A stranger who goes on: requests one after the other with nothing put back, ids taken from the answers.

Whatever all actors send in whatever order: no fault, and the rows hold together in the end as they do on the way.
"""

from collections import Counter
from random import Random
from typing import Any

import pytest

from tests.integration.kills.invariants import check
from tests.integration.scope.matrix import ACTORS
from tests.integration.strangers.door import Door
from tests.integration.strangers.generated import OPERATIONS, SEED, Case, fitting

STEPS, MANY_STEPS = 600, 4_000
LOOK_EVERY = 40
IN_THE_THICK = ("owner", "other", "agent", "mate", "sibling")
"""Who has a ticket or a desk: most steps are theirs."""

LEAVING = {label for label in OPERATIONS if "/staff/" in label or label.endswith("/sign-out")}
"""Without a login there is nothing more to break."""

STEPPING = sorted(set(OPERATIONS) - LEAVING)
CHANGING = [label for label in STEPPING if not label.startswith("GET")]
BEGINNING = {"applicant": "POST /api/tickets", "staff": "POST /api/workbench/presence"}
"""What a citizen and a clerk do first."""

RATING = "POST /api/sessions/{session_id}/rating"
BACKWARD = ("/leave", "/postpone", "/decline")
"""Done less often than what leads on."""

HAPPENED = {
    *("POST /api/tickets", "POST /api/tickets/{ticket_id}/leave", "POST /api/tickets/{ticket_id}/postpone"),
    *("POST /api/engagements/{engagement_id}/accept", "POST /api/engagements/{engagement_id}/decline"),
    *("POST /api/calls/{call_id}/join", "POST /api/calls/{call_id}/end"),
    *("POST /api/sessions/{session_id}/wrap-up", RATING),
}
"""What leads on: all of it on a long way, most of it on a short one, or the walk led nowhere."""

ENOUGH = 5


def ids_in(answer: Any) -> dict[str, str]:
    """Find the ids of tickets, rings, calls and sessions in an answer, under the names that addresses give them."""
    found: dict[str, str] = {}
    for name, value in answer.items() if isinstance(answer, dict) else ():
        if name in {"ticket_id", "engagement_id", "call_id", "session_id"} and value:
            found[name] = value
        elif isinstance(value, dict):
            found |= ids_in(value) | ({f"{name}_id": value["id"]} if "id" in value else {})
    return found


class Walk:
    """Takes steps at random, each a request of an actor with ids that somebody has seen."""

    def __init__(self, door: Door, seeded: int, steps: int) -> None:
        self.door, self.chance = door, Random(seeded)  # noqa: S311  a test that can be repeated
        number = max(8, steps // 20)
        self.cases: dict[str, list[Case]] = {
            label: fitting(label, number, self.chance.randrange(10**6)) for label in STEPPING
        }
        self.done: Counter[str] = Counter()

    async def step(self) -> None:
        """Send one request: about what the own page shows, or what begins everything, or anything at all."""
        actor = self.chance.choice(IN_THE_THICK if self.chance.random() < 0.9 else ACTORS)
        person, roll = self.door.world.people.get(actor), self.chance.random()
        label = self.chance.choice(STEPPING)
        if person and roll < 0.5:
            label = self.chance.choice(await self._shown(actor, person.face) or [label])
        elif person and roll < 0.8:
            label = await self._beginning(actor, person.face)
        case = self.door.mix(self.chance.choice(self.cases[label]), label, self.chance)
        if label == BEGINNING["staff"] and self.chance.random() < 0.8:
            case.body = {"wanted": "ready"}
        await self._send(case, label, actor)

    async def _beginning(self, actor: str, face: str) -> str:
        """Begin anew; the first who is asked for a rating gives it before, since a new number takes it off the page."""
        if face == "applicant" and not self.done[RATING]:
            page = await self._page(actor, face)
            self.door.world.ids |= ids_in(page)
            if (page.get("rating") or {}).get("state") == "asked":
                return RATING
        return BEGINNING[face]

    async def _page(self, actor: str, face: str) -> dict[str, Any]:
        """Fetch what the own page shows."""
        page = "applicant" if face == "applicant" else "workbench"
        answer = await self.door.throw(actor, "GET", f"/api/{page}/state")
        return answer.json() if answer.is_success else {}

    async def _shown(self, actor: str, face: str) -> list[str]:
        """List what may be done with the things on the own page."""
        shown = ids_in(await self._page(actor, face))
        self.door.world.ids |= shown
        may = [label for label in CHANGING if any(f"{{{name}}}" in label for name in shown)]
        wanted = [label for label in may if label in HAPPENED and not self.done[label]]
        return may + [label for label in may if not label.endswith(BACKWARD)] * 3 + wanted * 20

    async def _send(self, case: Case, label: str, actor: str) -> None:
        response = await self.door.send(case, actor)
        if response.is_success:
            self.done[label] += 1
            if "json" in response.headers.get("content-type", ""):  # files are not
                self.door.world.ids |= ids_in(response.json())


async def walk(door: Door, seeded: int, steps: int) -> Counter[str]:
    """Walk from the moment at which somebody is rung; the clerks' pages are open."""
    print(f"seed {seeded} (CLOUDWINDOW_TEST_SEED)")  # noqa: T201  a failing test shows it
    await door.world.go_to("ringing")
    walker = Walk(door, seeded, steps)
    kept, door.world.ids = door.world.ids, dict(door.world.ids)
    try:
        for number in range(steps):
            await walker.step()
            if number % LOOK_EVERY == 0:
                await check(door.world.city)
        await check(door.world.city)
    finally:
        door.world.ids = kept
        await door.world.changed()
    return walker.done


async def test_nothing_breaks_on_the_way(door: Door) -> None:
    done = await walk(door, SEED, STEPS)
    assert len(HAPPENED & set(done)) >= ENOUGH, HAPPENED - set(done)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("more", range(3))
async def test_nothing_breaks_on_a_long_way(door: Door, more: int) -> None:
    done = await walk(door, SEED + more, MANY_STEPS)
    assert set(done) >= HAPPENED, HAPPENED - set(done)
