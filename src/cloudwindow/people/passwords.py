"""Passwords of staff: argon2id with the library's parameters (RFC 9106, second recommended option); weak ones."""

import asyncio
import secrets
from base64 import b64encode
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from cloudwindow.foundation.errors import Problem


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """A hash made of chance, without the time that hashing takes; to check a password against it costs as ever."""
    sizes = (hasher.salt_len, hasher.hash_len)
    salt, tag = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in sizes)
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${tag}"


_hasher = PasswordHasher()
_DUMMY = _hash_of_nobody(_hasher)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike when read from a screen
_GROUPS, _GROUP = 3, 4  # 12 letters of 31: 59 bits


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password."""
    return _hasher.hash(password)


async def hash_apart(password: str) -> str:
    """Return the hash, made in a thread, since it takes tens of milliseconds."""
    return await asyncio.to_thread(hash_password, password)


async def fits(password_hash: str | None, password: str) -> bool:
    """Check a password in a thread, since it takes tens of milliseconds; without a hash it takes as long and fails."""
    return await asyncio.to_thread(_fits, password_hash or _DUMMY, password) and password_hash is not None


def random_password() -> str:
    """Make a password to be read from a screen and typed once."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def check_new(account: str, old: str, new: str, least: int) -> None:
    """Refuse a weak password. Raises `password_too_short`, `password_unchanged` or `password_too_common`.

    Length and a list, as NIST SP 800-63B §5.1.1.2 advises; rules about kinds of characters only make people write it
    down.
    """
    if len(new) < least:
        raise Problem("password_too_short", least=least)
    if new == old:
        raise Problem("password_unchanged")
    plain = "".join(each for each in new.lower() if each.isalnum())
    beside_the_account = plain.replace(account.lower(), "")
    if {plain, new.lower()} & common() or len(set(beside_the_account)) < _FEWEST_DIFFERENT:
        raise Problem("password_too_common")


_FEWEST_DIFFERENT = 4


@cache
def common() -> frozenset[str]:
    """Passwords that everybody tries first, in small letters and without signs."""
    text = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))


def _fits(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
