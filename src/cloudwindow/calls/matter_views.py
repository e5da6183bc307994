"""The matters of a session as pages keep them: the ticket's own first, then those that were opened beside it."""

from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.models import Matter, Session
from cloudwindow.calls.schemas import MatterView
from cloudwindow.catalogue import Item
from cloudwindow.dispatch import Ticket


async def matters_of_session(session: AsyncSession, session_id: UUID) -> list[MatterView]:
    """List what a session is about. The first matter goes by the key of the ticket."""
    first = await session.execute(
        select(Ticket.id, Ticket.implementation_id, Ticket.version_id, Item.key, Item.task_name)
        .join(Session, Session.ticket_id == Ticket.id)
        .join(Item, Item.id == Ticket.item_id)
        .where(Session.id == session_id)  # scope: of a session that the caller may see
    )
    further = await session.execute(
        select(Matter.id, Matter.implementation_id, Matter.version_id, Item.key, Item.task_name)
        .join(Item, Item.id == Matter.item_id)
        .where(Matter.session_id == session_id)  # scope: of a session that the caller may see
        .order_by(Matter.opened_at, Matter.id)
    )
    return [_show(row) for row in (*first, *further)]


def _show(row: Row[tuple[UUID, UUID, UUID, str, str]]) -> MatterView:
    return MatterView(
        id=row.id,
        item_key=row.key,
        item_name=row.task_name,
        implementation_id=row.implementation_id,
        version_id=row.version_id,
    )
