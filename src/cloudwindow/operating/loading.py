"""Loading a dump in one transaction: pg_restore writes a script, psql runs it.

pg_restore could do it alone, but whatever the server it sets a parameter that PostgreSQL has since 17 only, and it
cannot run further statements in its transaction. The script's BEGIN and COMMIT are ours: a psql whose input ends
because we were killed has no COMMIT, so nothing stays.
"""

import os
import subprocess
import tempfile
import threading
from contextlib import suppress
from typing import IO

from cloudwindow.operating import programs
from cloudwindow.operating.archive import CHUNK, Step
from cloudwindow.operating.manifest import BackupError

_RESTORE = ("--no-owner", "--no-privileges", "--no-comments", "--file=-")
_PSQL = ("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse", "--file=-")
_SINCE_17 = b"SET transaction_timeout = 0;\n"
_PREAMBLE_LINES = 40
"""Lines of a script within which its settings stand."""


def load(url: str, server: int, dump: IO[bytes], afterwards: str, step: Step) -> None:
    """Load `dump` into an empty database of a server of that major version, then run `afterwards`; all or nothing.

    Raises:
        BackupError: one of the programs refuses; then nothing is loaded.
    """
    bare, environment = programs.address(url)
    with tempfile.TemporaryFile() as of_restore, tempfile.TemporaryFile() as of_psql:
        restore = _start("pg_restore", list(_RESTORE), environment, subprocess.PIPE, of_restore)
        psql = _start("psql", [*_PSQL, f"--dbname={bare}"], environment, subprocess.DEVNULL, of_psql)
        feeder = threading.Thread(target=_feed, args=(dump, restore, step), daemon=True)
        feeder.start()
        try:
            _write(psql, b"BEGIN;\n")
            _pass_on(restore, psql, drop=server < 17)  # noqa: PLR2004  see `_SINCE_17`
            if psql.poll() is None and restore.wait() == 0:
                _write(psql, f"{afterwards}\nCOMMIT;\n".encode())
                _close(psql)
                psql.wait()
        finally:
            for process in (restore, psql):
                process.kill()  # does nothing to one that has ended
                process.wait()
            feeder.join()
            _close(restore)
            _close(psql)
        _judge(psql, of_psql, restore, of_restore)


def _start(
    name: str, arguments: list[str], environment: dict[str, str], output: int, errors: IO[bytes]
) -> "subprocess.Popen[bytes]":
    command = [str(programs.program(name)), *arguments]
    return subprocess.Popen(  # noqa: S603  our own program
        command, stdin=subprocess.PIPE, stdout=output, stderr=errors, env=environment, cwd=os.sep
    )


def _write(process: "subprocess.Popen[bytes]", content: bytes) -> None:
    """Write to a program. One that has ended says why by itself, so a broken pipe says nothing here."""
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.write(content)
            process.stdin.flush()


def _close(process: "subprocess.Popen[bytes]") -> None:
    """End a program's input and, once it has ended, give back its output too."""
    for pipe in (process.stdin, process.stdout if process.returncode is not None else None):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def _feed(dump: IO[bytes], restore: "subprocess.Popen[bytes]", step: Step) -> None:
    while restore.poll() is None and (chunk := dump.read(CHUNK)):
        _write(restore, chunk)
        step(len(chunk))
    _close(restore)


def _pass_on(restore: "subprocess.Popen[bytes]", psql: "subprocess.Popen[bytes]", *, drop: bool) -> None:
    """Hand the script over until one of the two has ended."""
    if restore.stdout is None:
        return
    for _ in range(_PREAMBLE_LINES):
        line = restore.stdout.readline()
        if not (drop and line == _SINCE_17):
            _write(psql, line)
    while psql.poll() is None and (chunk := restore.stdout.read(CHUNK)):
        _write(psql, chunk)


def _judge(
    psql: "subprocess.Popen[bytes]", of_psql: IO[bytes], restore: "subprocess.Popen[bytes]", of_restore: IO[bytes]
) -> None:
    """Psql's own refusal explains more than the end of a pg_restore that was stopped because of it."""
    for name, process, errors in (("psql", psql, of_psql), ("pg_restore", restore, of_restore)):
        if process.returncode > 0:
            errors.seek(0)
            raise BackupError(f"{name} failed: {programs.last_word(errors.read()).rstrip('.')}.")
    if psql.returncode or restore.returncode:
        raise BackupError("Loading was cut off; nothing was loaded.")
