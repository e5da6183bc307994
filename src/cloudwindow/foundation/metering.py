"""What every request is given and counted by, outside of everything else that it meets."""

from collections.abc import Awaitable
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloudwindow.foundation import logs
from cloudwindow.foundation.measures import REQUESTS, SECONDS

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Any other word that a client sends as its method counts as `other`, so that nobody can make up series."""

GONE = 499
"""The status of a request whose sender left before the answer began (nginx's own word for it)."""


class Meter:
    """Gives each request its mark in the log, and counts it by route template, status and duration."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle one connection; the live line is no request, and shall cost nothing here while it is open."""
        return self._count(scope, receive, send) if scope["type"] == "http" else self.app(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        logs.mark_request()
        began = perf_counter()
        status = GONE

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except Exception:
            status = 500
            raise
        finally:
            method, route = _method(scope), _route(scope)
            REQUESTS.labels(method, route, status).inc()
            SECONDS.labels(method, route).observe(perf_counter() - began)


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "other"


def _route(scope: Scope) -> str:
    """The template of the route that was found, never the address itself: it may hold ids, or anything at all."""
    found: Any = scope.get("route")
    return getattr(found, "path", None) or "none"
