"""What this room needs of later ones: the work state is derived from engagements, wrap-ups belong to calls."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.actions import Tx
from cloudwindow.people.schemas import DeskName, PresenceView


class WorkStates(Protocol):
    """Derives what a clerk is doing."""

    async def presence(self, session: AsyncSession, staff_id: UUID) -> PresenceView | None:
        """Return the `presence` sub-document; None for a person who does not serve."""
        ...

    async def unfinished(self, session: AsyncSession, staff_id: UUID) -> int:
        """Count the wrap-ups that must be written before a break or signing off."""
        ...

    async def desks(self, session: AsyncSession, staff_id: UUID) -> list[DeskName]:
        """List the desks a clerk sits at, by priority."""
        ...

    async def was_seen(self, tx: Tx, staff_id: UUID) -> None:
        """Let whoever looks at the clerk's desks look again: something of the clerk changed that is seen there."""
        ...

    def became_ready(self, tx: Tx, staff_id: UUID) -> None:
        """Look for a waiting ticket once this change is committed."""
        ...
