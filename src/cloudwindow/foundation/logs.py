"""Structured logs: one JSON object a line, without personal data — only keys, codes and figures are ever logged."""

import logging
import random
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from cloudwindow.foundation.faults import sqlstate

_NO_FAULT = "ASGI callable returned without completing handshake."
"""What uvicorn says of every live line that is refused with an HTTP answer, although the answer was sent."""


def configure(level: str) -> None:
    """Write logs at `level` (`debug`, `info`, `warning`, `error`) to standard error as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            trace,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    if not any(isinstance(handler, Others) for handler in root.handlers):
        root.addHandler(Others(logging.WARNING))


def mark_request() -> None:
    """Give the request that begins here a mark of its own, which every line of the log about it carries."""
    structlog.contextvars.bind_contextvars(request=f"{random.getrandbits(48):012x}")


def request_mark() -> str | None:
    """Return the mark of the request that is being handled, None outside any."""
    mark: str | None = structlog.contextvars.get_contextvars().get("request")
    return mark


class Others(logging.Handler):
    """Writes what libraries log (uvicorn, asyncio) in the same way, with the same silence about messages of errors."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write the first line of a record: what follows may quote an error."""
        line = (record.getMessage().splitlines() or [""])[0][:200]
        if line == _NO_FAULT:
            return
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger(record.name).log(record.levelno, line, logger=record.name, exc_info=error)


def trace(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write an exception as its types and places. Its message stays out: it may quote what somebody typed."""
    info = entry.pop("exc_info", None)
    error = sys.exc_info()[1] if info is True else info
    if not isinstance(error, BaseException):
        return entry
    chain = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        places = [f"{frame.filename.rsplit('site-packages/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
        chain.append({"type": type(seen).__name__, "sqlstate": sqlstate(seen), "at": places})
        seen = seen.__cause__ or seen.__context__
    entry["exception"] = chain
    return entry
