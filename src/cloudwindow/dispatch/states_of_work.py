"""Provides what the people room declares: work states, desks, wrap-ups, and the search for the next ticket."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.dispatch import queries, views
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.ringing import desk_hint, ring_next
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.people import DeskName, PresenceView


class DispatchWork:
    """Implements `people.ports.WorkStates`."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring

    async def presence(self, session: AsyncSession, staff_id: UUID) -> PresenceView | None:
        """Return the `presence` sub-document."""
        return await views.presence_view(session, staff_id)

    async def unfinished(self, session: AsyncSession, staff_id: UUID) -> int:
        """Count the unwritten wrap-ups."""
        return await self._wiring.port(Sessions).unwritten(session, staff_id)

    async def desks(self, session: AsyncSession, staff_id: UUID) -> list[DeskName]:
        """List the clerk's desks."""
        return await queries.desks_of(session, staff_id)

    async def was_seen(self, tx: Tx, staff_id: UUID) -> None:
        """Hint at each of the clerk's desks."""
        for desk in await queries.desks_of(tx.session, staff_id):
            tx.hint(desk_hint(desk.id))

    def became_ready(self, tx: Tx, staff_id: UUID) -> None:
        """Ring the clerk for the first ticket once this change is committed."""
        tx.follow_up(ring_next, staff_id)
