"""Two networks without a route between them: a phone at home and a PC in the hall that only reach our server."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Network:
    """A network of its own. `address` is where this machine is found in it; `program` starts a program inside."""

    name: str
    address: str
    inside: str
    folder: Path

    def program(self, path: str) -> str:
        """Return a program that runs another one inside this network."""
        script = self.folder / f"{self.name}-{Path(path).name}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} {path} "$@"\n', encoding="ascii")
        script.chmod(0o755)
        return str(script)

    async def reaches(self, address: str) -> bool:
        """Whether there is a way from inside to an address."""
        return await _ip("-n", self.name, "route", "get", address) == 0


async def may_make_networks() -> bool:
    """Whether this user and kernel may make networks."""
    name = f"cw{os.getpid()}try"
    if os.geteuid() != 0 or await _ip("netns", "add", name) != 0:
        return False
    await _ip("netns", "del", name)
    return True


@asynccontextmanager
async def two_networks(folder: Path) -> AsyncIterator[tuple[Network, Network]]:
    """Make both. The first one's address of this machine is reached from both, since a relay has one address."""
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(_network(number, folder)) for number in (1, 2)]
        await _must("-n", second.name, "route", "add", first.address, "via", second.address)
        yield first, second


@asynccontextmanager
async def _network(number: int, folder: Path) -> AsyncIterator[Network]:
    block = f"10.{200 + os.getpid() % 50}.{number}"
    made = Network(f"cw{os.getpid()}n{number}", f"{block}.1", f"{block}.2", folder)
    outer, inner = f"cw{os.getpid() % 100_000}o{number}", f"cw{os.getpid() % 100_000}i{number}"
    await _must("netns", "add", made.name)
    try:
        await _must("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", made.name)
        await _must("address", "add", f"{made.address}/24", "dev", outer)
        await _must("link", "set", outer, "up")
        await _must("-n", made.name, "address", "add", f"{made.inside}/24", "dev", inner)
        for device in (inner, "lo"):
            await _must("-n", made.name, "link", "set", device, "up")
        yield made
    finally:
        await _ip("netns", "del", made.name)  # and with it both ends of its line
        await _ip("link", "del", outer)


async def _must(*arguments: str) -> None:
    assert await _ip(*arguments) == 0, arguments


async def _ip(*arguments: str) -> int:
    try:
        process = await asyncio.create_subprocess_exec(
            "ip", *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
    except FileNotFoundError:  # a system without iproute2
        return 127
    return await process.wait()
