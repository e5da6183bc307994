"""The security headers stand on every kind of answer: pages, files, the interface, refusals, faults, live lines."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import websockets

from cloudwindow.app import create_app
from cloudwindow.foundation import limits
from cloudwindow.foundation.http import SECURITY_HEADERS
from cloudwindow.settings import Settings
from tests.support.client import Citizen
from tests.support.server import Server


def _check(headers: httpx.Headers | websockets.Headers) -> None:
    for name, value in SECURITY_HEADERS.items():
        found = headers.get_list(name) if isinstance(headers, httpx.Headers) else headers.get_all(name)
        assert found == [value], name


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    policy = dict(part.split(" ", 1) for part in SECURITY_HEADERS["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert not [value for value in policy.values() if "unsafe" in value or "*" in value or "http" in value]


@pytest.fixture
async def idle(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An application that has pages, and no database to ask: what asks for it fails."""
    (tmp_path / "assets").mkdir()
    for name in ("index.html", "workbench.html", "assets/app-1a2b.js", "robots.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    application = create_app(Settings(mode="production", web=tmp_path), "postgresql://nobody@localhost/nothing")
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),  # what a watch on the outside asks
        ("HEAD", "/workbench", 200),
        ("HEAD", "/robots.txt", 200),
        ("HEAD", "/healthz", 200),
        ("HEAD", "/api/nothing", 404),
        ("GET", "/workbench", 200),
        ("GET", "/workbench/sign-in", 200),
        ("GET", "/assets/app-1a2b.js", 200),
        ("GET", "/robots.txt", 200),
        ("GET", "/api/nothing", 404),
        ("DELETE", "/healthz", 404),
        ("GET", "/healthz", 200),
        ("GET", "/api/openapi.json", 200),
        ("GET", "/readyz", 500),
        ("HEAD", "/readyz", 500),
    ],
)
async def test_pages_files_refusals_and_faults(idle: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await idle.request(method, path)
    _check(answer.headers)
    assert answer.status_code == status


async def test_a_body_that_is_too_large(idle: httpx.AsyncClient) -> None:
    answer = await idle.post("/api/applicant/enter", content=b"x" * 2_000_000)
    assert answer.status_code == 413
    _check(answer.headers)


async def test_the_interface_of_a_running_server(server: Server) -> None:
    await server.city.set_parameter(limits.WRITES_PER_LOGIN.most, 2)
    async with Citizen(server.url) as citizen:
        answers = [await citizen.http.get("/api/deployment"), await citizen.send("/api/applicant/enter", {})]
        await citizen.enter()
        answers += [await citizen.send("/api/tickets", citizen.wish()), await citizen.send("/api/tickets", [])]
        answers += [await citizen.send("/api/tickets", []), await citizen.http.post("/api/staff/sign-out")]
        assert [answer.status_code for answer in answers] == [200, 422, 201, 422, 429, 429]
        for answer in answers:
            _check(answer.headers)


@pytest.mark.parametrize("query", ["face=applicant", "face=nobody"])
async def test_a_live_line_that_is_refused(server: Server, query: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(
            f"{server.url.replace('http', 'ws')}/api/ws?{query}", additional_headers={"origin": "https://evil.example"}
        )
    assert refused.value.response.status_code == 403
    _check(refused.value.response.headers)
