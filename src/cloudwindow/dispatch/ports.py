"""What dispatch needs of calls: a session begins with an answer; a ticket may end or come back while one is open."""

from typing import Protocol
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.dispatch.models import Engagement, Ticket
from cloudwindow.dispatch.schemas import PreviousSession
from cloudwindow.foundation.actions import Tx


class Sessions(Protocol):
    """Provided by the calls room."""

    async def begin(self, tx: Tx, ticket: Ticket, engagement: Engagement) -> BaseModel:
        """Open the ticket's session, or go on with it, with a new call that the clerk has joined."""
        ...

    async def welcome(self, tx: Tx, ticket: Ticket, engagement: Engagement) -> BaseModel:
        """Let who was invited and answered into the ticket's call. Raises `call_over` and `call_full`."""
        ...

    async def not_coming(self, tx: Tx, ticket: Ticket, engagement: Engagement) -> None:
        """Tell the ticket's call that who was invited did not answer, or could not."""
        ...

    async def rings_on(self, tx: Tx, ticket_id: UUID) -> None:
        """Tell the ticket's call that it rings for longer for who was invited."""
        ...

    async def set_aside(self, tx: Tx, ticket: Ticket, reason: str) -> None:
        """End the ticket's live call, keeping the session for the next answer."""
        ...

    async def abandoned(self, tx: Tx, ticket: Ticket, reason: str) -> None:
        """The citizen left, or stayed away, while the session had no call: it ends, its clerk writes the wrap-up."""
        ...

    async def session_id(self, session: AsyncSession, ticket_id: UUID) -> UUID | None:
        """Return the ticket's session, if it ever had one."""
        ...

    async def is_connecting(self, session: AsyncSession, ticket_id: UUID) -> bool:
        """Say whether the ticket's call has not been connected yet."""
        ...

    async def previous(self, session: AsyncSession, phone: list[bytes], ticket: Ticket) -> list[PreviousSession]:
        """List the latest sessions of a phone at the ticket's own service centre, but for this ticket's.

        `phone` is every blind index that the phone may have.
        """
        ...

    async def unwritten(self, session: AsyncSession, staff_id: UUID) -> int:
        """Count a clerk's unwritten wrap-ups, the one in its time included."""
        ...

    async def announce(self, tx: Tx, staff_id: UUID) -> None:
        """Send the workbench its session, call and unfinished wrap-ups as they are now."""
        ...
