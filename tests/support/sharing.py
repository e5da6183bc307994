"""How the processes of a run share its tests: whole files, the journeys first and all by one, the smallest last.

A file stays together because its tests share what is dear to set up. Journeys take minutes, and begun last they would
leave every other process without work. The files of tests/unit take a second or two each: whoever is done early has
something to do, and all end together.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys"
TURNS = (JOURNEYS, "tests/integration", "")


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # comes without types
    """Gives out the suites by their turn, and the files of each in the order in which they were found."""

    def _assign_work_unit(self, node: object) -> None:
        """Give out the longest of what is left: `min` takes the first among equals."""
        self.workqueue.move_to_end(min(self.workqueue, key=_turn), last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(f"{JOURNEYS}/") else nodeid.split("::", 1)[0]


def _turn(scope: str) -> int:
    return next(turn for turn, suite in enumerate(TURNS) if scope.startswith(suite))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Sharing:
    """Called by xdist where several processes run."""
    config.option.loadscopereorder = False
    return Sharing(config, log)
