"""Which new passwords are refused, and that one made for a person is not."""

import pytest
from argon2 import extract_parameters
from argon2.exceptions import VerifyMismatchError

from cloudwindow.foundation.errors import Problem
from cloudwindow.people import passwords
from cloudwindow.people.passwords import check_new, common, hash_password, random_password

OLD = "one-time-2345"


def _refusal(new: str, account: str = "zhangyanli") -> str | None:
    try:
        check_new(account, OLD, new, 10)
    except Problem as problem:
        return problem.code
    return None


@pytest.mark.parametrize("new", ["", "short-one", "九个字的密码不够长"])
def test_too_short(new: str) -> None:
    assert _refusal(new) == "password_too_short"


def test_the_present_one() -> None:
    assert _refusal(OLD) == "password_unchanged"


@pytest.mark.parametrize(
    "new",
    [
        "1234567890",
        "Password-123",
        "P@ssw0rd123",
        "zhangyanli",
        "ZhangYanli1",
        "zhangyanli-123",
        "zhangyanlizhangyanli",
        "aaaaaaaaaa",
        "ababababab",
        "1212-1212-1212",
        "----------",
        "woaini1314520",
    ],
)
def test_too_easy_to_guess(new: str) -> None:
    assert _refusal(new) == "password_too_common"


@pytest.mark.parametrize(
    "new", ["云窗外面下着小雨呢今天", "correct horse battery", "zhangyanli likes tea", "x7!kLmq02v"]
)
def test_a_good_one(new: str) -> None:
    assert _refusal(new) is None


def test_an_account_with_a_short_name_forbids_no_letters() -> None:
    assert _refusal("fali-gutes-lied", account="li") is None


def test_one_made_for_a_person_would_do() -> None:
    made = {random_password() for _ in range(100)}
    assert len(made) == 100
    assert {_refusal(each) for each in made} == {None}


def test_the_list_is_written_as_it_is_compared() -> None:
    assert all(each == each.lower() and each.isprintable() for each in common())
    assert len(common()) > 100


def test_nobodys_hash_is_checked_like_any_other_and_nothing_fits_it() -> None:
    """An invalid one would be refused at once, which would tell who has an account."""
    assert extract_parameters(passwords._DUMMY) == extract_parameters(hash_password(OLD))
    for tried in ("", OLD):
        with pytest.raises(VerifyMismatchError):
            passwords._hasher.verify(passwords._DUMMY, tried)
