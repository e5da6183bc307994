"""What a clerk and a citizen do on their pages, in the words they see."""

import re
from typing import Self

from playwright.async_api import Browser, BrowserContext, expect

from tests.journeys.browsers import Watched, open_context
from tests.support.city import PASSWORD, WEIDU

STATION = "魏都区政务服务大厅 · 云综窗 01 号"


class ClerkPage(Watched):
    """The workbench of a clerk."""

    context: BrowserContext
    url: str

    @classmethod
    async def open(cls, browser: Browser, url: str, *, sockets: str = "open") -> Self:
        """Open the workbench in a browser of its own."""
        context = await open_context(browser, phone=False, sockets=sockets)
        clerk = cls(await context.new_page())
        clerk.context, clerk.url = context, url
        await clerk.page.goto(f"{url}/workbench")
        return clerk

    async def log_in(self, account: str = "zhangyanli", station: str = STATION, *, password: str = PASSWORD) -> None:
        """Say who sits here, and where."""
        await self.page.get_by_label("账号").fill(account)
        await self.page.get_by_label("密码").fill(password)
        await self.page.get_by_label("今天坐哪个窗口").select_option(label=station)
        await self.page.get_by_role("button", name="登录并进入工作台").click()

    async def sign_in(self, account: str = "zhangyanli", station: str = STATION, *, password: str = PASSWORD) -> None:
        """Sign in at a station in the morning, with nothing to go on with."""
        await self.log_in(account, station, password=password)
        await expect(self.page.get_by_role("heading", name="您还没有上线")).to_be_visible()

    async def be_ready(self) -> None:
        """Become ready by the key; where somebody waits, it rings at once."""
        await self.page.keyboard.press("F8")
        await self.see_ready()

    async def see_ready(self) -> None:
        """See that one may be rung, or is rung already."""
        ready = self.page.get_by_role("heading", name="您已就绪，等候呼叫")
        await expect(ready.or_(self.page.get_by_role("button", name=re.compile("^接听"))).first).to_be_visible()

    async def answer(self, name: str) -> None:
        """Wait for the ring of a person and answer it by Enter, as focus stands on 接听."""
        await expect(self.page.get_by_role("heading", name=re.compile(name))).to_be_visible()
        await expect(self.page.get_by_role("button", name=re.compile("^接听"))).to_be_focused()
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("button", name=re.compile("^结束"))).to_be_visible()

    async def end(self) -> None:
        """End the call by its key and confirm."""
        await self.page.keyboard.press("Control+e")
        dialog = self.page.get_by_role("alertdialog").or_(self.page.get_by_role("dialog"))
        await dialog.get_by_role("button", name=re.compile("结束")).click()

    async def wrap_up(self, words: str) -> None:
        """Choose the second outcome by its digit, add a sentence, save by Ctrl Enter."""
        await expect(self.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
        await self.page.keyboard.press("2")
        await self.page.get_by_role("textbox").first.fill(words)
        await self.page.keyboard.press("Control+Enter")
        await self.see_ready()


class CitizenPage(Watched):
    """The pages of a citizen on a phone."""

    context: BrowserContext
    url: str
    shows: bool
    """There is a camera that may be used."""

    @classmethod
    async def open(
        cls, browser: Browser, url: str, *, deny_camera: bool = False, phone: bool = True, sockets: str = "open"
    ) -> Self:
        """Open the home page of 魏都区 on a phone, or a computer, of its own."""
        context = await open_context(browser, phone=phone, deny_camera=deny_camera, sockets=sockets)
        citizen = cls(await context.new_page())
        citizen.context, citizen.url, citizen.shows = context, url, not deny_camera
        await citizen.page.goto(f"{url}/?r={WEIDU}")
        return citizen

    async def take_number(self, name: str = "刘桂英", phone: str = "19900001301", *, typed: bool = False) -> None:
        """Go from the item over guide, name and notice to a number; `typed`: ask to talk in writing."""
        page = self.page
        await page.get_by_role("link", name="居民养老参保").click()
        await page.get_by_label("在许昌市（哪个县区都可以）").check()
        await page.get_by_role("button", name="开始视频帮办").or_(page.get_by_role("link", name="开始视频帮办")).click()
        await page.get_by_label("怎么称呼您").fill(name)
        await page.get_by_label("手机号").fill(phone)
        await page.locator(".dock button").click()
        await self.try_devices()
        await page.get_by_role("checkbox", name=re.compile("我同意视频通话")).check()
        if typed:
            await page.get_by_role("checkbox", name=re.compile("用打字交谈")).check()
        await page.get_by_role("button", name="同意，开始排队").click()
        await expect(page.get_by_text("您的号码")).to_be_visible()

    async def try_devices(self) -> None:
        """Go on from the page that tries picture and sound, with what there is."""
        # While the camera opens one may go on without it; who has one waits.
        on = "看得见、听得到，下一步" if self.shows else re.compile("不用画面，只说话|先这样，下一步")
        await self.page.get_by_role("button", name=on).first.click()

    async def in_call(self) -> None:
        """Wait until the call page shows who is there."""
        await expect(self.page.get_by_role("button", name="挂断")).to_be_visible()

    async def hang_up(self) -> None:
        """Hang up and confirm."""
        await self.page.get_by_role("button", name="挂断").click()
        dialog = self.page.get_by_role("dialog").or_(self.page.get_by_role("alertdialog"))
        await dialog.get_by_role("button", name=re.compile("挂断|结束")).click()

    async def see_result(self, words: str) -> None:
        """Go on from the ended call to what was done, and on to the rating."""
        await self.page.get_by_role("link", name="看结果和下一步").click()
        await expect(self.page.get_by_text(words)).to_be_visible()
        await self.page.get_by_role("link", name="评价这次帮办").click()

    async def rate(self, level: str, reason: str) -> None:
        """Rate with a level and a reason."""
        await self.page.get_by_label(level, exact=True).check()
        await self.page.get_by_text(reason, exact=True).click()
        await self.page.get_by_role("button", name="送出评价").click()
