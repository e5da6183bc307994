"""A Cloud Window as it runs in earnest, for measuring: its own durable PostgreSQL, one server process."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import asyncpg

from cloudwindow.foundation.postgres import EmbeddedPostgres

START_SECONDS = 90.0


# All of it comes from one address and a few phones; the limits are counted as ever, and never reached.
_LIFT_LIMITS = """
    INSERT INTO parameter (key, scope_kind, scope_key, value, unit, source, valid_from)
    SELECT key, scope_kind, scope_key, '1000000000', unit, 'bench', app_now() FROM parameter WHERE key LIKE 'limits.%'
"""


async def lift_limits(connection: asyncpg.Connection) -> None:
    """Raise every limit, as an operator may."""
    await connection.execute(_LIFT_LIMITS)


@dataclass(frozen=True)
class House:
    """A running product: where it answers, its database, its data folder, its server process."""

    port: int
    database_url: str
    folder: Path
    pid: int

    @property
    def url(self) -> str:
        """Where browsers find it."""
        return f"http://localhost:{self.port}"


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def temporary_folder() -> Path:
    """A short new folder that root's unprivileged database user can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="cw-", dir="/var/tmp"))
    folder.chmod(0o711)
    return folder


@asynccontextmanager
async def process(*command: str, ready: str, environment: dict[str, str], log: Path) -> AsyncIterator[int]:
    """Run a server until it answers at `ready`, and end it afterwards. Gives its process id.

    Raises:
        RuntimeError: it ended before it answered.
    """
    with log.open("ab") as out:
        child = subprocess.Popen(command, env=os.environ | environment, stdout=out, stderr=out)  # noqa: ASYNC220, S603  our own programs
    try:
        end = time.monotonic() + START_SECONDS
        while not await asyncio.to_thread(_answers, ready):
            if child.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"it did not start: {' '.join(command)}, see {log}")
            await asyncio.sleep(0.05)
        yield child.pid
    finally:
        child.terminate()
        await asyncio.to_thread(child.wait, 30)


@asynccontextmanager
async def open_house(**environment: str) -> AsyncIterator[House]:
    """Start PostgreSQL with the settings of production and one server process with the demonstration city."""
    folder = temporary_folder()
    postgres = EmbeddedPostgres(folder)
    try:
        url = await asyncio.to_thread(postgres.start)
        port = free_port()
        settings = {
            "CLOUDWINDOW_DATA": str(folder),
            "CLOUDWINDOW_PORT": str(port),
            "CLOUDWINDOW_LOG_LEVEL": "warning",
            "DATABASE_URL": url,
        }
        command = (sys.executable, "-m", "cloudwindow.cli", "serve")
        ready = f"http://127.0.0.1:{port}/readyz"
        log = folder / "bench.log"
        async with process(*command, ready=ready, environment=settings | environment, log=log) as pid:
            yield House(port, url, folder, pid)
    finally:
        await asyncio.to_thread(postgres.stop)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  our own server
            return bool(response.status < 500)
    except URLError as error:
        return getattr(error, "code", None) == 404  # the floor has no page there, but it answers
    except OSError:
        return False
