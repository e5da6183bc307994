"""What calls need of oversight: when a session ends, its rating is asked for."""

from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.models import Session
from cloudwindow.calls.schemas import RatingView
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.authentication import Actor


class Ratings(Protocol):
    """Provided by the oversight room."""

    async def ask(self, tx: Tx, session: Session) -> None:
        """Ask the citizen to rate the session that just ended."""
        ...

    async def of_session(self, session: AsyncSession, actor: Actor, session_id: UUID) -> RatingView | None:
        """Return the rating of a session, if the actor may see it."""
        ...


class IceServers(Protocol):
    """Provided by the settings: STUN and TURN servers for browsers."""

    def servers(self) -> list[dict[str, object]]:
        """Return `RTCIceServer` entries (WebRTC 1.0 §4.2.4)."""
        ...
