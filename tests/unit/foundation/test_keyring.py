"""Generations of keys: files made once, learnt while the process runs, each opening what it wrote."""

import os
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cloudwindow.foundation import durable, keyring
from cloudwindow.foundation.crypto import KeyFault, Keys, prefix_of
from cloudwindow.foundation.limits import address_digest

ROW = uuid4()
PLACE = ("account", "phone", ROW)
PHONE = "19900001301"


def first_format(field: bytes, text: str) -> bytes:
    """A cipher as the first release wrote it."""
    nonce = b"n" * 12
    return b"\x01" + nonce + AESGCM(field).encrypt(nonce, text.encode(), f"account|phone|{ROW}".encode())


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    made = Keys.load_or_create(tmp_path / "keys")
    assert made.fingerprint() == Keys.load_or_create(tmp_path / "keys").fingerprint()
    assert made.fingerprint() != Keys.load_or_create(tmp_path / "others").fingerprint()
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"field.key", "blind.key"}
    for name in ("field.key", "blind.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600


def test_a_first_start_that_was_killed_is_finished(tmp_path: Path) -> None:
    Keys.load_or_create(tmp_path)
    field = (tmp_path / "field.key").read_bytes()
    (tmp_path / "blind.key").unlink()
    Keys.load_or_create(tmp_path)
    assert (tmp_path / "field.key").read_bytes() == field


def test_loading_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="no keys in"):
        Keys.load(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(KeyFault, match="cannot be read"):
        Keys.load(tmp_path / "no")


def test_a_cut_key_is_refused_in_one_line(tmp_path: Path) -> None:
    Keys.load_or_create(tmp_path)
    (tmp_path / "field.key").write_bytes(b"short")
    with pytest.raises(KeyFault, match="5 bytes instead of 32"):
        Keys.load_or_create(tmp_path)
    assert (tmp_path / "field.key").read_bytes() == b"short"


def test_a_lost_key_is_named_and_not_made_anew(tmp_path: Path) -> None:
    Keys.load_or_create(tmp_path)
    keyring.make(tmp_path, 2)
    keyring.retire(tmp_path, 1)
    (tmp_path / "field.2.key").unlink()
    with pytest.raises(KeyFault, match=r"field.2.key is missing"):
        Keys.load_or_create(tmp_path)
    assert not (tmp_path / "field.2.key").exists()


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    keyring.make(tmp_path, 2)
    before = [path.read_bytes() for path in keyring.files(tmp_path)]
    keyring.make(tmp_path, 2)
    durable.put_first(tmp_path / "field.2.key", b"x" * 32, 0o600)
    assert [path.read_bytes() for path in keyring.files(tmp_path)] == before
    assert len(list(tmp_path.iterdir())) == 2


def test_a_running_process_learns_what_another_wrote_with(tmp_path: Path) -> None:
    old = Keys.load_or_create(tmp_path)
    first = old.fingerprint()
    keyring.make(tmp_path, 2)
    new = Keys.load(tmp_path)
    second = new.fingerprint()
    assert (first != second, old.fingerprint()) == (True, first)
    cipher = new.encrypt(*PLACE, PHONE)
    assert old.decrypt(*PLACE, cipher) == PHONE
    assert old.fingerprint() == first  # it reads with the new keys, and does not write with them yet
    assert new.decrypt(*PLACE, old.encrypt(*PLACE, PHONE)) == PHONE
    old.notice(second)
    assert old.fingerprint() == second


def test_keys_of_one_moment_stay_what_they_are(tmp_path: Path) -> None:
    keys = Keys.load_or_create(tmp_path)
    first = keys.fingerprint()
    pinned = keys.as_of(first)
    keyring.make(tmp_path, 2)
    second = keyring.open_ring(tmp_path).complete()[0].fingerprint
    keys.notice(second)
    assert (pinned.fingerprint(), keys.fingerprint(), keys.as_of(None).fingerprint()) == (first, second, second)
    assert pinned.encrypt(*PLACE, PHONE).startswith(prefix_of(first))
    assert keys.encrypt(*PLACE, PHONE).startswith(prefix_of(second))
    assert keys.as_of(second).blind("phone", PHONE) != pinned.blind("phone", PHONE)


def test_what_the_first_release_wrote_opens_with_any_of_the_keys(tmp_path: Path) -> None:
    keys = Keys.load_or_create(tmp_path)
    cipher = first_format((tmp_path / "field.key").read_bytes(), PHONE)
    assert keys.decrypt(*PLACE, cipher) == PHONE
    keyring.make(tmp_path, 2)
    keyring.make(tmp_path, 3)
    keys = Keys.load(tmp_path)
    assert keys.decrypt(*PLACE, cipher) == PHONE
    renewed = keys.renew(*PLACE, cipher)
    assert renewed.startswith(keys.prefix())
    assert keys.decrypt(*PLACE, renewed) == PHONE


def test_a_data_key_wrapped_anew_opens_what_it_sealed_before(tmp_path: Path) -> None:
    keys = Keys.load_or_create(tmp_path)
    wrapped = keys.new_data_key(ROW)
    sealed = keys.seal_for(ROW, wrapped, "phone", PHONE)
    keyring.make(tmp_path, 2)
    keys = Keys.load(tmp_path)
    renewed = keys.renew("data_key", "", ROW, wrapped)
    keyring.retire(tmp_path, 1)
    keys = Keys.load(tmp_path)
    assert keys.open_for(ROW, renewed, "phone", sealed) == PHONE
    with pytest.raises(KeyFault, match="under a key that is not here"):
        keys.open_for(ROW, wrapped, "phone", sealed)


def test_a_retired_key_finds_and_no_longer_opens(tmp_path: Path) -> None:
    keys = Keys.load_or_create(tmp_path)
    index, cipher = keys.blind("phone", PHONE), keys.encrypt(*PLACE, PHONE)
    keyring.make(tmp_path, 2)
    moved = keyring.retire(tmp_path, 1)
    assert moved == tmp_path / "retired" / "field.key"
    assert len(moved.read_bytes()) == 32
    later = Keys.load(tmp_path)
    assert later.blinds("phone", PHONE) == [later.blind("phone", PHONE), index]
    with pytest.raises(KeyFault):
        later.decrypt(*PLACE, cipher)
    moved.rename(tmp_path / "field.key")
    assert later.decrypt(*PLACE, cipher) == PHONE  # put back, it is learnt


def test_half_a_generation_is_not_used_and_does_not_disturb(tmp_path: Path) -> None:
    keys = Keys.load_or_create(tmp_path)
    first = keys.fingerprint()
    (tmp_path / "field.2.key").write_bytes(os.urandom(32))
    assert keyring.next_number(tmp_path) == 2
    keys.ring.reload()
    assert [one.number for one in keys.ring.generations()] == [1]
    assert "blind.2.key is missing" in keys.ring.faults[0]
    (tmp_path / "blind.2.key").write_bytes(b"half a copy")
    keys.ring.reload()
    assert "11 bytes" in keys.ring.faults[0]
    assert Keys.load(tmp_path).fingerprint() == first
    (tmp_path / "blind.2.key").write_bytes(os.urandom(32))
    keys.ring.reload()
    assert ([one.number for one in keys.ring.complete()], keys.ring.faults) == ([2, 1], [])


def test_numbers_are_never_given_twice(tmp_path: Path) -> None:
    assert keyring.next_number(tmp_path) == 1
    keyring.make(tmp_path, 1)
    assert keyring.next_number(tmp_path) == 2
    keyring.make(tmp_path, 2)
    keyring.retire(tmp_path, 2)
    (tmp_path / "blind.2.key").unlink()
    assert keyring.next_number(tmp_path) == 3


def test_other_files_are_no_keys(tmp_path: Path) -> None:
    Keys.load_or_create(tmp_path)
    for name in ("field.1.key", "field.02.key", "field.2.key.bak", "xfield.2.key", ".field.2.key.ab"):
        (tmp_path / name).write_bytes(b"x" * 32)
    assert [path.name for path in keyring.files(tmp_path)] == ["field.key", "blind.key"]
    assert [name for name in ("field.key", "blind.12.key", "../field.key") if keyring.is_key_file(name)] == [
        "field.key",
        "blind.12.key",
    ]


def test_the_digest_of_an_address_follows_the_keys(tmp_path: Path) -> None:
    keys = Keys.load_or_create(tmp_path)
    before = address_digest(keys, "192.0.2.1")
    assert address_digest(keys, "192.0.2.1") == before
    keyring.make(tmp_path, 2)
    keys.notice(keyring.open_ring(tmp_path).complete()[0].fingerprint)
    assert address_digest(keys, "192.0.2.1") != before
