"""What a process knows of hints: never too little, at most once too much."""

import pytest

from cloudwindow.foundation import hints
from cloudwindow.foundation.hints import Hints


def test_the_last_hint_of_each_key_counts() -> None:
    known = Hints()
    known.hear("desk:1", 5)
    known.hear("desk:2", 7)
    known.hear("desk:1", 4)  # two that passed each other
    assert (known.last("desk:1"), known.last("desk:2"), known.last("desk:3")) == (5, 7, 0)


def test_what_came_before_it_listened_may_have_changed_until_then() -> None:
    known = Hints()
    known.hear("desk:1", 5)
    known.listen_from(10)
    known.hear("desk:2", 12)
    assert (known.last("desk:1"), known.last("desk:2"), known.last("desk:3")) == (10, 12, 10)


def test_what_was_forgotten_may_have_changed_as_late_as_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "MOST_KEYS", 2)
    known = Hints()
    for key, instant in (("desk:1", 5), ("desk:2", 9), ("desk:1", 6), ("desk:3", 7)):
        known.hear(key, instant)
    assert (known.last("desk:1"), known.last("desk:2"), known.last("desk:3")) == (9, 9, 9)
