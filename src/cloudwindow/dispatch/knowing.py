"""What must be known before a number is given: read by one statement for all who ask at once (architecture §4, §6)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
from asyncpg import Record
from sqlalchemy import ARRAY, Boolean, Interval, Text, Uuid, and_, bindparam, column, func, select, true

from cloudwindow.catalogue import Implementation, Item, Version, resolving
from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch.choosing import desk_for
from cloudwindow.dispatch.models import Block, ConsentText, Desk, Ticket
from cloudwindow.dispatch.schemas import TakeRequest
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.hot import TEXTS, UUIDS, Hot
from cloudwindow.organisation import OPEN_ALL_HOURS, centre_on, ladder_of

LIMITS = [
    *(limits.ELDERLY_BONUS, limits.RETURN_BONUS, limits.RETURN_WITHIN, limits.WAITING_GRACE),
    *(limits.NUMBERS_PER_ACCOUNT, OPEN_ALL_HOURS),
]
LATELY = timedelta(hours=1)
"""Numbers taken within this time count against the limit of an account."""


class Asked(NamedTuple):
    """What one request has to know; `answered` says whether the item's questions are needed to check answers."""

    account: UUID
    item: str
    region: str
    flow: str
    answered: bool


_asked = (
    func.unnest(
        bindparam("accounts", type_=UUIDS),
        bindparam("items", type_=TEXTS),
        bindparam("regions", type_=TEXTS),
        bindparam("flows", type_=TEXTS),
        bindparam("answered", type_=ARRAY(Boolean)),
    )
    .table_valued(
        column("account", Uuid),
        column("item", Text),
        column("region", Text),
        column("flow", Text),
        column("answered", Boolean),
        with_ordinality="place",
    )
    .render_derived(name="asked")
)
_same_wish = select(_asked.c.item, _asked.c.region, _asked.c.flow).distinct().subquery("same")
_wish = select(_same_wish, ladder_of(_same_wish.c.region).label("ladder")).cte("wish").prefix_with("MATERIALIZED")
_what = (
    resolving(_wish.c.item, _wish.c.ladder)
    .with_only_columns(
        *(Item.id.label("item_id"), Item.line, Item.flows, Implementation.id.label("implementation_id")),
        Version.id.label("version_id"),
        maintain_column_froms=True,
    )
    .lateral("what")
)
_where = (
    desk_for(_what.c.item_id, _wish.c.ladder, _wish.c.flow)
    .with_only_columns(Desk.id.label("desk_id"), Desk.key.label("desk_key"), Desk.hours_key, maintain_column_froms=True)
    .lateral("where_")
)
_rows = parameters.in_force(bindparam("limits", type_=TEXTS), _wish.c.region, func.coalesce(_where.c.desk_key, ""))
_in_force = _rows.correlate(_wish, _where).subquery("in_force")
_counts = (
    select(
        _wish,
        *_what.c,
        *(_where.c.desk_id, _where.c.hours_key),
        centre_on(_wish.c.ladder).correlate(_wish).scalar_subquery().label("home_organisation_id"),
        select(func.jsonb_object_agg(_in_force.c.key, _in_force.c.value)).scalar_subquery().label("limits"),
    )
    .select_from(_wish.outerjoin(_what, true()).outerjoin(_where, true()))
    .cte("counts")
)
# scope: the actor's own account, the live ticket first
_last = (
    select(Ticket.id, Ticket.state, Ticket.close_reason, Ticket.answered_at, Ticket.closed_at)
    .where(Ticket.account_id == _asked.c.account)
    .order_by((Ticket.state == "closed"), Ticket.taken_at.desc())
    .limit(1)
    .lateral("last")
)
# scope: the actor's own account, which may be kept from taking numbers
_block = (
    select(Block.until, Block.reason)
    .where(
        Block.account_id == _asked.c.account,
        Block.lifted_at.is_(None),
        Block.until > select(func.app_now()).scalar_subquery(),
    )
    .order_by(Block.until.desc())
    .limit(1)
    .lateral("block_")
)
# scope: the actor's own account. The tickets are the count, so nothing is counted beside them.
_lately = (
    select(func.count().label("count"), func.min(Ticket.taken_at).label("first"))
    .where(
        Ticket.account_id == _asked.c.account,
        Ticket.taken_at > select(func.app_now()).scalar_subquery() - bindparam("lately", type_=Interval),
    )
    .lateral("lately")
)
_notice = (
    select(ConsentText.version)
    .where(ConsentText.valid_from <= func.app_now())
    .order_by(ConsentText.valid_from.desc())
    .limit(1)
)
# The content is long and stored apart: it is fetched only to check answers against it.
_situations = select(Version.content["situations"]).where(Version.id == _counts.c.version_id, _asked.c.answered)
_same = and_(*(_counts.c[name] == _asked.c[name] for name in ("item", "region", "flow")))
_KNOWN = Hot(
    select(
        _asked.c.place,
        *(found.label(f"last_{found.key}") for found in _last.c),
        *(found.label(f"lately_{found.key}") for found in _lately.c),
        *(found.label(f"block_{found.key}") for found in _block.c),
        *(found for found in _counts.c if found.key not in _wish.c),
        _situations.correlate(_counts, _asked).scalar_subquery().label("situations"),
        _notice.scalar_subquery().label("consent_version"),
    ).select_from(_asked.join(_counts, _same).outerjoin(_last, true()).join(_lately, true()).outerjoin(_block, true()))
)
"""All that must be known, for many requests in one statement: the account's last ticket, and for an item and a flow at
a place the version (null: no such item there), the desk (null: none), home, notice and parameters. Under load many
wish for the same: what counts for a wish is found once."""


async def _known(driver: asyncpg.Connection, asked: Sequence[Asked]) -> dict[Asked, Record]:
    accounts, items, regions, flows, answered = map(list, zip(*asked, strict=True))
    rows = await _KNOWN.rows(
        driver,
        accounts=accounts,
        items=items,
        regions=regions,
        flows=flows,
        answered=answered,
        limits=LIMITS,
        lately=LATELY,
    )
    return {asked[row["place"] - 1]: row for row in rows}


async def look(tx: Tx, account_id: UUID, request: TakeRequest) -> Record:
    """Read all that must be known before a number is given."""
    asked = Asked(account_id, request.item_key, request.region_code, request.flow, bool(request.answers))
    known = await tx.gathered(_known, asked)
    if known is None:
        raise RuntimeError("the statement answers every question")
    return known
