"""What the doctor makes of a database's facts."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cloudwindow.foundation import migrations
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.storage import Folder
from cloudwindow.foundation.storage.sealed import SealedWriter
from cloudwindow.operating import database_checks
from cloudwindow.operating.facts import Facts
from cloudwindow.settings import Settings

HEAD = migrations.head()
GOOD = Facts(
    version="18.1",
    revision=HEAD,
    mode="production",
    fingerprint=None,
    drift=timedelta(milliseconds=3),
    shift=None,
    behind=timedelta(seconds=-1),
    connections_limit=197,
    connections_used=20,
    processes=2,
    oldest_transaction=150_000_000,
    autovacuum=True,
    fields={},
)


def settings(folder: Path) -> Settings:
    return Settings(data=folder, mode="production")


def found(facts: Facts, folder: Path) -> dict[str, tuple[str, str]]:
    return {f.name: (f.status, f"{f.what} {f.do}") for f in database_checks.of(facts, settings(folder))}


def test_all_is_well(tmp_path: Path) -> None:
    assert {status for status, _ in found(GOOD, tmp_path).values()} == {"ok"}


@pytest.mark.parametrize(
    ("change", "name", "status", "word"),
    [
        ({"version": "14.9"}, "database", "fail", "15"),
        ({"revision": None}, "schema", "warn", "empty"),
        ({"revision": "9999"}, "schema", "fail", "newer"),
        ({"mode": "demonstration"}, "mode", "fail", "CLOUDWINDOW_MODE=demonstration"),
        ({"fingerprint": "0123456789abcdef"}, "fingerprint", "fail", "do not make new ones"),
        ({"connections_limit": 20}, "connections", "fail", "max_connections"),
        ({"processes": 8}, "connections", "warn", "max_connections"),
        ({"connections_used": 190}, "connections", "warn", "190 of 197"),
        ({"oldest_transaction": 1_200_000_000}, "tables", "warn", "autovacuum"),
        ({"oldest_transaction": 1_900_000_000}, "tables", "fail", "VACUUM FREEZE"),
        ({"autovacuum": False}, "tables", "warn", "off"),
        ({"drift": timedelta(seconds=9)}, "clock", "warn", "9.0 s ahead"),
        ({"drift": timedelta(seconds=-9)}, "clock", "warn", "9.0 s behind"),
        ({"drift": timedelta(minutes=-9)}, "clock", "fail", "NTP"),
        ({"behind": timedelta(hours=1)}, "clock", "fail", "3600 s behind the last sign"),
        ({"shift": timedelta(days=1)}, "clock", "warn", "86400 s"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, change: dict[str, Any], name: str, status: str, word: str) -> None:
    everything = found(replace(GOOD, **change), tmp_path)
    assert everything[name][0] == status
    assert word in everything[name][1]
    assert {other for other, (how, _) in everything.items() if how != "ok"} == {name}


def test_an_older_schema_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "head", lambda: "9999")
    assert found(GOOD, tmp_path)["schema"][0] == "warn"


def test_keys_are_compared(tmp_path: Path) -> None:
    here = Keys.load_or_create(tmp_path / "keys").fingerprint()
    assert found(replace(GOOD, fingerprint=here), tmp_path)["fingerprint"][0] == "ok"
    status, text = found(replace(GOOD, fingerprint="0" * 16), tmp_path)["fingerprint"]
    assert (status, here in text) == ("fail", True)
    (tmp_path / "keys" / "field.key").write_bytes(b"short")
    assert found(replace(GOOD, fingerprint=here), tmp_path)["fingerprint"][0] == "fail"


def test_looking_makes_no_keys(tmp_path: Path) -> None:
    found(replace(GOOD, fingerprint="0" * 16), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_files_that_the_database_names_must_be_there(tmp_path: Path) -> None:
    store, one, two = Folder(tmp_path / "files"), uuid4(), uuid4()
    for file_id in (one, two):
        with store.writing(file_id) as sink:
            writer = SealedWriter(sink, bytes(32), file_id)
            writer.write(bytes(70_000))
            writer.finish()
    facts = replace(GOOD, files=((one, 70_000), (two, 70_000)))
    assert found(facts, tmp_path)["files"][0] == "ok"
    store.path(one).write_bytes(store.path(one).read_bytes()[:-1])
    status, words = found(facts, tmp_path)["files"]
    assert status == "fail"
    assert "1 of the latest 2" in words
    assert str(one) in words
    store.remove(two)
    assert "2 of the latest 2" in found(facts, tmp_path)["files"][1]
    assert found(GOOD, tmp_path)["files"][0] == "ok"
