"""A Cloud Window as it runs in earnest, for measuring: its own durable PostgreSQL, one server process."""

import asyncio
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from cloudwindow.foundation.postgres import EmbeddedPostgres

START_SECONDS = 90.0
SERVE = (sys.executable, "-m", "cloudwindow.cli", "serve")


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
    """Run a server until it answers at `ready`, and end it afterwards; gives its process number.

    Raises:
        RuntimeError: it ended before it answered.
    """
    with log.open("ab") as out:
        child = subprocess.Popen(command, env=os.environ | environment, stdout=out, stderr=out)  # noqa: ASYNC220, S603  our own programs
    try:
        end = time.monotonic() + START_SECONDS
        while not await asyncio.to_thread(answers, ready):
            if child.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"it did not start: {' '.join(command)}, see {log}")
            await asyncio.sleep(0.05)
        yield child.pid
    finally:
        child.terminate()
        await asyncio.to_thread(child.wait, 30)


@asynccontextmanager
async def open_house(options: Mapping[str, str] | None = None) -> AsyncIterator[House]:
    """Start PostgreSQL with the settings of production and one server process with the demonstration city.

    `options` are further settings of PostgreSQL.
    """
    folder = temporary_folder()
    postgres = EmbeddedPostgres(folder, options)
    try:
        url = await asyncio.to_thread(postgres.start)
        async with open_process(folder, url) as house:
            yield house
    finally:
        await asyncio.to_thread(postgres.stop)
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def open_process(folder: Path, url: str) -> AsyncIterator[House]:
    """Run one server process, or one more, on a data folder and a database."""
    port = free_port()
    settings = settings_of(folder, port) | {"DATABASE_URL": url}
    ready = f"http://127.0.0.1:{port}/readyz"
    async with process(*SERVE, ready=ready, environment=settings, log=folder / "bench.log") as pid:
        yield House(port, url, folder, pid)


def settings_of(folder: Path, port: int) -> dict[str, str]:
    """What every server process here is told."""
    return {"CLOUDWINDOW_DATA": str(folder), "CLOUDWINDOW_PORT": str(port), "CLOUDWINDOW_LOG_LEVEL": "warning"}


def more_files() -> None:
    """Let this process and its children open as many files as the machine allows: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def answers(url: str) -> bool:
    """Whether a server answers at an address, and not with a fault."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  our own server
            return bool(response.status < 500)
    except URLError as error:
        return getattr(error, "code", None) == 404  # the floor has no page there, but it answers
    except OSError:
        return False
