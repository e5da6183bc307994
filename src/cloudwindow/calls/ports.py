"""What calls need of oversight: when a session ends, its rating is asked for."""

from dataclasses import dataclass
from typing import Any, Protocol
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


@dataclass(frozen=True, slots=True)
class IcePaths:
    """`RTCIceServer` entries (WebRTC 1.0 §4.2.4), and whether only a relay may be used."""

    servers: list[dict[str, Any]]
    relay_only: bool


class IceServers(Protocol):
    """Provided by the integrations: STUN and TURN servers for browsers."""

    def paths(self, participant_id: UUID) -> IcePaths:
        """Return how this participant reaches the others; credentials are the participant's own."""
        ...
