"""The world of the matrix again, with nothing in the way of many requests."""

import pytest
from argon2 import PasswordHasher

from cloudwindow.foundation import live_polling
from cloudwindow.people import passwords
from cloudwindow.people.parameters import FAILURES_BEFORE_LOCK
from tests.integration.scope.conftest import world
from tests.integration.scope.matrix import STAGES
from tests.integration.scope.world import World
from tests.integration.strangers.door import Door

__all__ = ["world"]

_OPEN = f"UPDATE parameter SET value = '1000000' WHERE key = '{FAILURES_BEFORE_LOCK}';" + "".join(  # noqa: S608  our own names
    f"UPDATE {schema}.login SET used_at = used_at + interval '1 day' WHERE used_at IS NOT NULL;"  # noqa: S608  our own names
    for schema in ("public", *(f"stage_{stage}" for stage in STAGES))
)
"""No account is locked by guesses; the use of a login was noted just now, so that no request notes it again."""


@pytest.fixture(scope="module")
async def door(world: World) -> Door:
    """The door of the world."""
    await world.run(_OPEN)
    return Door(world)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of guesses would take a quarter of an hour at the real cost."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", cheap)
    monkeypatch.setattr(passwords, "_DUMMY", cheap.hash("nobody"))


@pytest.fixture(autouse=True)
def short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for news that do not come."""
    monkeypatch.setattr(live_polling, "HANG_SECONDS", 0.01)
