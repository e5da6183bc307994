"""What becomes of a message: marked before it is handed over, settled afterwards, lost, too late, forgotten.

Marking is a transaction of its own. Whoever finds a message that is marked therefore knows that it may have gone out:
it is `unknown`, and never handed over again. A citizen who is called twice by mistake comes for nothing; one who is not
called has a second message coming, and the place is kept.
"""

from datetime import timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.sweeper import Sweep
from cloudwindow.messages.models import Message
from cloudwindow.messages.parameters import ATTEMPTS, KEPT_DAYS, RETRY_SECONDS
from cloudwindow.messages.queue import phone_of, text_of
from cloudwindow.messages.states import MESSAGE

HANDING_OVER = timedelta(seconds=30)
"""How long a courier may take between marking and settling, three times as long as it waits for a sender."""

Outcome = Literal["deliver", "postpone", "give_up", "lose"]


class Marked(NamedTuple):
    """A message that only this courier hands over now; `attempt` tells its marking from others."""

    id: UUID
    attempt: int
    phone: str
    text: str


@action("message.mark")
async def mark(tx: Tx, message_id: UUID) -> Marked | None:
    """Mark a due message as being handed over; None when another courier has it or it is not due."""
    message = await tx.session.scalar(
        select(Message)  # scope: the courier's own work
        .where(Message.id == message_id, Message.state == "queued")
        .with_for_update(skip_locked=True)
    )
    if message is None or message.due_at > tx.now or message.expires_at <= tx.now:
        return None
    attempt = message.attempts + 1
    await _move(tx, message, "mark", attempts=attempt, sending_until=tx.now + HANDING_OVER)
    return Marked(
        message.id,
        attempt,
        phone_of(message, tx.keys),
        text_of(message, tx.keys),
    )


@action("message.settle")
async def settle(tx: Tx, message_id: UUID, attempt: int, outcome: Outcome) -> None:
    """Write down what came of handing a message over, unless its time for that ran out before."""
    message = await tx.session.scalar(
        select(Message)  # scope: the courier's own work
        .where(Message.id == message_id, Message.state == "sending", Message.attempts == attempt)
        .with_for_update()
    )
    if message is None:
        return
    if outcome == "postpone":
        await _try_again(tx, message)
    else:
        failure = {"deliver": None, "give_up": "refused", "lose": "no_answer"}[outcome]
        await _move(tx, message, outcome, sending_until=None, ended_at=tx.now, failure=failure)


async def _try_again(tx: Tx, message: Message) -> None:
    """Put it off, each time twice as long as before, while that makes sense."""
    values = await parameters.read(tx.session, ATTEMPTS, RETRY_SECONDS)
    due_at = tx.now + timedelta(seconds=values[RETRY_SECONDS] * 2 ** (message.attempts - 1))
    if message.attempts >= values[ATTEMPTS] or due_at >= message.expires_at:
        await _move(tx, message, "give_up", sending_until=None, ended_at=tx.now, failure="not_sent")
    else:
        await _move(tx, message, "postpone", sending_until=None, due_at=due_at)


@action("message.lose")
async def lose(tx: Tx, message_id: UUID) -> None:
    """The courier died after marking: nobody knows whether the message went out."""
    message = await _left(tx, message_id, "sending")
    if message is not None and message.sending_until is not None and message.sending_until <= tx.now:
        await _move(tx, message, "lose", sending_until=None, ended_at=tx.now, failure="courier_lost")


@action("message.expire")
async def expire(tx: Tx, message_id: UUID) -> None:
    """What would come too late is not sent."""
    message = await _left(tx, message_id, "queued")
    if message is not None and message.expires_at <= tx.now:
        await _move(tx, message, "expire", ended_at=tx.now, failure="too_late")


@action("message.forget")
async def forget(tx: Tx, message_id: UUID) -> None:
    """Remove a message that ended long ago, with phone and text; that it was said remains on record."""
    days = await parameters.get(tx.session, KEPT_DAYS)
    await tx.session.execute(
        delete(Message).where(  # scope: the sweeper's own work
            Message.id == message_id, Message.ended_at.is_not(None), Message.queued_at <= tx.now - timedelta(days=days)
        )
    )


async def _left(tx: Tx, message_id: UUID, state: str) -> Message | None:
    return await tx.session.scalar(
        select(Message)  # scope: the sweeper's own work
        .where(Message.id == message_id, Message.state == state)
        .with_for_update(skip_locked=True)
    )


async def _move(tx: Tx, message: Message, event: str, **values: Any) -> None:
    values["state"] = MESSAGE.after(message.state, event)
    tx.audit("message", message.id, old={"state": message.state}, **values)
    await tx.session.execute(
        update(Message)
        .where(Message.id == message.id)  # scope: locked by the action
        .values(**values)
        .execution_options(synchronize_session=False)
    )


# scope: the sweeper's own work, all of it
SWEEPS = [
    Sweep(
        "messages left by couriers",
        "SELECT id FROM message WHERE state = 'sending' AND sending_until <= app_now() LIMIT :batch",
        lose,
    ),
    Sweep(
        "messages too late",
        "SELECT id FROM message WHERE state = 'queued' AND expires_at <= (SELECT app_now()) LIMIT :batch",
        expire,
    ),
    Sweep(
        "old messages",
        f"""
        SELECT id FROM message WHERE ended_at IS NOT NULL AND queued_at <= (SELECT app_now()) - make_interval(days => (
            SELECT value::text::int FROM parameter WHERE key = '{KEPT_DAYS}' AND scope_kind = 'all'
            AND valid_from <= (SELECT app_now()) ORDER BY valid_from DESC LIMIT 1))
        ORDER BY queued_at LIMIT :batch
        """,  # noqa: S608  composed of a name written above
        forget,
    ),
]
