"""Personal fields: bound to their place and key, found without decrypting, gone with the data key."""

import stat
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from cloudwindow.foundation.crypto import KeyFault, Keys, mask_phone

KEYS = Keys(field=b"f" * 32, blind_key=b"b" * 32)
ROW = uuid4()
PHONE = "19900001301"


def test_what_was_encrypted_comes_back() -> None:
    for text in ("", "刘桂英", PHONE, "𠮷" * 1000):
        assert KEYS.decrypt("account", "phone", ROW, KEYS.encrypt("account", "phone", ROW, text)) == text


def test_the_same_text_never_looks_the_same() -> None:
    assert KEYS.encrypt("account", "phone", ROW, PHONE) != KEYS.encrypt("account", "phone", ROW, PHONE)


@pytest.mark.parametrize(
    "place", [("staff", "phone", ROW), ("account", "form_of_address", ROW), ("account", "phone", uuid4())]
)
def test_a_field_moved_elsewhere_does_not_open(place: tuple[str, str, object]) -> None:
    cipher = KEYS.encrypt("account", "phone", ROW, PHONE)
    with pytest.raises(KeyFault):
        KEYS.decrypt(*place, cipher)  # type: ignore[arg-type]  # the parametrised places are of these types


@pytest.mark.parametrize("byte", [0, 1, 12, 13, -1])
def test_a_changed_byte_is_noticed(byte: int) -> None:
    cipher = bytearray(KEYS.encrypt("account", "phone", ROW, PHONE))
    cipher[byte] ^= 1
    with pytest.raises(KeyFault):
        KEYS.decrypt("account", "phone", ROW, bytes(cipher))


@pytest.mark.parametrize("cipher", [b"", b"\x01", b"\x01" + b"n" * 12, b"\x02" + b"n" * 40])
def test_what_is_no_cipher_is_refused(cipher: bytes) -> None:
    with pytest.raises(KeyFault):
        KEYS.decrypt("account", "phone", ROW, cipher)


def test_another_key_does_not_open() -> None:
    cipher = KEYS.encrypt("account", "phone", ROW, PHONE)
    with pytest.raises(KeyFault):
        replace(KEYS, field=b"g" * 32).decrypt("account", "phone", ROW, cipher)


def test_a_fault_tells_nothing_of_the_text() -> None:
    cipher = KEYS.encrypt("account", "phone", ROW, PHONE)
    with pytest.raises(KeyFault) as caught:
        KEYS.decrypt("staff", "phone", ROW, cipher)
    assert PHONE not in str(caught.value)


def test_the_blind_index_finds_equals_of_one_column_under_one_key() -> None:
    assert KEYS.blind("phone", PHONE) == KEYS.blind("phone", PHONE)
    others = [KEYS.blind("phone", "19900001302"), KEYS.blind("id_number", PHONE)]
    others.append(replace(KEYS, blind_key=b"c" * 32).blind("phone", PHONE))
    assert KEYS.blind("phone", PHONE) not in others
    assert PHONE.encode() not in KEYS.blind("phone", PHONE)


def test_the_fingerprint_tells_keys_apart() -> None:
    prints = {keys.fingerprint() for keys in (KEYS, replace(KEYS, field=b"g" * 32), replace(KEYS, blind_key=b"c" * 32))}
    assert len(prints) == 3
    assert all(len(print_) == 16 and int(print_, 16) >= 0 for print_ in prints)
    assert KEYS.fingerprint() == Keys(b"f" * 32, b"b" * 32).fingerprint()


@pytest.mark.parametrize(
    ("phone", "shown"), [(PHONE, "199****1301"), ("", "****"), ("110", "****"), ("1990000130", "****")]
)
def test_a_masked_phone_can_be_recognised_but_not_called(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


def test_destroying_a_data_key_deletes_what_it_sealed() -> None:
    owner, other = uuid4(), uuid4()
    wrapped = KEYS.new_data_key(owner)
    sealed = KEYS.seal_for(owner, wrapped, "phone", PHONE)
    assert KEYS.open_for(owner, wrapped, "phone", sealed) == PHONE
    for gone in (KEYS.new_data_key(owner), b"", wrapped[:-1] + bytes([wrapped[-1] ^ 1])):
        with pytest.raises(KeyFault):
            KEYS.open_for(owner, gone, "phone", sealed)
    with pytest.raises(KeyFault):
        KEYS.open_for(other, wrapped, "phone", sealed)
    with pytest.raises(KeyFault):
        KEYS.open_for(owner, wrapped, "id_number", sealed)


def test_keys_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    made = Keys.load_or_create(tmp_path / "keys")
    assert made == Keys.load_or_create(tmp_path / "keys")
    assert made != Keys.load_or_create(tmp_path / "others")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    for name in ("field.key", "blind.key"):
        assert stat.S_IMODE((tmp_path / "keys" / name).stat().st_mode) == 0o600


def test_a_cut_key_is_refused_in_one_line(tmp_path: Path) -> None:
    Keys.load_or_create(tmp_path)
    (tmp_path / "field.key").write_bytes(b"short")
    with pytest.raises(KeyFault, match="5 bytes instead of 32"):
        Keys.load_or_create(tmp_path)
