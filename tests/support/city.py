"""The demonstration city in a database of the test's own, cloned from one that is loaded once per run."""

import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import insert, text

from cloudwindow import demonstration
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.keyring import Generation, names
from cloudwindow.foundation.migrations import upgrade
from cloudwindow.foundation.models import Parameter
from cloudwindow.organisation import OPEN_ALL_HOURS
from tests.support.cluster import Cluster

PASSWORD = "a-test-password"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""A hash says itself what checking it costs; the real cost is a quarter of a second for each who signs in."""

KEYS = Keys.of(os.urandom(32), os.urandom(32))
ZONE = ZoneInfo("Asia/Shanghai")

CITY = "411000000000"
WEIDU = "411002000000"
JIANAN_VILLAGE = "411003106219"


def write_keys(folder: Path, generations: Iterable[Generation] = KEYS.ring.generations()) -> None:
    """Put keys, those of every city unless others are given, into a folder of keys."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in generations:
        for name, key in zip(names(one.number), (one.field, one.blind), strict=True):
            if key is not None:
                (folder / name).write_bytes(key)
                (folder / name).chmod(0o600)


@dataclass(frozen=True)
class City:
    """A loaded demonstration city; everybody's password is `PASSWORD`."""

    url: str
    database: Database
    keys: Keys

    async def move_to(self, moment: datetime) -> None:
        """Set the test clock so that `app_now()` is `moment` from now on (model §5)."""
        async with self.database.transaction() as session:
            await session.execute(
                text("UPDATE test_clock SET shift = cast(:moment AS timestamptz) - clock_timestamp()"),
                {"moment": moment},
            )

    async def keep_hours(self) -> None:
        """Switch 全天开放 off, as tests of hours and queues want it."""
        await self.set_parameter(OPEN_ALL_HOURS, value=False)

    async def set_parameter(self, key: str, value: object) -> None:
        """Give a parameter another value from now on."""
        async with self.database.transaction() as session:
            now = await session.scalar(text("SELECT app_now()"))
            await session.execute(
                insert(Parameter).values(key=key, value=value, unit="a test's", source="a test", valid_from=now)
            )


async def build(url: str) -> None:
    """Migrate an empty database in test mode and load the city."""
    await upgrade(url, "test", KEYS)
    database = Database(url, pool_size=1)
    try:
        await demonstration.load(database, KEYS, PASSWORD, ZONE)
    finally:
        await database.close()


async def _hash_cheaply(url: str) -> None:
    connection = await asyncpg.connect(url)
    hashed = CHEAP.hash(PASSWORD)
    await connection.execute("UPDATE staff SET password_hash = $1 WHERE password_hash IS NOT NULL", hashed)
    await connection.close()


@asynccontextmanager
async def open_city(cluster: Cluster, *, as_loaded: bool = False) -> AsyncIterator[City]:
    """Give out a city of one's own and drop it afterwards; `as_loaded`: with passwords hashed at their real cost."""
    template = await cluster.template("template_loaded", build)
    if not as_loaded:
        template = await cluster.template("template_city", _hash_cheaply, template)
    url = await cluster.create_database(template)
    database = Database(url, pool_size=5)
    try:
        yield City(url, database, KEYS)
    finally:
        await database.close()
        await cluster.drop_database(url)


@pytest.fixture
async def city(cluster: Cluster) -> AsyncIterator[City]:
    """A loaded demonstration city of this test's own."""
    async with open_city(cluster) as opened:
        yield opened


@pytest.fixture(scope="module")
async def read_only_city(cluster: Cluster) -> AsyncIterator[City]:
    """One loaded city for all tests of a module that only read."""
    async with open_city(cluster) as opened:
        yield opened
