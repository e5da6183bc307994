"""The web server process: uvicorn on a socket that is already ours."""

import gc
import socket
from collections.abc import Callable, Sequence

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from cloudwindow.app import create_app
from cloudwindow.settings import LISTEN_ADDRESS, Settings
from cloudwindow.starting import StartError

SOCKET_MESSAGE_LIMIT = 65_536  # bytes; the largest message is a batch of signalling, about 20 kB
GRACE_SECONDS = 5  # for requests that run when a stop is asked for


class _Server(uvicorn.Server):
    """Says when it listens, and when it is about to end."""

    def __init__(self, config: uvicorn.Config, application: FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._application, self._ready = application, ready

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer the polls that hang, so that their pages go elsewhere at once; then end in order."""
        self._application.state.polling.hang_up()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then announce."""
        await super().startup(sockets)
        gc.collect()
        gc.set_threshold(20_000, 20, 20)  # requests leave little behind in circles
        gc.freeze()  # what is loaded now stays; collecting would only look at it again and again
        if self.started:
            self._ready()


def run(settings: Settings, url: str, taken: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until a signal asks to stop; `ready` is called once requests are answered.

    Raises:
        StartError: the application refused to start.
    """
    application = create_app(settings, url)
    server = _Server(server_config(application, settings.trusted_proxy_list()), application, ready)
    try:
        server.run(sockets=[taken])
    except KeyboardInterrupt:
        return
    if not server.started:
        raise StartError("The application did not start; the log says why.")


def server_config(application: ASGIApp, trusted_proxies: Sequence[str] = (LISTEN_ADDRESS,)) -> uvicorn.Config:
    """How uvicorn serves an application; the bench's floor is served alike."""
    return uvicorn.Config(
        application,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
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
