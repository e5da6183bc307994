"""What the live line asks of the rooms, joined: streams, watching, arrivals, signalling, media reports."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import MediaReport, completed, report, signalling
from cloudwindow.dispatch import (
    DeskMember,
    Place,
    Ticket,
    is_anybody_free,
    is_free,
    keep_places,
    match_ticket,
    ring_next,
)
from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.authentication import SYSTEM, Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.messages import Sender
from cloudwindow.people import account_stream, staff_stream, unchanged


class Rooms:
    """Implements `foundation.ports.LiveRooms`."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions

    def stream(self, actor: Actor) -> str:
        """Name the stream of an actor's pages. Raises `login_required` for a stranger."""
        if actor.id is None:
            raise Problem("login_required")
        return staff_stream(actor.id) if actor.kind == "staff" else account_stream(actor.id)

    async def may_watch(self, session: AsyncSession, actor: Actor, key: str) -> bool:
        """Let a clerk watch the clerk's desks and their letters, and a citizen the desk of the live ticket."""
        kind, _, rest = key.partition(":")
        try:
            desk_id = UUID(rest)
        except ValueError:
            return False
        if kind != "desk" and not (kind == "letters" and actor.kind == "staff"):
            return False
        if actor.kind == "staff":
            query = select(func.count()).where(DeskMember.desk_id == desk_id, DeskMember.staff_id == actor.id)
        else:
            query = (
                select(func.count())
                .select_from(Ticket)
                .where(scope.visible(actor, Ticket), Ticket.desk_id == desk_id, Ticket.state != "closed")
            )
        return bool(await session.scalar(query))

    async def arrived(self, actor: Actor) -> None:
        """A ready clerk's tab may be rung now; a citizen's place is kept again.

        Many come at once after a restart, and for most there is nothing to do, so that is looked at first, together.
        """
        gathered = self._actions.database.gathered
        if actor.id is None:
            return
        if actor.kind == "staff":
            if await gathered(is_free, actor.id):
                await self._quietly(SYSTEM, ring_next, actor.id)
            return
        waiting = await gathered(keep_places, self._place(actor.id))
        if waiting is None:
            return
        if await gathered(is_anybody_free, waiting):
            await self._quietly(SYSTEM, match_ticket, waiting)

    async def _quietly(self, actor: Actor, act: Any, *args: Any) -> None:
        try:
            await self._actions.run(actor, act, *args)
        except Problem:
            return  # somebody else was faster; the sweeper looks again

    async def received(self, actor: Actor, message: dict[str, Any], key: UUID | None) -> None:
        """Forward signalling, take media reports; what is malformed or stale, or came before, is dropped."""
        if message["type"] == "signal":
            async with self._actions.database.reading() as session:
                notice = await signalling.send(session, actor, message, key)
            if notice:
                self._actions.notifier.send([notice])
            return
        try:
            said = MediaReport.model_validate(message)
        except ValueError:
            return
        await self._quietly(actor, report, said.call, said.attempt, said.ice, said.bytes)

    async def renew(self, accounts: list[UUID]) -> None:
        """Keep the places of citizens whose pages are open."""
        async with self._actions.database.driver() as driver:
            await keep_places(driver, [self._place(account) for account in accounts])

    def _place(self, account: UUID) -> Place:
        return Place(account, self._actions.wiring.port(Sender).is_there)

    async def unchanged(self, session: AsyncSession, actors: list[Actor]) -> set[UUID]:
        """Return the logins that are still open with the rights they came with."""
        return await unchanged(session, actors)

    async def signals(self, session: AsyncSession, ids: list[UUID]) -> list[dict[str, Any]]:
        """Read signalling batches by their ids."""
        return await signalling.fetch(session, ids)

    async def kept_signals(
        self, session: AsyncSession, actor: Actor, since: datetime, told: Collection[UUID]
    ) -> list[tuple[UUID, dict[str, Any] | None]]:
        """Read what is still kept for an actor of the signalling after an instant: id, and the message unless told."""
        return await signalling.kept(session, actor, since, told)

    async def completed(self, session: AsyncSession, stream: str, type_: str, data: str) -> str:
        """Put drafts of wrap-ups into the events of their clerk."""
        return await completed(session, self._actions.keys, type_, data) if stream.startswith("staff:") else data
