"""Limits: how often an address, a phone or a login may ask, counted in PostgreSQL for all processes (model §7).

A limit is a number of times within a window that begins with the first of them: one row a key, one statement that adds
and answers. The table is unlogged: killing a process loses nothing, and a crash of the database, which empties it, only
starts the windows anew. Keys are digests, never an address or a phone. See `docs/subsystems/limits.md`.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import count
from typing import NamedTuple
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import ARRAY, Integer, Text, bindparam, case, column, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from cloudwindow.foundation import parameters
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.errors import Problem, define
from cloudwindow.foundation.hot import TEXTS, Hot
from cloudwindow.foundation.keyring import Generation
from cloudwindow.foundation.models import RequestCount

define(
    "too_many_requests",
    429,
    "操作太频繁了，请在 {until} 以后再试；已经办好的不受影响。",
    "Too many requests. Please try again after {until}; nothing that was done is lost.",
)


@dataclass(frozen=True)
class Limit:
    """At most as many times as the parameter `most` says, within `seconds` from the first time on."""

    most: str
    seconds: int


REQUESTS_PER_ADDRESS = Limit(
    parameters.define(
        "limits.requests_per_address",
        12_000,
        "requests a minute",
        "ours: a centre of 150 seats behind one address, each with one request a second in a rush, and a third more",
        "Requests to the interface from one address; a whole village or hall may share it.",
    ),
    60,
)
WRITES_PER_LOGIN = Limit(
    parameters.define(
        "limits.writes_per_login",
        300,
        "requests a minute",
        "ours: a page saves a draft at most once a second, beside what a person presses",
        "Requests of one login that change something.",
    ),
    60,
)
MESSAGES_PER_LINE = parameters.define(
    "limits.messages_per_line",
    600,
    "messages a minute",
    "ours: a call that starts anew every few seconds sends some 200",
    "Messages that a page may send over one live line. Without WebSockets: of one login, each poll being one.",
)
MESSAGES_OF_POLLING_LOGIN = Limit(MESSAGES_PER_LINE, 60)
POLLS_PER_ADDRESS = Limit(
    parameters.define(
        "limits.polls_per_address",
        24_000,
        "requests a minute",
        "ours: 500 pages behind one address, 48 each; measured 3 a minute at rest and 18 in a whole service of 20 s",
        "Requests of live lines without WebSockets from one address, beside its other requests.",
    ),
    60,
)


class Counted(NamedTuple):
    """One occasion to count: under which limits, and as whom (a digest) under each. `number` tells occasions apart."""

    number: int
    under: tuple[tuple[Limit, str], ...]


_numbers = count()


class Verdict(NamedTuple):
    """What came of an occasion: when it was, and after how many seconds to come back, 0 when it may go on."""

    now: datetime
    wait: int


_asked = (
    func.unnest(
        bindparam("keys", type_=TEXTS),
        bindparam("times", type_=ARRAY(Integer)),
        bindparam("seconds", type_=ARRAY(Integer)),
    )
    .table_valued(column("key", Text), column("times", Integer), column("seconds", Integer))
    .render_derived(name="asked")
)
_ends = func.app_now() + func.make_interval(0, 0, 0, 0, 0, 0, _asked.c.seconds)
# Sorted, so that two processes that count the same keys never wait for each other in a circle.
_new = insert(RequestCount).from_select(
    ["key", "ends_at", "count"], select(_asked.c.key, _ends, _asked.c.times).order_by(_asked.c.key)
)
_runs = RequestCount.ends_at > func.app_now()
_in_force = parameters.in_force(bindparam("limits", type_=TEXTS), literal(""), literal("")).subquery("in_force")
_ADD = Hot(
    _new.on_conflict_do_update(
        index_elements=[RequestCount.key],
        set_={
            "count": case((_runs, RequestCount.count), else_=0) + _new.excluded.count,
            "ends_at": case((_runs, RequestCount.ends_at), else_=_new.excluded.ends_at),
        },
    ).returning(
        RequestCount.key,
        RequestCount.count,
        RequestCount.ends_at,
        func.app_now().label("now"),
        select(func.jsonb_object_agg(_in_force.c.key, _in_force.c.value)).scalar_subquery().label("limits"),
    )
)


async def _counted(driver: asyncpg.Connection, asked: Sequence[Counted]) -> dict[Counted, Verdict]:
    """Count many occasions in one statement; those of one key get their places in the order in which they came."""
    under = [each for occasion in asked for each in occasion.under]
    times = Counter(_key(*each) for each in under)
    seconds = {_key(*each): each[0].seconds for each in under}
    keys = list(times)
    rows = await _ADD.rows(
        driver,
        keys=keys,
        times=[times[key] for key in keys],
        seconds=[seconds[key] for key in keys],
        limits=sorted({limit.most for limit, _ in under}),
    )
    found = {row["key"]: row for row in rows}
    places = {key: row["count"] - times[key] for key, row in found.items()}
    verdicts = {}
    for occasion in asked:
        wait = 0
        for limit, who in occasion.under:
            key = _key(limit, who)
            places[key] += 1
            row = found[key]
            most = (row["limits"] or {}).get(limit.most, parameters.default_of(limit.most))
            if places[key] > most:
                wait = max(wait, math.ceil((row["ends_at"] - row["now"]).total_seconds()), 1)
        verdicts[occasion] = Verdict(rows[0]["now"], wait)
    return verdicts


def _key(limit: Limit, who: str) -> str:
    return f"{limit.most}:{who}"


async def check(database: Database, *under: tuple[Limit, str]) -> None:
    """Count one occasion under each limit. Raises `too_many_requests` when one of them is reached."""
    verdict = await database.gathered(_counted, Counted(next(_numbers), under))
    if verdict is not None and verdict.wait:
        raise too_many(verdict.now, verdict.wait, database.zone)


def too_many(now: datetime, wait: int, zone: ZoneInfo) -> Problem:
    """Say when to come back: the seconds for programs, the minute for people, rounded up."""
    until = now.astimezone(zone) + timedelta(seconds=wait + 59)
    return Problem("too_many_requests", until=until.strftime("%H:%M"), seconds=wait)


def address_digest(keys: Keys, address: str) -> str:
    """Digest an address for counting; of IPv6 the /64, which is what one household or phone is given (RFC 6177).

    Under new keys it is another one, so a rotation starts the windows anew.
    """
    return _digest(keys.current, address)


@lru_cache(maxsize=4096)
def _digest(keys: Generation, address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:  # a Unix socket has none
        return keys.index("address", "").hex()[:32]
    if isinstance(known, IPv6Address):
        known = known.ipv4_mapped or ip_network((known, 64), strict=False).network_address
    return keys.index("address", str(known)).hex()[:32]
