"""Progress of long work on the terminal, on standard error so that output stays clean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cloudwindow.operating.archive import Step

Add = Callable[[str, int | None], Step]
"""Adds a line with a title and the expected amount; what it returns is told of what has gone by."""


@contextmanager
def bars(*, of_bytes: bool = True) -> Iterator[Add]:
    """Show how far work has come, in bytes or in pieces; without a terminal nothing is shown."""
    console = Console(stderr=True)
    amount = DownloadColumn() if of_bytes else MofNCompleteColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), amount, TimeElapsedColumn())

    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:

        def add(title: str, total: int | None) -> Step:
            task = progress.add_task(title, total=total)
            return lambda done: progress.advance(task, done)

        yield add
