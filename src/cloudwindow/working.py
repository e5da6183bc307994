"""The worker process: background work without web pages, until somebody asks it to stop."""

from collections.abc import Callable

from cloudwindow.app import background, open_parts
from cloudwindow.foundation import logs
from cloudwindow.settings import Settings
from cloudwindow.stopping import Stop


async def run(settings: Settings, url: str, stop: Stop, ready: Callable[[], None]) -> None:
    """Work on a migrated database until somebody asks to stop; `ready` is called once it does."""
    logs.configure(settings.log_level)
    async with open_parts(settings, url) as parts, background(parts):
        ready()
        await stop.wait()
