"""Which row of a parameter counts: the nearest scope, then the latest that is in force."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from cloudwindow.foundation import parameters
from cloudwindow.foundation.parameters import definitions, seed
from tests.support.house import House

KEY = "dispatch.ring_seconds"


async def _add(house: House, value: int, kind: str = "all", key: str = "", *, hours: int = 0) -> None:
    moment = await house.now() + timedelta(hours=hours)
    await house.change(
        "INSERT INTO parameter VALUES (:k, :kind, :scope, to_jsonb(CAST(:v AS int)), 's', 'a test', :at)",
        k=KEY,
        kind=kind,
        scope=key,
        v=value,
        at=moment,
    )


async def _value(house: House, region: str | None = None, desk: str | None = None) -> int:
    async with house.database.reading() as session:
        found: int = await parameters.get(session, KEY, region=region, desk=desk)
    return found


async def test_the_nearest_scope_counts(house: House) -> None:
    await _add(house, 30, "region", "411002000000")
    await _add(house, 40, "desk", "desk-411002-social")
    assert await _value(house) == 20
    assert await _value(house, region="411002000000") == 30
    assert await _value(house, region="411002000000", desk="desk-411002-social") == 40
    assert await _value(house, desk="desk-411000-social") == 20


async def test_the_latest_row_in_force_counts(house: House) -> None:
    await _add(house, 25, hours=-1)
    assert await _value(house) == 25
    await _add(house, 26, hours=1)
    assert await _value(house) == 25
    await house.move(3600)
    assert await _value(house) == 26


async def test_what_an_office_decided_is_used_at_once(house: House) -> None:
    clerk = await house.clerk()
    await _add(house, 33)
    await house.waiting()
    ring = await house.ring_of(clerk)
    assert (ring.expires_at - ring.offered_at).total_seconds() == 33


async def test_migrating_again_keeps_what_was_decided(house: House) -> None:
    await house.change("UPDATE parameter SET value = '21' WHERE key = :k", k=KEY)
    async with house.database.transaction() as session:
        await seed(session)
    assert await _value(house) == 21
    async with house.database.reading() as session:
        keys = list(await session.scalars(text("SELECT DISTINCT key FROM parameter")))
    assert {definition.key for definition in definitions()} <= set(keys)


async def test_a_parameter_that_nobody_defined_is_a_mistake(house: House) -> None:
    async with house.database.reading() as session:
        with pytest.raises(KeyError):
            await parameters.get(session, "no.such.key")
