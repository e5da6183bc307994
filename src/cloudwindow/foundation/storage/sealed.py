"""The format of a stored file: AES-256-GCM in chunks, so that any part is read without the rest (invariant 11).

    file    = magic, chunk*, last chunk
    magic   = "CWFILE" 0x00 0x01 (8 bytes; the last one is the version)
    chunk   = 65,536 bytes of the file encrypted, and the tag of 16; the last one holds 0 to 65,536 bytes
    nonce   = index of the chunk (11 bytes, big-endian), 1 for the last chunk and 0 for the others
    bound   = magic and the id of the file (16 bytes), as associated data of each chunk

Each file has a key of its own that encrypts nothing else, so a counted nonce never comes twice. A chunk at another
place, of another file or after the end does not fit its nonce or what it is bound to; a file that was cut ends with a
chunk that is not the last. This is the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (2015). The length
of a file follows from the length of what is stored; an empty last chunk is written for an empty file only.
"""

import hashlib
import io
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"CWFILE\x00\x01"
CHUNK = 65_536
TAG = 16
_STORED = CHUNK + TAG


class FileDamaged(Exception):  # noqa: N818  a fact, not a programming error
    """What is stored is not what was written, or not under this key."""


class Sink(Protocol):
    """Takes bytes in order."""

    def write(self, data: bytes, /) -> object:
        """Take all of them."""
        ...


class Source(Protocol):
    """Stored bytes, read at any place."""

    @property
    def length(self) -> int:
        """How many there are."""
        ...

    def read_at(self, start: int, size: int) -> bytes:
        """Return `size` bytes from `start`, fewer at the end only."""
        ...

    def close(self) -> None:
        """Let go of them."""
        ...


class SealedWriter:
    """Encrypts what is written into a sink. Counts it, and digests it as it was in clear (SHA-256)."""

    def __init__(self, sink: Sink, key: bytes, file_id: UUID) -> None:
        self._sink = sink
        self._cipher = AESGCM(key)
        self._bound = MAGIC + file_id.bytes
        self._waiting = bytearray()
        self._index = 0
        self._digest = hashlib.sha256()
        self.size = 0
        sink.write(MAGIC)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take some of the file."""
        self._digest.update(data)
        self.size += len(data)
        self._waiting += data
        at = 0
        while len(self._waiting) - at > CHUNK:  # the last chunk is known by the end only
            self._put(self._waiting[at : at + CHUNK], last=False)
            at += CHUNK
        del self._waiting[:at]
        return len(data)

    def finish(self) -> None:
        """Write the last chunk; nothing may follow."""
        self._put(self._waiting, last=True)
        self._waiting.clear()

    @property
    def digest(self) -> bytes:
        """SHA-256 of what was written so far."""
        return self._digest.digest()

    def _put(self, plain: bytearray, *, last: bool) -> None:
        self._sink.write(self._cipher.encrypt(_nonce(self._index, last=last), bytes(plain), self._bound))
        self._index += 1


class SealedReader(io.RawIOBase):
    """A stored file in clear, with a place to read from. `open_sealed` wraps it, so that a read is never short.

    Raises `FileDamaged` when it is made and whenever a chunk does not fit; nothing of such a chunk is given out.
    """

    def __init__(self, source: Source, key: bytes, file_id: UUID) -> None:
        self._source = source
        self._cipher = AESGCM(key)
        self._bound = MAGIC + file_id.bytes
        self.size = plain_size(source.length)
        if source.read_at(0, len(MAGIC)) != MAGIC:
            raise FileDamaged("it does not begin as a stored file does")
        self._last = max(0, self.size - 1) // CHUNK
        self._place = 0
        self._held: tuple[int, bytes] = (0, self._chunk(0))

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place, counted from the begin, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            msg = "there is nothing before the begin"
            raise ValueError(msg)
        self._place = base + offset
        return self._place

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # io hands in nothing else
        """Fill the buffer up to the end of a chunk; 0 at the end of the file."""
        index, offset = divmod(self._place, CHUNK)
        if self._place >= self.size:
            return 0
        if self._held[0] != index:
            self._held = (index, self._chunk(index))
        piece = self._held[1][offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def close(self) -> None:
        """Let go of what is stored, and of what is in clear."""
        if not self.closed:
            self._held = (0, b"")
            self._source.close()
        super().close()

    def _chunk(self, index: int) -> bytes:
        stored = self._source.read_at(len(MAGIC) + index * _STORED, _STORED)
        try:
            return self._cipher.decrypt(_nonce(index, last=index == self._last), stored, self._bound)
        except (InvalidTag, ValueError) as error:
            raise FileDamaged("a chunk does not fit its key or its place") from error


def open_sealed(source: Source, key: bytes, file_id: UUID) -> io.BufferedReader:
    """Open a stored file in clear. Raises `FileDamaged`; closes the source then, and with the reader."""
    try:
        return io.BufferedReader(SealedReader(source, key, file_id), CHUNK)
    except BaseException:
        source.close()
        raise


def plain_size(stored: int) -> int:
    """Return the length of a file of which so many bytes are stored. Raises `FileDamaged` for an impossible length."""
    chunks, rest = divmod(stored - len(MAGIC), _STORED)
    if chunks < 0 or (rest == 0 and chunks == 0) or 0 < rest < TAG or (rest == TAG and chunks > 0):
        raise FileDamaged("no file has this length")
    return chunks * CHUNK + (rest - TAG if rest else 0)


def _nonce(index: int, *, last: bool) -> bytes:
    return index.to_bytes(11, "big") + bytes([last])
