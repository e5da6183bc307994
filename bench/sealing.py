"""`seal.rows_per_s`: how many audit rows a second one sealer chains, on the PostgreSQL of production."""

import asyncio
import shutil
import time

from bench.house import temporary_folder
from cloudwindow import tables
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.crypto import NO_KEYS
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.migrations import upgrade
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.postgres import EmbeddedPostgres
from cloudwindow.foundation.seal import Sealer, verify
from cloudwindow.foundation.wiring import Wiring

ROWS = 200_000

# As actions write them, bodies of some 500 bytes; keys are random, which is harder on the index than ours are.
_ROWS = """
    INSERT INTO audit (id, at, actor_kind, action, subject_table, subject_id, body, digest)
    SELECT id, clock_timestamp(), 'system', 'bench.row', 'ticket', id, body, sha256(body)
    FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $1)) AS row, LATERAL (SELECT convert_to(
        json_build_object('actor', json_build_object('kind', 'system'), 'action', 'bench.row',
            'subject', json_build_object('table', 'ticket', 'id', id), 'new', repeat('x', 360))::text, 'UTF8')
    ) AS exact (body)
"""


async def measure() -> dict[str, float]:
    """Return the figure; what was sealed is verified afterwards, which is timed and printed too."""
    tables.load()
    folder = temporary_folder()
    postgres = EmbeddedPostgres(folder)
    try:
        url = await asyncio.to_thread(postgres.start)
        await upgrade(url, "test")
        database = Database(url, pool_size=2)
        try:
            return {"seal.rows_per_s": await _seal(database)}
        finally:
            await database.close()
    finally:
        await asyncio.to_thread(postgres.stop)
        shutil.rmtree(folder, ignore_errors=True)


async def _seal(database: Database) -> float:
    sealer = Sealer(Actions(database, NO_KEYS, Wiring(), Notifier(database)))
    async with database.driver() as driver:
        await driver.execute(_ROWS, ROWS)
        await driver.execute("VACUUM ANALYZE audit")
        began = time.perf_counter()
        sealed = await sealer.seal()
        seconds = time.perf_counter() - began
        began = time.perf_counter()
        verdict = await verify(driver)
    if sealed != ROWS or verdict.rows != ROWS or verdict.broken is not None:
        raise RuntimeError(f"{sealed} rows were sealed, and verifying said {verdict}")
    print(f"  {ROWS / seconds:.0f} rows/s sealed, {ROWS / (time.perf_counter() - began):.0f} rows/s verified")
    return ROWS / seconds
