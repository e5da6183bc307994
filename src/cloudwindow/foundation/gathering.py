"""Reads that gather: questions of one kind that come while a statement runs are asked together by the next one.

Under load a statement costs far more to send and to start than to answer for one key more, and the busiest reads (who
is behind a cookie, what time is it, what counts at a place) are asked by every request. Nobody waits for others to
come: a question that finds no statement under way leaves at once. What is answered was read after the question was put,
so an answer is as fresh as one's own statement would be.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg

from cloudwindow.foundation import tasks
from cloudwindow.foundation.faults import is_database_gone
from cloudwindow.foundation.leases import Leases

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Ask = Callable[[asyncpg.Connection, Sequence[Question]], Awaitable[Mapping[Question, Answer]]]
"""One statement for many questions. A question that is no key of the result has no answer."""

MOST_AT_ONCE = 100

_Waiting = tuple[Any, asyncio.Future[Any]]


class Gatherings:
    """One gathering for each kind of question; `leases` belong to them alone, so they never wait for an action."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._kinds: dict[Any, _Gathering] = {}

    async def answer(self, ask: Ask[Question, Answer], question: Question) -> Answer | None:
        """Answer one question with what is committed now. Raises what the statement raises."""
        gathering = self._kinds.get(ask)
        if gathering is None:
            gathering = self._kinds[ask] = _Gathering(self._leases, ask)
        answer: Answer | None = await gathering.answer(question)
        return answer

    async def close(self) -> None:
        """End what is under way; whoever waits for it is cancelled."""
        for gathering in self._kinds.values():
            await gathering.close()
        await self._leases.close()


class _Gathering:
    def __init__(self, leases: Leases, ask: Ask[Any, Any]) -> None:
        self._leases = leases
        self._ask = ask
        self._waiting: list[_Waiting] = []
        self._task: asyncio.Task[None] | None = None

    async def answer(self, question: Any) -> Any:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._task is None:
            # It serves whoever comes, so its lines in the log bear no single request's mark.
            nobodys = contextvars.Context()
            self._task = asyncio.create_task(self._serve(), name=f"gathering {self._ask.__name__}", context=nobodys)
        return await future

    async def close(self) -> None:
        await tasks.end(self._task)
        _cancel(self._waiting)

    async def _serve(self) -> None:
        try:
            while self._waiting:
                async with self._leases.lend() as lease:  # whoever comes while we wait for it comes along
                    batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                    await _settle(self._ask, lease.driver, batch)
        except Exception as error:  # noqa: BLE001  there is no connection, which those who wait shall know
            _fail(self._waiting, error)
            self._waiting = []
        finally:
            self._task = None


async def _settle(ask: Ask[Any, Any], driver: asyncpg.Connection, batch: list[_Waiting]) -> None:
    try:
        answers = await ask(driver, list({question: None for question, _ in batch}))
    except asyncio.CancelledError:
        _cancel(batch)
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, it belongs to those who asked
        if is_database_gone(error):
            driver.terminate()  # nobody may inherit it
        if not isinstance(error, asyncpg.DataError) or len(batch) == 1:
            _fail(batch, error)
            return
        for single in batch:  # a value that the database refuses must not spoil the others' answers
            await _settle(ask, driver, [single])
        return
    for question, future in batch:
        if not future.done():  # whoever asked may be gone
            future.set_result(answers.get(question))


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for _question, future in batch:
        if not future.done():
            future.set_exception(error)


def _cancel(batch: list[_Waiting]) -> None:
    for _question, future in batch:
        future.cancel()
