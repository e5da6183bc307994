"""Progress of long work on the terminal, on standard error so that output stays clean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from cloudwindow.operating.archive import Step

Add = Callable[[str, int | None], Step]
"""Adds a line with a title and the expected number of bytes; what it returns is told of those that have gone by."""


@contextmanager
def bars() -> Iterator[Add]:
    """Show how far work has come; without a terminal nothing is shown."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())

    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:

        def add(title: str, total: int | None) -> Step:
            task = progress.add_task(title, total=total)
            return lambda done: progress.advance(task, done)

        yield add
