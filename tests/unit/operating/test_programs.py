"""How PostgreSQL's own programs are called."""

import subprocess
import tempfile

import pytest

from cloudwindow.operating import loading, programs
from cloudwindow.operating.manifest import BackupError

SINCE_17 = b"SET transaction_timeout = 0;\n"


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


@pytest.mark.parametrize("server", [15, 16, 17, 18])
def test_what_old_servers_do_not_know_is_left_out_for_them_only(server: int) -> None:
    script = b"SET lock_timeout = 0;\n" + SINCE_17 + b"SELECT 1;\n" * 1000 + b"-- SET transaction_timeout = 0;\n"
    with (
        tempfile.TemporaryFile() as passed,
        subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as restore,  # noqa: S607  any cat
        subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=passed) as psql,  # noqa: S607  any cat
    ):
        restore.stdin.write(script)  # type: ignore[union-attr]  # a pipe was asked for
        restore.stdin.close()  # type: ignore[union-attr]  # a pipe was asked for
        loading._pass_on(restore, psql, drop=server < 17)
        psql.stdin.close()  # type: ignore[union-attr]  # a pipe was asked for
        psql.wait()
        passed.seek(0)
        assert passed.read() == (script if server >= 17 else script.replace(SINCE_17, b"", 1))


def test_the_word_that_says_most() -> None:
    said = b"pg_dump: detail\npg_dump: error: connection failed: FATAL: no such database\n"
    assert "no such database" in programs.last_word(said)
    assert programs.last_word(b"") == "no reason given"
