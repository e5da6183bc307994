"""What a session is about: another item than the one chosen, further matters, and an outcome for each."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.calls.calling import end
from cloudwindow.calls.matters import (
    MATTERS_AT_MOST,
    change_matter,
    guide_of,
    open_matter,
    remove_matter,
)
from cloudwindow.calls.queries import summary as what_was_done
from cloudwindow.calls.schemas import Draft, MatterOutcome, MatterRequest, MatterView
from cloudwindow.calls.wrapping import save_draft
from cloudwindow.dispatch.looks import look_at_ticket
from cloudwindow.foundation.authentication import Actor
from cloudwindow.oversight.queries import today
from tests.support.house import House, at_once, refused

ANSWERS = {"s1": "s1.o1"}


class Talk:
    """A clerk and a citizen who talk about P01."""

    def __init__(self, house: House, clerk: Actor, citizen: Actor, session_id: UUID, ticket_id: UUID) -> None:
        self.house, self.clerk, self.citizen = house, clerk, citizen
        self.session_id, self.ticket_id = session_id, ticket_id

    async def open(self, item: str) -> list[MatterView]:
        """Open a further matter."""
        views: list[MatterView] = await self.house.run(
            self.clerk, open_matter, self.session_id, MatterRequest(item_key=item)
        )
        return views

    async def change(self, matter_id: UUID, item: str) -> list[MatterView]:
        """Say that a matter is about another item."""
        views: list[MatterView] = await self.house.run(
            self.clerk, change_matter, self.session_id, matter_id, MatterRequest(item_key=item)
        )
        return views

    async def pages_agree(self) -> list[str]:
        """Check that both pages know what a fresh fetch says; returns the items."""
        known = [(await self.house.told(side))["matters"] for side in (self.clerk, self.citizen)]
        assert known == [(await self.house.state(side))["matters"] for side in (self.clerk, self.citizen)]
        return [one["item_key"] for one in known[1] or []]

    async def facts(self, kind: str) -> dict[str, Any]:
        """Read the facts of the one session event of a kind."""
        row = await self.house.row("SELECT body FROM session_event WHERE kind = :kind", kind=kind)
        facts: dict[str, Any] = json.loads(row.body)["facts"]
        return facts


@pytest.fixture
async def talk(house: House) -> Talk:
    clerk, citizen = await house.clerk(), await house.citizen()
    joined = await house.talk(clerk, citizen, answers=ANSWERS)
    return Talk(house, clerk, citizen, joined.session.id, joined.session.ticket_id)


async def test_a_session_begins_with_what_the_number_was_taken_for(talk: Talk) -> None:
    assert await talk.pages_agree() == ["P01"]
    assert (await talk.house.state(talk.clerk))["matters"][0]["id"] == str(talk.ticket_id)


async def test_the_wrong_item_becomes_the_right_one_with_implementation_and_version(talk: Talk) -> None:
    house = talk.house
    before = await house.row("SELECT * FROM ticket")
    (view,) = await talk.change(talk.ticket_id, "P04")
    assert await talk.pages_agree() == ["P04"]
    ticket = await house.row("SELECT * FROM ticket")
    expected = await house.row(
        "SELECT i.id AS item_id, m.id AS implementation_id, v.id AS version_id FROM item i"
        " JOIN implementation m ON m.item_id = i.id JOIN version v ON v.implementation_id = m.id"
        " WHERE i.key = 'P04' AND v.id = :id",
        id=view.version_id,
    )
    for column in ("item_id", "implementation_id", "version_id"):
        assert getattr(ticket, column) == getattr(expected, column) != getattr(before, column)
    assert (ticket.answers, ticket.desk_id, ticket.number, ticket.state) == (
        {},
        before.desk_id,
        before.number,
        "serving",
    )
    assert (await house.told(talk.citizen))["ticket"]["item_key"] == "P04"
    card = await house.run(talk.clerk, look_at_ticket, talk.ticket_id)
    assert (card.item_key, card.guide.version_id, card.answers) == ("P04", view.version_id, [])
    facts = await talk.facts("item_changed")
    assert (facts["before"]["item"], facts["before"]["version"]) == ("P01", str(before.version_id))
    assert (facts["item"], facts["version"]) == ("P04", str(view.version_id))
    row = await house.row("SELECT subject_table FROM audit WHERE action = 'matter.change'")
    assert row.subject_table == "ticket"
    # the summary that the citizen reads, and with it the rating, are about what it was
    async with house.database.reading() as session:
        done = await what_was_done(session, house.wiring, house.city.keys, talk.citizen, talk.session_id)
    assert done.item_key == "P04"


async def test_further_matters_are_opened_changed_and_taken_back(talk: Talk) -> None:
    house = talk.house
    second = (await talk.open("P18"))[1]
    assert await talk.pages_agree() == ["P01", "P18"]
    async with house.database.reading() as session:
        guide = await guide_of(session, house.wiring, talk.clerk, talk.session_id, second.id)
    assert (guide.key, guide.version_id) == ("P18", second.version_id)
    changed = (await talk.change(second.id, "P04"))[1]
    assert (changed.id, changed.item_key) == (second.id, "P04")
    assert await talk.pages_agree() == ["P01", "P04"]
    for _ in range(2):  # the second time it is back already
        await house.run(talk.clerk, remove_matter, talk.session_id, second.id)
    assert await talk.pages_agree() == ["P01"]
    kinds = await house.rows("SELECT kind FROM session_event WHERE kind ~ 'matter|item' ORDER BY seq")
    assert [row.kind for row in kinds] == ["matter_opened", "item_changed", "matter_removed"]


async def test_what_is_refused_changes_nothing(talk: Talk) -> None:
    house = talk.house
    second = (await talk.open("P18"))[1]
    request = MatterRequest(item_key="P04")
    colleague = await house.clerk("zhaoshumin")
    assert await refused(talk.open("P01")) == "matter_there"
    assert await refused(talk.open("P18")) == "matter_there"
    assert await refused(talk.change(second.id, "P01")) == "matter_there"
    assert await refused(talk.open("X99")) == "item_unknown"
    assert await refused(talk.change(uuid4(), "P04")) == "not_found"
    assert await refused(house.run(talk.clerk, remove_matter, talk.session_id, talk.ticket_id)) == "not_allowed"
    for other in (colleague, talk.citizen):
        assert await refused(house.run(other, open_matter, talk.session_id, request)) == "not_found"
        assert await refused(house.run(other, change_matter, talk.session_id, talk.ticket_id, request)) == "not_found"
        assert await refused(house.run(other, remove_matter, talk.session_id, second.id)) == "not_found"
    assert await talk.pages_agree() == ["P01", "P18"]
    await house.change("UPDATE session SET state = 'wrapping', ended_at = app_now()")
    assert await refused(talk.open("P04")) == "wrong_state"


async def test_there_is_a_most(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MATTERS_AT_MOST > 2
    monkeypatch.setattr("cloudwindow.calls.matters.MATTERS_AT_MOST", 2)
    await talk.open("P18")
    assert await refused(talk.open("P04")) == "too_many_matters"


async def test_the_same_one_pressed_twice_is_there_once(talk: Talk) -> None:
    answers = await at_once(lambda: talk.open("P18"), lambda: talk.open("P18"))
    assert answers.count("matter_there") == 1
    assert await talk.pages_agree() == ["P01", "P18"]


async def test_each_matter_has_its_outcome_and_counts(talk: Talk) -> None:
    house = talk.house
    second = (await talk.open("P18"))[1]
    await house.run(talk.clerk, save_draft, talk.session_id, Draft(matters=[_outcome(second, "solved")]))
    await house.run(talk.citizen, end, await house.value("SELECT id FROM call"))
    draft = (await house.state(talk.clerk))["session"]["draft"]
    assert draft["matters"] == [{"id": str(second.id), "outcome": "solved"}]
    for given, code in (
        ([], "matter_outcome_missing"),
        ([_outcome(second, "solved"), MatterOutcome(id=uuid4(), outcome="solved")], "matter_outcome_missing"),
        ([_outcome(second, "nothing")], "outcome_unknown"),
    ):
        assert await refused(house.close(talk.clerk, talk.session_id, matters=given)) == code
    assert await house.value("SELECT count(*) FROM matter WHERE outcome IS NOT NULL") == 0
    await house.close(talk.clerk, talk.session_id, "needs_visit", matters=[_outcome(second, "solved")])
    assert await house.value("SELECT outcome FROM matter") == "solved"
    async with house.database.reading() as session:
        figures = await today(session, talk.clerk)
        done = await what_was_done(session, house.wiring, house.city.keys, talk.citizen, talk.session_id)
    assert (figures.solved, figures.ended, figures.answered) == (1, 2, 1)
    assert [(one.item_key, one.outcome) for one in done.further] == [("P18", "solved")]
    assert (await talk.facts("matter_closed"))["outcome"] == "solved"
    # the workbench is free of it; the page of the citizen keeps it until the next number
    assert (await house.told(talk.clerk))["matters"] is None
    assert await talk.pages_agree() == ["P01", "P18"]
    await house.take(talk.citizen)
    for side in (talk.clerk, talk.citizen):
        assert (await house.told(side))["matters"] == (await house.state(side))["matters"]


async def test_who_goes_on_with_the_session_finds_its_matters(talk: Talk) -> None:
    house = talk.house
    await talk.open("P18")
    await house.close_tabs(talk.clerk)
    await house.after(16)
    await house.after(121)
    assert (await house.told(talk.clerk))["matters"] is None
    colleague = await house.clerk("zhaoshumin")
    await house.accept(colleague)
    for side in (colleague, talk.citizen):
        told = (await house.told(side))["matters"]
        assert [one["item_key"] for one in told] == ["P01", "P18"]


def _outcome(matter: MatterView, outcome: str) -> MatterOutcome:
    return MatterOutcome(id=matter.id, outcome=outcome)
