"""One live line while a process holds it: whose it is, how far it was told, and what waits to be carried."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cloudwindow.foundation.authentication import Actor

QUEUE_LIMIT = 1000


def _nobody() -> None:
    """What is queued before a carrier is there is carried by the next one that looks."""


@dataclass(eq=False, slots=True)
class Connection:
    """A line: who, which tab, since when, how far told, what it watches; `carry` is called when something is queued.

    Most lines are idle most of the time, so one that has nothing to say keeps no queue.
    """

    id: UUID
    actor: Actor
    tab: UUID
    stream: str
    opened_at: datetime
    cursor: int
    watching: frozenset[str] = frozenset()
    closed: bool = False
    carry: Callable[[], None] = _nobody
    _outbox: deque[str] | None = None

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; a client that does not read is dropped and comes back with its cursor."""
        self.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    def send_text(self, text: str) -> None:
        """Queue a message that is JSON already; see `send`."""
        if self.closed:  # nothing follows the end
            return
        if self._outbox is None:
            self._outbox = deque()
        if len(self._outbox) >= QUEUE_LIMIT:
            self.close()
        else:
            self._outbox.append(text)
            self.carry()

    def reset(self) -> None:
        """Tell the client to fetch its state anew; whatever comes after the cursor will be told."""
        self.send({"type": "reset", "stream": self.stream, "seq": self.cursor})

    def close(self) -> None:
        """End the line after what is queued."""
        self.closed = True
        self.carry()

    def first(self) -> str | None:
        """Return what is to be carried next, null when nothing is; it counts as queued until it is `carried`."""
        return self._outbox[0] if self._outbox else None

    def carried(self) -> None:
        """Take note that the first message is on its way."""
        if self._outbox is not None:
            self._outbox.popleft()
            if not self._outbox:
                self._outbox = None
