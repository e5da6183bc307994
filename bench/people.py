"""Many clerks and citizens with logins, made in bulk: the cookies' secrets are their tokens."""

import asyncio
import random
from collections.abc import Sequence
from itertools import count

import asyncpg

from bench.page import Page

AT_ONCE = 50

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

# Copies of one clerk who may take whatever comes, spread evenly over the six desks of the demonstration.
_CLERKS = """
    WITH model AS (
        SELECT s.*, s.station_id AS seat FROM staff s WHERE s.account = 'zhaoshumin'
    ), asked AS (
        SELECT token, gen_random_uuid() AS id, row_number() OVER () AS place FROM unnest($1::text[]) AS token
    ), person AS (
        INSERT INTO staff (id, account, name, organisation_id, id_number_cipher, id_number_blind, phone_cipher,
            phone_blind, languages, status, certificate_valid_to)
        SELECT a.id, a.token, m.name, m.organisation_id, m.id_number_cipher, m.id_number_blind, m.phone_cipher,
            m.phone_blind, m.languages, 'active', app_now()::date + 365 FROM asked a, model m RETURNING id
    ), granted AS (
        INSERT INTO role_grant (id, staff_id, role, scope_organisation_id)
        SELECT gen_random_uuid(), p.id, 'acceptor', (SELECT id FROM organisation ORDER BY nlevel(path), path LIMIT 1)
        FROM person p
    ), present AS (
        INSERT INTO presence (staff_id, wanted, since, idle_since, station_id)
        SELECT p.id, 'ready', app_now(), app_now(), m.seat FROM person p, model m
    ), seated AS (
        INSERT INTO desk_member (desk_id, staff_id)
        SELECT d.id, a.id FROM asked a JOIN person p ON p.id = a.id
        JOIN (SELECT id, row_number() OVER (ORDER BY key) AS place, count(*) OVER () AS all FROM desk) d
            ON $2 OR (a.place - 1) % d.all + 1 = d.place
    )
    INSERT INTO login (id, token_digest, face, staff_id, station_id, created_at, expires_at, used_at, idle_at)
    SELECT gen_random_uuid(), sha256(a.token::bytea), 'staff', p.id, m.seat, app_now(), app_now() + interval '1 day',
        app_now(), app_now() + interval '1 day' FROM person p JOIN asked a ON a.id = p.id, model m
"""

# All of it comes from one address; the limits are counted as ever, and never reached.
_UNLIMITED = """
    INSERT INTO parameter (key, scope_kind, scope_key, value, unit, source, valid_from)
    SELECT key, scope_kind, scope_key, '1000000000', unit, 'bench', app_now() FROM parameter WHERE key LIKE 'limits.%'
"""

WISHES = (
    *(("P01", "411002000000"), ("P04", "411002000000"), ("P18", "411002000000"), ("B01", "411002000000")),
    *(("P01", "411000000000"), ("P04", "411000000000"), ("P18", "411000000000"), ("B01", "411000000000")),
)
"""Items and places that lead to all six desks of the demonstration."""

_tokens = count()


async def citizens(connection: asyncpg.Connection, number: int) -> list[str]:
    """Make so many guests who are signed in."""
    tokens = [f"guest-{next(_tokens)}" for _ in range(number)]
    await connection.execute(_ACCOUNTS, tokens)
    return tokens


async def clerks(connection: asyncpg.Connection, number: int, *, everywhere: bool = False) -> list[str]:
    """Make so many clerks who are signed in and ready, each at one of the six desks in turn, or at all of them."""
    tokens = [f"clerk-{next(_tokens)}" for _ in range(number)]
    await connection.execute(_CLERKS, tokens, everywhere)
    return tokens


async def lift_limits(connection: asyncpg.Connection) -> None:
    """Raise every limit of requests beyond reach: all clients share one address here."""
    await connection.execute(_UNLIMITED)


async def take_numbers(pages: Sequence[Page], wishes: Sequence[tuple[str, str]] = WISHES) -> None:
    """Let everybody take a number, some at a time, going round these items and places."""
    for first in range(0, len(pages), AT_ONCE):
        some = pages[first : first + AT_ONCE]
        await asyncio.gather(*(take_number(page, wishes[place % len(wishes)]) for place, page in enumerate(some)))


async def take_number(page: Page, wish: tuple[str, str]) -> str:
    """Take a number for an item at a place; returns the ticket's key."""
    about = {"item_key": wish[0], "region_code": wish[1], "consent_version": "2026-11", "device": "phone"}
    ticket: str = (await page.ask("/api/tickets", about | {"answers": {}}))["ticket"]["id"]
    return ticket


def wish() -> tuple[str, str]:
    """Some item at some place."""
    return random.choice(WISHES)  # noqa: S311  no secret
