"""A real coturn on the loopback or another address of this machine, with the secret that our server shares with it."""

import asyncio
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.server import free_port

START_SECONDS = 15


class Relay:
    """A running TURN server. `log` tells what it has granted and refused."""

    def __init__(self, folder: Path, address: str, port: int, secret: str) -> None:
        self.url = f"turn:{address}:{port}?transport=udp"
        self.secret = secret
        self._folder = folder

    def log(self) -> str:
        """Return what it has written so far."""
        return "".join(file.read_text(errors="replace") for file in self._folder.glob("turn*log*"))


@asynccontextmanager
async def open_relay(addresses: tuple[str, ...] = ("127.0.0.1",)) -> AsyncIterator[Relay]:
    """Run coturn, which `scripts/browser` has installed; both sides of a call come over it, so it may reach itself."""
    program = shutil.which("turnserver")
    assert program is not None, "coturn is missing: run scripts/browser as root"
    port, secret = free_port(), secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="cw-relay-") as name:
        folder = Path(name)
        arguments = [
            *(part for address in addresses for part in ("--listening-ip", address, "--relay-ip", address)),
            *("--listening-port", str(port), "--min-port", "49160", "--max-port", "49999", "--realm", "test"),
            *("--use-auth-secret", "--static-auth-secret", secret, "--fingerprint", "--no-tls", "--no-dtls"),
            *("--no-cli", "--allow-loopback-peers", "--verbose", "--simple-log", "--no-stdout-log"),
            *("--log-file", str(folder / "turn.log"), "--pidfile", str(folder / "pid"), "--userdb", str(folder / "db")),
        ]
        process = subprocess.Popen([program, "-n", *arguments], cwd=folder)  # noqa: ASYNC220, S603  waited for below
        relay = Relay(folder, addresses[0], port, secret)
        try:
            async with asyncio.timeout(START_SECONDS):
                while "listener opened on" not in relay.log().lower():
                    assert process.poll() is None, relay.log()
                    await asyncio.sleep(0.05)
            yield relay
        finally:
            process.terminate()
            process.wait(timeout=15)
