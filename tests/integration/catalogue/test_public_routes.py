"""The public routes of organisation and catalogue over HTTP, with the answers that the faces rely on."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow import catalogue, organisation
from cloudwindow.catalogue import Availability, CoachAvailability, Flow
from cloudwindow.catalogue.routes import router as catalogue_router
from cloudwindow.foundation.http import install_problem_handlers
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.organisation.routes import router as organisation_router
from tests.support.city import CITY, WEIDU, City


class Closed:
    """Says that nobody is there, and remembers for where it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Flow]] = []

    async def for_item(self, _session: AsyncSession, item_id: UUID, region_code: str, flow: Flow) -> Availability:
        assert item_id.version == 7
        self.asked.append((region_code, flow))
        return Availability(
            offered=False,
            open=False,
            opens_at=None,
            closes_at=None,
            present=0,
            waiting=0,
            estimate_minutes=None,
            desk_name=None,
            desk_id=None,
        )


@pytest.fixture
def desks() -> Closed:
    return Closed()


@pytest.fixture
async def client(read_only_city: City, desks: Closed) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(organisation_router)
    app.include_router(catalogue_router)
    install_problem_handlers(app)
    wiring = Wiring()
    wiring.bind(CoachAvailability, desks)
    app.state.house = SimpleNamespace(database=read_only_city.database, wiring=wiring)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


async def test_lists(client: httpx.AsyncClient) -> None:
    regions = (await client.get("/api/regions")).json()
    assert regions[0] == {"code": CITY, "name": "许昌市", "level": "city", "parent": None}
    assert len(regions) == 7
    stations = (await client.get("/api/stations")).json()
    assert set(stations[0]) == {"id", "number", "site_name", "organisation_name"}
    items = (await client.get("/api/items", params={"region": WEIDU, "q": "社保卡"})).json()
    assert [item["key"] for item in items] == ["P04"]
    fields = {
        "key",
        "name",
        "short_name",
        "plain",
        "project_type",
        "promise_day",
        "is_fee",
        "themes",
        "flows",
    }
    assert set(items[0]) == fields


async def test_a_guide_asks_the_desks_for_the_place_it_is_read_in(client: httpx.AsyncClient, desks: Closed) -> None:
    guide = (await client.get("/api/items/P01", params={"region": WEIDU})).json()
    assert guide["organisation"]["name"] == "许昌市魏都区人力资源和社会保障局"
    assert guide["situations"][1]["options"][1]["then"][0]["id"] == "s2.o2.s1"
    city = (await client.get("/api/items/P01")).json()
    assert city["task_code"] is None
    assert desks.asked == [(WEIDU, "coach"), (CITY, "coach")]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/items/P99", 404, "item_unknown"),
        ("/api/items/P01?region=999999000000", 404, "region_unknown"),
        ("/api/items?region=999999000000", 404, "region_unknown"),
        ("/api/items?region=许昌", 422, "invalid_input"),
        ("/api/items?region=411002000000'--", 422, "invalid_input"),
        ("/api/items/P01%00", 422, "invalid_input"),
        ("/api/items/<script>alert(1)", 422, "invalid_input"),
        ("/api/items?q=" + "卡" * 101, 422, "invalid_input"),
        ("/api/items/" + "P" * 10_000, 422, "invalid_input"),
    ],
)
async def test_bad_input_is_a_problem_and_no_fault(
    client: httpx.AsyncClient, path: str, status: int, code: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("q", ["'; DROP TABLE item; --", "%00", "%", "_", "\\", "卡" * 100, "<img src=x>"])
async def test_any_search_of_a_hundred_letters_is_answered(client: httpx.AsyncClient, q: str) -> None:
    answer = await client.get("/api/items", params={"region": WEIDU, "q": q})
    assert (answer.status_code, answer.json()) == (200, [])


def test_public_names_are_there() -> None:
    for room in (catalogue, organisation):
        assert all(hasattr(room, name) for name in room.__all__)
