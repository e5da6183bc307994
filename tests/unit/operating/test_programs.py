"""How PostgreSQL's own programs are called."""

import pytest

from cloudwindow.operating import programs
from cloudwindow.operating.manifest import BackupError


def test_a_password_never_stands_on_a_command_line() -> None:
    url, environment = programs.address("postgresql://user:p%40ss@host:5433/name?sslmode=require")
    assert url == "postgresql://user@host:5433/name?sslmode=require"
    assert environment["PGPASSWORD"] == "p@ss"
    assert "PGPASSWORD" not in programs.address("postgresql://user@/name?host=/folder")[1]


def test_a_newer_server_is_refused() -> None:
    ours = programs.major()
    programs.check_server(ours)
    programs.check_server(15)
    with pytest.raises(BackupError, match=f"PostgreSQL {ours + 1}"):
        programs.check_server(ours + 1)


def test_the_word_that_says_most() -> None:
    said = b"pg_dump: detail\npg_dump: error: connection failed: FATAL: no such database\n"
    assert "no such database" in programs.last_word(said)
    assert programs.last_word(b"") == "no reason given"
