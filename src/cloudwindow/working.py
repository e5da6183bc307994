"""The worker process: background work without web pages, until somebody asks it to stop."""

import asyncio
import signal
from collections.abc import Callable

from cloudwindow.app import background, open_parts
from cloudwindow.foundation import logs
from cloudwindow.settings import Settings

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


async def run(settings: Settings, url: str, ready: Callable[[], None]) -> None:
    """Work on a migrated database until a signal asks to stop; `ready` is called once it does."""
    logs.configure(settings.log_level)
    asked = asyncio.Event()
    for (
        number
    ) in STOP_SIGNALS:  # by the loop: an exception out of a handler may come in the middle of the driver's code
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    async with open_parts(settings, url) as parts, background(parts):
        ready()
        await asked.wait()
