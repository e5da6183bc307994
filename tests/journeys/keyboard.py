"""A citizen and a clerk without a mouse or a touch screen: everything by Tab, arrows, Space, Enter and shortcuts."""

import re

from playwright.async_api import expect

from tests.journeys.browsers import Watched
from tests.journeys.people import STATION, CitizenPage, ClerkPage
from tests.support.city import PASSWORD

MOST_STOPS = 120
# What a screen reader would say of the element that has the focus, roughly: its label, else its text.
_FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return '';
  const labels = element.labels ? [...element.labels].map((label) => label.innerText) : [];
  return element.getAttribute('aria-label') || labels.join(' ') || element.innerText || '';
}"""
_RING = """() => {
  const element = document.activeElement;
  const frame = element.closest('[role=search]'); // around the field and its sign
  const seen = [element, ...(element.labels || []), ...element.children, ...(frame ? [frame] : [])];
  return seen.some((element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  });
}"""


_CHOSEN = "document.activeElement.selectedOptions[0].label"


class Keys(Watched):
    """A page on which one only has keys."""

    async def tab_to(self, words: str) -> None:
        """Press Tab until the focus stands on what says `words`; its ring must be visible."""
        wanted = re.compile(words)
        for _ in range(MOST_STOPS):
            if wanted.search(await self.page.evaluate(_FOCUSED)):
                assert await self.page.evaluate(_RING), f"no focus ring on {words}"
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {words}")

    async def press_on(self, words: str, key: str = "Enter") -> None:
        """Go to what says `words` and press a key."""
        await self.tab_to(words)
        await self.page.keyboard.press(key)

    async def type_into(self, field: str, text: str) -> None:
        """Go to a field and type."""
        await self.tab_to(field)
        await self.page.keyboard.type(text)


class KeyboardCitizen(Keys, CitizenPage):
    """A citizen who only has keys."""

    async def find(self, words: str, item: str) -> None:
        """Type what it is called at home, and open what is found."""
        await self.type_into("您要办什么事", words)
        await self.page.keyboard.press("Enter")
        await expect(self.page.get_by_role("heading", name=re.compile("找到 . 件事"))).to_be_visible()
        await self.press_on(item)

    async def take_number(self, name: str = "刘桂英", phone: str = "19900001301", *, typed: bool = False) -> None:
        """Go from the item to a number; `typed`: ask to talk in writing."""
        page = self.page
        await self.find("养老保险", "城乡居民养老保险参保登记")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("城乡居民养老保险参保登记")
        await self.press_on("在许昌市", "Space")
        await self.press_on("开始视频帮办")
        await expect(page.get_by_label("怎么称呼您")).to_be_visible()
        await self.type_into("怎么称呼您", name)
        await self.type_into("手机号", phone)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name="看得见、听得到，下一步")).to_be_visible()
        await self.press_on("放一声听听")
        await expect(page.get_by_role("button", name="听到了", exact=True)).to_be_visible()  # once it has sounded
        await self.press_on("^听到了", "Space")
        await self.press_on("看得见、听得到，下一步")
        await expect(page.get_by_role("checkbox", name=re.compile("我同意视频通话"))).to_be_visible()
        if typed:
            await self.press_on("用打字交谈", "Space")
        await self.press_on("我同意视频通话", "Space")
        await self.press_on("同意，开始排队")
        await expect(page.get_by_text("您的号码")).to_be_visible()

    async def write(self, words: str) -> None:
        """Write beside the call, at a computer, where Enter sends; Esc leads back to the call."""
        await self.press_on("^聊天")
        await expect(self.page.get_by_role("textbox")).to_be_focused()
        await self.page.keyboard.type(words)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator(".chat-line").last).to_contain_text(words)
        await self.page.keyboard.press("Escape")
        await expect(self.page.get_by_role("textbox")).to_have_count(0)

    async def hang_up(self) -> None:
        """Hang up and confirm."""
        await self.press_on("^挂断")
        await expect(self.page.get_by_role("dialog").or_(self.page.get_by_role("alertdialog"))).to_be_visible()
        await self.press_on("^挂断")

    async def rate_by_keys(self) -> None:
        """Read what was done and rate it with the best level."""
        await expect(self.page.get_by_role("link", name="看结果和下一步")).to_be_visible()
        await self.press_on("看结果和下一步")
        await expect(self.page.get_by_role("link", name="评价这次帮办")).to_be_visible()
        await self.press_on("评价这次帮办")
        await expect(self.page.get_by_role("heading", name="这次帮办，您满意吗？")).to_be_visible()
        await self.press_on("^非常满意", "Space")
        await self.press_on("不用提交证明", "Space")
        await self.press_on("送出评价")
        await expect(self.page.get_by_text("谢谢您的评价")).to_be_visible()


class KeyboardClerk(Keys, ClerkPage):
    """A clerk who only has keys."""

    async def log_in(self, account: str = "zhangyanli", station: str = STATION, *, password: str = PASSWORD) -> None:
        """Say who sits here, and where, without the list ever being opened."""
        page = self.page
        await expect(page.get_by_label("今天坐哪个窗口")).to_contain_text(station)  # once the counters have come
        await self.type_into("^账号", account)
        await self.type_into("^密码", password)
        await self.tab_to("^今天坐哪个窗口")
        for _ in range(MOST_STOPS):
            if await page.evaluate(_CHOSEN) == station:
                break
            await page.keyboard.press("ArrowDown")
        await self.press_on("^登录并进入工作台")

    async def write(self, words: str) -> None:
        """Write beside the call."""
        await self.page.keyboard.press("F4")
        await expect(self.page.get_by_role("textbox", name="写给刘桂英")).to_be_focused()
        await self.page.keyboard.type(words)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator(".chat-line").last).to_contain_text(words)

    async def nearly_end(self) -> None:
        """Begin to end the call by its key; Enter would confirm, as focus stands on it, and Esc goes on."""
        await self.page.keyboard.press("Control+e")
        await expect(self.page.get_by_role("button", name="结束，去写小结")).to_be_focused()
        await self.page.keyboard.press("Escape")
        await expect(self.page.get_by_role("alertdialog").or_(self.page.get_by_role("dialog"))).to_have_count(0)

    async def wrap_up(self, words: str) -> None:
        """Choose the second outcome by its digit, type a sentence, save by Ctrl Enter."""
        await expect(self.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
        await self.page.keyboard.press("2")
        await expect(self.page.get_by_role("radio", name=re.compile("^已指导网办"))).to_be_checked()
        await self.type_into("^补充一句", words)
        await self.page.keyboard.press("Control+Enter")
        await self.see_ready()
