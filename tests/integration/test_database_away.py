"""While the database is away every request says so, live lines close for later, and all goes on by itself."""

import shutil
from collections.abc import Iterator

import httpx
import pytest
import websockets

from cloudwindow.foundation.postgres import EmbeddedPostgres
from tests.support.city import open_city
from tests.support.client import Citizen
from tests.support.cluster import OPTIONS, Cluster, temporary_folder
from tests.support.polling import MESSAGES, POLL, Line
from tests.support.server import open_server

TRY_AGAIN_LATER = 1013
AWAY = 503


class Mains:
    """A PostgreSQL that can be switched off and on."""

    def __init__(self) -> None:
        self.folder = temporary_folder()

    def on(self) -> str:
        """Start it; returns its address."""
        self.postgres = EmbeddedPostgres(self.folder, OPTIONS)
        return self.postgres.start()

    def off(self) -> None:
        """Stop it."""
        self.postgres.stop()


@pytest.fixture
def mains() -> Iterator[Mains]:
    """One that is off."""
    opened = Mains()
    yield opened
    opened.off()
    shutil.rmtree(opened.folder, ignore_errors=True)


def _is_sentence(answer: httpx.Response) -> bool:
    return answer.status_code == AWAY and answer.json()["code"] == "service_recovering"


async def test_requests_and_lines_while_it_is_away(mains: Mains) -> None:
    async with open_city(Cluster(mains.on())) as city, open_server(city) as server, Citizen(server.url) as citizen:
        await citizen.enter()
        ticket = await citizen.take()
        line = Line(citizen)
        await line.ask(server)
        mains.off()
        for _ in range(12):  # more than there are connections that each have to find out
            assert _is_sentence(await citizen.http.get("/api/applicant/state"))
            assert _is_sentence(await citizen.send(f"/api/tickets/{ticket['id']}/leave"))
            assert _is_sentence(await citizen.elsewhere(server.url, POLL, line.body()))
            assert _is_sentence(await citizen.elsewhere(server.url, MESSAGES, {"messages": [{}]}))
        await citizen.say({"type": "watch", "keys": [f"desk:{ticket['desk_id']}"]})
        assert await citizen.closed() == TRY_AGAIN_LATER
        with pytest.raises(websockets.InvalidStatus):
            await citizen.connect()
        assert '"level": "error"' not in server.log()
        mains.on()
        await citizen.open_line()
        assert citizen.state["ticket"]["id"] == ticket["id"]
        before = dict(citizen.cursor)
        left = await citizen.post(f"/api/tickets/{ticket['id']}/leave")
        assert left["state"] == "closed"
        told = await line.ask(server, after=before)
        assert told[0]["data"]["state"] == "closed"
