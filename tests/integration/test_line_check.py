"""The line before a call: as many bytes as asked for, kept by nobody, and downloads under a limit of their own."""

import pytest

from cloudwindow.app import SettingsAddress
from cloudwindow.line_check import DOWNLOADS_PER_ADDRESS, MOST_BYTES
from cloudwindow.settings import Settings
from tests.support.client import Citizen
from tests.support.server import Server


async def test_it_sends_what_is_asked_for(server: Server) -> None:
    async with Citizen(server.url) as citizen:
        for query, size in (("", 0), ("?size=1", 1), (f"?size={MOST_BYTES}", MOST_BYTES)):
            answer = await citizen.http.get(f"/api/line-check{query}")
            assert (answer.status_code, len(answer.content)) == (200, size)
            assert answer.headers["cache-control"] == "no-store"
        again = await citizen.http.get("/api/line-check?size=4096")
        assert again.content != (await citizen.http.get("/api/line-check?size=4096")).content


@pytest.mark.parametrize("size", ["-1", str(MOST_BYTES + 1), "many", "1e3"])
async def test_it_sends_no_more(server: Server, size: str) -> None:
    async with Citizen(server.url) as citizen:
        answer = await citizen.http.get("/api/line-check", params={"size": size})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_downloads_have_a_limit_and_timing_has_none(server: Server) -> None:
    await server.city.set_parameter(DOWNLOADS_PER_ADDRESS.most, 2)
    async with Citizen(server.url) as citizen:
        answers = [(await citizen.http.get("/api/line-check?size=8")).status_code for _ in range(3)]
        assert answers == [200, 200, 429]
        assert (await citizen.http.get("/api/line-check")).status_code == 200


def test_a_page_without_https_is_told_where_it_has_a_camera() -> None:
    configured = Settings(mode="production", origins="http://10.0.0.2:8000,https://window.example")
    assert SettingsAddress(configured).secure() == "https://window.example"
    assert SettingsAddress(Settings(mode="production")).secure() is None
