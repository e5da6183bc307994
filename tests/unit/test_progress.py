"""A long check shows on a terminal how far it is, and takes the line away at the end."""

import pytest

from cloudwindow import cli


def _shown(capsys: pytest.CaptureFixture[str], *, rows: int, batch: int) -> str:
    for before in range(0, rows, batch):
        cli._progress(before, min(before + batch, rows), rows)
    cli._progress(rows, rows, rows)  # a batch without rows
    return capsys.readouterr().err


@pytest.mark.parametrize("terminal", [True, False])
def test_only_a_terminal_is_shown_it(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,  # noqa: FBT001  a case
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    shown = _shown(capsys, rows=25_000, batch=700)
    assert shown == ("\r10,500 of 25,000 rows\r20,300 of 25,000 rows\r\033[K" if terminal else "")


def test_a_short_check_shows_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert _shown(capsys, rows=9_999, batch=1000) == ""
