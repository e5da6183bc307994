"""The test cluster itself: what it promises to every other integration test."""

import asyncpg

from tests.support.cluster import Cluster


async def _value(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_clone_has_what_the_template_has_and_is_its_own(cluster: Cluster) -> None:
    runs = 0

    async def build(url: str) -> None:
        nonlocal runs
        runs += 1
        await _value(url, "CREATE TABLE thing AS SELECT 7 AS n")

    name = "template_of_the_cluster_test"
    template = await cluster.template(name, build)
    assert await cluster.template(name, build) == template
    first, second = [await cluster.create_database(template) for _ in range(2)]
    await _value(first, "DELETE FROM thing")
    assert runs == 1
    assert await _value(first, "SELECT count(*) FROM thing") == 0
    assert await _value(second, "SELECT n FROM thing") == 7
    for url in (first, second):
        await cluster.drop_database(url)


async def test_what_the_architecture_needs_is_there(cluster: Cluster) -> None:
    url = await cluster.create_database()
    for extension in ("ltree", "pg_trgm", "vector", "btree_gist"):
        await _value(url, f"CREATE EXTENSION {extension}")
    assert await _value(url, "SHOW listen_addresses") == ""
    assert await _value(url, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C.UTF-8"
    await cluster.drop_database(url)
