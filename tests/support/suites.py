"""Seconds per suite, printed before pytest's last line: `docs/development.md` quotes them."""

from collections import Counter, defaultdict

import pytest

_seconds: defaultdict[str, float] = defaultdict(float)
_tests: Counter[str] = Counter()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what each test's set-up, call and tear-down took."""
    suite = "/".join(report.nodeid.split("/")[:2])
    _seconds[suite] += report.duration
    _tests[suite] += report.when == "call"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print one line per suite."""
    for suite, seconds in _seconds.items():
        terminalreporter.write_line(f"suite {suite}: {_tests[suite]} tests in {seconds:.1f} s")
