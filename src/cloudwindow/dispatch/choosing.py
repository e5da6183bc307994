"""Which desk a ticket waits at: the nearest region upward whose desk serves item and flow (model §4)."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.dispatch.models import Desk, DeskItem
from cloudwindow.organisation import Ladder, is_on, ladder_of, nearness


def desks_for(item_id: ColumnElement[UUID], ladder: Ladder, flow: ColumnElement[str]) -> Select[Desk]:
    """Select the desks for an item, place and flow, the nearest first; ties go by `priority`, then key.

    A desk with needs, such as sign language, is for tickets with that need only; no ticket states one yet.
    """
    return (
        select(Desk)
        .join(DeskItem, DeskItem.desk_id == Desk.id)
        .where(
            DeskItem.item_id == item_id,
            is_on(ladder, Desk.region_code),
            flow == func.any(Desk.flows),
            func.cardinality(Desk.needs) == 0,
        )
        .order_by(nearness(ladder, Desk.region_code).desc(), Desk.priority, Desk.key)
    )


def desk_for(item_id: ColumnElement[UUID], ladder: Ladder, flow: ColumnElement[str]) -> Select[Desk]:
    """Select the one of them where a ticket waits that is taken now."""
    return desks_for(item_id, ladder, flow).limit(1)


_ALL = desks_for(bindparam("item"), ladder_of(bindparam("region")), bindparam("flow"))
_FIND = _ALL.limit(1)


async def find_desk(session: AsyncSession, item_id: UUID, region_code: str, flow: str) -> Desk | None:
    """Return the desk for an item, flow and place; see `desk_for`."""
    desk: Desk | None = await session.scalar(_FIND, {"item": item_id, "region": region_code, "flow": flow})
    return desk


async def find_desks(session: AsyncSession, item_id: UUID, region_code: str, flow: str) -> list[Desk]:
    """Return all desks for an item, flow and place; see `desks_for`."""
    return list(await session.scalars(_ALL, {"item": item_id, "region": region_code, "flow": flow}))
