"""The general ceiling: requests of one address, polls of one address, writing requests of one login (model §7)."""

import structlog
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Receive, Scope, Send

from cloudwindow.foundation import limits
from cloudwindow.foundation.authentication import COOKIES, cookie_name, token_digest
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.http import House, problem_response

log = structlog.get_logger()

READS = {"GET", "HEAD", "OPTIONS"}
LINES = "/api/live/"
"""Live lines without WebSockets ask by themselves, in step with what happens: they are counted apart."""

TRY_AGAIN_LATER = 1013
"""The close code of a live line that is refused, or cannot go on while the database is gone (IANA's registry)."""


class Ceiling:
    """Counts every request to the interface and every live line that is opened; files cost too little to be counted.

    All counts of a moment go into one statement (`gathering`). Where they cannot be counted the request goes on: what
    it needs of the database will tell it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        served: House | None = getattr(scope["app"].state, "house", None)  # there is none before the start
        if served and scope["type"] in {"http", "websocket"} and scope["path"].startswith("/api/"):
            try:
                await limits.check(served.database, *_under(served, scope))
            except Problem as problem:
                await _refuse(problem, scope, receive, send)
                return
            except DATABASE_FAULTS as error:
                log.warning("ceiling.not_counted", error=type(error).__name__)
        await self.app(scope, receive, send)


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": TRY_AGAIN_LATER, "reason": problem.code})
        return
    await problem_response(problem)(scope, receive, send)


def _under(served: House, scope: Scope) -> list[tuple[limits.Limit, str]]:
    address = limits.address_digest(served.keys, scope["client"][0] if scope["client"] else "")
    if scope["path"].startswith(LINES):
        return [(limits.POLLS_PER_ADDRESS, address)]
    under = [(limits.REQUESTS_PER_ADDRESS, address)]
    if scope["type"] == "http" and scope["method"] not in READS:
        under += [(limits.WRITES_PER_LOGIN, login) for login in _logins(scope)]
    return under


def _logins(scope: Scope) -> list[str]:
    """Digest the secrets of the login cookies of a request; one that opens nothing is refused later anyway."""
    sent = [value for name, value in scope["headers"] if name == b"cookie"]
    cookies = cookie_parser(b"; ".join(sent).decode("latin-1")) if sent else {}
    names = [cookie_name(face, secure=scope["scheme"] == "https") for face in COOKIES]
    return [token_digest(cookies[name]).hex()[:32] for name in names if cookies.get(name)]
