"""Folders that cannot be used are refused with one line that says what to do."""

import os
import pwd
from pathlib import Path

import pytest

from cloudwindow.foundation.postgres import EmbeddedPostgres, EmbeddedPostgresError, running_url
from cloudwindow.foundation.postgres.layout import MAX_SOCKET_PATH, Layout

IS_ROOT = os.geteuid() == 0


def _refusal(data: Path) -> str:
    with pytest.raises(EmbeddedPostgresError) as refused:
        EmbeddedPostgres(data).start()
    text = str(refused.value)
    assert "\n" not in text
    assert str(data) in text
    assert "CLOUDWINDOW_DATA" in text
    return text


def _folder_with_socket_of(length: int) -> Path:
    fixed = len(os.fsencode(Layout(Path("/")).socket)) + len("云".encode())
    return Path("/云" + "x" * (length - fixed - 1))


def test_the_socket_path_may_have_107_bytes() -> None:
    fits = Layout(_folder_with_socket_of(MAX_SOCKET_PATH))
    assert len(os.fsencode(fits.socket)) == MAX_SOCKET_PATH
    fits.check_length()


def test_a_longer_one_is_refused() -> None:
    text = _refusal(_folder_with_socket_of(MAX_SOCKET_PATH + 1))
    assert "108 bytes" in text


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert "cannot be used" in _refusal(tmp_path / "data")


@pytest.mark.skipif(IS_ROOT, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "Permission denied" in _refusal(tmp_path / "data")


@pytest.mark.skipif(not IS_ROOT, reason="only root drops to another user")
def test_a_folder_under_a_private_home(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    text = _refusal(tmp_path / "data")
    assert pwd.getpwuid(65534).pw_name in text
    assert "out of reach" in text


def test_nothing_runs_where_nothing_is(tmp_path: Path) -> None:
    assert running_url(tmp_path / "nowhere") is None


def test_the_url_quotes_the_folder() -> None:
    assert Layout(Path("/a b/云")).url == "postgresql://cloudwindow@/cloudwindow?host=/a%20b/%E4%BA%91/postgres"
