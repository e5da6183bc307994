"""Strangers: every operation of our own document × every actor, with generated requests and real ids in them.

Whatever is sent: no fault, an answer as the document says, refusals that change nothing, rows that hold together.
"""

from random import Random

import pytest

from tests.integration.scope.matrix import ACTORS
from tests.integration.strangers.door import Door, allowed, stages
from tests.integration.strangers.generated import OPERATIONS, SEED, Case, covering, fitting, unfitting

FITTING, UNFITTING = 4, 13
MORE = 6
"""Times as many in `make test-long`."""

SILENT = {
    "POST /api/calls/{call_id}/photos": "one is asked for already at that moment; a test of photos asks",
    "GET /api/files/{file_id}/small": "the files there are papers; a test of files makes a picture small",
    "DELETE /api/calls/{call_id}/invitations/{invitation_id}": "the invited is there; a test of calls takes one back",
    "PUT /api/calls/{call_id}/stage/cover": "no screen is shown there; a test of calls covers one",
    "POST /api/calls/{call_id}/transfer": "the call does not connect there; a test of calls hands one on",
    "POST /api/engagements/{engagement_id}/writing": "that ring is no invitation; a test of calls writes",
    "POST /api/engagements/{engagement_id}/reply": "that ring is no invitation; a test of calls answers one",
    "GET /api/calls/{call_id}/invitations/{invitation_id}/reply": "nobody wrote there; a test of calls reads one",
    "POST /api/tickets/{ticket_id}/callback/now": "nothing is agreed then; a test of dispatch takes one back",
    "POST /api/workbench/tickets/{ticket_id}/callback/now": "nothing is agreed then; a test of dispatch calls early",
    "POST /api/workbench/misses/reason": "nobody missed rings in a row there; a test of dispatch explains some",
    "POST /api/letters/{letter_id}/again": "that letter waits for its answer; a test of letters asks on",
    "POST /api/applicant/continue": "the link is a secret that works once; a test of people follows one",
    "POST /api/staff/second-factor/confirm": "the code is a number of this half minute; a test of people confirms one",
}
"""Operations that no stranger gets a success out of, and why."""


async def knock(door: Door, label: str, seed: int, times: int) -> None:
    """Send what was generated for an operation, at every moment at which somebody may do it."""
    chance = Random(seed)  # noqa: S311  a test that can be repeated
    for stage in stages(label):
        await door.world.go_to(stage)
        for case in fitting(label, FITTING * times, chance.randrange(10**6)):
            door.mix(case, label, chance)
            actors = chance.sample(ACTORS, len(ACTORS))
            await door.settle(label, [await door.send(case, actor) for actor in actors])
        await one_by_one(door, label, unfitting(label, UNFITTING * times, chance.randrange(10**6)), chance)


async def one_by_one(door: Door, label: str, cases: list[Case], chance: Random) -> None:
    """Send each request as the next actor, and as somebody who may: what others send is not looked at that far."""
    may = allowed(label, door.world.stage)
    for number, case in enumerate(cases):
        door.mix(case, label, chance)
        actors = {ACTORS[number % len(ACTORS)], chance.choice(may)}
        await door.settle(label, [await door.send(case, actor) for actor in sorted(actors)])


@pytest.mark.parametrize("label", OPERATIONS)
async def test_nothing_that_is_generated_breaks_an_operation(door: Door, label: str) -> None:
    print(f"seed {SEED} (CLOUDWINDOW_TEST_SEED)")  # noqa: T201  a failing test shows it
    await knock(door, label, SEED, 1)
    await covered(door, label)
    await really(door, label)
    answered = any(door.answers[label, status] for status in (200, 201))
    assert answered == (label not in SILENT), SILENT.get(label, "nobody got a success out of it")


async def really(door: Door, label: str) -> None:
    """Send what somebody would, as who may: that nothing else succeeds by chance is then no lack of the test."""
    for stage in stages(label):
        await door.world.go_to(stage)
        (case,) = fitting(label, 1, SEED)
        door.real(case, label)
        await door.settle(label, [await door.send(case, allowed(label, stage)[0])])


async def covered(door: Door, label: str) -> None:
    """Send what covers the document."""
    await door.world.go_to(stages(label)[0])
    await one_by_one(door, label, covering(label), Random(SEED))  # noqa: S311  a test that can be repeated


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("label", OPERATIONS)
async def test_nothing_of_much_more_breaks_it(door: Door, label: str) -> None:
    print(f"seed {SEED} (CLOUDWINDOW_TEST_SEED)")  # noqa: T201  a failing test shows it
    await knock(door, label, SEED + 1, MORE)
