"""Keys of rows: UUIDv7 (RFC 9562), made here because they are bound into the encryption of personal fields."""

import os
import time
from collections import deque
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM = ~(0xF << 76 | 0b11 << 62) & ((1 << 80) - 1)
"""Which of the last 80 bits are random: all but version and variant."""


_BYTES = 10
_AT_ONCE = 400 * _BYTES
_drawn: deque[int] = deque()
"""Random numbers drawn ahead: asking the kernel for each costs more than all the rest."""


def new_id() -> UUID:
    """Return a fresh UUIDv7; it sorts by the millisecond it was made in."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=milliseconds << 80 | _VERSION | _VARIANT | _random() & _RANDOM)


def _random() -> int:
    while True:
        try:
            return _drawn.popleft()
        except IndexError:
            drawn = os.urandom(_AT_ONCE)
            _drawn.extend(int.from_bytes(drawn[at : at + _BYTES], "big") for at in range(0, _AT_ONCE, _BYTES))


os.register_at_fork(after_in_child=_drawn.clear)
