"""Fixtures and hooks of every test."""

import os

from hypothesis import HealthCheck, settings

from tests.support.city import city, read_only_city
from tests.support.cluster import cluster, database_url
from tests.support.house import house
from tests.support.seal import notary
from tests.support.server import server, shared_server
from tests.support.sharing import pytest_xdist_make_scheduler
from tests.support.suites import pytest_runtest_logreport, pytest_terminal_summary

__all__ = [
    "city",
    "cluster",
    "database_url",
    "house",
    "notary",
    "pytest_runtest_logreport",
    "pytest_terminal_summary",
    "pytest_xdist_make_scheduler",
    "read_only_city",
    "server",
    "shared_server",
]

# Where Python may not keep what it compiled, each of the hundreds of programs that tests start would compile ours anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# No test asserts how long something took: a busy machine is no fault of the product.
settings.register_profile("cloudwindow", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("cloudwindow")
