"""The dependency check: each way to be loose is found, and what we have is not."""

import importlib.metadata
from email.message import Message
from typing import Any

import pytest

from scripts.lint_dependencies import ROOT, check_installed, check_lock, check_npm, findings, licences

GOOD = "# made by\nsegno==1.6.6 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n    # via -r x.in\n"


def test_what_we_have_is_in_order() -> None:
    assert list(findings(ROOT)) == []


@pytest.mark.parametrize(
    ("text", "asked", "words"),
    [
        (GOOD, "# QR\nsegno\n", None),
        (GOOD, "Segno[x]; sys_platform != 'win32'\n", None),
        (GOOD, "segno\nqrcode\n", "qrcode is not in the lock file"),
        ("segno==1.6.6\n", "segno\n", "not one version with its hashes"),
        ("segno>=1.6.6 \\\n    --hash=sha256:00\n", "", "not one version with its hashes"),
        (f"--index-url https://example.invalid/simple\n{GOOD}", "segno\n", "names a host"),
        (f"{GOOD}x @ https://example.invalid/x.whl --hash=sha256:00\n", "segno\n", "names a host"),
    ],
)
def test_a_lock_file(text: str, asked: str, words: str | None) -> None:
    found = list(check_lock("x", text, asked))
    assert bool(found) == (words is not None)
    assert words is None or any(words in line for line in found)


@pytest.mark.parametrize(
    ("version", "licence", "words"),
    [
        ("1.0", "MIT OR Apache-2.0", None),
        ("1.1", "MIT", "1.0 is locked"),
        ("1.0", "AGPL-3.0-only", "AGPL"),
        ("1.0", "", ""),
    ],
)
def test_what_is_installed(monkeypatch: pytest.MonkeyPatch, version: str, licence: str, words: str | None) -> None:
    about = Message()
    about["Version"], about["License-Expression"] = version, licence
    monkeypatch.setattr(importlib.metadata, "metadata", lambda _name: about)
    found = list(check_installed({"thing": "1.0"}))
    assert bool(found) == (words is not None)
    assert words is None or words in found[0]


def _npm(asked: str = "1.2.3", **entry: Any) -> list[str]:
    good = {"integrity": "sha512-xx", "license": "MIT"} | entry
    kept = {name: value for name, value in good.items() if value is not None}
    return list(
        check_npm({"dependencies": {"vue": asked}}, {"packages": {"": {}, "node_modules/a/node_modules/b": kept}})
    )


def test_npm() -> None:
    assert _npm() == []
    assert "exact" in _npm("^1.2.3")[0]
    assert "b has no digest" in _npm(integrity=None)[0]
    assert "host" in _npm(resolved="https://example.invalid/b.tgz")[0]
    assert "unknown" in _npm(license=None)[0]
    assert "GPL-3.0" in _npm(license="GPL-3.0")[0]


def test_a_licence_in_parts() -> None:
    assert licences("(MIT OR CC0-1.0)") == ["MIT", "CC0-1.0"]
    assert licences("ISC License (ISCL)") == ["ISC License (ISCL)"]
    assert licences("Apache Software License; MIT License") == ["Apache Software License", "MIT License"]
