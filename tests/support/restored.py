"""Backups made and restored as an operator does it."""

from pathlib import Path
from typing import Any

from tests.support.city import write_keys
from tests.support.commands import run_command
from tests.support.server import Server


def place(folder: Path, **more: str) -> dict[str, str]:
    """The settings of a data folder in test mode."""
    return {"CLOUDWINDOW_DATA": str(folder), "CLOUDWINDOW_MODE": "test"} | more


def place_of(server: Server) -> dict[str, str]:
    """The settings of a server that runs."""
    return place(server.folder, DATABASE_URL=server.city.url)


def lay_keys(folder: Path) -> None:
    """Put the keys of the tests' cities into a data folder."""
    write_keys(folder / "keys")


async def must(*arguments: str, **environment: str) -> str:
    """Run a command that must work; returns its output."""
    code, out, err = await run_command(*arguments, **environment)
    assert code == 0, out + err
    return out


async def refusal(*arguments: str, **environment: str) -> str:
    """Run a command that must refuse in one line; returns the line."""
    code, out, err = await run_command(*arguments, **environment)
    assert code == 2, out + err
    assert err.startswith("cloudwindow: ")
    assert err.count("\n") == 1, err
    return err


async def back_up(environment: dict[str, str], to: Path, *more: str) -> Path:
    """Back up into a new file."""
    await must("backup", "--to", str(to), *more, **environment)
    return to


def rows(found: Any) -> list[tuple[Any, ...]]:
    """Rows that can be compared."""
    return [tuple(row) for row in found]
