"""Nothing that somebody typed gets into a log through the message of an error."""

import json
import logging

import pytest
import structlog

from cloudwindow.foundation import logs

SECRET = "刘桂英 19900001301"


@pytest.fixture(autouse=True)
def _as_before() -> object:
    handlers = list(logging.getLogger().handlers)
    yield
    logging.getLogger().handlers = handlers
    structlog.reset_defaults()


def _fail() -> None:
    try:
        int(SECRET)
    except ValueError as error:
        raise RuntimeError(SECRET) from error


def test_an_error_is_logged_by_type_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning")
    try:
        _fail()
    except RuntimeError:
        structlog.get_logger().exception("something.failed", id="7")
    line = capsys.readouterr().err
    assert "刘桂英" not in line
    entry = json.loads(line)
    assert (entry["event"], entry["id"], entry["level"]) == ("something.failed", "7", "error")
    assert [part["type"] for part in entry["exception"]] == ["RuntimeError", "ValueError"]
    assert "_fail" in entry["exception"][0]["at"][-1]


def test_libraries_are_no_exception(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("warning")
    try:
        _fail()
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("Exception in application\n%r", SECRET)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert SECRET not in "".join(lines)
    (entry,) = map(json.loads, lines)
    assert (entry["event"], entry["logger"]) == ("Exception in application", "uvicorn.error")
