"""What the foundation and the rooms need of those who build a process; `app.py` provides it (architecture §2)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.authentication import Actor


class LiveRooms(Protocol):
    """What the live line needs."""

    def stream(self, actor: Actor) -> str:
        """Name the stream of an actor's pages."""
        ...

    async def may_watch(self, session: AsyncSession, actor: Actor, key: str) -> bool:
        """Say whether an actor may be told that `key` changed."""
        ...

    async def arrived(self, actor: Actor) -> None:
        """A tab is open now: there may be something to do for it."""
        ...

    async def received(self, actor: Actor, message: dict[str, Any], key: UUID | None) -> None:
        """Take a `signal` or `media` message of a client; a signal whose `key` came before is not sent again."""
        ...

    async def renew(self, accounts: list[UUID]) -> None:
        """Keep the places of citizens whose pages are open."""
        ...

    async def unchanged(self, session: AsyncSession, actors: list[Actor]) -> set[UUID]:
        """Return the logins that are still open with the rights they came with."""
        ...

    async def signals(self, session: AsyncSession, ids: list[UUID]) -> list[dict[str, Any]]:
        """Read signalling batches by their ids, in the order of sending; each message has its `id`."""
        ...

    async def kept_signals(
        self, session: AsyncSession, actor: Actor, since: datetime, told: Collection[UUID]
    ) -> list[tuple[UUID, dict[str, Any] | None]]:
        """Read what is still kept for an actor of the signalling after an instant: id, and the message unless told."""
        ...

    async def completed(self, session: AsyncSession, stream: str, type_: str, data: str) -> str:
        """Add to an event's JSON what its row must not hold (model §8), on its way to the person whose stream it is."""
        ...


class PublicAddress(Protocol):
    """Where people reach this deployment from elsewhere."""

    def for_phones(self, origin: str | None) -> str:
        """Return an origin that other devices can open: that of the asking page, unless it is this machine's own."""
        ...
