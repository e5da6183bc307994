"""What the catalogue needs of later rooms: declared here, provided there, joined in `app.py`."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue.schemas import Availability, Flow


class CoachAvailability(Protocol):
    """Knows the desks: whether, when and how soon somebody can help with an item over video."""

    async def for_item(self, session: AsyncSession, item_id: UUID, region_code: str, flow: Flow) -> Availability:
        """Return the availability at the desk where a ticket taken now would wait (model §4)."""
        ...
