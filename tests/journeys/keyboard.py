"""A citizen without a mouse or a touch screen: everything by Tab, arrows, Space and Enter."""

import re

from playwright.async_api import expect

from tests.journeys.people import CitizenPage

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
  const seen = [element, ...(element.labels || []), ...element.children];
  return seen.some((element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  });
}"""


class KeyboardCitizen(CitizenPage):
    """A citizen who only has keys."""

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

    async def take_number(self, name: str = "刘桂英", phone: str = "19900001301", *, typed: bool = False) -> None:
        """Go from the item to a number; `typed`: ask to talk in writing."""
        page = self.page
        await expect(page.get_by_role("link", name="居民养老参保")).to_be_visible()
        await self.press_on("居民养老参保")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("城乡居民养老保险参保登记")
        await self.press_on("在许昌市", "Space")
        await self.press_on("开始视频帮办")
        await expect(page.get_by_label("怎么称呼您")).to_be_visible()
        await self.tab_to("怎么称呼您")
        await page.keyboard.type(name)
        await self.tab_to("手机号")
        await page.keyboard.type(phone)
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
