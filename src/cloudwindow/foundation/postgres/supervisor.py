"""The process between the owner and PostgreSQL: ``python -m cloudwindow.foundation.postgres.supervisor``.

Its standard input is a pipe from the owner; when that closes, for whatever reason, the server is stopped in
order. It forks ``postgres`` from its only thread with SIGINT on parent death, so a kill -9 of the supervisor
stops the server too. It answers with one line of JSON on standard output: ``{"url": …}`` or ``{"error": …}``.
"""

import contextlib
import fcntl
import json
import os
import select
import signal
import sys
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from cloudwindow.foundation.postgres import layout as places
from cloudwindow.foundation.postgres import server as servers
from cloudwindow.foundation.postgres.errors import EmbeddedPostgresError
from cloudwindow.foundation.postgres.server import Server

TAKE_OVER_SECONDS = 10.0
MAX_RESTARTS = 5  # within RESTART_WINDOW; more means that something is wrong for good
RESTART_WINDOW = 60.0  # seconds


class Supervisor:
    """Keeps one server running on one data folder until the owner is gone or says stop."""

    def __init__(self, layout: places.Layout, options: Mapping[str, str]) -> None:
        self.layout = layout
        self.options = options
        self.user = places.server_user(layout)
        self.programs = places.programs(layout, self.user)
        self._lock: IO[bytes] | None = None
        self._restarts: deque[float] = deque(maxlen=MAX_RESTARTS)

    def take_over(self) -> Server:
        """A running server: wait up to 10 s for a stopping one, adopt one that stays, else start anew."""
        servers.wait_until(lambda: self._locked() and servers.server_pid(self.layout) is None, TAKE_OVER_SECONDS)
        pid = servers.server_pid(self.layout)
        if pid is not None:
            if servers.answers(self.layout, self.programs):
                return Server(pid, None)
            Server(pid, None).stop(patience=0)
        if not self._locked():
            self._end_holder()
        return self._start()

    def keep(self, server: Server) -> None:
        """Watch the server until the owner is gone or a stop is asked for; restart one that ends unasked."""
        asked = _stop_signals()
        while True:
            ready, _, _ = select.select([sys.stdin.fileno(), asked, server.pidfd], [], [])
            if sys.stdin.fileno() in ready or asked in ready:
                server.stop()
                return
            _say_to_log("the server ended unasked")
            server.close()
            server = self._start_again()

    def _start(self) -> Server:
        servers.initialise(self.layout, self.user, self.programs, self.options)
        return servers.start(self.layout, self.user, self.programs, self.options)

    def _start_again(self) -> Server:
        now = time.monotonic()
        if len(self._restarts) == MAX_RESTARTS and now - self._restarts[0] < RESTART_WINDOW:
            raise EmbeddedPostgresError(f"The database ended {MAX_RESTARTS} times within a minute.")
        self._restarts.append(now)
        return self._start()

    def _locked(self) -> bool:
        if self._lock is not None:
            return True
        file = self.layout.supervisor_lock.open("a+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        self._lock = file
        return True

    def _end_holder(self) -> None:
        # Its owner is gone and its server does not answer: it hangs. The command line proves who it is.
        with contextlib.suppress(OSError, ValueError):
            pid = int(self.layout.supervisor_lock.read_bytes())
            if __spec__.name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
        if not servers.wait_until(self._locked, TAKE_OVER_SECONDS):
            raise EmbeddedPostgresError(f"Another process holds {self.layout.supervisor_lock} and does not let go.")


def _stop_signals() -> int:
    """A file descriptor that becomes readable when SIGTERM or SIGINT arrives."""
    reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(writing)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return reading


def _say_to_log(text: str) -> None:
    sys.stderr.write(f"supervisor {os.getpid()}: {text}\n")
    sys.stderr.flush()


def _answer(**content: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # the owner is gone: standard input says so too
        sys.stdout.write(json.dumps(content) + "\n")
        sys.stdout.flush()


def main() -> int:
    """Run on the data folder of the first argument with the server options (JSON) of the second."""
    layout = places.Layout(Path(sys.argv[1]))
    options: dict[str, str] = json.loads(sys.argv[2])
    try:
        supervisor = Supervisor(layout, options)
        server = supervisor.take_over()
    except EmbeddedPostgresError as error:
        _answer(error=str(error))
        return 1
    _answer(url=layout.url, adopted=str(server.adopted))
    try:
        supervisor.keep(server)
    except EmbeddedPostgresError as error:
        _say_to_log(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
