"""State machines as tables: the code checks them, the documents and the tests are generated from them (model §3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from cloudwindow.foundation.errors import Problem


class Move(NamedTuple):
    """In `source`, `event` leads to `target`; `meaning` is what happened, for the generated document."""

    source: str
    event: str
    target: str
    meaning: str


@dataclass(frozen=True)
class Machine:
    """One thing's states. `first` is the state it is made in; `final` are the ones nothing leaves."""

    name: str
    term: str
    first: str
    moves: tuple[Move, ...]
    _table: dict[tuple[str, str], str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the moves; a repeated (state, event) is a mistake in the table."""
        table = {(move.source, move.event): move.target for move in self.moves}
        if len(table) != len(self.moves):
            msg = f"{self.name}: a move stands twice"
            raise ValueError(msg)
        object.__setattr__(self, "_table", table)

    def after(self, state: str, event: str) -> str:
        """Return the next state. Raises the problem `wrong_state` when the move does not exist."""
        try:
            return self._table[state, event]
        except KeyError:
            raise Problem("wrong_state", thing=self.name, state=state, event=event) from None

    def allows(self, state: str, event: str) -> bool:
        """Say whether `event` may happen in `state`."""
        return (state, event) in self._table

    @property
    def states(self) -> list[str]:
        """Every state, the first one first, in the order of the table."""
        seen: dict[str, None] = {self.first: None}
        for move in self.moves:
            seen[move.source] = None
            seen[move.target] = None
        return list(seen)

    def check(self, column: str = "state") -> str:
        """Return the SQL condition that a column holds one of the states."""
        return f"{column} IN ({', '.join(repr(state) for state in self.states)})"

    @property
    def final(self) -> list[str]:
        """The states that nothing leaves."""
        left = {move.source for move in self.moves}
        return [state for state in self.states if state not in left]


def markdown(machines: Iterable[Machine]) -> str:
    """Render machines for `docs/states.md`."""
    parts = ["# States\n\nGenerated from the code by `cloudwindow states`; a test fails when it is stale.\n"]
    for machine in machines:
        parts.append(f"\n## {machine.name} {machine.term}\n\nStarts as `{machine.first}`; ends as ")
        parts.append(", ".join(f"`{state}`" for state in machine.final) or "—")
        parts.append(".\n\n| In | on | to | meaning |\n|---|---|---|---|\n")
        parts.extend(f"| {m.source} | {m.event} | {m.target} | {m.meaning} |\n" for m in machine.moves)
    return "".join(parts)
