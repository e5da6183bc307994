"""An open live line is closed when the login ends or the rights change (invariant 4)."""

import pytest

from cloudwindow.foundation.authentication import Actor
from cloudwindow.people import unchanged
from tests.support.house import House


async def _still(house: House, actor: Actor) -> bool:
    async with house.database.reading() as session:
        return actor.login_id in await unchanged(session, [actor])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE login SET ended_at = app_now()",
        "UPDATE login SET expires_at = app_now()",
        "UPDATE staff SET status = 'suspended' WHERE account = 'zhangyanli'",
        "DELETE FROM role_grant WHERE staff_id = (SELECT id FROM staff WHERE account = 'zhangyanli')",
        "UPDATE role_grant SET lines = '{civil}' WHERE staff_id = (SELECT id FROM staff WHERE account = 'zhangyanli')",
    ],
)
async def test_a_clerks_line_ends_with_a_change(house: House, change: str) -> None:
    clerk = await house.clerk("zhangyanli")
    assert await _still(house, clerk)
    await house.change(change)
    assert not await _still(house, clerk)


async def test_a_citizens_line_ends_with_the_login(house: House) -> None:
    citizen = await house.citizen()
    assert await _still(house, citizen)
    await house.change("UPDATE login SET ended_at = app_now()")
    assert not await _still(house, citizen)
