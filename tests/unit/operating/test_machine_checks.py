"""What the doctor makes of this machine."""

import os
import shutil
import socket
import threading
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest

from cloudwindow.foundation.crypto import Keys
from cloudwindow.operating import machine_checks
from cloudwindow.settings import Settings
from tests.support.server import free_port

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024  as shutil's own


def settings(folder: Path, **more: Any) -> Settings:
    return Settings(data=folder, **more)


def test_a_good_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    assert machine_checks.storage(settings(tmp_path)).status == "ok"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert machine_checks.storage(settings(tmp_path / "no")).status == "warn"
    assert not (tmp_path / "no").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert machine_checks.storage(settings(tmp_path / "file")).status == "fail"
    assert machine_checks.storage(settings(tmp_path / "file" / "in")).status == "fail"


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o722])
def test_a_folder_that_others_may_write(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    finding = machine_checks.storage(settings(tmp_path))
    assert (finding.status, "chmod go-w" in finding.do) == ("fail", True)


def test_a_folder_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    finding = machine_checks.storage(settings(tmp_path))
    assert (finding.status, "service's user" in finding.do) == ("fail", True)


def test_the_folder_of_files(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    there, elsewhere = settings(tmp_path), settings(tmp_path, files=tmp_path / "files")
    assert machine_checks.storage(elsewhere).status == "ok"
    (tmp_path / "files").mkdir(mode=0o700)
    assert machine_checks.storage(there).status == "ok"
    (tmp_path / "files").chmod(0o750)
    finding = machine_checks.storage(there)
    assert (finding.status, finding.do) == ("fail", f"chmod go= {tmp_path / 'files'}")
    (tmp_path / "files").rmdir()
    (tmp_path / "files").write_text("")
    assert machine_checks.storage(there).status == "fail"


@pytest.mark.parametrize(("free_mb", "status"), [(100, "fail"), (1000, "warn"), (9000, "ok")])
def test_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_mb: int, status: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, free_mb * 1024 * 1024))
    finding = machine_checks.disk(settings(tmp_path / "not" / "yet"))
    assert finding.status == status
    assert str(free_mb) in finding.what
    assert machine_checks.disk(settings(tmp_path, free_disk_mb=0)).status == ("fail" if status == "fail" else "ok")


def test_a_port(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        number = busy.getsockname()[1]
        busy.listen()
        stranger = threading.Thread(target=_answer_rubbish, args=(busy,), daemon=True)
        stranger.start()
        finding = machine_checks.port(settings(tmp_path, port=number))
        assert (finding.status, "CLOUDWINDOW_PORT" in finding.do) == ("fail", True)
        stranger.join(5)
    assert machine_checks.port(settings(tmp_path, port=free_port())).status == "ok"


def _answer_rubbish(busy: socket.socket) -> None:
    connection, _ = busy.accept()
    with connection:
        connection.recv(1000)
        connection.sendall(b'HTTP/1.0 200 OK\r\n\r\n{"status":"else"}')


def test_a_port_held_by_somebody_who_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_checks, "PORT_SECONDS", 0.1)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        assert machine_checks.port(settings(tmp_path, port=busy.getsockname()[1])).status == "fail"


def test_keys(tmp_path: Path) -> None:
    place = settings(tmp_path)
    assert machine_checks.keys(place).status == "warn"
    Keys.load_or_create(tmp_path / "keys")
    finding = machine_checks.keys(place)
    assert finding.status == "ok"
    assert "Back them up" in finding.what
    for name in ("keys", "keys/field.key", "keys/blind.key"):
        (tmp_path / name).chmod(0o755)
        assert machine_checks.keys(place).status == "fail"
        (tmp_path / name).chmod(0o700)
    (tmp_path / "keys" / "blind.key").unlink()
    finding = machine_checks.keys(place)
    assert (finding.status, "blind.key" in finding.what) == ("fail", True)


def test_the_footer_names_what_is_empty(tmp_path: Path) -> None:
    some = dict.fromkeys(machine_checks.FOOTER, "x")
    assert machine_checks.footer(settings(tmp_path, **some)).status == "ok"
    finding = machine_checks.footer(settings(tmp_path, **some | {"icp": ""}))
    assert finding.status == "warn"
    assert "ICP备案号 (CLOUDWINDOW_ICP)" in finding.what
    assert "主办单位" not in finding.what


def test_every_setting_of_the_footer_is_looked_at() -> None:
    described = {
        name for name, field in Settings.model_fields.items() if (field.description or "").startswith("Footer:")
    }
    assert set(machine_checks.FOOTER) == described


def test_pages(tmp_path: Path) -> None:
    assert machine_checks.pages(settings(tmp_path, web=tmp_path)).status == "fail"
    for name in ("index.html", "workbench.html"):
        (tmp_path / name).write_text("")
    assert machine_checks.pages(settings(tmp_path, web=tmp_path)).status == "ok"


def test_a_production_without_a_sender_of_messages_is_told_so(tmp_path: Path) -> None:
    assert machine_checks.messages(settings(tmp_path, mode="demonstration")).status == "ok"
    finding = machine_checks.messages(settings(tmp_path, mode="production"))
    assert (finding.status, "recalled" in finding.what) == ("warn", True)
