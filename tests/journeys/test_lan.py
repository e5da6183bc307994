"""A phone on the local network: HTTPS with the authority that the program made, installed on that phone and not."""

import pytest
from playwright.async_api import Browser, Error, expect

from cloudwindow.foundation.tls.names import lan_addresses
from tests.journeys.browsers import chromium, open_context
from tests.journeys.people import CitizenPage, ClerkPage
from tests.support.city import open_city
from tests.support.cluster import Cluster
from tests.support.server import free_port, open_server

pytestmark = pytest.mark.journey


async def test_a_phone_that_trusts_the_authority_has_a_call(browser: Browser, cluster: Cluster) -> None:
    port = free_port()
    address = f"https://{lan_addresses()[0]}:{port}"
    async with (
        open_city(cluster) as city,
        open_server(city, CLOUDWINDOW_TLS_PORT=str(port)) as server,
        chromium(server.authority) as phone,
    ):
        context = await open_context(browser, phone=True)
        page = await context.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            await page.goto(address)
        await context.close()
        clerk = await ClerkPage.open(browser, server.url)
        await clerk.sign_in()
        await clerk.be_ready()
        citizen = await CitizenPage.open(phone, address)
        await citizen.take_number()
        await clerk.answer("刘桂英")
        await citizen.in_call()
        await clerk.until_flows()
        await citizen.until_flows()
        cookies = await citizen.context.cookies()
        assert [(cookie.get("name"), cookie.get("secure")) for cookie in cookies] == [("cw_applicant_s", True)]
        await citizen.hang_up()
        await expect(citizen.page.get_by_role("link", name="看结果和下一步")).to_be_visible()
        assert citizen.trouble == []
        await citizen.context.close()
        await clerk.context.close()
