"""STUN and TURN servers (RFC 8489, RFC 8656) with credentials that soon mean nothing to whoever copies them.

The credential is what coturn's `use-auth-secret` expects (draft-uberti-behave-turn-rest-00): the name is the second at
which it ends and whose it is, the password an HMAC-SHA1 of the name under a secret that both servers know.
"""

import hmac
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any
from uuid import UUID

from cloudwindow.calls import IcePaths
from cloudwindow.settings import Settings

HOUR = 3600


class Relays:
    """Implements `calls.ports.IceServers` from the settings.

    `clock` gives seconds since 1970 as the relay counts them: its own real time, never a demonstration's moved one.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._clock = clock

    def paths(self, participant_id: UUID) -> IcePaths:
        """Return the servers for one participant of a call."""
        return IcePaths(
            servers=[self._server(url, participant_id) for url in self._settings.ice_server_list()],
            relay_only=self._settings.relay_only,
        )

    def _server(self, url: str, participant_id: UUID) -> dict[str, Any]:
        if not url.startswith(("turn:", "turns:")):
            return {"urls": url}
        settings = self._settings
        secret = settings.turn_secret.get_secret_value()
        if not secret:
            password = settings.turn_password.get_secret_value()
            return {"urls": url, "username": settings.turn_username, "credential": password}
        name = f"{int(self._clock()) + settings.turn_hours * HOUR}:{participant_id}"
        digest = hmac.digest(secret.encode(), name.encode(), "sha1")
        return {"urls": url, "username": name, "credential": b64encode(digest).decode()}
