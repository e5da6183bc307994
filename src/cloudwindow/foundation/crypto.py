"""Keys, encryption of personal fields, blind indexes and masks (architecture invariant 11, model §8)."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_FORMAT = b"\x01"
_NONCE = 12
_KEY = 32
_MOBILE = 11


class KeyFault(Exception):  # noqa: N818  read as a fact, not raised by a programming error
    """The keys cannot be read, are malformed, or do not fit the data."""


@dataclass(frozen=True)
class Keys:
    """The deployment's keys. `field` encrypts, `blind` indexes; both are 32 random bytes in files of mode 0600."""

    FILES: ClassVar[tuple[str, str]] = ("field.key", "blind.key")
    """Their names in the folder of the keys."""

    field: bytes
    blind_key: bytes

    @classmethod
    def load_or_create(cls, folder: Path) -> "Keys":
        """Read the keys from `folder`, making them at the first start. Raises `KeyFault` in one clear line."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(*(_load(folder / name) for name in cls.FILES))
        except OSError as error:
            msg = f"keys in {folder} cannot be read or made: {error.strerror}"
            raise KeyFault(msg) from error

    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits that tell these keys from others and nothing else about them."""
        return hmac.new(self.field + self.blind_key, b"cloudwindow keys", hashlib.sha256).hexdigest()[:16]

    def encrypt(self, table: str, column: str, row_id: UUID, text: str) -> bytes:
        """Encrypt a personal field with AES-256-GCM, bound to its table, column and row."""
        return _seal(self.field, _context(table, column, row_id), text.encode())

    def decrypt(self, table: str, column: str, row_id: UUID, cipher: bytes) -> str:
        """Decrypt a personal field. Raises `KeyFault` when key, place or bytes do not fit."""
        return _open(self.field, _context(table, column, row_id), cipher).decode()

    def blind(self, column: str, text: str) -> bytes:
        """Return the keyed digest by which an equal value of `column` is found without decrypting."""
        return hmac.digest(self.blind_key, f"{column}\x00{text}".encode(), "sha256")

    def new_data_key(self, owner: UUID) -> bytes:
        """Make a person's or a file's own data key, wrapped; destroying it deletes what was sealed with it."""
        return _seal(self.field, _context("data_key", "", owner), os.urandom(_KEY))

    def unwrap_data_key(self, owner: UUID, wrapped: bytes) -> bytes:
        """Return the data key itself (32 bytes), for what is too long to seal at once. Raises `KeyFault`."""
        return _open(self.field, _context("data_key", "", owner), wrapped)

    def seal_for(self, owner: UUID, wrapped: bytes, field: str, text: str) -> bytes:
        """Encrypt a value for an audit row or event under its owner's own data key."""
        key = self.unwrap_data_key(owner, wrapped)
        return _seal(key, field.encode(), text.encode())

    def open_for(self, owner: UUID, wrapped: bytes, field: str, cipher: bytes) -> str:
        """Open what was sealed for an owner. Raises `KeyFault` once the data key is destroyed."""
        key = self.unwrap_data_key(owner, wrapped)
        return _open(key, field.encode(), cipher).decode()


def _load(path: Path) -> bytes:
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(os.urandom(_KEY))
            file.flush()
            os.fsync(file.fileno())
    key = path.read_bytes()
    if len(key) != _KEY:
        msg = f"{path} holds {len(key)} bytes instead of {_KEY}: restore it from the backup"
        raise KeyFault(msg)
    return key


def _context(table: str, column: str, row_id: UUID) -> bytes:
    return f"{table}|{column}|{row_id}".encode()


def _seal(key: bytes, context: bytes, plain: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, context)


def _open(key: bytes, context: bytes, cipher: bytes) -> bytes:
    if cipher[:1] != _FORMAT:
        msg = "a personal field has an unknown format"
        raise KeyFault(msg)
    nonce, body = cipher[1 : 1 + _NONCE], cipher[1 + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, body, context)
    except (InvalidTag, ValueError) as error:  # a value too short to hold its nonce is no cipher either
        msg = "a personal field does not fit its key or its place"
        raise KeyFault(msg) from error


def mask_phone(phone: str) -> str:
    """Show a phone as 199****0318: enough to recognise one's own, not enough to call."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= _MOBILE else "****"
