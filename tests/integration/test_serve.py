"""``cloudwindow serve`` from nothing to pages, stopped in order and killed."""

import asyncio
import os
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


@pytest.fixture
def data() -> Iterator[Path]:
    folder = temporary_folder()
    yield folder
    assert wait_until(lambda: server_pid(Layout(folder)) is None, 15), "a server was left behind"
    shutil.rmtree(folder)


async def _serve(data: Path) -> tuple[Process, str, str]:
    """A server that listens: the process, its address, what it printed."""
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
    assert process.stdout is not None
    printed = ""
    while "Stop with Ctrl-C." not in printed:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        assert line, printed
        printed += line.decode()
    return process, f"http://127.0.0.1:{port}", printed


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
