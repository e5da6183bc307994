"""Canned replies of a session: the sentences of its item and those of all items, filled in and ready to be sent."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.models import CannedReply, Session
from cloudwindow.calls.schemas import CannedReplyView
from cloudwindow.dispatch import Ticket
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.organisation import Region
from cloudwindow.people import card


async def replies(session: AsyncSession, actor: Actor, session_id: UUID) -> list[CannedReplyView]:
    """List the replies for the clerk of a session, its item's first. Raises `not_found`."""
    row = (
        await session.execute(  # scope: the ticket of a session that is visible
            select(Ticket.item_id, Region.name, Session.clerk_id)
            .join(Session, Session.ticket_id == Ticket.id)
            .join(Region, Region.code == Ticket.region_code)
            .where(scope.visible(actor, Session), Session.id == session_id, Session.clerk_id == actor.id)
        )
    ).first()
    if row is None:
        raise Problem("not_found")
    item_id, county, clerk_id = row
    name, organisation = await card(session, clerk_id) or ("", "")
    found = await session.scalars(
        select(CannedReply)
        .where(or_(CannedReply.item_id == item_id, CannedReply.item_id.is_(None)))
        .order_by(CannedReply.item_id.is_(None), CannedReply.position)
    )
    blanks = {"{name}": name, "{organisation}": organisation, "{county}": county}
    return [
        CannedReplyView(id=one.id, item=one.item_id is not None, zh=_filled(one.zh, blanks), en=_filled(one.en, blanks))
        for one in found
    ]


def _filled(text: str, blanks: dict[str, str]) -> str:
    for blank, value in blanks.items():
        text = text.replace(blank, value)
    return text
