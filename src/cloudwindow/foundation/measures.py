"""What a process counts about itself, for `/metrics`. Labels are names of our own: never a person, a key or a text.

These count what happened in this process since it started; what stands in the database is read at each scrape
(`readings`).
"""

import contextlib
from collections.abc import Iterator
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.process_collector import ProcessCollector

from cloudwindow.foundation.errors import Problem

disable_created_metrics()  # type: ignore[no-untyped-call]  # one more series for each, which nobody asks for

REGISTRY = CollectorRegistry()
"""Ours alone: what a library adds to the common one is not shown."""

ProcessCollector(registry=REGISTRY)

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds. An action takes a few milliseconds; after ten seconds without a connection a request gives up."""

REQUESTS = Counter("cloudwindow_http_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY)
SECONDS = Histogram(
    "cloudwindow_http_request_seconds",
    "From a request's arrival to the end of its answer, in seconds.",
    ("method", "route"),
    buckets=BUCKETS,
    registry=REGISTRY,
)
ACTIONS = Counter(
    "cloudwindow_actions",
    "Actions by what became of them: run, refused, repeated (the same request again), retried, failed.",
    ("action", "result"),
    registry=REGISTRY,
)
FAILURES = Counter(
    "cloudwindow_background_failures",
    "Failures of what a process does by itself; each has a line in the log.",
    ("where",),
    registry=REGISTRY,
)

Result = Literal["run", "refused", "repeated", "retried", "failed"]


def count_action(name: str, result: Result) -> None:
    """Count an attempt at an action; one that is tried again counts as `retried` and then as what became of it."""
    ACTIONS.labels(name, result).inc()


@contextlib.contextmanager
def counting_outcome(name: str, *repeats: type[Exception]) -> Iterator[None]:
    """Count an action by how the block ends; an exception of `repeats` tells that it had been run before."""
    try:
        yield
    except Problem:
        count_action(name, "refused")
        raise
    except repeats:
        count_action(name, "repeated")
        raise
    except Exception:
        count_action(name, "failed")
        raise
    count_action(name, "run")


def count_failure(where: str) -> None:
    """Count a failure in the background; call it beside the line in the log."""
    FAILURES.labels(where).inc()
