"""`/metrics` for Prometheus: what this process counted, what stands in the database, what is in use right now.

Whoever may read it sees the load of every desk. Without a token that is only a program on this machine that asks this
process directly; with one, whoever has it. Everybody else is told that there is nothing.
"""

import asyncio
import hmac
import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from cloudwindow import calls, dispatch, oversight, people
from cloudwindow.foundation import readings
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.live import Live
from cloudwindow.foundation.measures import REGISTRY
from cloudwindow.settings import Settings

READINGS = [*people.READINGS, *dispatch.READINGS, *calls.READINGS, *oversight.READINGS]
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORWARDED = ("forwarded", "via", "x-real-ip", "x-forwarded-")
"""Beginnings of headers that only a proxy adds: with one of them, the request came from somewhere else."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Families(Collector):
    """Figures that are at hand, as a collector."""

    families: Iterable[Metric]

    def collect(self) -> Iterator[Metric]:
        """Hand them out."""
        yield from self.families


class Monitor:
    """Puts one answer together; whoever asks meanwhile waits, so that scrapes cannot heap up on the database."""

    def __init__(self, database: Database, live: Live, name: str) -> None:
        self._database = database
        self._live = live
        self._name = name
        self._one_at_a_time = asyncio.Lock()

    async def text(self) -> bytes:
        """Everything, in Prometheus' text format."""
        async with self._one_at_a_time:
            stored = await readings.read(self._database.url, self._name, READINGS)
        return generate_latest(REGISTRY) + generate_latest(Families([*self._in_use(), *stored]))

    def _in_use(self) -> Iterator[Metric]:
        lines = GaugeMetricFamily("cloudwindow_live_connections", "Open live lines of this process.", labels=("face",))
        for face, number in self._live.numbers().items():
            lines.add_metric((face,), number)
        yield lines
        pool = GaugeMetricFamily(
            "cloudwindow_database_connections", "Connections of this process's pools.", labels=("pool", "state")
        )
        for name, use in self._database.use().items():
            pool.add_metric((name, "used"), use.used)
            pool.add_metric((name, "limit"), use.limit)
        yield pool


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """The figures, for whoever may read them."""
    settings: Settings = request.app.state.settings
    if not may_read(request, settings.metrics_token.get_secret_value()):
        raise Problem("not_found")
    monitor: Monitor = request.app.state.monitor
    return Response(await monitor.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def may_read(request: Request, token: str) -> bool:
    """Whether a request has the token or, when none is set, comes from a program on this machine."""
    if not token:
        return _is_direct_and_local(request)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    # Headers are bytes; Starlette reads them as Latin-1, which loses none.
    return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), token.encode())


def _is_direct_and_local(request: Request) -> bool:
    """Whether nobody stands between.

    The address alone proves nothing: we listen on this machine only, so a proxy's requests come from here as well.
    A proxy that adds no header of its own is told by the name that was asked for; so is a page that had its own name
    point to this machine.
    """
    if any(name.startswith(FORWARDED) for name in request.headers):
        return False
    host = request.headers.get("host", "").lower()
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    try:
        loopback = request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return loopback and name in LOCAL_NAMES
