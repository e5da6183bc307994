"""What every request meets: limits, security headers, problems, actors, CSRF, request keys (model §7)."""

import hashlib
import re
from collections.abc import AsyncIterator, Awaitable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated, Any, cast
from uuid import UUID

import asyncpg
import structlog
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloudwindow.foundation import idempotency, logs
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.authentication import (
    Actor,
    Authenticator,
    Face,
    cookie_name,
    csrf_fits,
)
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.errors import MEDIA_TYPE, Problem
from cloudwindow.foundation.faults import is_database_gone, sqlstate
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.wiring import Wiring

log = structlog.get_logger()

SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}
_NO_TEXT = {"22021", "22P05"}
"""SQLSTATE of characters that PostgreSQL cannot hold, U+0000 above all."""

_POLICY = SECURITY_HEADERS["content-security-policy"]
_STRICT = (b"strict-transport-security", b"max-age=31536000")
_LENGTH_DIGITS = 20
"""Digits of a length that are read at all: Python refuses to read thousands of them."""

_HEADER_BYTES = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


@dataclass(frozen=True)
class House:
    """What a process holds; routes reach it through the dependencies below. `origins` are those allowed.

    `name` is the site's; whoever holds one of `second_factor_roles` signs in with a second factor only.
    """

    database: Database
    keys: Keys
    wiring: Wiring
    actions: Actions
    origins: AbstractSet[str]
    body_limit: int
    mode: str
    name: str
    second_factor_roles: frozenset[str]


def house(request: Request) -> House:
    """Return this process's house."""
    return cast("House", request.app.state.house)


class Guard:
    """Adds the security headers and refuses bodies over the limit, also those that lie about their length.

    `only_https`: browsers that came by HTTPS once shall come by nothing else (RFC 6797), which is for a certificate
    that all of them trust. Routes at `streamed` addresses read their body piece by piece, under a limit of their own.
    """

    def __init__(
        self, app: ASGIApp, body_limit: int, streamed: re.Pattern[str], origins: AbstractSet[str], *, only_https: bool
    ) -> None:
        self.app = app
        self.body_limit = body_limit
        self.streamed = streamed
        self._origins = origins
        self._only_https = only_https

    def _headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        if scope["scheme"] not in {"https", "wss"}:
            return _HEADER_BYTES
        headers = [*_HEADER_BYTES, _STRICT] if self._only_https else list(_HEADER_BYTES)
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1").lower()
        if f"https://{host}" in self._origins:
            # Old iPhones do not take 'self' to mean the live line too.
            policy = _POLICY.replace("connect-src 'self'", f"connect-src 'self' wss://{host}")
            headers[0] = (b"content-security-policy", policy.encode())
        return headers

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle one connection; nothing is kept here for a live line but what it is sent through."""
        if scope["type"] == "http":
            return self._guard(scope, receive, send)
        if scope["type"] == "websocket":
            send = _guarded_line(scope, send, self._headers(scope))
        return self.app(scope, receive, send)

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = self._headers(scope)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}  # a file's own policy is stricter
                message["headers"] = [*message["headers"], *(each for each in headers if each[0] not in own)]
            await send(message)

        if scope["method"] == "POST" and self.streamed.fullmatch(scope["path"]):
            await self.app(scope, receive, send_guarded)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or len(length) > _LENGTH_DIGITS or int(length) > self.body_limit:
            await _too_large(self.body_limit)(scope, receive, send_guarded)
            return
        seen = 0

        async def receive_limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.body_limit:
                raise Problem("too_large", limit_kb=self.body_limit // 1024)
            return message

        await self.app(scope, receive_limited, send_guarded)


def _guarded_line(scope: Scope, send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    """Send what a live line sends; one that is refused is answered with the headers too, not with a bare close."""
    answerable = "websocket.http.response" in scope.get("extensions", {})
    accepted = False

    async def send_line(message: Message) -> None:
        nonlocal accepted
        accepted = accepted or message["type"] == "websocket.accept"
        if message["type"] == "websocket.http.response.start":
            message["headers"] = [*message["headers"], *headers]
        if message["type"] == "websocket.close" and not accepted and answerable:
            await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
            message = {"type": "websocket.http.response.body", "body": b""}
        await send(message)

    return send_line


def _too_large(limit: int) -> Response:
    return problem_response(Problem("too_large", limit_kb=limit // 1024))


def problem_response(problem: Problem) -> Response:
    """Render a problem as RFC 9457 asks; one that says when to come back says so in the header, too."""
    wait = problem.params.get("seconds")
    headers = {"retry-after": str(wait)} if problem.code == "too_many_requests" else None
    return JSONResponse(problem.body(), status_code=problem.entry.status, media_type=MEDIA_TYPE, headers=headers)


def install_problem_handlers(app: FastAPI) -> None:
    """Turn every refusal, wrong input and fault into a problem response."""
    _install_database_handler(app)

    @app.exception_handler(Problem)
    async def on_problem(_request: Request, problem: Problem) -> Response:
        return problem_response(problem)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(_request: Request, error: RequestValidationError) -> Response:
        fields = sorted({_field(item) for item in error.errors()})
        named = ", ".join(fields)[:300].encode(errors="replace").decode()  # a name may be half a surrogate pair
        return problem_response(Problem("invalid_input", fields=named))

    @app.exception_handler(NoConnection)
    async def on_busy(_request: Request, _error: NoConnection) -> Response:
        return problem_response(Problem("busy_try_again"))

    @app.exception_handler(HTTPException)
    async def on_http(_request: Request, error: HTTPException) -> Response:
        if isinstance(error.__cause__, Problem):  # FastAPI wraps what is raised while it reads a body
            return problem_response(error.__cause__)
        if error.status_code in {404, 405}:
            return problem_response(Problem("not_found"))
        return problem_response(Problem("invalid_input", fields="body"))

    @app.exception_handler(Exception)
    async def on_fault(request: Request, error: Exception) -> Response:
        response = fault(request, error)
        response.headers.update(SECURITY_HEADERS)  # Starlette answers faults outside the guard
        return response


def fault(request: Request, error: Exception) -> Response:
    """Put a fault into the log and answer with its reference."""
    reference = logs.request_mark() or str(new_id())[-12:]
    log.error("request.failed", path=request.url.path, reference=reference, exc_info=error)
    return problem_response(Problem("internal", reference=reference))


def _install_database_handler(app: FastAPI) -> None:
    @app.exception_handler(DBAPIError)
    @app.exception_handler(asyncpg.PostgresError)
    @app.exception_handler(asyncpg.InterfaceError)
    @app.exception_handler(asyncpg.InternalClientError)
    @app.exception_handler(OSError)
    async def on_database(request: Request, error: Exception) -> Response:
        if sqlstate(error) in _NO_TEXT:  # in an address; bodies are checked by their models
            return problem_response(Problem("invalid_input", fields="text"))
        if is_database_gone(error):  # the browser asks again, with the same key
            log.warning("request.database_gone", path=request.url.path, error=type(error).__name__)
            return problem_response(Problem("service_recovering"))
        raise error


def _field(item: Any) -> str:
    """Name the field of a validation error; a body that is no JSON has none."""
    if item["type"] == "json_invalid":
        return "body"
    return ".".join(str(part) for part in item["loc"][1:]) or "body"


async def _reading(request: Request) -> AsyncIterator[AsyncSession]:
    async with house(request).database.reading() as session:
        yield session


Reading = Annotated[AsyncSession, Depends(_reading)]
"""A session for reads only."""


async def _actions(request: Request) -> Actions:  # async: FastAPI runs others in a thread, which costs far more
    return house(request).actions


Acting = Annotated[Actions, Depends(_actions)]
"""Runs actions."""


def address_of(request: Request) -> str:
    """Return the sender's address as uvicorn knows it."""
    return request.client.host if request.client else ""


def check_origin(request: Request) -> None:
    """Refuse a request that a foreign page sends. Raises `origin_refused`."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in house(request).origins:
        raise Problem("origin_refused")


async def _actor(request: Request, face: Face) -> Actor:
    served = house(request)
    token = request.cookies.get(cookie_name(face, secure=request.scope["scheme"] == "https"))
    background = request.headers.get("x-background") == "1"  # what a page fetches by itself is no use of the login
    find = served.wiring.port(Authenticator).actor
    actor = token and await find(face, token, address_of(request), background=background)
    if not (token and actor):
        return Actor("anonymous", address=address_of(request))
    if request.method not in {"GET", "HEAD"}:
        check_origin(request)
        if not csrf_fits(token, request.headers.get("x-csrf-token")):
            raise Problem("csrf_failed")
    return actor


def _known(request: Request, face: Face, actor: Actor) -> Actor:
    if actor.kind == "anonymous":
        had_one = cookie_name(face, secure=request.url.scheme == "https") in request.cookies
        raise Problem("login_expired") if had_one else Problem("login_required")
    return actor


async def _staff(request: Request) -> Actor:
    return _known(request, "staff", await _actor(request, "staff"))


async def _applicant(request: Request) -> Actor:
    return _known(request, "applicant", await _actor(request, "applicant"))


async def _either(request: Request) -> Actor:
    face: Face = "staff" if request.headers.get("x-face") == "staff" else "applicant"
    return await (_staff(request) if face == "staff" else _applicant(request))


async def _linked(request: Request, face: Face | None = None) -> Actor:
    return await (_staff(request) if face == "staff" else _either(request))


async def _maybe_staff(request: Request) -> Actor:
    return await _actor(request, "staff")


async def _maybe_applicant(request: Request) -> Actor:
    return await _actor(request, "applicant")


StaffActor = Annotated[Actor, Depends(_staff)]
ApplicantActor = Annotated[Actor, Depends(_applicant)]
EitherActor = Annotated[Actor, Depends(_either)]
"""Clerk or applicant: the header `X-Face` says whose cookie counts, since one browser may hold both."""
LinkedActor = Annotated[Actor, Depends(_linked)]
"""The same for what a page links to, where no header can be set: the query `face` says it."""
MaybeStaff = Annotated[Actor, Depends(_maybe_staff)]
MaybeApplicant = Annotated[Actor, Depends(_maybe_applicant)]


@dataclass(frozen=True)
class RequestKey:
    """The idempotency key of a request, with the digest of what was asked."""

    key: UUID
    digest: bytes


async def _bare_key(request: Request) -> UUID:
    try:
        return UUID(request.headers["idempotency-key"])
    except (KeyError, ValueError):
        raise Problem("idempotency_key_missing") from None


BareKey = Annotated[UUID, Depends(_bare_key)]
"""The idempotency key alone, for a route that digests its body while it reads it."""


async def _request_key(request: Request) -> RequestKey:
    key = await _bare_key(request)
    path: str = request.scope["path"]
    asked = f"{request.method} {path}\n".encode() + await request.body()
    return RequestKey(key, hashlib.sha256(asked).digest())


OnceKey = Annotated[RequestKey, Depends(_request_key)]


def set_login_cookie(response: Response, request: Request, face: Face, token: str, seconds: int) -> None:
    """Give the browser its cookie: HttpOnly, SameSite=Lax, host-only, Secure on HTTPS."""
    secure = request.url.scheme == "https"
    response.set_cookie(
        cookie_name(face, secure=secure),
        token,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=secure,
        path="/",
    )


def drop_login_cookie(response: Response, request: Request, face: Face) -> None:
    """Take the cookie back."""
    secure = request.url.scheme == "https"
    response.delete_cookie(cookie_name(face, secure=secure), httponly=True, samesite="lax", secure=secure, path="/")


def once_key(actor: Actor, key: RequestKey, model: type[BaseModel]) -> idempotency.Key:
    """Bind a request's key to the login that sent it and to the model of its answer."""
    if actor.login_id is None:
        raise Problem("login_required")
    return idempotency.Key(actor.login_id, key.key, key.digest, model)
