"""Loading the demonstration city into real PostgreSQL."""

import json
import os
import time
from datetime import datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from cloudwindow import demonstration
from cloudwindow.catalogue import Implementation, Item
from cloudwindow.demonstration import loader
from cloudwindow.foundation import parameters
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.models import AuditRow
from cloudwindow.organisation import OPEN_ALL_HOURS, Organisation, Region, Site
from cloudwindow.people import Presence, Staff
from tests.support.city import PASSWORD, ZONE, City

KEYS = Keys.of(os.urandom(32), os.urandom(32))
FAST = 5.0  # seconds; a tenth of that on an idle machine


async def test_an_empty_database_is_filled_once_and_fast(database_url: str) -> None:
    database = Database(database_url, pool_size=2)
    try:
        assert await demonstration.is_empty(database)
        began = time.monotonic()
        summary = await demonstration.load(database, KEYS, "secret", ZONE)
        assert time.monotonic() - began < FAST
        assert not await demonstration.is_empty(database)
        assert summary.rows["implementation"] == 28
        async with database.reading() as session:
            for table, rows in summary.rows.items():
                counted = await session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608  our own names
                assert counted is not None
                assert counted >= rows > 0, table
        with pytest.raises(IntegrityError):
            await demonstration.load(database, KEYS, "secret", ZONE)
    finally:
        await database.close()


async def test_a_fault_on_the_way_leaves_nothing_behind(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    last_row = loader._open_at_all_hours
    monkeypatch.setattr(loader, "_open_at_all_hours", lambda now: {**last_row(now), "unit": None})
    database = Database(database_url, pool_size=2)
    try:
        with pytest.raises(IntegrityError):
            await demonstration.load(database, KEYS, "secret", ZONE)
        assert await demonstration.is_empty(database)
        async with database.reading() as session:
            assert await session.scalar(select(func.count()).select_from(Staff)) == 0  # scope: a test counts
    finally:
        await database.close()


async def test_the_load_is_on_record_without_personal_data(city: City) -> None:
    async with city.database.reading() as session:
        rows = (await session.execute(select(AuditRow).where(AuditRow.action == "demonstration.load"))).scalars().all()
    assert [row.actor_kind for row in rows] == ["system"]
    assert json.loads(rows[0].body)["new"]["loaded"]["staff"] == 80


async def test_everything_opens_at_all_hours(city: City) -> None:
    async with city.database.reading() as session:
        assert await parameters.get(session, OPEN_ALL_HOURS) is True


async def test_everybody_has_the_one_password_hashed_once(city: City) -> None:
    async with city.database.reading() as session:
        hashes = set(await session.scalars(select(Staff.password_hash)))  # scope: a test looks at all
    assert len(hashes) == 1
    stored = hashes.pop()
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert PasswordHasher().verify(stored, PASSWORD)


async def test_personal_fields_open_only_with_the_keys_in_their_row(city: City) -> None:
    async with city.database.reading() as session:
        people = (await session.execute(select(Staff))).scalars().all()  # scope: a test looks at all
    for person in people:
        phone = city.keys.decrypt("staff", "phone", person.id, person.phone_cipher)
        assert phone.startswith("1990000")
        assert city.keys.blind("phone", phone) == person.phone_blind
        assert city.keys.decrypt("staff", "id_number", person.id, person.id_number_cipher).startswith("411099")


async def test_trees_are_trees(city: City) -> None:
    async with city.database.reading() as session:
        lost = await session.scalar(
            text(
                "SELECT count(*) FROM organisation o JOIN organisation p ON p.id = o.parent_id"
                " WHERE subpath(o.path, 0, -1) <> p.path"
            )
        )
        below = await session.scalars(
            select(Organisation.key)
            .where(Organisation.path.op("<@")("authority_411000.centre_411081"))
            .order_by(Organisation.key)
        )
        villages = await session.scalar(
            select(func.count()).select_from(Region).where(Region.path.op("<@")("411000000000.411003000000"))
        )
    assert lost == 0
    assert "hrss-411081" in list(below)
    assert villages is not None
    assert villages > 20


async def test_dates_are_seen_from_the_day_of_loading(city: City) -> None:
    async with city.database.reading() as session:
        now: datetime | None = await session.scalar(text("SELECT app_now()"))
        valid_to = await session.scalar(
            select(Staff.certificate_valid_to).where(Staff.account == "chenxiaona")  # scope: a test looks at one
        )
        inspected = await session.scalar(select(Site.inspected_on).where(Site.key == "site-411000"))
    assert now is not None
    assert valid_to is not None
    assert inspected is not None
    today = now.astimezone(ZONE).date()
    assert (valid_to - today).days == 32
    assert (today - inspected).days == 258


async def test_members_can_reach_the_items_of_their_desks(city: City) -> None:
    """Each desk has somebody active whose role, scope and lines let them coach each of its items."""
    async with city.database.reading() as session:
        without = await session.execute(
            text(
                """
                SELECT d.key, i.key FROM desk d
                JOIN desk_item di ON di.desk_id = d.id JOIN item i ON i.id = di.item_id
                JOIN organisation o ON o.id = d.organisation_id
                WHERE NOT EXISTS (
                    SELECT FROM desk_member m JOIN staff s ON s.id = m.staff_id
                    JOIN role_grant g ON g.staff_id = s.id
                    JOIN organisation scope ON scope.id = g.scope_organisation_id
                    WHERE m.desk_id = d.id AND s.status = 'active' AND g.role IN ('agent', 'acceptor')
                      AND scope.path @> o.path AND (g.lines IS NULL OR i.line = ANY (g.lines)))
                """  # scope: a test looks at all
            )
        )
    assert without.all() == []


async def test_presence_waits_for_people_to_come(city: City) -> None:
    async with city.database.reading() as session:
        wanted = set(await session.scalars(select(Presence.wanted)))  # scope: a test looks at all
    assert wanted == {"off"}


async def test_guides_have_no_task_code_and_belong_to_the_city(city: City) -> None:
    async with city.database.reading() as session:
        found = await session.execute(
            select(Item.key, Organisation.key)
            .join(Implementation, Implementation.item_id == Item.id)
            .join(Organisation, Organisation.id == Implementation.organisation_id)
            .where(Implementation.task_code.is_(None))
            .order_by(Item.key)
        )
    assert [tuple(row) for row in found] == [
        ("B01", "market-411000"),
        ("P01", "hrss-411000"),
        ("P04", "hrss-411000"),
        ("P18", "police-411000"),
    ]
