"""Which desk a ticket waits at: the nearest region upward whose desk serves item and flow (model §4)."""

from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cloudwindow.dispatch.models import Desk, DeskItem
from cloudwindow.organisation import Region


async def find_desk(session: AsyncSession, item_id: UUID, region_code: str, flow: str) -> Desk | None:
    """Return the desk for an item, flow and place; ties go by `priority`, then key.

    A desk with needs, such as sign language, is for tickets with that need only; no ticket states one yet.
    """
    here = aliased(Region)
    desk: Desk | None = await session.scalar(
        select(Desk)
        .join(DeskItem, DeskItem.desk_id == Desk.id)
        .join(Region, Region.code == Desk.region_code)
        .join(here, Region.path.op("@>")(here.path))
        .where(
            DeskItem.item_id == item_id,
            here.code == region_code,
            literal(flow) == func.any(Desk.flows),
            func.cardinality(Desk.needs) == 0,
        )
        .order_by(func.nlevel(Region.path).desc(), Desk.priority, Desk.key)
        .limit(1)
    )
    return desk
