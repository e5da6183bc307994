"""Checks run at once, and none of them can hang or break the doctor."""

import threading
from time import monotonic

from cloudwindow.operating.findings import Finding, examine, report, worst


def test_one_that_hangs_fails_and_the_others_are_heard() -> None:
    forever = threading.Event()
    began = monotonic()
    found = examine(
        {
            "a": lambda: Finding("a", "ok", "Fine."),
            "b": lambda: Finding("b", "ok", str(forever.wait())),
            "c": lambda: Finding("c", "warn", "Odd.", "look"),
        },
        0.2,
    )
    forever.set()
    assert monotonic() - began < 2
    assert [(finding.name, finding.status) for finding in found] == [("a", "ok"), ("b", "fail"), ("c", "warn")]
    assert "No answer" in found[1].what


def test_one_that_breaks_is_a_finding() -> None:
    def broken() -> Finding:
        raise RuntimeError("inside")

    (found,) = examine({"x": broken}, 1)
    assert (found.status, "inside" in found.what) == ("fail", True)


def test_a_finding_is_one_line_that_says_what_to_do() -> None:
    line = Finding("disk", "fail", "Full.", "make room").line()
    assert "\n" not in line
    assert line.startswith("fail  disk")
    assert line.endswith("Full. → make room")
    assert "→" not in Finding("disk", "ok", "Fine.").line()


def test_the_worst_counts() -> None:
    ok, warn, fail = (Finding("x", status, "") for status in ("ok", "warn", "fail"))
    assert worst([]) == "ok"
    assert worst([ok, warn]) == "warn"
    assert worst([warn, fail, ok]) == "fail"
    assert report([ok, warn])["status"] == "warn"
