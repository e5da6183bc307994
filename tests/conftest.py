"""Fixtures and hooks of every test."""

from tests.support.cluster import cluster, database_url
from tests.support.suites import pytest_runtest_logreport, pytest_terminal_summary

__all__ = ["cluster", "database_url", "pytest_runtest_logreport", "pytest_terminal_summary"]
