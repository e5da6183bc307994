"""The leases of open tabs (invariant 5): taken when a line opens, renewed while it is open, given back when it ends.

Many tabs come at once when a server comes back, so theirs go into one statement (`gathering`). Rows are locked in the
order of their ids.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg

LEASE = timedelta(seconds=45)
"""How long a page counts as open after its last sign of life: three renewals, and longer than a poll hangs."""

BROKEN_OFF = timedelta(seconds=5)
"""How long a page counts as open after a poll of it broke off: a page that is still there asks anew well before."""


class Opening(NamedTuple):
    """A tab of a login that opens its line, held by a connection of this process; `stream` is the person's."""

    tab: UUID
    login: UUID | None
    staff: UUID | None
    account: UUID | None
    holder: UUID
    stream: str


class Opened(NamedTuple):
    """When a tab's line was opened, and the number of the last event of its stream then."""

    now: datetime
    last: int


# Of two that open the same tab at the same moment the later one holds it.
# scope: the actor's own tab; one of another login is refused, unless it was left behind and is not renewed any more
_OPEN = """
    WITH asked AS (
        SELECT DISTINCT ON (tab) tab, login, staff, account, holder, stream
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[])
            WITH ORDINALITY AS a (tab, login, staff, account, holder, stream, place)
        ORDER BY tab, place DESC
    ), opened AS (
        INSERT INTO tab_lease (id, login_id, staff_id, account_id, opened_at, lease_until, holder)
        SELECT tab, login, staff, account, app_now(), app_now() + $7, holder FROM asked ORDER BY tab
        ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, holder = excluded.holder,
            login_id = excluded.login_id, staff_id = excluded.staff_id, account_id = excluded.account_id
            WHERE tab_lease.login_id = excluded.login_id OR tab_lease.lease_until <= app_now() + $8
        RETURNING id
    )
    SELECT a.tab, a.login, app_now() AS now, coalesce(s.last_seq, 0) AS last
    FROM opened o JOIN asked a ON a.tab = o.id LEFT JOIN event_stream s ON s.stream = a.stream
"""
# scope: tabs whose connections this process held
_CLOSE = """
    DELETE FROM tab_lease WHERE id = ANY (ARRAY(
        SELECT l.id FROM unnest($1::uuid[], $2::uuid[]) AS gone (tab, holder)
        JOIN tab_lease l ON l.id = gone.tab AND l.holder = gone.holder ORDER BY l.id FOR UPDATE OF l))
"""
# scope: a tab whose poll this process held
_BREAK_OFF = """
    UPDATE tab_lease SET lease_until = least(lease_until, app_now() + $3) WHERE id = $1 AND holder = $2
"""
# scope: the tabs whose connections this process holds
_RENEW = """
    UPDATE tab_lease l SET lease_until = app_now() + $3
    FROM (SELECT id FROM tab_lease WHERE id = ANY ($1::uuid[]) AND holder = ANY ($2::uuid[])
        ORDER BY id FOR UPDATE) mine
    WHERE l.id = mine.id
"""


async def open_(driver: asyncpg.Connection, asked: Sequence[Opening]) -> dict[Opening, Opened]:
    """Take the leases of tabs. One that belongs to somebody else has no answer."""
    rows = await driver.fetch(_OPEN, *map(list, zip(*asked, strict=True)), LEASE, BROKEN_OFF)
    found = {(row["tab"], row["login"]): Opened(row["now"], row["last"]) for row in rows}
    return {opening: found[key] for opening in asked if (key := (opening.tab, opening.login)) in found}


async def close(driver: asyncpg.Connection, gone: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], bool]:
    """Give back leases by tab and holder: a closed tab gets no offers, unless it came back on another connection."""
    await driver.execute(_CLOSE, *map(list, zip(*gone, strict=True)))
    return dict.fromkeys(gone, True)


async def break_off(driver: asyncpg.Connection, tab: UUID, holder: UUID) -> None:
    """Let a lease end soon, unless the tab comes back: its browser gave up waiting for an answer."""
    await driver.execute(_BREAK_OFF, tab, holder, BROKEN_OFF)


async def renew(driver: asyncpg.Connection, tabs: list[UUID], holders: list[UUID]) -> None:
    """Believe for a while longer that these tabs are open."""
    await driver.execute(_RENEW, tabs, holders, LEASE)
