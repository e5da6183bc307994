"""``cloudwindow serve`` from nothing to pages, stopped in order and killed."""

import asyncio
import os
import random
import shutil
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cloudwindow.foundation.postgres import running_url
from cloudwindow.foundation.postgres.layout import Layout
from cloudwindow.foundation.postgres.server import server_pid, wait_until
from tests.support.cluster import temporary_folder

SEED = int(os.environ.get("CLOUDWINDOW_TEST_SEED") or random.SystemRandom().randrange(10**6))
LONGEST_START_SECONDS = 3.0
MOMENTS = 8


@pytest.fixture
def data() -> Iterator[Path]:
    folder = temporary_folder()
    yield folder
    assert wait_until(lambda: server_pid(Layout(folder)) is None, 15), "a server was left behind"
    shutil.rmtree(folder)


async def _begin(data: Path) -> tuple[Process, str]:
    """A server that starts: the process, its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    own = {key: value for key, value in os.environ.items() if not key.startswith(("CLOUDWINDOW_", "DATABASE_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cloudwindow.cli", "serve"),
        env=own | {"CLOUDWINDOW_DATA": str(data), "CLOUDWINDOW_PORT": port},
        stdout=PIPE,
        stderr=STDOUT,
    )
    return process, f"http://127.0.0.1:{port}"


async def _serve(data: Path) -> tuple[Process, str, str]:
    """A server that listens: the process, its address, what it printed."""
    process, address = await _begin(data)
    assert process.stdout is not None
    printed = ""
    while "Stop with Ctrl-C." not in printed:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        assert line, printed
        printed += line.decode()
    return process, address, printed


async def test_it_serves_and_stops_in_order(data: Path) -> None:
    process, address, printed = await _serve(data)
    async with httpx.AsyncClient(base_url=address) as client:
        for path in ("/healthz", "/readyz", "/api/deployment"):
            assert (await client.get(path)).status_code == 200, path
    assert f"{address.replace('127.0.0.1', 'localhost')}/workbench" in printed
    assert "zhangyanli" in printed
    process.send_signal(signal.SIGTERM)
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert b"Traceback" not in out
    assert running_url(data) is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
async def test_other_ways_to_ask(data: Path, number: signal.Signals) -> None:
    process, _, _ = await _serve(data)
    process.send_signal(number)
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert b"Traceback" not in out


async def test_the_next_start_after_a_kill(data: Path) -> None:
    first, _, printed = await _serve(data)
    first.kill()
    await first.communicate()
    second, address, again = await _serve(data)
    async with httpx.AsyncClient(base_url=address) as client:
        assert (await client.get("/readyz")).status_code == 200
    # The same accounts with the same password: nothing was made anew.
    assert printed.splitlines()[5:] == again.splitlines()[5:]
    second.terminate()
    await second.communicate()


def _moments(chance: random.Random) -> list[float]:
    """Seconds after the launch, one in each slice of a start, so that every step of it is met now and then."""
    slices = LONGEST_START_SECONDS / MOMENTS
    return [chance.uniform(number, number + 1) * slices for number in range(MOMENTS)]


async def _stopped_at(data: Path, seconds: float) -> None:
    """Ask a start to stop after so long: it ends in order, and leaves nothing that runs."""
    process, _ = await _begin(data)
    await asyncio.sleep(seconds)  # a moment of a real start, which no clock of ours could move
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    said = f"after {seconds:.3f} s: {process.returncode} {out.decode()}"
    if process.returncode == -signal.SIGTERM:  # the signal itself, before it had taken the folder
        assert not _has_taken(data, process.pid), said
    else:
        assert process.returncode == 0, said
    assert "Traceback" not in said
    assert running_url(data) is None, said
    assert server_pid(Layout(data)) is None, said


def _has_taken(data: Path, pid: int) -> bool:
    lock = Layout(data).owner_lock
    return lock.exists() and lock.read_text() == str(pid)


async def _ask_at_many_moments(data: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  a test that can be repeated
    print(f"seed {seed} (CLOUDWINDOW_TEST_SEED)")  # noqa: T201  a failing test shows it
    for seconds in _moments(chance):  # each is the next start of the one before
        await _stopped_at(data, seconds)
    process, address, _ = await _serve(data)
    async with httpx.AsyncClient(base_url=address) as client:
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/api/stations")).json(), "the city is there"
    process.terminate()
    await process.communicate()
    assert process.returncode == 0


@pytest.mark.timeout(180)
async def test_asked_to_stop_at_any_moment_of_its_start(data: Path) -> None:
    await _ask_at_many_moments(data, SEED)


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize("more", range(1, 6))
async def test_asked_to_stop_at_other_moments(data: Path, more: int) -> None:
    await _ask_at_many_moments(data, SEED + more)
