"""One Chromium for all journeys; each person gets a context of its own in it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.journeys.browsers import chromium


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Start it once."""
    async with chromium() as opened:
        yield opened
