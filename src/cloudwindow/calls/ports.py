"""What calls need of oversight: when a session ends, its rating is asked for."""

from typing import Protocol

from cloudwindow.calls.models import Session
from cloudwindow.foundation.actions import Tx


class Ratings(Protocol):
    """Provided by the oversight room."""

    async def ask(self, tx: Tx, session: Session) -> None:
        """Ask the citizen to rate the session that just ended."""
        ...


class IceServers(Protocol):
    """Provided by the settings: STUN and TURN servers for browsers."""

    def servers(self) -> list[dict[str, object]]:
        """Return `RTCIceServer` entries (WebRTC 1.0 §4.2.4)."""
        ...
