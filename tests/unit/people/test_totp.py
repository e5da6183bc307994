"""Codes of the second factor: the RFC's own vectors, drift, and that a code fits once."""

import base64
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from cloudwindow.people import totp

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, totp.step_of(seconds), digits=8) == code


HOTP = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")


def test_the_vectors_of_rfc_4226() -> None:
    assert tuple(totp.code_at(RFC_SECRET, count) for count in range(10)) == HOTP


def test_a_clock_may_be_wrong_by_one_step() -> None:
    secret, now = totp.new_secret(), 1_000_000_015.0
    step = totp.step_of(now)
    for off, fits in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        code = totp.code_at(secret, step + off)
        assert totp.accepted_step(secret, code, now, last_step=0) == (step + off if fits else None)


def test_a_code_and_those_before_it_are_used_up() -> None:
    secret, now = totp.new_secret(), 1_000_000_015.0
    step = totp.step_of(now)
    for off in (-1, 0):
        assert totp.accepted_step(secret, totp.code_at(secret, step + off), now, last_step=step) is None
    assert totp.accepted_step(secret, totp.code_at(secret, step + 1), now, last_step=step) == step + 1


@pytest.mark.parametrize("code", ["", "1", "12345", "1234567", "abcdef", "１２３４５６", "长" * 6])
def test_what_is_no_code_does_not_fit(code: str) -> None:
    assert totp.accepted_step(RFC_SECRET, code, 59.0, last_step=0) is None


def test_the_address_says_all_that_a_generator_needs() -> None:
    parts = urlsplit(totp.address("ABC", "li min", "许昌·云综窗"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query) == {"secret": ["ABC"], "issuer": ["许昌·云综窗"], "digits": ["6"], "period": ["30"]}
    assert "%20" in parts.path


def test_a_recovery_code_is_known_however_it_is_typed() -> None:
    person, code = uuid4(), totp.new_recovery_code()
    assert len(code.replace("-", "")) == 16
    typed = code.upper().replace("-", " ")
    assert totp.recovery_digest(person, typed) == totp.recovery_digest(person, code)
    assert totp.recovery_digest(uuid4(), code) != totp.recovery_digest(person, code)
    assert totp.new_recovery_code() != code
