"""J5 (a): the clerk asks the expert in, all see and hear each other, the expert leaves and the call goes on.

Four are the most who fit; that a fifth does not is said on the screen.
"""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Locator, expect
from sqlalchemy import text

from cloudwindow.dispatch.parameters import RING_SECONDS
from tests.journeys.browsers import FLAGS, Watched, chromium
from tests.journeys.people import STATION, ClerkPage
from tests.journeys.test_first_call import meet, until_rows
from tests.support.server import Server

pytestmark = pytest.mark.journey

TALKING = ("serving", "open", "connected")
EXPERT, OFFICE = "李红霞", "许昌市人力资源和社会保障局"
MATE = "赵书敏"
ANSWER = "能认，看招工表原件"
WORDS = "视同缴费年限能不能认？"
FIVE_A_SECOND = [f"{one},fps=5" if one.startswith("--use-fake-device") else one for one in FLAGS]
FULL = "一次通话最多 4 个人，请先让一位离开"

# Of every connection that is open the frames decoded since one first looked; one for each of the others.
_FRAMES = """
const found = [];
const looked = (window.looked ??= {})[wanted.look] ??= new Map();
for (const connection of window.connections) {
  if (connection.connectionState !== 'connected') continue;
  let frames = 0;
  for (const report of (await connection.getStats()).values())
    if (report.type === 'inbound-rtp' && report.kind === 'video') frames += report.framesDecoded || 0;
  if (!looked.has(connection)) looked.set(connection, frames);
  found.push(frames - looked.get(connection));
}
"""


async def sees_all(side: Watched, others: int) -> None:
    """Wait until pictures of so many others keep coming, each over a connection of its own."""
    wanted = {"others": others, "look": str(uuid4())}
    try:
        await side.until(
            f"{_FRAMES} return found.length === wanted.others && found.every((frames) => frames > 3);", wanted
        )
    except TimeoutError:
        found = await side.page.evaluate(f"async (wanted) => {{ {_FRAMES} return found; }}", wanted)
        raise AssertionError(f"frames since of {others} others: {found}") from None


async def choose_smooth(side: Watched) -> None:
    """Choose a small picture: a choice holds, while a busy machine's line could be taken for one too weak for any."""
    await side.page.locator(".line-quality").click()
    if isinstance(side, ClerkPage):
        await side.page.get_by_role("menu").get_by_text("流畅").click()
    else:
        await side.page.get_by_label("流畅").check()
        await side.page.get_by_role("button", name="好了").click()


async def has_focus(button: Locator) -> None:
    await expect(button).to_be_visible()
    await expect(button).to_be_focused()


async def ask_in(clerk: ClerkPage, name: str, words: str) -> None:
    await clerk.page.keyboard.press("i")
    dialog = clerk.page.get_by_role("dialog", name="邀请或转接")
    await dialog.get_by_role("radio", name=re.compile(name)).check()
    await dialog.get_by_label("先给他看的话").fill(words)
    await dialog.get_by_role("button", name=f"邀请{name}").click()
    await expect(clerk.page.get_by_text(f"正在请{name}")).to_be_visible()


async def come_in(invited: ClerkPage) -> None:
    await expect(invited.page.get_by_role("heading", name="张艳丽请您进来一起说")).to_be_visible()
    await has_focus(invited.page.get_by_role("button", name=re.compile("^进入连线")))
    await invited.page.keyboard.press("Enter")


async def test_an_expert_comes_and_goes_and_the_call_goes_on(browser: Browser, server: Server) -> None:
    expert = await ClerkPage.open(browser, server.url)
    await expert.sign_in("lihongxia", STATION)
    await expert.be_ready()
    clerk, citizen = await meet(browser, server.url)
    for side in (clerk, citizen):
        await side.until_flows()
    await until_rows(server, TALKING)

    await ask_in(clerk, EXPERT, WORDS)
    await expect(citizen.page.get_by_text(f"正在请{EXPERT}进来").first).to_be_visible()
    await expect(expert.page.get_by_text(WORDS)).to_be_visible()
    await come_in(expert)
    for side in (clerk, citizen, expert):
        await sees_all(side, 2)
        await side.until_flows()
    await until_rows(server, TALKING)
    await expect(citizen.page.get_by_role("region", name=EXPERT)).to_be_visible()
    await expect(citizen.page.get_by_text(OFFICE).first).to_be_visible()
    for page in (clerk.page, expert.page):
        await expect(page.get_by_role("group", name="通话里 3 个人")).to_be_visible()
    await expect(expert.page.get_by_role("button", name=re.compile("^保持"))).to_have_count(0)

    # a page that comes back is among all of them again
    await expert.page.reload()
    for side in (clerk, citizen, expert):
        await sees_all(side, 2)

    await expert.page.keyboard.press("Control+e")
    await expert.page.get_by_role("alertdialog").get_by_role("button", name="离开").click()
    await expect(expert.page.get_by_role("heading", name="您已就绪，等候呼叫")).to_be_visible()
    await expect(citizen.page.get_by_role("region", name=EXPERT)).to_have_count(0)
    for side in (clerk, citizen):
        await sees_all(side, 1)
    await until_rows(server, TALKING)
    async with server.city.database.reading() as rows:
        kinds = await rows.scalars(text("SELECT kind FROM session_event WHERE kind LIKE 'invite%' ORDER BY seq"))
        assert list(kinds) == ["invited", "invited_joined", "invited_left"]
    await clerk.end()
    await expect(clerk.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
    for side in (clerk, citizen, expert):
        assert side.trouble == []
        await side.page.context.close()


async def test_an_expert_answers_in_writing(browser: Browser, server: Server) -> None:
    expert = await ClerkPage.open(browser, server.url)
    await expert.sign_in("lihongxia", STATION)
    await expert.be_ready()
    clerk, citizen = await meet(browser, server.url)
    await until_rows(server, TALKING)
    await ask_in(clerk, EXPERT, WORDS)
    await has_focus(expert.page.get_by_role("button", name=re.compile("^进入连线")))
    await expert.page.keyboard.press("r")
    await expect(expert.page.get_by_label("写一句")).to_be_focused()
    await expect(clerk.page.get_by_text(re.compile("还有 [3-8][0-9] 秒"))).to_be_visible()
    await expert.page.keyboard.type(ANSWER)
    await expert.page.keyboard.press("Enter")
    await expect(expert.page.get_by_text("您写的话已经给请您的人看了")).to_be_visible()
    await expect(clerk.page.get_by_text(ANSWER)).to_be_visible()
    await expect(citizen.page.get_by_text(ANSWER)).to_have_count(0)
    await until_rows(server, TALKING)
    for side in (clerk, citizen, expert):
        assert side.trouble == []
        await side.page.context.close()


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_four_see_each_other_and_a_fifth_is_refused(server: Server) -> None:
    """Four pages of one machine decode twelve pictures, so their cameras give five a second."""
    async with chromium(flags=FIVE_A_SECOND) as browser:
        await _four_and_no_fifth(browser, server)


async def _four_and_no_fifth(browser: Browser, server: Server) -> None:
    await server.city.set_parameter(RING_SECONDS, 300)  # however busy this machine is
    expert, mate = [await ClerkPage.open(browser, server.url) for _ in range(2)]
    await expert.sign_in("lihongxia", STATION)
    await mate.sign_in("zhaoshumin", STATION)
    clerk, citizen = await meet(browser, server.url)
    everybody: list[Watched] = [clerk, citizen]
    for side in everybody:
        await side.until_flows()
        await choose_smooth(side)
    for invited, name in ((expert, EXPERT), (mate, MATE)):
        await invited.be_ready()
        await ask_in(clerk, name, WORDS)
        await come_in(invited)
        everybody.append(invited)
        for side in everybody:
            await sees_all(side, len(everybody) - 1)
    for side in everybody:
        await side.until_flows()
    await until_rows(server, TALKING)
    for name in (EXPERT, MATE):
        await expect(citizen.page.get_by_role("region", name=name)).to_be_visible()

    await expect(clerk.page.get_by_role("group", name="通话里 4 个人")).to_contain_text(FULL)
    await expect(clerk.page.get_by_role("button", name=re.compile("^邀请"))).to_be_disabled()
    await clerk.page.keyboard.press("i")
    await expect(clerk.page.get_by_role("dialog")).to_have_count(0)
    # with one gone there is room again
    await clerk.page.get_by_role("button", name=f"请{MATE}先离开").click()
    await expect(clerk.page.get_by_text(FULL)).to_have_count(0)
    await expect(clerk.page.get_by_role("button", name=re.compile("^邀请"))).to_be_enabled()
    for side in everybody[:3]:
        await sees_all(side, 2)
    for side in everybody:
        assert side.trouble == []
        await side.page.context.close()
