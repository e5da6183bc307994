"""The owning side: what ``cloudwindow serve`` holds on to while the embedded PostgreSQL runs."""

import fcntl
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from cloudwindow.foundation.postgres import layout as places
from cloudwindow.foundation.postgres import server as servers
from cloudwindow.foundation.postgres.errors import EmbeddedPostgresError

STOP_SECONDS = servers.STOP_SECONDS + 15.0
WATCH_MILLISECONDS = 100
RELAUNCH_SECONDS = 0.2  # a pause, so that a supervisor that dies at once does not keep a core busy


class EmbeddedPostgres:
    """A PostgreSQL in one data folder that lives as long as this process.

    Ends with it whatever happens: orderly through `stop`, or when a kill -9 of this process closes the pipe
    to the supervisor. A supervisor that dies is replaced. At most one owner per folder.

    Args:
        data: the data folder; made when missing.
        options: further server parameters, name to value (tests switch fsync off).
    """

    def __init__(self, data: Path, options: Mapping[str, str] | None = None) -> None:
        self.layout = places.Layout(data.absolute())
        self._options = dict(options or {})
        self._lock: IO[bytes] | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._launching = threading.Lock()

    def start(self, watch: Callable[[], None] = lambda: None) -> str:
        """Start (or adopt) the server; returns ``postgresql://…?host=<socket folder>`` once it answers.

        `watch` is called again and again meanwhile; what it raises ends the start, and the server with it.

        Raises:
            EmbeddedPostgresError: path too long, folder unusable, another owner, no start.
        """
        self.layout.check_length()
        places.prepare(self.layout, places.server_user(self.layout))
        self._take_lock()
        try:
            url = self._launch(watch)
        except BaseException:
            self.stop()
            raise
        threading.Thread(target=self._watch, name="postgres-watch", daemon=True).start()
        return url

    def stop(self) -> None:
        """Stop the server in order and let go of the folder; harmless when it is not running."""
        self._stopping.set()
        with self._launching:
            child, self._supervisor = self._supervisor, None
        if child is not None:
            self._end(child)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        path = self.layout.owner_lock
        try:
            file = path.open("a+b")
        except OSError as error:
            raise places.unusable(self.layout.data, error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            holder = path.read_text(encoding="ascii", errors="replace").strip() or "unknown"
            raise EmbeddedPostgresError(
                f"Cloud Window already runs on the data folder {self.layout.data} (process {holder}). "
                "Stop it, or set CLOUDWINDOW_DATA to another folder."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        self._lock = file

    def _launch(self, watch: Callable[[], None] = lambda: None) -> str:
        watch()
        module = "cloudwindow.foundation.postgres.supervisor"
        command = [sys.executable, "-m", module, str(self.layout.data), json.dumps(self._options)]
        with self.layout.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the owner only, which then stops the database last.
            child = subprocess.Popen(  # noqa: S603 - our own module
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        self._supervisor = child
        if child.stdout is None:
            raise EmbeddedPostgresError("The database's supervisor has no output.")
        with child.stdout:
            answer_there = select.poll()  # select.select() knows no more than 1,024 files
            answer_there.register(child.stdout, select.POLLIN)
            while not answer_there.poll(WATCH_MILLISECONDS):
                watch()
            line = child.stdout.readline()
        answer: dict[str, str] = json.loads(line) if line else {}
        if "url" not in answer:
            silent = f"The database's supervisor ended without a word. See {self.layout.log}."
            raise EmbeddedPostgresError(answer.get("error", silent))
        return answer["url"]

    def _watch(self) -> None:
        while (child := self._supervisor) is not None:
            child.wait()
            if self._stopping.wait(RELAUNCH_SECONDS):
                return
            try:
                with self._launching:
                    if self._stopping.is_set():
                        return
                    self._launch()
            except (EmbeddedPostgresError, OSError):
                # The log has the reason; readiness goes red by itself, because no connection succeeds.
                return

    @staticmethod
    def _end(child: subprocess.Popen[bytes]) -> None:
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def running_url(data: Path) -> str | None:
    """The URL of the server that runs in this data folder, or None when none answers there.

    Raises:
        EmbeddedPostgresError: the package with PostgreSQL's programs is not installed.
    """
    layout = places.Layout(data.absolute())
    try:
        if not layout.socket.exists():
            return None
    except OSError:
        return None
    user = places.server_user(layout)
    return layout.url if servers.answers(layout, places.programs(layout, user)) else None
