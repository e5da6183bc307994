"""The one PostgreSQL behind everything: engine, typed base of all tables, sessions."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import ARRAY, BigInteger, Date, LargeBinary, MetaData, Text, TypeDecorator, Uuid, event
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import NullPool, QueuePool
from sqlalchemy.types import UserDefinedType

from cloudwindow.foundation.gathering import Answer, Ask, Gatherings, Question
from cloudwindow.foundation.leases import Lease, Leases
from cloudwindow.foundation.slow import SlowQueries

GATHERING_CONNECTIONS = 3
"""Kept for reads that gather. Each kind runs one statement at a time, so that few connections serve many requests."""

ALONE = 4
"""Connections outside the pools: to listen, to notify, to keep keys, and for a scrape of the metrics."""

_DRIVER = "driver"
"""Where a session keeps the driver's connection under it."""


class Ltree(UserDefinedType[str]):
    """PostgreSQL's label tree, carried as its text; see `organisation.path` and `region.path`."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the column type as PostgreSQL writes it."""
        return "LTREE"


class StringArray(TypeDecorator[list[str]]):
    """A `text[]` that Python sees as a list of strings."""

    impl = ARRAY(Text)
    cache_ok = True


class Base(DeclarativeBase):
    """Base of every table. Instants are `timestamptz` in UTC; keys are UUIDv7."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  SQLAlchemy reads this class attribute itself
        str: Text,
        int: BigInteger,
        bytes: LargeBinary,
        datetime: TIMESTAMP(timezone=True),
        date: Date,
        UUID: Uuid,
        list[str]: StringArray,
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
    }


def connections_of_a_process(pool_size: int) -> int:
    """Return how many connections one process opens at most."""
    return 2 * pool_size + GATHERING_CONNECTIONS + ALONE


class Use(NamedTuple):
    """How many connections of a pool are in use, and how many there may be."""

    used: int
    limit: int


class Database:
    """Connections to one PostgreSQL database, shared by all requests of a process: `pool_size` each to read and to act.

    `url` is a libpq-style address such as `postgresql://user@/name?host=/socket/folder`. Connections run in the
    deployment's time zone, so that `app_now()::date` is its today; instants stay UTC. Statements that take
    `slow_query_ms` or longer are logged (`slow`).
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 20,
        application_name: str = "cloudwindow",
        time_zone: str = "Asia/Shanghai",
        slow_query_ms: int = 0,
    ) -> None:
        self.url = url
        self._name = application_name
        self.zone = ZoneInfo(time_zone)
        server = {"application_name": application_name, "timezone": time_zone}
        # Our statements look rows up by key: one plan serves all values, and planning takes longer than running.
        # A plan made while a table was still empty would read all of it later on, so what has an index uses it.
        server["plan_cache_mode"], server["enable_seqscan"] = "force_generic_plan", "off"
        # An error that is logged must not carry what people typed. Transactions are begun on the driver, see below.
        how: dict[str, Any] = {"hide_parameters": True, "isolation_level": "AUTOCOMMIT"}
        self._slow = SlowQueries(slow_query_ms)
        how["connect_args"] = {"server_settings": server, "connection_class": self._slow.connection_class()}
        # No overflow: a connection that is closed after use costs ten times what it is used for.
        self.engine: AsyncEngine = create_async_engine(sqlalchemy_url(url), pool_size=pool_size, max_overflow=0, **how)
        lent = create_async_engine(sqlalchemy_url(url), poolclass=NullPool, **how)
        for engine in (self.engine, lent):
            event.listen(engine.sync_engine, "connect", _teach_ltree)
            event.listen(engine.sync_engine, "checkout", _check_alive)
            self._slow.watch_engine(engine.sync_engine)
        self._leases = Leases(lent, pool_size)
        self._gathering_leases = Leases(lent, GATHERING_CONNECTIONS)
        self._gatherings = Gatherings(self._gathering_leases)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a session for reads only: no transaction is begun, each statement sees what is committed."""
        async with AsyncSession(self.engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    async def gathered(self, ask: Ask[Question, Answer], question: Question) -> Answer | None:
        """Answer a question together with others of its kind, from what is committed now; see `gathering`."""
        return await self._gatherings.answer(ask, question)

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[asyncpg.Connection]:
        """Lend the driver's connection outside any transaction, for a statement that is one by itself."""
        async with self._leases.lend() as lease:
            yield lease.driver

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a session in one transaction (READ COMMITTED); it commits at the end, or rolls back on an error."""
        async with self.work() as work:
            yield work.session

    @asynccontextmanager
    async def work(self) -> AsyncIterator["Work"]:
        """Begin one transaction as `transaction` does; its session is made only if somebody asks for it."""
        async with self._leases.lend() as lease, lease.driver.transaction():
            work = Work(lease)
            try:
                yield work
            finally:
                await work.close()

    def use(self) -> dict[str, Use]:
        """Return how busy each pool is: reads, actions, and reads that gather."""
        pool = self.engine.pool
        reads = Use(pool.checkedout(), pool.size()) if isinstance(pool, QueuePool) else Use(0, 0)
        leases = {"actions": self._leases, "gathering": self._gathering_leases}
        return {"reads": reads} | {name: Use(lent.used, lent.limit) for name, lent in leases.items()}

    async def connect_alone(self) -> asyncpg.Connection:
        """Open a connection outside the pools, for what belongs to a connection: LISTEN, locks."""
        named = {"application_name": self._name}
        return await asyncpg.connect(self.url, connection_class=self._slow.connection_class(), server_settings=named)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self._gatherings.close()
        await self._leases.close()
        await self.engine.dispose()


class Work:
    """One transaction: the driver's connection, and a session on the same."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._session: AsyncSession | None = None
        self.driver = lease.driver

    @property
    def session(self) -> AsyncSession:
        """The session of this transaction."""
        if self._session is None:
            about = {_DRIVER: self.driver}
            self._session = AsyncSession(self._lease.connection, autoflush=False, expire_on_commit=False, info=about)
        return self._session

    async def close(self) -> None:
        """Let go of the session before the transaction ends."""
        if self._session is not None:
            await self._session.close()


async def driver_of(session: AsyncSession) -> asyncpg.Connection:
    """Return the asyncpg connection under a session, for the statements that are hot."""
    driver: asyncpg.Connection | None = session.info.get(_DRIVER)
    if driver is None:
        connection = await session.connection()
        driver = session.info[_DRIVER] = (await connection.get_raw_connection()).driver_connection
    return driver


def _check_alive(dbapi_connection: Any, _record: object, _proxy: object) -> None:
    """Let the pool replace a connection that was lost while nobody used it, or by the driver's own statements."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


def sqlalchemy_url(url: str) -> str:
    """Name the asyncpg driver in a libpq-style address."""
    scheme, rest = url.split("://", 1)
    if scheme not in {"postgres", "postgresql", "postgresql+asyncpg"}:
        msg = f"not a PostgreSQL address: {scheme}://…"
        raise ValueError(msg)
    return f"postgresql+asyncpg://{rest}"


def _teach_ltree(dbapi_connection: Any, _record: object) -> None:
    """Let asyncpg carry `ltree` as text; it has no codec of its own for extension types."""

    async def teach(connection: asyncpg.Connection) -> None:
        known = await connection.fetchval("SELECT 1 FROM pg_type WHERE typname = 'ltree'")
        if known:
            await connection.set_type_codec("ltree", schema="public", encoder=str, decoder=str, format="text")

    dbapi_connection.run_async(teach)
