"""Requests are counted by our own names only, whatever a client sends."""

import asyncio

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client import generate_latest

from cloudwindow.foundation import logs, tasks
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.measures import ACTIONS, FAILURES, REGISTRY, REQUESTS, SECONDS, counting_outcome
from cloudwindow.foundation.metering import GONE, Meter

router = APIRouter(prefix="/here")
MARKS: list[str | None] = []


@router.get("/{name}")
async def show(name: str) -> str:
    MARKS.append(logs.request_mark())
    if name == "broken":
        raise RuntimeError(name)
    if name == "left":
        raise asyncio.CancelledError
    return name


def client() -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(router)
    app.add_middleware(Meter)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test")


def counted(method: str, route: str, status: int) -> float:
    return (
        REGISTRY.get_sample_value(
            "cloudwindow_http_requests_total", {"method": method, "route": route, "status": str(status)}
        )
        or 0.0
    )


@pytest.fixture(autouse=True)
def fresh() -> None:
    for family in (REQUESTS, SECONDS, ACTIONS, FAILURES):
        family.clear()


async def test_the_template_counts_never_the_address() -> None:
    async with client() as http:
        for name in ("13800001234", "%E5%88%98", "x" * 2000):
            await http.get(f"/here/{name}")
    assert counted("GET", "/here/{name}", 200) == 3
    shown = generate_latest(REGISTRY).decode()
    assert "13800001234" not in shown
    assert "xxx" not in shown
    assert (
        REGISTRY.get_sample_value("cloudwindow_http_request_seconds_count", {"method": "GET", "route": "/here/{name}"})
        == 3
    )


async def test_made_up_methods_and_addresses_make_no_series() -> None:
    async with client() as http:
        for number in range(20):
            await http.request(f"HACK{number}", f"/nowhere/{number}")
    assert counted("other", "none", 404) == 20
    lines = generate_latest(REGISTRY).splitlines()
    assert sum(line.startswith(b"cloudwindow_http_requests_") for line in lines) == 1


async def test_a_fault_is_a_500_and_someone_who_left_is_not() -> None:
    async with client() as http:
        await http.get("/here/broken")
        with pytest.raises(asyncio.CancelledError):
            await http.get("/here/left")
    assert counted("GET", "/here/{name}", 500) == 1
    assert counted("GET", "/here/{name}", GONE) == 1


async def test_each_request_has_a_mark_of_its_own() -> None:
    MARKS.clear()
    async with client() as http:
        await http.get("/here/a")
        await http.get("/here/b")
    assert len(set(MARKS)) == 2
    assert all(mark is not None and len(mark) == 12 for mark in MARKS)


def test_what_became_of_an_action() -> None:
    def attempt(error: Exception | None) -> None:
        with counting_outcome("x", KeyError):
            if error:
                raise error

    attempt(None)
    for error in (Problem("not_found"), KeyError(), OSError()):
        with pytest.raises(type(error)):
            attempt(error)
    for result in ("run", "refused", "repeated", "failed"):
        assert REGISTRY.get_sample_value("cloudwindow_actions_total", {"action": "x", "result": result}) == 1


async def test_a_task_that_fails_is_counted_at_once() -> None:
    async def failing() -> None:
        raise OSError

    task = tasks.begin(failing(), "example")
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert REGISTRY.get_sample_value("cloudwindow_background_failures_total", {"where": "task.example"}) == 1
    await tasks.end(task)
    assert REGISTRY.get_sample_value("cloudwindow_background_failures_total", {"where": "task.example"}) == 1
