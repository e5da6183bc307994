"""Findings of `cloudwindow doctor`, and how checks are run so that none can hang."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from time import monotonic
from typing import Any, Literal

Status = Literal["ok", "warn", "fail"]

SEVERITY: dict[Status, int] = {"ok": 0, "warn": 1, "fail": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: a name, how bad it is, what is the case, and what to do about it (empty when ok)."""

    name: str
    status: Status
    what: str
    do: str = ""

    def line(self) -> str:
        """The finding in one line."""
        return f"{self.status:<5} {self.name:<12} {self.what}" + (f" → {self.do}" if self.do else "")


Check = Callable[[], Finding]


def worst(findings: Sequence[Finding]) -> Status:
    """How bad the worst of them is; `ok` when there are none."""
    return max((finding.status for finding in findings), key=SEVERITY.__getitem__, default="ok")


def report(findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings for machines."""
    return {"status": worst(findings), "checks": [asdict(finding) for finding in findings]}


def examine(checks: Mapping[str, Check], seconds: float) -> list[Finding]:
    """Run all checks at once and wait so long at most; what has not answered by then failed.

    Each runs in a thread of its own that nothing waits for: a disk or a server that hangs must not hang the doctor.
    """
    found: dict[str, Finding] = {}

    def run(name: str, check: Check) -> None:
        try:
            found[name] = check()
        except Exception as error:  # noqa: BLE001  a check that breaks is a finding, not the end
            found[name] = Finding(
                name, "fail", f"The check itself failed: {type(error).__name__}: {error}", "report it"
            )

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in checks.items()]
    for thread in threads:
        thread.start()
    end = monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, end - monotonic()))
    late = "look whether its disk or server hangs"
    return [found.get(name) or Finding(name, "fail", f"No answer within {seconds:.0f} s.", late) for name in checks]
