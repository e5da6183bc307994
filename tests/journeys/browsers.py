"""Real Chromium browsers with a fake camera and microphone, and what a test may ask of their calls."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright, expect

CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream=device-count=3",  # the second camera sees depth only, no picture
    "--use-fake-ui-for-media-stream",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

# Remembers every connection that the page makes, so that a test can read its statistics.
_REMEMBER = """
window.connections = [];
const Original = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(...args) { super(...args); window.connections.push(this); }
};
"""
# Denies the camera but not the microphone, as a person may.
DENY_CAMERA = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (wanted) => wanted && wanted.video
  ? Promise.reject(new DOMException('Permission denied', 'NotAllowedError')) : ask(wanted);
"""
# What networks do to WebSockets: refuse them, or let them open and swallow whatever is said.
_BLOCKED = """
window.WebSocket = class {
  constructor() { setTimeout(() => %s, 20); }
  send() {}
  close() {}
};
"""
BLOCKED = {
    "refused": _BLOCKED % "this.onclose && this.onclose({ code: 1006 })",
    "silent": _BLOCKED % "this.onopen && this.onopen()",
}
STATISTICS = """
async () => {
  const found = { frames: 0, energy: 0, audio: 0 };
  for (const connection of window.connections) {
    if (connection.connectionState === 'closed') continue;
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      if (report.kind === 'video') found.frames += report.framesDecoded || 0;
      if (report.kind === 'audio') {
        found.energy += report.totalAudioEnergy || 0;
        found.audio += report.bytesReceived || 0;
      }
    }
  }
  return found;
}
"""


@asynccontextmanager
async def chromium(
    authority: Path | None = None, *, flags: list[str] = FLAGS, program: str = CHROMIUM
) -> AsyncIterator[Browser]:
    """Start one Chromium; it trusts an authority as if somebody had installed it there."""
    async with async_playwright() as playwright:
        with tempfile.TemporaryDirectory(prefix="cw-chromium-") as home:
            environment = dict(os.environ)
            if authority is not None:
                await _trust(authority, Path(home))
                environment["HOME"] = home
            browser = await playwright.chromium.launch(executable_path=program, args=flags, env={**environment})
            try:
                yield browser
            finally:
                await browser.close()


async def crash(browser: Browser) -> None:
    """Let a browser die as by a fault of its own: no page of it can say goodbye."""
    gone = asyncio.Event()
    browser.on("disconnected", lambda _: gone.set())
    session = await browser.new_browser_cdp_session()
    with suppress(Error):  # nobody answers any more
        await session.send("Browser.crash")
    await gone.wait()


async def _trust(authority: Path, home: Path) -> None:
    """Install an authority for everything that runs under a home folder."""
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True)
    for arguments in (("-N", "--empty-password"), ("-A", "-n", "authority", "-t", "C,,", "-i", str(authority))):
        process = await asyncio.create_subprocess_exec("certutil", "-d", f"sql:{folder}", *arguments)
        assert await process.wait() == 0


class Watched:
    """A page whose console must stay clean: `trouble` collects errors, warnings and failed requests."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.trouble: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.trouble.append(f"error: {error}"))
        page.on("console", lambda line: self._note(line.type, line.text, line.location["url"]))

    def _note(self, kind: str, text: str, url: str) -> None:
        if kind in {"error", "warning"}:
            self.trouble.append(f"{kind}: {text} at {url}")

    async def statistics(self) -> dict[str, Any]:
        """Return decoded frames, received audio energy and bytes over all open connections."""
        found: dict[str, Any] = await self.page.evaluate(STATISTICS)
        return found

    async def until_flows(self, *, video: bool = True) -> None:
        """Wait until what this page receives grows: frames decoded, sound heard."""
        before = await self.statistics()
        await self.until(
            f"const now = await ({STATISTICS})();"
            "return (!wanted.video || now.frames > wanted.before.frames + 5)"
            "  && now.energy > wanted.before.energy && now.audio > wanted.before.audio;",
            {"before": before, "video": video},
        )

    async def until(self, body: str, wanted: object = None) -> None:
        """Wait in the page until a function body returns true; Playwright's own way needs eval, which CSP refuses."""
        looping = f"""async (wanted) => {{
            const holds = async () => {{ {body} }};
            while (!(await holds())) await new Promise((again) => setTimeout(again, 50));
        }}"""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            await self.page.evaluate(looping, wanted)


async def open_context(
    browser: Browser, *, phone: bool, deny_camera: bool = False, sockets: str = "open"
) -> BrowserContext:
    """Open a phone (390 × 844, touch) or a PC (1440 × 900) in Chinese, with camera and microphone allowed.

    `sockets`: what the network does to WebSockets, a key of `BLOCKED` or nothing to them.
    """
    size = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    context = await browser.new_context(
        viewport=size,  # type: ignore[arg-type]  # a plain dict of the same shape
        has_touch=phone,
        is_mobile=phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["microphone"] if deny_camera else ["camera", "microphone"],
    )
    await context.add_init_script(_REMEMBER)
    if deny_camera:
        await context.add_init_script(DENY_CAMERA)
    if sockets in BLOCKED:
        await context.add_init_script(BLOCKED[sockets])
    return context
