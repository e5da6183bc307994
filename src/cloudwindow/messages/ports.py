"""What this room needs of an integration: somebody who brings a text to a phone."""

from typing import Protocol
from uuid import UUID


class NotSentError(Exception):
    """The message was surely not sent, such as when no connection came about: it may be tried again."""


class RefusedError(Exception):
    """The message will never be sent, such as to a number that does not exist."""


class Sender(Protocol):
    """Hands texts to whoever brings them to phones."""

    is_there: bool
    """Whether messages can be sent at all; without that none is promised and none is written."""

    async def send(self, message_id: UUID, phone: str, text: str) -> None:
        """Hand a message over; returning means that the other side took it.

        `message_id` is the same in each attempt, so that a provider which knows it can drop a second one. Raises
        `NotSentError` and `RefusedError`; whatever else is raised means that nobody knows, and nothing is tried again.
        """
        ...


class NoSender:
    """There is nobody who brings texts to phones: a production without an integration."""

    is_there = False

    async def send(self, message_id: UUID, phone: str, text: str) -> None:  # noqa: ARG002  the port names them
        """Raise `NotSentError`: a message that was written while there was a sender waits for one, in its time."""
        raise NotSentError


class Outbox:
    """The built-in sender of demonstrations and tests: the message's own row is what the outbox page shows."""

    is_there = True

    async def send(self, message_id: UUID, phone: str, text: str) -> None:
        """Take it; once it is settled the page shows it as sent."""
