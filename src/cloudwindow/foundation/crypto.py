"""Encryption of personal fields, blind indexes and masks (architecture invariant 11, model §8)."""

import os
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloudwindow.foundation import keyring
from cloudwindow.foundation.keyring import ID_BYTES, KEY_BYTES, Generation, KeyFault, KeyRing

__all__ = ["DATA_KEY", "NO_KEYS", "KeyFault", "Keys", "mask_phone", "prefix_of"]

_UNNAMED = b"\x01"
"""Format without a name of its key: what the first release wrote, and what lies under a person's own data key."""

_NAMED = b"\x02"
"""Format with the four bytes that name its key after the first."""

_NONCE = 12
_MOBILE = 11
DATA_KEY = "data_key"
"""Stands for the table in what a wrapped data key is bound to."""


class Keys:
    """The deployment's keys: opens what any generation wrote, and writes with the one in force.

    `as_of` gives the keys of one moment, which do not change; others follow what the process last noticed.
    """

    def __init__(self, ring: KeyRing, fingerprint: str | None = None) -> None:
        self.ring = ring
        self._fingerprint = fingerprint

    @classmethod
    def load(cls, folder: Path) -> "Keys":
        """Read the keys from `folder`. Raises `KeyFault` in one clear line."""
        return cls(keyring.open_ring(folder))

    @classmethod
    def load_or_create(cls, folder: Path) -> "Keys":
        """Read the keys from `folder`, making them at the first start. Raises `KeyFault` in one clear line."""
        return cls(keyring.open_or_make_ring(folder))

    @classmethod
    def of(cls, field: bytes, blind: bytes) -> "Keys":
        """Hold one generation that lies in no folder."""
        return cls(KeyRing([Generation(1, blind, field)]))

    def as_of(self, fingerprint: str | None) -> "Keys":
        """Return the keys that write with the generation of that fingerprint; of null, as this process noticed last.

        Whether it is here is asked once it is used: what touches no personal field needs no keys.
        """
        return Keys(self.ring, fingerprint)

    @property
    def current(self) -> Generation:
        """The generation to write with. Raises `KeyFault` when it is not here."""
        if self._fingerprint is not None:
            return self.ring.named(self._fingerprint)
        if self.ring.noticed is None:
            raise KeyFault("there are no keys here")
        return self.ring.noticed

    def notice(self, fingerprint: str) -> None:
        """Write with the generation of that fingerprint from now on. Raises `KeyFault` when it is not here."""
        self.ring.noticed = self.ring.named(fingerprint)

    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits that tell the keys in force from others and nothing else about them."""
        return self.current.fingerprint

    def prefix(self) -> bytes:
        """Return how everything begins that is encrypted with the generation in force."""
        return prefix_of(self.fingerprint())

    def encrypt(self, table: str, column: str, row_id: UUID, text: str) -> bytes:
        """Encrypt a personal field with AES-256-GCM, bound to its table, column and row."""
        return self._seal(_context(table, column, row_id), text.encode())

    def decrypt(self, table: str, column: str, row_id: UUID, cipher: bytes) -> str:
        """Decrypt a personal field. Raises `KeyFault` when key, place or bytes do not fit."""
        return self._open(_context(table, column, row_id), cipher).decode()

    def blind(self, column: str, text: str) -> bytes:
        """Return the keyed digest by which an equal value of `column` is found without decrypting."""
        return self.current.index(column, text)

    def blinds(self, column: str, text: str) -> list[bytes]:
        """Return the digests of all generations: while keys rotate, a value may be indexed by any of them."""
        return [generation.index(column, text) for generation in self.ring.generations()]

    def new_data_key(self, owner: UUID) -> bytes:
        """Make a person's or a file's own data key, wrapped; destroying it deletes what was sealed with it."""
        return self._seal(_context(DATA_KEY, "", owner), os.urandom(KEY_BYTES))

    def renew(self, table: str, column: str, row_id: UUID, cipher: bytes) -> bytes:
        """Encrypt anew, with the generation in force; a wrapped data key stays the same key. Raises `KeyFault`."""
        context = _context(table, column, row_id)
        return self._seal(context, self._open(context, cipher))

    def unwrap_data_key(self, owner: UUID, wrapped: bytes) -> bytes:
        """Return the data key itself (32 bytes), for what is too long to seal at once. Raises `KeyFault`."""
        return self._open(_context(DATA_KEY, "", owner), wrapped)

    def seal_for(self, owner: UUID, wrapped: bytes, field: str, text: str) -> bytes:
        """Encrypt a value for an audit row or event under its owner's own data key."""
        key = self.unwrap_data_key(owner, wrapped)
        return _encrypt(key, _UNNAMED, field.encode(), text.encode())

    def open_for(self, owner: UUID, wrapped: bytes, field: str, cipher: bytes) -> str:
        """Open what was sealed for an owner. Raises `KeyFault` once the data key is destroyed."""
        key = self.unwrap_data_key(owner, wrapped)
        return _decrypt(key, _without(_UNNAMED, cipher), field.encode()).decode()

    def _seal(self, context: bytes, plain: bytes) -> bytes:
        generation = self.current
        if generation.field is None:
            raise KeyFault("a retired key does not encrypt")
        return _encrypt(generation.field, self.prefix(), context, plain)

    def _open(self, context: bytes, cipher: bytes) -> bytes:
        if cipher[:1] == _NAMED:
            generation = self.ring.with_id(cipher[1 : 1 + ID_BYTES])
            return _decrypt(generation.field or b"", cipher[1 + ID_BYTES :], context)
        rest = _without(_UNNAMED, cipher)
        fault = KeyFault("there are no keys here")
        for generation in self.ring.complete():
            try:
                return _decrypt(generation.field or b"", rest, context)
            except KeyFault as this:
                fault = this
        raise fault


NO_KEYS = Keys(KeyRing())
"""For whoever touches no personal field; it neither encrypts nor indexes."""


def prefix_of(fingerprint: str) -> bytes:
    """Return how everything begins that is encrypted with the keys of that fingerprint."""
    return _NAMED + bytes.fromhex(fingerprint)[:ID_BYTES]


def _context(table: str, column: str, row_id: UUID) -> bytes:
    return f"{table}|{column}|{row_id}".encode()


def _encrypt(key: bytes, prefix: bytes, context: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return prefix + nonce + AESGCM(key).encrypt(nonce, plain, context)


def _decrypt(key: bytes, rest: bytes, context: bytes) -> bytes:
    """Open what follows the prefix: the nonce, then the body."""
    try:
        return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], context)
    except (InvalidTag, ValueError) as error:  # a value too short to hold its nonce is no cipher either
        msg = "a personal field does not fit its key or its place"
        raise KeyFault(msg) from error


def _without(prefix: bytes, cipher: bytes) -> bytes:
    if not cipher.startswith(prefix):
        msg = "a personal field has an unknown format"
        raise KeyFault(msg)
    return cipher[len(prefix) :]


def mask_phone(phone: str) -> str:
    """Show a phone as 199****0318: enough to recognise one's own, not enough to call."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= _MOBILE else "****"
