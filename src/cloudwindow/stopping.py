"""A process that is asked to stop: from the first step of its start on, in order and never in the middle of something.

A handler that raises would raise wherever the program happens to be, inside the database driver too. So it only notes
that it was asked, and wakes whoever waits; the start looks between its steps.
"""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(Exception):  # noqa: N818  no fault: somebody asked
    """The program was asked to stop before it had started."""


class Stop:
    """Whether this process was asked to stop; there is one, made in the main thread."""

    def __init__(self) -> None:
        self.asked = False
        self._wake: Callable[[], object] | None = None
        for number in SIGNALS:
            signal.signal(number, self._note)

    def check(self) -> None:
        """Go on, unless somebody asked. Raises `Stopped`."""
        if self.asked:
            raise Stopped

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end, or cancel it when asked to stop. Raises `Stopped`, and what the work raises."""
        try:
            return asyncio.run(self._unless_asked(work))
        except (Exception, asyncio.CancelledError):
            # A driver that is cancelled while it tidies up may answer with an error of its own.
            self.check()
            raise

    async def wait(self) -> None:
        """Wait until somebody asks."""
        asked = asyncio.Event()
        with self._calling(asked.set):
            await asked.wait()

    async def _unless_asked(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        with self._calling(task.cancel):
            return await task

    @contextmanager
    def _calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Meanwhile call this in the running loop once somebody asks, or at once if somebody has."""
        loop = asyncio.get_running_loop()
        self._wake = lambda: loop.call_soon_threadsafe(call)
        if self.asked:
            call()
        try:
            yield
        finally:
            self._wake = None

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if self._wake is not None:
            self._wake()
        if number == signal.SIGHUP:
            signal.raise_signal(signal.SIGTERM)  # uvicorn has a handler of its own for that one while it serves
