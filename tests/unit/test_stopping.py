"""Being asked to stop: noted at any moment, raised at none."""

import asyncio
import signal
from collections.abc import Iterator

import pytest

from cloudwindow.stopping import SIGNALS, Stop, Stopped


@pytest.fixture
def stop() -> Iterator[Stop]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield Stop()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_noted_and_nothing_is_raised_before_somebody_looks(stop: Stop, number: signal.Signals) -> None:
    stop.check()
    signal.raise_signal(number)
    assert stop.asked
    with pytest.raises(Stopped):
        stop.check()


def test_work_that_waits_is_cancelled_and_may_tidy_up(stop: Stop) -> None:
    tidied = []

    async def work() -> None:
        signal.raise_signal(signal.SIGTERM)
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append("up")

    with pytest.raises(Stopped):
        stop.run(work())
    assert tidied == ["up"]


def test_work_that_does_not_wait_comes_to_its_end(stop: Stop) -> None:
    async def work() -> str:
        signal.raise_signal(signal.SIGTERM)
        return "done"

    assert stop.run(work()) == "done"
    with pytest.raises(Stopped):
        stop.check()


def test_nothing_is_begun_after_a_signal(stop: Stop) -> None:
    begun = []

    async def work() -> None:
        begun.append("work")

    signal.raise_signal(signal.SIGTERM)
    with pytest.raises(Stopped):
        stop.run(work())
    assert begun == []


def test_a_fault_of_the_work_is_its_own_unless_somebody_asked(stop: Stop) -> None:
    async def fail(number: signal.Signals | None) -> None:
        if number is not None:
            signal.raise_signal(number)
        raise ValueError(number)

    with pytest.raises(ValueError, match="None"):
        stop.run(fail(None))
    with pytest.raises(Stopped):
        stop.run(fail(signal.SIGTERM))


@pytest.mark.parametrize("early", [True, False])
def test_who_waits_is_woken_even_by_a_signal_that_came_before(stop: Stop, *, early: bool) -> None:
    async def work() -> None:
        if early:
            signal.raise_signal(signal.SIGTERM)
        else:
            asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGTERM)
        async with asyncio.timeout(5):
            await stop.wait()

    asyncio.run(work())
    signal.raise_signal(signal.SIGTERM)  # the loop is closed: nothing is woken any more
