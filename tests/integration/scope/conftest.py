"""One world for all tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.scope.world import World, open_world
from tests.support.city import open_city
from tests.support.cluster import Cluster


@pytest.fixture(scope="module")
async def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """The application and the life of one ticket."""
    folder: Path = tmp_path_factory.mktemp("scope")
    async with open_city(cluster) as city, open_world(city, folder) as opened:
        yield opened
