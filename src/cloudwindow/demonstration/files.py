"""The data files of the demonstration city, and how their dates move with the day of loading."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

Row = dict[str, Any]

SEEN_FROM = date(2026, 11, 25)
"""The day from which people and sites are seen; the calendar's dates are real and never move (model §6)."""

# Both follow the same rules; the C one is ten times as fast, where it was built.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DemonstrationError(Exception):
    """The demonstration data do not hold together; the message says which row and why."""


@cache
def read(name: str) -> dict[str, list[Row]]:
    """Read a file of the `data` folder; callers must not change what they get."""
    text = files("cloudwindow.demonstration").joinpath("data", name).read_text(encoding="utf-8")
    document: dict[str, list[Row]] = yaml.load(text, Loader=_Loader)  # noqa: S506  a safe loader either way
    return document


@cache
def read_items() -> tuple[Row, ...]:
    """Read every item file, by key."""
    folder = files("cloudwindow.demonstration").joinpath("data", "items")
    return tuple(_items(sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))))


def moved(day: date | None, today: date) -> date | None:
    """Move a date as far as `today` lies from `SEEN_FROM`: a certificate stays as old as it was meant."""
    return None if day is None else day + (today - SEEN_FROM)


def _items(names: list[str]) -> Iterator[Row]:
    for name in names:
        document: Any = read(f"items/{name}")
        yield document
