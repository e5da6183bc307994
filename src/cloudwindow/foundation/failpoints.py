"""Named places where a test may make the program fail. In production mode none can be armed (model §6)."""

import os
import signal
from contextlib import suppress

_armed: dict[str, str] = {}


def arm(name: str, effect: str) -> None:
    """Arm `name`: `kill` ends this process with SIGKILL on arrival, `on` switches a check off."""
    _armed[name] = effect


def disarm(name: str) -> None:
    """Take the effect away again."""
    with suppress(KeyError):
        del _armed[name]


def is_on(name: str) -> bool:
    """Say whether a switch is armed."""
    return _armed.get(name) == "on"


def reach(name: str) -> None:
    """Be the place called `name`: die here if a test asked for it."""
    if _armed.get(name) == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
