"""Background tasks of a process: begun so that a failure is noticed, ended for certain."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

from cloudwindow.foundation import measures

log = structlog.get_logger()

ASK_AGAIN_SECONDS = 1.0


def begin(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
    """Start a task that is to run until it is ended; if it fails before, that is logged and counted at once."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_notice)
    return task


def _notice(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        measures.count_failure(f"task.{task.get_name()}")
        log.error("tasks.failed", task=task.get_name(), exc_info=error)


async def end(*tasks: asyncio.Task[None] | None) -> None:
    """Cancel tasks until they have ended.

    One cancel may get lost: a driver that is interrupted while it tidies up can answer with an error of its own, which
    a loop takes for a lost connection and goes on.
    """
    left = {task for task in tasks if task is not None}
    while left:
        for task in left:
            task.cancel()
        ended, left = await asyncio.wait(left, timeout=ASK_AGAIN_SECONDS)
        for task in ended:
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("tasks.had_failed", task=task.get_name(), error=type(error).__name__)
