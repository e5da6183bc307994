"""Keys of rows: UUIDv7 (RFC 9562), made here because they are bound into the encryption of personal fields."""

import os
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM = ~(0xF << 76 | 0b11 << 62) & ((1 << 80) - 1)
"""Which of the last 80 bits are random: all but version and variant."""


def new_id() -> UUID:
    """Return a fresh UUIDv7; it sorts by the millisecond it was made in."""
    milliseconds = time.time_ns() // 1_000_000
    return UUID(int=milliseconds << 80 | _VERSION | _VARIANT | int.from_bytes(os.urandom(10), "big") & _RANDOM)
