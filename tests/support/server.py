"""Real server and worker processes on a city of their own: what kills, reloads and two processes are tested with."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.city import City, open_city, write_keys
from tests.support.cluster import Cluster

START_SECONDS = 90  # on a machine that is busy with other things too
LOOK_EVERY = 0.05
AT_WORK = "The worker is at work.\n"
USUAL_TRUST = httpx.create_ssl_context()
"""What every client would read anew from the disk, for longer than its first requests take."""


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Program:
    """One of our programs in test mode on a city; `kill` is SIGKILL, and it may be started again."""

    def __init__(self, city: City, folder: Path, environment: dict[str, str]) -> None:
        self.city = city
        self.folder = folder
        self.environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def _launch(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        settings = {
            "CLOUDWINDOW_DATA": str(self.folder),
            "CLOUDWINDOW_MODE": "test",
            "CLOUDWINDOW_LOG_LEVEL": "warning",
            "DATABASE_URL": self.city.url,
        }
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  our own, waited for below
                [sys.executable, "-m", *command],
                env=os.environ | settings | environment | self.environment,
                stdout=log,
                stderr=log,
            )
        return self._process

    async def _until(self, ready: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(START_SECONDS):
            while not await ready():
                if not self.alive:
                    raise RuntimeError(self.log())
                await asyncio.sleep(LOOK_EVERY)

    def kill(self) -> None:
        """Kill it as the kernel would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """Ask it to stop in order; returns its exit code, None when it was not there."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int | None:
        if self._process is None:
            return None
        process, self._process = self._process, None
        process.send_signal(how)
        return process.wait(timeout=15)

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


class Server(Program):
    """One `cloudwindow serve`; it starts again on the same port."""

    def __init__(self, city: City, folder: Path, environment: dict[str, str], port: int | None = None) -> None:
        super().__init__(city, folder, environment)
        self.port = port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.authority = folder / "tls" / "authority.crt"

    async def start(self) -> None:
        """Start and wait until requests are answered."""
        self._launch("cloudwindow.cli", "serve", CLOUDWINDOW_PORT=str(self.port))
        async with httpx.AsyncClient(verify=USUAL_TRUST) as client:
            await self._until(lambda: self._answers(client))

    async def _answers(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"{self.url}/readyz")).status_code == 200
        except httpx.HTTPError:
            return False


class Worker(Program):
    """One `cloudwindow worker`; it has no interface, so a place where it is to die is told to it at its start."""

    def launch(self, dies_at: str = "") -> None:
        """Start, without waiting for what becomes of it."""
        self._launch("tests.support.worker", dies_at)

    async def start(self) -> None:
        """Start and wait until it is at work."""
        said = self.log().count(AT_WORK) if (self.folder / "log").exists() else 0
        self.launch()

        async def at_work() -> bool:
            return self.log().count(AT_WORK) > said

        await self._until(at_work)


@contextmanager
def _folder() -> Iterator[Path]:
    """A data folder with the city's keys."""
    with tempfile.TemporaryDirectory(prefix="cw-server-") as name:
        folder = Path(name)
        write_keys(folder / "keys")
        yield folder


@asynccontextmanager
async def open_server(city: City, **environment: str) -> AsyncIterator[Server]:
    """Run a server on a city and stop it afterwards."""
    with _folder() as folder:
        server = Server(city, folder, environment)
        await server.start()
        try:
            yield server
        finally:
            server.stop()


@asynccontextmanager
async def open_worker(city: City, **environment: str) -> AsyncIterator[Worker]:
    """Run a worker on a city and stop it afterwards."""
    with _folder() as folder:
        worker = Worker(city, folder, environment)
        await worker.start()
        try:
            yield worker
        finally:
            worker.stop()


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
