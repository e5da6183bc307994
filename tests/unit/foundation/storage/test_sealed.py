"""The format: any part of any file is what was written; anything else is refused, and never given out."""

import hashlib
import io
import os
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudwindow.foundation.storage.sealed import (
    CHUNK,
    MAGIC,
    TAG,
    FileDamaged,
    SealedReader,
    SealedWriter,
    open_sealed,
    plain_size,
)

KEY, ID = os.urandom(32), uuid4()
STORED = CHUNK + TAG
SIZES = st.one_of(
    st.integers(0, 40), st.sampled_from([k * CHUNK + d for k in (1, 2, 3) for d in (-1, 0, 1)]), st.integers(0, 300_000)
)


@dataclass
class Memory:
    """A source in memory."""

    data: bytes
    closed: bool = False

    @property
    def length(self) -> int:
        return len(self.data)

    def read_at(self, start: int, size: int) -> bytes:
        return self.data[start : start + size]

    def close(self) -> None:
        self.closed = True


def seal(plain: bytes, *, pieces: int = 50_000, key: bytes = KEY, file_id: UUID = ID) -> bytes:
    sink = io.BytesIO()
    writer = SealedWriter(sink, key, file_id)
    for at in range(0, len(plain), pieces):
        writer.write(plain[at : at + pieces])
    writer.finish()
    assert (writer.size, writer.digest) == (len(plain), hashlib.sha256(plain).digest())
    return sink.getvalue()


def unseal(stored: bytes, *, key: bytes = KEY, file_id: UUID = ID) -> bytes:
    with open_sealed(Memory(stored), key, file_id) as file:
        return file.read()


def content(size: int) -> bytes:
    return (hashlib.sha256(str(size).encode()).digest() * (size // 32 + 1))[:size]


@given(SIZES, st.integers(1, 200_000))
def test_what_comes_out_is_what_went_in(size: int, pieces: int) -> None:
    stored = seal(content(size), pieces=pieces)
    assert unseal(stored) == content(size)
    assert plain_size(len(stored)) == size
    assert len(stored) == len(MAGIC) + size + TAG * max(1, -(-size // CHUNK))


@given(SIZES, st.lists(st.tuples(st.integers(0, 300_000), st.integers(0, 150_000)), min_size=1, max_size=5))
def test_any_part_is_the_slice(size: int, parts: list[tuple[int, int]]) -> None:
    plain = content(size)
    with open_sealed(Memory(seal(plain)), KEY, ID) as file:
        assert file.seek(0, io.SEEK_END) == size
        for start, length in parts:
            file.seek(start)
            assert file.read(length) == plain[start : start + length]


@given(SIZES, st.data())
def test_any_flipped_bit_is_refused(size: int, data: st.DataObject) -> None:
    stored = bytearray(seal(content(size)))
    bit = data.draw(st.integers(0, 8 * len(stored) - 1))
    stored[bit // 8] ^= 1 << bit % 8
    with pytest.raises(FileDamaged):
        unseal(bytes(stored))


@given(SIZES, st.data())
def test_any_other_length_is_refused(size: int, data: st.DataObject) -> None:
    stored = seal(content(size))
    with pytest.raises(FileDamaged):
        unseal(stored[: data.draw(st.integers(0, len(stored) - 1))])
    with pytest.raises(FileDamaged):
        unseal(stored + data.draw(st.binary(min_size=1, max_size=2 * STORED)))


def test_chunks_cannot_be_swapped_dropped_or_taken_from_elsewhere() -> None:
    stored = seal(content(3 * CHUNK))
    head, (one, two, three) = stored[: len(MAGIC)], (stored[len(MAGIC) + k * STORED :][:STORED] for k in range(3))
    for forged in ([two, one, three], [one, three], [one, two], [one, one, two, three], [three, two, one], [three]):
        with pytest.raises(FileDamaged):
            unseal(head + b"".join(forged))
    other = seal(content(3 * CHUNK), file_id=uuid4())
    with pytest.raises(FileDamaged):
        unseal(other)
    with pytest.raises(FileDamaged):
        unseal(stored, key=os.urandom(32))


def test_a_damaged_chunk_does_not_keep_the_others_from_being_read() -> None:
    plain = content(3 * CHUNK)
    stored = bytearray(seal(plain))
    stored[len(MAGIC) + STORED + 5] ^= 1
    with open_sealed(Memory(bytes(stored)), KEY, ID) as file:
        assert file.read(CHUNK) == plain[:CHUNK]
        with pytest.raises(FileDamaged):
            file.read(1)
        file.seek(2 * CHUNK)
        assert file.read() == plain[2 * CHUNK :]


def test_nothing_in_clear_and_nothing_alike() -> None:
    plain = b"410102199001011234" * 8000
    assert plain[:18] not in seal(plain)
    assert seal(plain, key=os.urandom(32))[len(MAGIC) :][:64] != seal(plain, key=os.urandom(32))[len(MAGIC) :][:64]


def test_the_source_is_closed_with_the_reader_and_when_it_cannot_be_read() -> None:
    good, bad = Memory(seal(b"x")), Memory(b"no file at all, but long enough for one")
    open_sealed(good, KEY, ID).close()
    with pytest.raises(FileDamaged):
        open_sealed(bad, KEY, ID)
    assert (good.closed, bad.closed) == (True, True)


def test_nothing_lies_before_the_begin() -> None:
    raw = SealedReader(Memory(seal(b"abc")), KEY, ID)
    with pytest.raises(ValueError, match="before"):
        raw.seek(-1)
    raw.seek(-1, io.SEEK_END)
    assert raw.read() == b"c"
