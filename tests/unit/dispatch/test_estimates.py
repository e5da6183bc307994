"""The estimate as model §9 wants it shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudwindow.dispatch.estimates import DeskPulse, minutes


def pulse(present: int = 1, sessions: int = 30, median: float = 1.0, free: int = 1) -> DeskPulse:
    return DeskPulse(present=present, free=free, waiting=0, sessions=sessions, median_minutes=median)


@pytest.mark.parametrize(
    ("wait", "shown"),
    [
        (0, (0, 0)),
        (1, (1, 1)),
        (5, (5, 5)),
        (6, (5, 10)),
        (9, (5, 10)),
        (10, (10, 15)),
        (14, (10, 15)),
        (15, (15, 20)),
        (121, (120, 125)),
    ],
)
def test_exact_up_to_five_then_ranges_of_five(wait: int, shown: tuple[int, int]) -> None:
    assert minutes(wait, pulse(), 99) == shown


def test_nobody_on_duty_gives_no_figure() -> None:
    assert minutes(3, pulse(present=0), 10) is None


def test_the_one_being_served_counts_while_nobody_is_free() -> None:
    assert minutes(0, pulse(median=5, free=0), 99) == (5, 5)
    assert minutes(0, pulse(median=5, free=1), 99) == (0, 0)


def test_more_clerks_make_it_shorter() -> None:
    assert [minutes(12, pulse(present=n), 99) for n in (1, 2, 3, 4)] == [(10, 15), (5, 10), (4, 4), (3, 3)]


@pytest.mark.parametrize(
    ("sessions", "each"), [(0, 12), (10, 10), (15, 9), (20, 8), (29, 6.2), (30, 6), (31, 6), (500, 6)]
)
def test_few_sessions_are_mixed_with_the_items_average_by_their_share(sessions: int, each: float) -> None:
    """Median 6, average 12: n/30 of the one, the rest of the other."""
    wait = minutes(10, pulse(sessions=sessions, median=6), 12)
    assert wait is not None
    low = int(each * 10 // 5 * 5)
    assert wait == (low, low + 5)


@given(
    st.integers(0, 500), st.integers(1, 50), st.integers(0, 60), st.floats(0, 120, allow_nan=False), st.integers(0, 90)
)
def test_the_shape_always_holds(ahead: int, present: int, sessions: int, median: float, average: int) -> None:
    shown = minutes(ahead, pulse(present, sessions, median), average)
    assert shown is not None
    low, high = shown
    assert (low == high and 0 <= low <= 5) or (low % 5 == 0 and high == low + 5 and low >= 5)
    longer = minutes(ahead + 1, pulse(present, sessions, median), average)
    assert longer is not None
    assert longer >= shown
