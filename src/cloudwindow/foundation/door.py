"""Where live lines come in: same cookie and Origin check as everything else, then the hub (invariant 4)."""

from collections.abc import Awaitable
from contextlib import suppress
from typing import cast, get_args

import structlog
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from cloudwindow.foundation import live_socket
from cloudwindow.foundation.authentication import Actor, Authenticator, Face, cookie_name
from cloudwindow.foundation.ceiling import TRY_AGAIN_LATER
from cloudwindow.foundation.faults import is_database_gone
from cloudwindow.foundation.http import House

log = structlog.get_logger()

PATH = "/api/ws"
NOT_YOURS = 1008
"""The close code for a stranger, a foreign page, an unknown face (RFC 6455 §7.4.1, policy violation)."""


class LiveDoor:
    """Serves the live line, before any route: what a framework keeps ready around one costs 10 kB while it is open."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle one connection."""
        if scope["type"] != "websocket" or scope["path"] != PATH:
            return self.app(scope, receive, send)
        return self._serve(WebSocket(scope, receive, send))

    async def _serve(self, socket: WebSocket) -> None:
        try:
            if (actor := await _let_in(socket)) is not None:
                await live_socket.serve(socket.app.state.live, socket, actor)
        except Exception as error:
            if not (isinstance(error, NoConnection) or is_database_gone(error)):
                raise
            log.warning("live.database_gone", error=type(error).__name__)
            with suppress(RuntimeError):  # it may be closed already
                await socket.close(code=TRY_AGAIN_LATER)


async def _let_in(socket: WebSocket) -> Actor | None:
    """Accept the line of somebody who is signed in; others are told, and closed."""
    asked = HTTPConnection(socket.scope)  # let go of with its headers and cookies, which the line needs no more
    served: House = socket.app.state.house
    face, origin = asked.query_params.get("face", "applicant"), asked.headers.get("origin")
    if face not in get_args(Face) or (origin is not None and origin not in served.origins):
        await socket.close(code=NOT_YOURS)
        return None
    known = cast("Face", face)
    token = asked.cookies.get(cookie_name(known, secure=socket.scope["scheme"] == "wss"))
    address = asked.client.host if asked.client else ""
    find = served.wiring.port(Authenticator).actor
    actor = await find(known, token, address, background=True) if token else None
    await socket.accept()
    if actor is None:
        await socket.send_text('{"type":"signed_out"}')
        await socket.close(code=NOT_YOURS)
    return actor
