"""A call whose pictures may only go over a relay: a real coturn, credentials that our server made for it."""

import pytest
from playwright.async_api import Browser

from tests.journeys.test_first_call import meet
from tests.support.city import open_city
from tests.support.cluster import Cluster
from tests.support.relay import open_relay
from tests.support.server import open_server

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
            kinds = await side.page.evaluate(_KINDS)
            assert set(kinds) == {"relay"}
        assert clerk.trouble == []
        assert citizen.trouble == []
        await clerk.context.close()
        await citizen.context.close()
        assert "ALLOCATE processed, success" in relay.log()
