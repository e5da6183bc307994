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


async def test_a_call_goes_from_a_pc_to_a_phone_and_the_link_works_once(browser: Browser, cluster: Cluster) -> None:
    port = free_port()
    async with (
        open_city(cluster) as city,
        open_server(city, CLOUDWINDOW_TLS_PORT=str(port)) as server,
        chromium(server.authority) as pocket,
    ):
        clerk = await ClerkPage.open(browser, server.url)
        await clerk.sign_in()
        await clerk.be_ready()
        desktop = await CitizenPage.open(browser, server.url, phone=False)
        await desktop.take_number()
        await clerk.answer("刘桂英")
        await desktop.in_call()
        await clerk.until_flows()
        await desktop.page.get_by_role("button", name="换手机").click()
        await expect(desktop.page.get_by_alt_text("在另一台设备继续的二维码")).to_be_visible()
        link = await desktop.page.locator(".link-text").inner_text()
        assert link.startswith(f"https://{lan_addresses()[0]}:{port}/continue#")
        phone = await CitizenPage.open(pocket, f"https://{lan_addresses()[0]}:{port}")
        await phone.page.goto(link)
        await phone.page.get_by_role("button", name="在这里继续").click()
        await phone.in_call()
        await expect(desktop.page.get_by_role("heading", name="已在另一台设备继续")).to_be_visible()
        await clerk.until_flows()
        await phone.until_flows()
        assert await desktop.page.evaluate("window.connections.every((one) => one.connectionState === 'closed')")
        assert phone.trouble == []
        again = await CitizenPage.open(pocket, f"https://{lan_addresses()[0]}:{port}")
        await again.page.goto(link)
        await again.page.get_by_role("button", name="在这里继续").click()
        await expect(again.page.get_by_text("这个链接已经用过了")).to_be_visible()
        await phone.hang_up()
        await clerk.wrap_up("改用手机以后接着办完。")
        for person in (clerk, desktop, phone, again):
            await person.context.close()
