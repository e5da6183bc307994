"""The courier: hands due messages to the sender, in every process; two of them never hand over the same one."""

import asyncio
import random
from uuid import UUID

import structlog
from sqlalchemy import text

from cloudwindow.foundation import measures, tasks
from cloudwindow.foundation.actions import Actions
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.faults import DATABASE_FAULTS, sqlstate
from cloudwindow.messages.ports import NotSentError, RefusedError, Sender
from cloudwindow.messages.settling import Marked, Outcome, mark, settle

log = structlog.get_logger()

LOOK_SECONDS = 1.0
"""How often a process looks for messages; somebody who is rung waits for one of them."""

PATIENCE_SECONDS = 10.0
"""How long a sender may take to answer; after that nobody knows whether the message goes out."""

BATCH = 50

# scope: the courier's own work
_DUE = text("""
    SELECT id FROM message WHERE state = 'queued' AND due_at <= (SELECT app_now()) AND expires_at > (SELECT app_now())
    ORDER BY due_at LIMIT :batch
""")


class Courier:
    """Brings messages away in the background, one after the other, the oldest first."""

    def __init__(self, actions: Actions, sender: Sender) -> None:
        self._actions = actions
        self._sender = sender
        self._task: asyncio.Task[None] | None = None

    async def round(self) -> int:
        """Hand over what is due now; returns how many messages were handed over here."""
        if not self._sender.is_there:
            return 0
        async with self._actions.database.reading() as session:
            due: list[UUID] = [row[0] for row in await session.execute(_DUE, {"batch": BATCH})]
        handed = 0
        for id_ in due:
            if marked := await self._actions.run(SYSTEM, mark, id_):
                handed += 1
                await self._actions.run(SYSTEM, settle, marked.id, marked.attempt, await self._hand_over(marked))
        return handed

    async def _hand_over(self, marked: Marked) -> Outcome:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._sender.send(marked.id, marked.phone, marked.text)
        except NotSentError:
            return "postpone"
        except RefusedError:
            return "give_up"
        except Exception as error:  # noqa: BLE001  a sender may raise anything, and its text may hold the phone
            measures.count_failure("courier.sender")
            log.warning("courier.no_answer", message=str(marked.id), error=type(error).__name__)
            return "lose"
        return "deliver"

    def start(self) -> None:
        """Begin in the background."""
        self._task = tasks.begin(self._run(), "courier")

    async def stop(self) -> None:
        """Stop; a message that was being handed over counts as unknown later."""
        await tasks.end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except DATABASE_FAULTS as error:
                log.warning("courier.failed", error=type(error).__name__, sqlstate=sqlstate(error))
            except Exception:  # whatever it is, the messages behind it must not wait for it
                measures.count_failure("courier.round")
                log.exception("courier.failed")
            await asyncio.sleep(LOOK_SECONDS * random.uniform(0.7, 1.3))  # noqa: S311  spreads processes, no secret
