import asyncio

from cloudwindow.foundation import tasks


async def test_a_task_that_loses_a_cancel_is_ended_all_the_same() -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await tasks.end(task, None)
    assert task.cancelled()
    assert lost == 1


async def test_a_task_that_has_failed_stops_nobody_from_ending() -> None:
    async def failing() -> None:
        raise OSError

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await tasks.end(task)
    assert task.done()
