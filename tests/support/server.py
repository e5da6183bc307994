"""A real server process on a database of its own: what a kill, a reload and two processes are tested against."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.city import City, open_city, write_keys
from tests.support.cluster import Cluster

START_SECONDS = 30
LOOK_EVERY = 0.05


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Server:
    """One `cloudwindow serve` in test mode; `kill` is SIGKILL, `start` may be called again on the same port."""

    def __init__(self, city: City, folder: Path, environment: dict[str, str], port: int | None = None) -> None:
        self.city = city
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.authority = folder / "tls" / "authority.crt"
        self.folder = folder
        self.environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start and wait until requests are answered."""
        environment = os.environ | {
            "CLOUDWINDOW_DATA": str(self.folder),
            "CLOUDWINDOW_PORT": str(self.port),
            "CLOUDWINDOW_MODE": "test",
            "CLOUDWINDOW_LOG_LEVEL": "warning",
            "DATABASE_URL": self.city.url,
            **self.environment,
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  it is waited for below
                [sys.executable, "-m", "cloudwindow.cli", "serve"], env=environment, stdout=log, stderr=log
            )
        async with httpx.AsyncClient() as client, asyncio.timeout(START_SECONDS):
            while not await self._answers(client):
                if self._process.poll() is not None:
                    raise RuntimeError(self.log())
                await asyncio.sleep(LOOK_EVERY)

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.url}/readyz")).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """Kill it as the kernel would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop in order."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=15)
            self._process = None

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    async def wait_dead(self, seconds: float = 15) -> int:
        """Wait for it to die by itself, such as at a failpoint; returns the exit code. Raises `TimeoutError`."""
        assert self._process is not None
        try:
            code = await asyncio.to_thread(self._process.wait, seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError from None
        self._process = None
        return code

    def log(self) -> str:
        """Return what it has written so far."""
        return (self.folder / "log").read_text(encoding="utf-8")


@asynccontextmanager
async def open_server(city: City, **environment: str) -> AsyncIterator[Server]:
    """Run a server on a city and stop it afterwards."""
    with tempfile.TemporaryDirectory(prefix="cw-server-") as name:
        folder = Path(name)
        write_keys(folder / "keys")
        server = Server(city, folder, environment)
        await server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture
async def server(cluster: Cluster) -> AsyncIterator[Server]:
    """A server on a demonstration city of this test's own."""
    async with open_city(cluster) as city, open_server(city) as opened:
        yield opened


@pytest.fixture(scope="module")
async def shared_server(cluster: Cluster) -> AsyncIterator[Server]:
    """One server for all tests of a module."""
    async with open_city(cluster) as city, open_server(city) as opened:
        yield opened
