"""One real PostgreSQL for a whole test run, and a database of its own for whoever asks.

``cluster`` starts it once per session. ``await cluster.template(name, build)`` runs `build` on an empty
database once; ``await cluster.create_database(name)`` clones that within milliseconds.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from cloudwindow.foundation import migrations
from cloudwindow.foundation.postgres import EmbeddedPostgres

# A lost test database is no loss, so nothing waits for the disk.
OPTIONS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "300"} | {
    "file_copy_method": "clone"  # the kernel copies a template's files, or only notes where they lie
}


class Cluster:
    """A running server; databases are clones of templates that were built once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._numbers = count(1)
        self._templates: set[str] = set()
        # Two clones of one template at once refuse each other.
        self._one_at_a_time = asyncio.Lock()

    def url_of(self, name: str) -> str:
        """The URL of another database of this server."""
        parts = urlsplit(self.url)
        return urlunsplit(parts._replace(path=f"/{name}"))

    async def template(self, name: str, build: Callable[[str], Awaitable[None]], beginning: str = "template1") -> str:
        """Make the template `name` by running `build` on an empty database, or on a clone, once; returns the name."""
        async with self._one_at_a_time:
            if name not in self._templates:
                await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{beginning}" STRATEGY FILE_COPY')
                await build(self.url_of(name))
                self._templates.add(name)
        return name

    async def create_database(self, template: str = "template1") -> str:
        """Clone a template; returns the URL of the new database. Connections to the template are ended."""
        name = f"test_{next(self._numbers)}"
        async with self._one_at_a_time:
            await self._execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'",  # noqa: S608 - our own names
                f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY',
            )
        return self.url_of(name)

    async def drop_database(self, url: str) -> None:
        """Drop a database with whatever is still connected to it."""
        await self._execute(f'DROP DATABASE IF EXISTS "{urlsplit(url).path[1:]}" WITH (FORCE)')

    async def _execute(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def temporary_folder() -> Path:
    """A short new folder that root's unprivileged database user can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="cw-", dir="/var/tmp"))
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The server of this test run."""
    folder = temporary_folder()
    postgres = EmbeddedPostgres(folder, OPTIONS)
    try:
        yield Cluster(postgres.start())
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


async def _migrate(url: str) -> None:
    await migrations.upgrade(url, "test")


@pytest.fixture
async def database_url(cluster: Cluster) -> AsyncIterator[str]:
    """A database of this test's own: migrated, in test mode, without demonstration data."""
    url = await cluster.create_database(await cluster.template("template_migrated", _migrate))
    yield url
    await cluster.drop_database(url)
