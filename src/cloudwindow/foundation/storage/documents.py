"""The pages of a PDF as pictures, drawn by a program of its own that a hostile file cannot leave (invariant 12).

The file goes to the program through a pipe and the pages come back through one, so nothing lies on a disk in clear;
what is refused leaves nothing behind, since there is no row yet.
"""

import asyncio
import sys
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import cast

from cloudwindow.foundation import parameters
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.storage import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.foundation.storage.folder import Store
from cloudwindow.foundation.storage.parameters import MOST_PAGES, MOST_SECONDS
from cloudwindow.foundation.storage.receiving import Received
from cloudwindow.foundation.storage.sniffing import JPEG
from cloudwindow.foundation.storage.spool import Spool

REFUSED = 3
"""The program's exit code when it says why."""

PROGRAM = Path(__file__).with_name("pdf_program.py")

MEGABYTES = 1_024
"""Memory of the program; a page of the largest kind takes some 60."""

_MOST_BYTES = 4 << 20
"""Of one page; a photo over a whole page has about one megabyte."""

_PIECE = 1 << 20


def _refusal(code: str, most_pages: int) -> Problem:
    """Say with a sentence what the program said with a code; a code that it does not have is a program gone mad."""
    match code:
        case "document_active":
            return Problem("document_active")
        case "document_locked":
            return Problem("document_locked")
        case "document_page_too_large":
            return Problem("document_page_too_large")
        case "document_too_heavy":
            return Problem("document_too_heavy")
        case "document_too_many_pages":
            return Problem("document_too_many_pages", limit=most_pages)
        case _:
            return Problem("document_broken")


_turn = asyncio.Lock()
"""One at a time in a process: the machine has other work."""


async def pages_of(database: Database, store: Store, stack: AsyncExitStack, pdf: Received) -> list[Received]:
    """Draw the pages of a PDF that was received; they are there as long as `stack`.

    Raises `document_too_many_pages`, `document_page_too_large`, `document_locked`, `document_active`,
    `document_too_heavy`, `document_broken`.
    """
    async with database.reading() as session:
        most_pages, seconds = (await parameters.read(session, MOST_PAGES, MOST_SECONDS)).values()
    async with _turn:
        # No environment: what the house was told, its secrets among it, is none of the program's business.
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", str(PROGRAM), str(most_pages), str(seconds), str(MEGABYTES)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={},
        )
        try:
            async with asyncio.timeout(2 * seconds):
                pages, code = await _talk(program, store, stack, pdf)
        except TimeoutError as error:
            raise Problem("document_too_heavy") from error
        finally:
            if program.returncode is None:
                program.kill()
                await program.wait()
    if program.returncode == REFUSED:
        raise _refusal(code, most_pages)
    if program.returncode != 0:  # it ran out of its time or memory, or fell over the file
        raise Problem("document_too_heavy")
    if not 1 <= len(pages) <= most_pages:
        raise Problem("document_broken")
    return pages


async def _talk(
    program: asyncio.subprocess.Process, store: Store, stack: AsyncExitStack, pdf: Received
) -> tuple[list[Received], str]:
    errors = cast("asyncio.StreamReader", program.stderr)
    _, pages, said, _ = await asyncio.gather(
        _give(program, pdf.spool), _take(program, store, stack, pdf), errors.read(64), program.wait()
    )
    return pages, said.decode(errors="replace")


async def _give(program: asyncio.subprocess.Process, spool: Spool) -> None:
    """Write the file to the program; one that has seen enough closes its end."""
    stdin = cast("asyncio.StreamWriter", program.stdin)
    with suppress(BrokenPipeError, ConnectionResetError):
        with await asyncio.to_thread(spool.open) as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                stdin.write(piece)
                await stdin.drain()
        stdin.close()


async def _take(
    program: asyncio.subprocess.Process, store: Store, stack: AsyncExitStack, pdf: Received
) -> list[Received]:
    """Read the pages that come; one that is cut off is none."""
    stdout = cast("asyncio.StreamReader", program.stdout)
    pages: list[Received] = []
    with suppress(asyncio.IncompleteReadError):
        while True:
            size = int.from_bytes(await stdout.readexactly(4), "big")
            if size > _MOST_BYTES:
                raise Problem("document_too_heavy")
            picture = await stdout.readexactly(size)
            pages.append(Received(await _keep(store, stack, picture), JPEG, "page", pdf.sent))
    return pages


async def _keep(store: Store, stack: AsyncExitStack, picture: bytes) -> Spool:
    def write() -> Spool:
        spool = Spool(store)
        stack.callback(spool.close)
        spool.writer.write(picture)
        spool.finish()
        return spool

    try:
        return await asyncio.to_thread(write)
    except OSError as error:
        raise Problem("storage_unavailable") from error
