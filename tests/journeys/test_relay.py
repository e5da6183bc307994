"""Calls whose pictures go over a relay: a real coturn, credentials that our server made for it."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.journeys.browsers import CHROMIUM, Watched, chromium
from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_first_call import meet
from tests.support.city import open_city
from tests.support.cluster import Cluster
from tests.support.networks import may_make_networks, two_networks
from tests.support.relay import open_relay
from tests.support.server import free_port, open_server

pytestmark = pytest.mark.journey

_KINDS = """
async () => {
  const kinds = [];
  for (const connection of window.connections) {
    const stats = [...(await connection.getStats()).values()];
    for (const pair of stats.filter((one) => one.type === 'candidate-pair' && one.nominated))
      for (const end of [pair.localCandidateId, pair.remoteCandidateId])
        kinds.push(stats.find((one) => one.id === end)?.candidateType);
  }
  return kinds;
}
"""


async def kinds_of(side: Watched) -> set[str]:
    """Return over which kinds of addresses the pictures of a page go, at both ends."""
    return set(await side.page.evaluate(_KINDS))


async def test_a_call_over_a_relay_only(browser: Browser, cluster: Cluster) -> None:
    async with (
        open_relay() as relay,
        open_city(cluster) as city,
        open_server(
            city,
            CLOUDWINDOW_ICE_SERVERS=relay.url,
            CLOUDWINDOW_TURN_SECRET=relay.secret,
            CLOUDWINDOW_RELAY_ONLY="true",
        ) as server,
    ):
        clerk, citizen = await meet(browser, server.url)
        await clerk.until_flows()
        await citizen.until_flows()
        for side in (clerk, citizen):
            assert await kinds_of(side) == {"relay"}
        assert clerk.trouble == []
        assert citizen.trouble == []
        await clerk.context.close()
        await citizen.context.close()
        assert "ALLOCATE processed, success" in relay.log()


async def test_two_networks_without_a_route_between_them(cluster: Cluster, tmp_path: Path) -> None:
    """Nobody asks for a relay here: there is no other way."""
    if not await may_make_networks():
        pytest.skip("this user may not make networks; the relay-only call above shows the same path")
    port = free_port()
    async with (
        two_networks(tmp_path) as (hall, home),
        open_relay((hall.address,)) as relay,
        open_city(cluster) as city,
        open_server(
            city,
            CLOUDWINDOW_ICE_SERVERS=relay.url,
            CLOUDWINDOW_TURN_SECRET=relay.secret,
            CLOUDWINDOW_TLS_PORT=str(port),
        ) as server,
        chromium(server.authority, program=hall.program(CHROMIUM)) as pc,
        chromium(server.authority, program=home.program(CHROMIUM)) as phone,
    ):
        assert await home.reaches(hall.address)
        assert not await home.reaches(hall.inside)
        assert not await hall.reaches(home.inside)
        clerk = await ClerkPage.open(pc, f"https://{hall.address}:{port}")
        await clerk.sign_in()
        await clerk.be_ready()
        citizen = await CitizenPage.open(phone, f"https://{home.address}:{port}")
        await citizen.take_number()
        await clerk.answer("刘桂英")
        await citizen.in_call()
        await clerk.until_flows()
        await citizen.until_flows()
        for side in (clerk, citizen):  # the relay itself reaches both, so one end of each path is it
            assert "relay" in await kinds_of(side)
        await citizen.hang_up()
        await clerk.wrap_up("隔着两个网也办成了。")
        assert clerk.trouble == []
        assert citizen.trouble == []
