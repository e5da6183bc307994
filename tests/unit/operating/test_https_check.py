"""What the doctor makes of HTTPS for the local network."""

import shutil
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cloudwindow.foundation.tls import OwnCertificate, authority
from cloudwindow.operating.findings import Finding
from cloudwindow.operating.https_check import https
from cloudwindow.settings import Settings
from tests.support.server import free_port


def look(folder: Path, **more: Any) -> Finding:
    return https(Settings(data=folder, **{"tls_port": free_port()} | more))


def made(folder: Path, since: timedelta = timedelta()) -> Path:
    """A certificate that was made so long ago; returns the file with key and chain."""
    OwnCertificate(folder / "tls", [], datetime.now(UTC) - since, lambda: ["10.0.0.1"])
    return folder / "tls" / "server.pem"


def test_there_is_none(tmp_path: Path) -> None:
    finding = look(tmp_path, tls_port=0)
    assert (finding.status, "proxy" in finding.what) == ("ok", True)


def test_before_the_first_start_nothing_is_made(tmp_path: Path) -> None:
    assert look(tmp_path).status == "ok"
    assert list(tmp_path.iterdir()) == []


def test_what_was_made_here(tmp_path: Path) -> None:
    made(tmp_path)
    assert look(tmp_path).status == "ok"
    (tmp_path / "tls" / "server.pem").write_text("rubbish")
    assert look(tmp_path).status == "fail"


def test_an_authority_near_its_end(tmp_path: Path) -> None:
    made(tmp_path, authority.AUTHORITY_LASTS - timedelta(days=20))
    finding = look(tmp_path)
    assert (finding.status, "install it on the phones" in finding.do) == ("warn", True)


@pytest.mark.parametrize(("days", "status"), [(0, "ok"), (390, "warn"), (400, "fail")])
def test_what_was_brought(tmp_path: Path, days: int, status: str) -> None:
    file = shutil.copy(made(tmp_path / "its", timedelta(days=days)), tmp_path / "cert.pem")
    finding = look(tmp_path, tls_cert=file, tls_key=file)
    assert (finding.status, bool(finding.do)) == (status, status != "ok")


def test_what_was_brought_and_does_not_fit(tmp_path: Path) -> None:
    file = tmp_path / "cert.pem"
    file.write_text("rubbish")
    assert look(tmp_path, tls_cert=file, tls_key=file).status == "fail"
    assert look(tmp_path, tls_cert=tmp_path / "none", tls_key=file).status == "fail"


def test_a_port_held_by_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudwindow.operating.https_check.PORT_SECONDS", 0.2)
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert look(tmp_path, tls_port=port).status == "fail"
        monkeypatch.setattr("cloudwindow.settings.HTTPS_PORT", port)  # nobody asked for it
        assert look(tmp_path, tls_port=None).status == "warn"
