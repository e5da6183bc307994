"""Passwords of staff: argon2id with the library's parameters (RFC 9106, second recommended option)."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_DUMMY = _hasher.hash("an account that does not exist costs as much time as one that does")


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


async def fits(password_hash: str | None, password: str) -> bool:
    """Check a password in a thread, since it takes tens of milliseconds; without a hash it takes as long and fails."""
    return await asyncio.to_thread(_fits, password_hash or _DUMMY, password) and password_hash is not None


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
