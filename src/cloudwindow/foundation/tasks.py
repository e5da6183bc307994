"""Background tasks of a process: ended for certain."""

import asyncio

import structlog

log = structlog.get_logger()

ASK_AGAIN_SECONDS = 1.0


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
