"""The demonstration city for these tests, exactly as it was loaded."""

from collections.abc import AsyncIterator

import pytest

from tests.support.city import City, open_city
from tests.support.cluster import Cluster


@pytest.fixture
async def city(cluster: Cluster) -> AsyncIterator[City]:
    """A city of this test's own; its passwords are hashed at the real cost."""
    async with open_city(cluster, as_loaded=True) as opened:
        yield opened
