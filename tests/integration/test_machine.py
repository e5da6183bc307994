"""A morning played at random: tickets, engagements, presence and calls, on two processes, with a clock that jumps.

Whatever people, clerks, closed pages and passing time do in whatever order: the rows hold together after each step,
pages that live on events know what a fetch says, and in the end nothing is left ringing or talking.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cloudwindow.calls import report
from cloudwindow.calls.calling import end, join
from cloudwindow.calls.wrapping import wrap_up
from cloudwindow.dispatch import accept
from cloudwindow.dispatch.actions import leave, postpone
from cloudwindow.dispatch.callback import call_back, call_back_by_clerk, come_now
from cloudwindow.dispatch.ringing import decline
from cloudwindow.dispatch.schemas import CallbackRequest, DeclineRequest
from cloudwindow.dispatch.taking import take
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import SYSTEM, Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.oversight.actions import give
from cloudwindow.oversight.schemas import RatingRequest
from cloudwindow.people.presence import set_presence
from cloudwindow.people.schemas import PresenceRequest
from tests.integration.kills.invariants import check
from tests.support.city import open_city
from tests.support.cluster import Cluster
from tests.support.house import House, id_of, open_house, summary, wish

CLERKS = ("zhangyanli", "zhaoshumin", "mengfanchao")
CITIZENS = 4
A_DAY = 86_400
A_WHILE = timedelta(minutes=5)
ROUNDS_TO_THE_END = 8
"""Whatever runs out in one round may begin something that runs out in the next; a callback is tried three times."""
IN_TEN = CallbackRequest(minutes=10)

clerks = st.integers(0, len(CLERKS) - 1)
citizens = st.integers(0, CITIZENS - 1)
processes = st.integers(0, 1)


_KEEP = """
    UPDATE ticket t SET lease_until = $2
    FROM (SELECT id FROM ticket WHERE account_id = ANY ($1::uuid[]) AND state <> 'closed' ORDER BY id FOR UPDATE) due
    WHERE t.id = due.id
"""


@action("test.renew")
async def _keep_pages(tx: Tx, people: list[Any]) -> None:
    """Believe for longer than the product does that pages are open."""
    await tx.driver.execute(_KEEP, people, tx.now + A_WHILE)


class Morning(RuleBasedStateMachine):
    """What may happen; a refusal changes nothing, and so is nothing."""

    cluster: Cluster

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.runner.run(self._open())

    async def _open(self) -> None:
        city = await self.stack.enter_async_context(open_city(self.cluster))
        self.city = city
        self.houses = [await self.stack.enter_async_context(open_house(city, pool_size=2)) for _ in range(2)]
        self.people = [await self.houses[0].citizen() for _ in range(CITIZENS)]
        self.staff = [await self.houses[0].clerk(name, ready=False) for name in CLERKS]
        self.received = 0

    def teardown(self) -> None:
        try:
            self.runner.run(self._close())
        finally:
            self.runner.close()

    async def _close(self) -> None:
        """Everybody closes their pages, and days go by."""
        for clerk in self.staff:
            await self.houses[0].close_tabs(clerk)
        for _ in range(ROUNDS_TO_THE_END):
            await self.houses[0].change("UPDATE ticket SET lease_until = app_now()")
            await self.houses[0].after(A_DAY)
        left = await self.houses[0].rows(
            "SELECT number FROM ticket WHERE state <> 'closed' UNION ALL SELECT id::text FROM engagement"
            " WHERE state IN ('ringing', 'accepted') UNION ALL SELECT id::text FROM call WHERE state <> 'ended'"
        )
        try:
            await check(self.city)
            assert not left
        finally:
            await self.stack.aclose()

    def _try(self, what: Callable[[], Awaitable[Any]]) -> None:
        async def attempt() -> None:
            try:
                await what()
            except Problem as problem:
                if problem.code == "busy_try_again":
                    raise  # nobody else is there to be in the way

        self.runner.run(attempt())

    def _house(self, process: int) -> House:
        return self.houses[process]

    # People.

    @rule(who=citizens, at=processes, item=st.sampled_from(["P01", "P04", "B01"]))
    def take_a_number(self, who: int, at: int, item: str) -> None:
        self._try(lambda: self._house(at).run(self.people[who], take, wish(item)))

    @rule(who=citizens, at=processes, act=st.sampled_from([leave, postpone, come_now]))
    def step_aside(self, who: int, at: int, act: Any) -> None:
        async def one() -> None:
            ticket = (await self._house(at).state(self.people[who]))["ticket"]
            if ticket:
                await self._house(at).run(self.people[who], act, ticket["id"])

        self._try(one)

    @rule(who=citizens, at=processes)
    def agree_on_a_callback(self, who: int, at: int) -> None:
        async def one() -> None:
            ticket = (await self._house(at).state(self.people[who]))["ticket"]
            if ticket:
                await self._house(at).run(self.people[who], call_back, ticket["id"], IN_TEN)

        self._try(one)

    @rule(who=citizens, at=processes)
    def rate(self, who: int, at: int) -> None:
        async def one() -> None:
            session = (await self._house(at).state(self.people[who]))["session"]
            if session:
                rating = RatingRequest.model_validate({"level": 5})
                await self._house(at).run(self.people[who], give, session["id"], rating)

        self._try(one)

    @rule()
    def pages_of_citizens_are_open(self) -> None:
        self._try(lambda: self.houses[0].run(SYSTEM, _keep_pages, sorted(id_of(one) for one in self.people)))

    # Clerks.

    @rule(who=clerks, at=processes, wanted=st.sampled_from(["ready", "ready", "ready", "break", "off"]))
    def want(self, who: int, at: int, wanted: str) -> None:
        asked = PresenceRequest.model_validate({"wanted": wanted})
        self._try(lambda: self._house(at).run(self.staff[who], set_presence, asked))

    @rule(who=clerks, at=processes, yes=st.booleans())
    def answer(self, who: int, at: int, yes: bool) -> None:  # noqa: FBT001  hypothesis names it
        async def one() -> None:
            house, clerk = self._house(at), self.staff[who]
            if ring := await house.ring_of(clerk):
                no = DeclineRequest(reason="busy_paperwork")
                await (house.run(clerk, accept, ring.id) if yes else house.run(clerk, decline, ring.id, no))

        self._try(one)

    @rule(who=clerks, at=processes)
    def write_up(self, who: int, at: int) -> None:
        async def one() -> None:
            state = await self._house(at).state(self.staff[who])
            if state["session"]:
                await self._house(at).run(self.staff[who], wrap_up, state["session"]["id"], summary())

        self._try(one)

    @rule(who=clerks, open_=st.booleans())
    def tabs(self, who: int, open_: bool) -> None:  # noqa: FBT001  hypothesis names it
        house, clerk = self.houses[0], self.staff[who]
        self._try(lambda: house.open_tab(clerk) if open_ else house.close_tabs(clerk))

    @rule(who=clerks, at=processes)
    def offer_a_callback(self, who: int, at: int) -> None:
        async def one() -> None:
            session = (await self._house(at).state(self.staff[who]))["session"]
            if session:
                await self._house(at).run(self.staff[who], call_back_by_clerk, session["ticket_id"], IN_TEN)

        self._try(one)

    # Calls.

    @rule(who=citizens, at=processes)
    def join_the_call(self, who: int, at: int) -> None:
        self._try(lambda: self._in_call(self._house(at), self.people[who], join))

    @rule(who=citizens)
    def media_flow(self, who: int) -> None:
        async def one() -> None:
            house, citizen = self.houses[0], self.people[who]
            call = (await house.state(citizen))["call"]
            if not call:
                return
            self.received += 1000
            places = {place["side"]: place["attempt"] for place in call["participants"]}
            clerk = await house.value(
                "SELECT staff_id FROM call_participant WHERE call_id = :call AND side = 'clerk'", call=call["id"]
            )
            sides = ((citizen, "applicant"), (next(one for one in self.staff if one.id == clerk), "clerk"))
            for actor, side in sides:
                await house.run(actor, report, call["id"], places[side], "connected", self.received)

        self._try(one)

    @rule(who=st.integers(0, CITIZENS + len(CLERKS) - 1), at=processes)
    def hang_up(self, who: int, at: int) -> None:
        self._try(lambda: self._in_call(self._house(at), [*self.people, *self.staff][who], end))

    async def _in_call(self, house: House, actor: Actor, act: Any) -> None:
        call = (await house.state(actor))["call"]
        if call and call["state"] != "ended":
            await house.run(actor, act, call["id"])

    # Time.

    @rule(seconds=st.sampled_from([1, 5, 16, 21, 61, 125, 185, 320, 900]), at=processes)
    def time_passes(self, seconds: int, at: int) -> None:
        self._try(lambda: self._house(at).after(seconds))

    # What holds.

    @invariant()
    def rows_hold_together(self) -> None:
        self.runner.run(check(self.city))

    @invariant()
    def pages_know_what_a_fetch_says(self) -> None:
        self.runner.run(self._compare())

    async def _compare(self) -> None:
        for actor in [*self.people, *self.staff]:
            told, fetched = await self.houses[0].told(actor), await self.houses[0].state(actor)
            kept = _without_drafts({name: told.get(name) for name in fetched if name in told})
            assert kept == _without_drafts({name: fetched[name] for name in kept})


def _without_drafts(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _without_drafts(inner) for name, inner in part.items() if name != "draft"}
    return [_without_drafts(inner) for inner in part] if isinstance(part, list) else part


def _play(cluster: Cluster, examples: int, steps: int) -> None:
    Morning.cluster = cluster
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    # A failure is printed as it was found: to make it smaller takes minutes, which CLOUDWINDOW_TEST_SHRINK=1 spends.
    phases = [Phase.explicit, Phase.generate, *([Phase.shrink] if os.environ.get("CLOUDWINDOW_TEST_SHRINK") else [])]
    how = settings(max_examples=examples, stateful_step_count=steps, suppress_health_check=slow, phases=phases)
    run_state_machine_as_test(Morning, settings=how)


@pytest.mark.timeout(300)
def test_some_mornings(cluster: Cluster) -> None:
    _play(cluster, examples=10, steps=25)


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_many_long_mornings(cluster: Cluster) -> None:
    _play(cluster, examples=120, steps=60)
