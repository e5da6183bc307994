"""Keys of rows: UUIDv7 (RFC 9562), made here because they are bound into the encryption of personal fields."""

from uuid import UUID

from uuid6 import uuid7


def new_id() -> UUID:
    """Return a fresh UUIDv7; it sorts by the millisecond it was made in."""
    return UUID(int=uuid7().int)
