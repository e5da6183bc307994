"""The web server process: uvicorn on a socket that is already ours."""

import gc
import socket
from collections.abc import Callable, Sequence

import uvicorn
from starlette.types import ASGIApp

from cloudwindow.app import create_app
from cloudwindow.foundation.sockets import LeanLine
from cloudwindow.settings import LISTEN_ADDRESS, Settings
from cloudwindow.starting import StartError
from cloudwindow.stopping import Stop

SOCKET_MESSAGE_LIMIT = 65_536  # bytes; the largest message is a batch of signalling, about 20 kB
GRACE_SECONDS = 5  # for requests that run when a stop is asked for


class _Server(uvicorn.Server):
    """Says when it listens, and knows of a stop that was asked for before its own handlers were there."""

    def __init__(self, config: uvicorn.Config, stop: Stop, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop = stop
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce."""
        await super().startup(sockets)
        self.should_exit = self.should_exit or self._stop.asked
        if self.should_exit:
            return
        gc.collect()
        gc.set_threshold(20_000, 20, 20)  # requests leave little behind in circles
        gc.freeze()  # what is loaded now stays; collecting would only look at it again and again
        if self.started:
            self._ready()


def run(settings: Settings, url: str, taken: socket.socket, stop: Stop, ready: Callable[[], None]) -> None:
    """Serve until somebody asks to stop; `ready` is called once requests are answered.

    Raises:
        StartError: the application refused to start.
        Stopped: somebody asked before it began.
    """
    stop.check()
    server = _Server(server_config(create_app(settings, url), settings.trusted_proxy_list()), stop, ready)
    server.run(sockets=[taken])
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
