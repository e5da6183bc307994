"""Every machine: only the moves of its table happen, final states stay, the document is what the code says."""

from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from typer.testing import CliRunner

from cloudwindow.calls import CALL, SESSION
from cloudwindow.cli import app
from cloudwindow.dispatch import ENGAGEMENT, TICKET
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.states import Machine, Move
from cloudwindow.oversight import RATING

MACHINES = [TICKET, ENGAGEMENT, CALL, SESSION, RATING]
DOCUMENT = Path(__file__).parents[3] / "docs" / "states.md"
EVENTS = sorted({move.event for machine in MACHINES for move in machine.moves} | {"", "nonsense", "ended", "closed"})


class Walk(RuleBasedStateMachine):
    """Throws every event of every machine at one of them, and remembers what the table says."""

    @initialize(machine=st.sampled_from(MACHINES))
    def begin(self, machine: Machine) -> None:
        self.machine = machine
        self.state = machine.first
        self.table = {(move.source, move.event): move.target for move in machine.moves}

    @rule(event=st.sampled_from(EVENTS))
    def happen(self, event: str) -> None:
        target = self.table.get((self.state, event))
        assert self.machine.allows(self.state, event) is (target is not None)
        if target is None:
            with pytest.raises(Problem) as caught:
                self.machine.after(self.state, event)
            assert caught.value.code == "wrong_state"
            assert caught.value.params == {"thing": self.machine.name, "state": self.state, "event": event}
        else:
            assert self.state not in self.machine.final
            self.state = self.machine.after(self.state, event)
            assert self.state == target

    @invariant()
    def in_a_known_state(self) -> None:
        assert self.state in self.machine.states


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, stateful_step_count=30)


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_is_reached_and_leads_to_an_end(machine: Machine) -> None:
    reached, ending = {machine.first}, set(machine.final)
    for _ in machine.states:
        reached |= {move.target for move in machine.moves if move.source in reached}
        ending |= {move.source for move in machine.moves if move.target in ending}
    assert reached == ending == set(machine.states)
    assert machine.first not in machine.final


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_final_states_stay(machine: Machine) -> None:
    assert not any(machine.allows(state, event) for state in machine.final for event in EVENTS)


def test_a_move_that_stands_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice"):
        Machine("thing", "物", "a", (Move("a", "go", "b", "once"), Move("a", "go", "c", "again")))


def test_the_columns_accept_the_states_and_no_others() -> None:
    assert SESSION.check() == "state IN ('open', 'wrapping', 'closed')"


def test_the_document_is_fresh() -> None:
    answer = CliRunner().invoke(app, ["states"])
    assert answer.exit_code == 0
    assert answer.output == DOCUMENT.read_text(encoding="utf-8"), "run: cloudwindow states > docs/states.md"
