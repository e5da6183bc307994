"""`http.action_vs_floor`: taking a ticket over real HTTP against a bare handler that commits one row."""

import statistics
import sys
from collections.abc import Iterator
from itertools import count
from uuid import uuid4

import asyncpg

from bench import floor
from bench.house import House, free_port, lift_limits, open_house, process
from bench.load import Run, drive
from cloudwindow.foundation.authentication import csrf_token
from cloudwindow.settings import Settings

ROUNDS = 5
SECONDS = 4.0
CLIENTS = 64
ACCOUNTS = 12_000
"""For one round; more than anybody takes in its seconds."""

WISHES = (
    *(("P01", "411002000000"), ("P04", "411002000000"), ("P18", "411002000000"), ("B01", "411002000000")),
    *(("P01", "411000000000"), ("P04", "411000000000"), ("P18", "411000000000"), ("B01", "411000000000")),
)
"""Items and places that lead to all six desks of the demonstration."""

# Guests as `POST /api/applicant/enter` makes them, but many at once; what is encrypted is never read here.
_ACCOUNTS = """
    WITH guest AS (
        INSERT INTO account (id, kind, form_of_address_cipher, phone_cipher, phone_blind, elderly, data_key, created_at)
        SELECT gen_random_uuid(), 'guest', '\\x00', '\\x00', sha256(token::bytea), false, '\\x00', app_now()
        FROM unnest($1::text[]) AS token RETURNING id, phone_blind
    )
    INSERT INTO login (id, token_digest, face, account_id, created_at, expires_at)
    SELECT gen_random_uuid(), phone_blind, 'applicant', id, app_now(), app_now() + interval '1 day' FROM guest
"""

# Every clerk of the six desks is at work and stays rung, so that each match looks at all of them.
_AT_WORK = """
    UPDATE desk SET ring_seconds = 86400;
    UPDATE presence SET wanted = 'ready', since = app_now(), idle_since = app_now();
    INSERT INTO login (id, token_digest, face, staff_id, created_at, expires_at)
    SELECT gen_random_uuid(), sha256(account::bytea), 'staff', id, app_now(), app_now() + interval '1 day' FROM staff;
    INSERT INTO tab_lease (id, login_id, staff_id, opened_at, lease_until, holder)
    SELECT gen_random_uuid(), l.id, l.staff_id, app_now(), app_now() + interval '1 day', gen_random_uuid() FROM login l
    WHERE l.staff_id IS NOT NULL
"""


async def measure() -> dict[str, float]:
    """Return the figures: the ratio, and what it is made of."""
    pool = Settings.model_fields["database_pool_size"].default
    async with open_house() as house:
        port = free_port()
        command = (sys.executable, "-m", "bench.floor", str(port), str(pool * 2))
        ready, settings = f"http://127.0.0.1:{port}/", {"DATABASE_URL": house.database_url}
        connection = await asyncpg.connect(house.database_url)
        await connection.execute(floor.TABLE)
        await connection.execute(_AT_WORK)
        await lift_limits(connection)
        async with process(*command, ready=ready, environment=settings, log=house.folder / "floor.log"):
            figures = await _rounds(house, port, connection)
        await connection.close()
    return figures


async def _rounds(house: House, floor_port: int, connection: asyncpg.Connection) -> dict[str, float]:
    bare = f"POST /floor HTTP/1.1\r\nhost: localhost:{floor_port}\r\ncontent-length: 0\r\n\r\n".encode()
    await _take(house, connection, seconds=1.0)
    await drive(floor_port, iter(lambda: bare, None), clients=CLIENTS, seconds=1.0)
    takes, floors = [], []
    for number in range(1, ROUNDS + 1):
        takes.append(await _take(house, connection))
        floors.append(await drive(floor_port, iter(lambda: bare, None), clients=CLIENTS, seconds=SECONDS))
        print(
            f"  round {number}: {takes[-1].per_second:.0f} tickets/s against {floors[-1].per_second:.0f} rows/s,"
            f" p99 {takes[-1].milliseconds(0.99):.0f} ms against {floors[-1].milliseconds(0.99):.0f} ms"
        )
    pairs = zip(takes, floors, strict=True)
    return {
        "http.action_vs_floor": statistics.median(take.per_second / bare.per_second for take, bare in pairs),
        "http.tickets_per_second": statistics.median(run.per_second for run in takes),
        "http.floor_rows_per_second": statistics.median(run.per_second for run in floors),
        "http.ticket_p99_ms": statistics.median(run.milliseconds(0.99) for run in takes),
    }


_tokens = count()


async def _take(house: House, connection: asyncpg.Connection, seconds: float = SECONDS) -> Run:
    tokens = [f"bench-{next(_tokens)}" for _ in range(ACCOUNTS)]
    await connection.execute(_ACCOUNTS, tokens)
    before = await connection.fetchval("SELECT count(*) FROM ticket")
    run = await drive(house.port, _requests(house, tokens), clients=CLIENTS, seconds=seconds)
    after = await connection.fetchval("SELECT count(*) FROM ticket")
    if after - before != run.answers:
        raise RuntimeError(f"{run.answers} answers but {after - before} tickets")
    # No page is open behind these tickets; the sweeper shall not take them for deserted.
    await connection.execute("UPDATE ticket SET lease_until = app_now() + interval '1 day' WHERE state <> 'closed'")
    return run


def _requests(house: House, tokens: list[str]) -> Iterator[bytes]:
    """Build the requests beforehand, so that the generator has nothing to do but send them."""
    return iter([_request(house, token, *WISHES[place % len(WISHES)]) for place, token in enumerate(tokens)])


def _request(house: House, token: str, item: str, region: str) -> bytes:
    body = (
        f'{{"item_key":"{item}","region_code":"{region}","consent_version":"2026-11","device":"phone","answers":{{}}}}'
    )
    head = (
        f"POST /api/tickets HTTP/1.1\r\nhost: localhost:{house.port}\r\norigin: {house.url}\r\n"
        f"cookie: cw_applicant={token}\r\nx-csrf-token: {csrf_token(token)}\r\nx-face: applicant\r\n"
        f"idempotency-key: {uuid4()}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()
