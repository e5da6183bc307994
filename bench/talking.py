"""What two calls that go on take of this machine, and how soon what the clerk draws is seen on the citizen's page."""

import asyncio
import os
import time
from pathlib import Path

import asyncpg
from playwright.async_api import Browser, expect

from bench import people
from bench.browser import browsers, sign_in, until
from bench.house import House, open_house
from tests.journeys.people import STATION, CitizenPage, ClerkPage

PAIRS = (
    ("zhangyanli", STATION, "刘桂英", "19900001301"),
    ("zhaoshumin", "魏都区政务服务大厅 · 云综窗 04 号", "陈思远", "19900001302"),
)
COUNTED_SECONDS = 20.0
SETTLE_SECONDS = 5.0
MOVES = 200

# Instants are of one clock: both pages run on this machine.
_NOTE_MOVES = """
window.bench.moves = [];
const moved = () => window.bench.moves.push(performance.timeOrigin + performance.now());
document.addEventListener('pointermove', moved, true);
"""
_NOTE_INK = """
window.bench.ink = [];
new MutationObserver((changes) => {
  if (changes.some(({ attributeName, addedNodes }) => attributeName === 'd' || addedNodes.length > 0))
    requestAnimationFrame(() => window.bench.ink.push(performance.timeOrigin + performance.now()));
}).observe(document.querySelector('.stage-ink'), { subtree: true, childList: true, attributeFilter: ['d'] });
"""


async def measure() -> dict[str, float]:
    """Return the share of one core that server and database take, and the latency of drawing in milliseconds."""
    async with open_house() as house, browsers() as browser:
        connection = await asyncpg.connect(house.database_url)
        await people.lift_limits(connection)
        pairs = [await _meet(browser, house, *pair) for pair in PAIRS]
        for side in (side for pair in pairs for side in pair):
            await side.until_flows()
        await asyncio.sleep(SETTLE_SECONDS)
        share = await _share_of_a_core(house.pid, await connection.fetchval("SELECT pg_backend_pid()"))
        latencies = sorted(await _draw(*pairs[0]))
        await connection.close()
    print(f"  {len(latencies)} moves: median {latencies[len(latencies) // 2]:.1f} ms", flush=True)
    return {
        "call.cpu_share_two_calls": share,
        "annotate.latency_ms_p95": latencies[int(0.95 * (len(latencies) - 1))],
    }


async def _meet(
    browser: Browser, house: House, account: str, station: str, name: str, phone: str
) -> tuple[ClerkPage, CitizenPage]:
    clerk = await sign_in(browser, house, account, station)
    citizen = await CitizenPage.open(browser, house.url)
    await citizen.take_number(name, phone)
    await clerk.answer(name)
    await citizen.in_call()
    return clerk, citizen


async def _share_of_a_core(server: int, backend: int) -> float:
    """What the server's process and all of PostgreSQL's take while both calls go on."""
    postmaster = _parent_of(backend)
    ours, all_, began = _seconds_of(server, postmaster), _seconds_of_machine(), time.monotonic()
    await asyncio.sleep(COUNTED_SECONDS)
    took = time.monotonic() - began
    share = (_seconds_of(server, postmaster) - ours) / took
    busy = (_seconds_of_machine() - all_) / took
    print(f"  server and database {share:.3f} of a core, with four browser pages {busy:.2f}", flush=True)
    return share


def _parent_of(pid: int) -> int:
    return int(_facts_of(pid)[1])


def _facts_of(pid: int) -> list[str]:
    """What the kernel tells of a process after its name."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()


def _seconds_of(server: int, postmaster: int) -> float:
    """Seconds of processor time of the server and of PostgreSQL with all its processes, ended ones too."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = _facts_of(int(folder.name))
        except OSError:  # ended meanwhile; its parent counts it
            continue
        if int(folder.name) == server or postmaster in {int(folder.name), int(facts[1])}:
            ticks += sum(int(fact) for fact in facts[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _seconds_of_machine() -> float:
    """Seconds of processor time that all processes of this machine took: user, nice and system."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()
    return sum(int(field) for field in fields[1:4]) / os.sysconf("SC_CLK_TCK")


async def _draw(clerk: ClerkPage, citizen: CitizenPage) -> list[float]:
    """Draw one long line with the pen, move by move; from each on the clerk's page to the frame that shows it."""
    await clerk.page.keyboard.press("a")
    for side in (clerk, citizen):
        await expect(side.page.locator(".stage-sheet")).to_be_visible()
    await clerk.page.evaluate(_NOTE_MOVES)
    await citizen.page.evaluate(_NOTE_INK)
    box = await clerk.page.locator(".stage-sheet").bounding_box()
    if box is None:
        raise RuntimeError("the stage shows no picture")
    mouse = clerk.page.mouse
    took = []
    await mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.5 * box["height"])
    await mouse.down()
    await until(citizen.page, "window.bench.ink.length > 0")
    for number in range(1, MOVES + 1):
        seen: int = await citizen.page.evaluate("window.bench.ink.length")
        down = 0.5 + 0.3 * (number % 2)
        await mouse.move(box["x"] + (0.1 + 0.8 * number / MOVES) * box["width"], box["y"] + down * box["height"])
        await until(citizen.page, f"window.bench.ink.length > {seen}")
        at: float = await citizen.page.evaluate(f"window.bench.ink[{seen}]")
        took.append(at - await clerk.page.evaluate("window.bench.moves.at(-1)"))
    await mouse.up()
    return took
