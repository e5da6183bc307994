"""The web server process: uvicorn on sockets that are already ours."""

import asyncio
import functools
import gc
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from cloudwindow.app import create_app
from cloudwindow.foundation import tasks
from cloudwindow.foundation.sockets import LeanLine
from cloudwindow.lan import Door
from cloudwindow.settings import LISTEN_ADDRESS, Settings
from cloudwindow.starting import StartError
from cloudwindow.stopping import Stop

SOCKET_MESSAGE_LIMIT = 65_536  # bytes; the largest message is a batch of signalling, about 20 kB
HANDSHAKE_SECONDS = 10  # a phone on a weak network needs two or three
FAREWELL_SECONDS = 1  # for a browser to say that it has closed, too
GRACE_SECONDS = 5  # for requests that run when a stop is asked for


class _Server(uvicorn.Server):
    """Listens on HTTPS too, says when it listens, and knows of a stop that was asked for before its own handlers."""

    def __init__(
        self,
        config: uvicorn.Config,
        application: FastAPI,
        door: Door | None,
        stop: Stop,
        ready: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._application = application
        self._door = door
        self._stop = stop
        self._ready = ready
        self._fresh: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce."""
        await super().startup(sockets)
        self.should_exit = self.should_exit or self._stop.asked
        if self.should_exit:
            return
        if self.started and self._door is not None:
            await self._listen_to_the_lan(self._door)
        gc.collect()
        gc.set_threshold(20_000, 20, 20)  # requests leave little behind in circles
        gc.freeze()  # what is loaded now stays; collecting would only look at it again and again
        if self.started:
            self._ready()

    async def _listen_to_the_lan(self, door: Door) -> None:
        """Serve the second socket like the first: one application, one list of connections, one orderly stop."""
        protocol = functools.partial(  # as `uvicorn.Server.startup` does it
            cast("Callable[..., asyncio.Protocol]", self.config.http_protocol_class),
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        listening = await asyncio.get_running_loop().create_server(
            protocol,
            sock=door.taken,
            ssl=door.certificate.context,
            ssl_handshake_timeout=HANDSHAKE_SECONDS,
            ssl_shutdown_timeout=FAREWELL_SECONDS,
            backlog=self.config.backlog,
        )
        self.servers.append(listening)
        self._fresh = tasks.begin(door.stay_fresh(self._application.state.origins), "lan.stay_fresh")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer the polls that hang, so that their pages go elsewhere at once; then stop in order."""
        self._application.state.polling.hang_up()
        await tasks.end(self._fresh)
        await super().shutdown(sockets)


@dataclass(frozen=True, slots=True)
class Sockets:
    """What is listened on: plain HTTP of this machine, and HTTPS of the local network where there is one."""

    taken: socket.socket
    door: Door | None


def run(settings: Settings, url: str, sockets: Sockets, stop: Stop, ready: Callable[[], None]) -> None:
    """Serve until somebody asks to stop; `ready` is called once requests are answered.

    Raises:
        StartError: the application refused to start.
        Stopped: somebody asked before it began.
    """
    stop.check()
    door = sockets.door
    origins = set(settings.allowed_origins()) | (door.origins() if door else set())
    application = create_app(settings, url, origins, door.certificate.authority if door else None)
    server = _Server(server_config(application, settings.trusted_proxy_list()), application, door, stop, ready)
    server.run(sockets=[sockets.taken])
    if not server.started:
        raise StartError("The application did not start; the log says why.")


def server_config(application: ASGIApp, trusted_proxies: Sequence[str] = (LISTEN_ADDRESS,)) -> uvicorn.Config:
    """How uvicorn serves an application; the bench's floor is served alike."""
    return uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws=LeanLine,
        # Compression costs 34 kB a connection and our messages are small.
        ws_per_message_deflate=False,
        ws_max_size=SOCKET_MESSAGE_LIMIT,
        log_config=None,
        access_log=False,
        server_header=False,
        # Only these may say where the browser is, and that it came over HTTPS.
        proxy_headers=True,
        forwarded_allow_ips=list(trusted_proxies),
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
