"""One PostgreSQL server: make its cluster, start it, ask it, stop it. Used by the supervisor process only."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from cloudwindow.foundation.postgres.errors import EmbeddedPostgresError
from cloudwindow.foundation.postgres.layout import NAME, PORT, Layout, ServerUser, unusable

READY_SECONDS = 300.0  # a crash recovery reads at most max_wal_size, but the disk may be slow
STOP_SECONDS = 30.0
ORPHAN_SECONDS = 10.0
LOG_LIMIT = 10 * 1024 * 1024  # bytes; one older log is kept
PR_SET_PDEATHSIG = 1  # prctl(2)
POLL_SECONDS = 0.02

ENVIRONMENT = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": "/usr/bin:/bin"}

TUNING: Mapping[str, str] = {
    "listen_addresses": "",  # the socket is the only way in
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",  # fits the smallest machine we promise (2 GB)
    "max_connections": "200",
    "max_wal_size": "512MB",
    "synchronous_commit": "on",  # an answer 200 means it is on disk
    "max_parallel_workers_per_gather": "0",  # containers have a small /dev/shm, our queries are short
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": NAME,
    # Values of rows are personal data and do not belong in a log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}

_libc = ctypes.CDLL(None, use_errno=True)


class Server:
    """A server that is up, started by this process or adopted from a supervisor that died."""

    def __init__(self, pid: int, child: subprocess.Popen[bytes] | None) -> None:
        self.pid = pid
        self.adopted = child is None
        self._child = child
        self.pidfd = os.pidfd_open(pid)

    def stop(self, patience: float = STOP_SECONDS) -> None:
        """Stop in order (open transactions roll back), by force after `patience` seconds; then it is gone."""
        for number, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.pidfd, number)
            if self._gone(seconds):
                break
        self.close()

    def close(self) -> None:
        """Let go of a server that has ended."""
        if self._child is not None:
            self._child.wait()
        os.close(self.pidfd)

    def _gone(self, seconds: float) -> bool:
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
            return self._child.returncode is not None
        return wait_until(lambda: not is_server_process(self.pid, None), seconds)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Ask `condition` until it holds or the seconds are over; the last answer."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def is_server_process(pid: int, cluster: Path | None) -> bool:
    """Whether a live process has this number and, if a cluster is given, works in it (its cwd is PGDATA)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        if state.rpartition(")")[2].split()[0] == "Z":
            return False
        return cluster is None or Path(f"/proc/{pid}/cwd").readlink() == cluster.resolve()
    except OSError:
        return False


def server_pid(layout: Layout) -> int | None:
    """The process number of the server that runs on this cluster, if one does."""
    try:
        pid = int(layout.postmaster_pid.read_text(encoding="ascii").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if is_server_process(pid, layout.cluster) else None


def _deserted(layout: Layout) -> bool:
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return not any(is_server_process(pid, layout.cluster) for pid in numbers)


def answers(layout: Layout, programs: Path) -> bool:
    """Whether the server accepts connections (``pg_isready``)."""
    command = [str(programs / "pg_isready"), "-q", "-t", "3", "-h", str(layout.folder), "-p", str(PORT)]
    return subprocess.run(command, check=False, env=ENVIRONMENT).returncode == 0  # noqa: S603 - our own program


def initialise(layout: Layout, user: ServerUser, programs: Path, options: Mapping[str, str]) -> None:
    """Make the cluster and the database in it, unless they are there; half-made ones are thrown away.

    Raises:
        EmbeddedPostgresError: it cannot be made, or it belongs to another major version.
    """
    if layout.cluster.exists():
        _check_version(layout, programs)
        return
    fresh = layout.folder / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [str(programs / "initdb"), "-D", str(fresh), "-U", NAME, "--auth=trust", "--encoding=UTF8"]
    command += ["--locale=C.UTF-8", "--no-instructions"]
    if options.get("fsync") == "off":
        command.append("--no-sync")
    _run(command, user, "")
    single = [str(programs / "postgres"), "--single", "-D", str(fresh), "postgres"]
    _run(single, user, f"CREATE DATABASE {NAME}\n")
    try:
        fresh.rename(layout.cluster)
    except OSError as error:
        raise unusable(layout.data, error) from error


def start(layout: Layout, user: ServerUser, programs: Path, options: Mapping[str, str]) -> Server:
    """Start a server as a child of this thread and wait until it answers.

    Raises:
        EmbeddedPostgresError: it does not come up; the message carries its own last word.
    """
    # Children of a killed server notice it within moments and hold its shared memory until then.
    wait_until(lambda: _deserted(layout), ORPHAN_SECONDS)
    if server_pid(layout) is None:
        # The number in a stale lock file may be a stranger's by now, and PostgreSQL would refuse to start.
        for stale in (layout.postmaster_pid, layout.socket_lock):
            stale.unlink(missing_ok=True)
    if layout.log.exists() and layout.log.stat().st_size > LOG_LIMIT:
        layout.log.replace(layout.log.with_suffix(".log.1"))
    command = [
        str(programs / "postgres"),
        "-D",
        str(layout.cluster),
        "-k",
        str(layout.folder),
        "-p",
        str(PORT),
    ]
    for key, value in {**TUNING, **options}.items():
        command += ["-c", f"{key}={value}"]
    with layout.log.open("ab") as log:
        begin = log.tell()
        child = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=ENVIRONMENT,
            preexec_fn=_become(user, os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
        )
    came_up = wait_until(lambda: child.poll() is not None or answers(layout, programs), READY_SECONDS)
    if child.returncode is not None or not came_up:
        child.kill()
        child.wait()
        raise EmbeddedPostgresError(f"The database did not start: {_last_word(layout.log, begin)} See {layout.log}.")
    return Server(child.pid, child)


def _become(user: ServerUser, parent: int) -> Callable[[], None]:
    """What the child does before it becomes ``postgres``: drop root, then tie its life to our thread."""

    def become() -> None:
        if user.drop:
            os.setgroups([])
            os.setresgid(user.gid, user.gid, user.gid)
            os.setresuid(user.uid, user.uid, user.uid)
        # A change of uid clears the signal, so it comes after it. SIGINT is PostgreSQL's fast shutdown.
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the supervisor died before the line above
        os.umask(0o077)

    return become


def _run(command: list[str], user: ServerUser, text: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        command,
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        cwd="/",
        env=ENVIRONMENT,
        check=False,
        preexec_fn=_become(user, os.getpid()),
    )
    if done.returncode != 0:
        name = Path(command[0]).name
        raise EmbeddedPostgresError(f"The database cannot be made: {name}: {_gist(done.stderr)}")


def _check_version(layout: Layout, programs: Path) -> None:
    here = (layout.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    command = [str(programs / "postgres"), "--version"]
    ours = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT).stdout  # noqa: S603
    major = ours.split()[-1].split(".")[0]
    if here != major:
        raise EmbeddedPostgresError(
            f"The database in {layout.folder} was made by PostgreSQL {here}, this program brings {major}: "
            f"dump it with the old release and load it with this one."
        )


def _last_word(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(begin)
        return _gist(file.read().decode("utf-8", errors="replace"))


def _gist(text: str) -> str:
    """The line that says most: the last one that tells of an error, else the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    grave = [line for line in lines if "FATAL:" in line or "PANIC:" in line or "error:" in line]
    return (grave or lines or ["no reason given."])[-1]
