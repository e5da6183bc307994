"""Who takes part in a session, and until when: the citizen while it is open, its clerk also during the wrap-up.

Whoever was invited takes part for as long as that person is in the call.
"""

from uuid import UUID

from sqlalchemy import Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.models import Session
from cloudwindow.calls.scopes import invited, served
from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem


def _mine(actor: Actor, session_id: UUID) -> Select[Session]:
    """The session, if the actor is its citizen, its clerk or invited; whoever may only look at it takes no part."""
    if actor.kind == "account":
        mine = Session.account_id == actor.id  # scope: a condition of the query below
    else:
        # scope: a condition of the query below; whoever handed it on is its clerk only in name until the next answers
        serves = and_(Session.clerk_id == actor.id, or_(Session.state != "open", served(actor)))
        mine = or_(serves, invited(actor))
    return scope.select_visible(actor, Session).where(Session.id == session_id, mine)


async def takes_part(session: AsyncSession, actor: Actor, session_id: UUID) -> bool:
    """Say whether the actor takes part in a session."""
    return await session.scalar(_mine(actor, session_id)) is not None


async def find_own(session: AsyncSession, actor: Actor, session_id: UUID) -> Session:
    """Find a session in which the actor takes part. Raises `not_found`."""
    row = await session.scalar(_mine(actor, session_id))
    if row is None:
        raise Problem("not_found")
    return row


async def lock_own(tx: Tx, session_id: UUID) -> Session:
    """Lock a session in which the actor takes part, whatever its state. Raises `not_found`."""
    row = await tx.session.scalar(
        _mine(tx.actor, session_id).with_for_update(), execution_options={"populate_existing": True}
    )
    if row is None:
        raise Problem("not_found")
    return row


def _check_open(row: Session | None, actor: Actor) -> Session:
    if row is None:
        raise Problem("not_found")
    if row.state not in ({"open"} if actor.kind == "account" else {"open", "wrapping"}):
        raise Problem("wrong_state", thing="session", state=row.state, event="send")
    return row


async def check_may_send(session: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """Look, before a long upload, whether it can be sent at all. Raises `not_found` and `wrong_state`."""
    _check_open(await session.scalar(_mine(actor, session_id)), actor)


async def lock_to_send(tx: Tx, session_id: UUID) -> Session:
    """Lock the session into which the actor sends something. Raises `not_found` and `wrong_state`."""
    return _check_open(await lock_own(tx, session_id), tx.actor)
