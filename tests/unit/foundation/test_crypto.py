"""Personal fields: bound to their place and key, found without decrypting, gone with the data key."""

from uuid import uuid4

import pytest

from cloudwindow.foundation.crypto import NO_KEYS, KeyFault, Keys, mask_phone

FIELD, BLIND = b"f" * 32, b"b" * 32
KEYS = Keys.of(FIELD, BLIND)
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


@pytest.mark.parametrize("byte", [0, 1, 4, 5, 16, 17, -1])
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
        Keys.of(b"g" * 32, BLIND).decrypt("account", "phone", ROW, cipher)


def test_a_fault_tells_nothing_of_the_text() -> None:
    cipher = KEYS.encrypt("account", "phone", ROW, PHONE)
    with pytest.raises(KeyFault) as caught:
        KEYS.decrypt("staff", "phone", ROW, cipher)
    assert PHONE not in str(caught.value)


def test_the_blind_index_finds_equals_of_one_column_under_one_key() -> None:
    assert KEYS.blind("phone", PHONE) == KEYS.blind("phone", PHONE)
    others = [KEYS.blind("phone", "19900001302"), KEYS.blind("id_number", PHONE)]
    others.append(Keys.of(FIELD, b"c" * 32).blind("phone", PHONE))
    assert KEYS.blind("phone", PHONE) not in others
    assert PHONE.encode() not in KEYS.blind("phone", PHONE)


def test_the_fingerprint_tells_keys_apart() -> None:
    different = (KEYS, Keys.of(b"g" * 32, BLIND), Keys.of(FIELD, b"c" * 32))
    prints = {keys.fingerprint() for keys in different}
    assert len(prints) == 3
    assert all(len(print_) == 16 and int(print_, 16) >= 0 for print_ in prints)
    assert KEYS.fingerprint() == Keys.of(FIELD, BLIND).fingerprint()


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


def test_nobody_encrypts_or_indexes_without_keys() -> None:
    with pytest.raises(KeyFault):
        NO_KEYS.blind("phone", PHONE)
    with pytest.raises(KeyFault):
        NO_KEYS.encrypt("account", "phone", ROW, PHONE)
    assert NO_KEYS.as_of("0" * 16) is not None  # what uses no key is not kept from working
