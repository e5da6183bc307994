"""Actions from the command line: the rooms wired as in a server, for as long as one command takes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cloudwindow.app import wire
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.crypto import NO_KEYS, Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.settings import Settings


@asynccontextmanager
async def open_actions(settings: Settings, url: str, keys: Keys = NO_KEYS) -> AsyncIterator[Actions]:
    """Run actions on the database at `url`. Most touch no personal field, so they need none of the deployment's keys.

    Nothing is told to open pages at once: the processes that hold them look every few seconds.
    """
    database = Database(url, pool_size=2, application_name="cloudwindow-command", time_zone=settings.time_zone)
    wiring = Wiring()
    wire(wiring, database, settings)
    try:
        yield Actions(database, keys, wiring, Notifier(database))
    finally:
        await database.close()
