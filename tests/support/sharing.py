"""How the processes of a run share its tests: whole files, the journeys last and all by one.

A file stays together because its tests share what is dear to set up. Journeys hold several video calls at once and must
have the machine to themselves as far as that goes: when they begin, the other process is at its last file.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys"


class Sharing(LoadScopeScheduling):  # type: ignore[misc]  # comes without types
    """Gives out one file after the other in the order in which they were found."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(f"{JOURNEYS}/") else nodeid.split("::", 1)[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Sharing:
    """Called by xdist where several processes run."""
    config.option.loadscopereorder = False
    return Sharing(config, log)
