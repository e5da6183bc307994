"""What is encrypted is declared, so that a rotation of the keys forgets nothing."""

import pytest

from cloudwindow import tables
from cloudwindow.foundation import encrypted
from cloudwindow.foundation.database import Base
from cloudwindow.people.models import Account

tables.load()


def test_every_encrypted_column_is_declared() -> None:
    there = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith(("_cipher", "_blind", "data_key"))
    }
    renewed = {(table.name, column) for table in encrypted.tables() for column in table.columns()}
    assert there == renewed | encrypted.lasting()
    assert not renewed & encrypted.lasting()
    assert ("account", "data_key") in there


def test_what_a_cipher_is_bound_to() -> None:
    (account,) = (table for table in encrypted.tables() if table.name == "account")
    assert account.row == "id"
    assert {column.name: (column.table, column.field) for column in account.ciphers} == {
        "form_of_address_cipher": ("account", "form_of_address"),
        "phone_cipher": ("account", "phone"),
        "data_key": ("data_key", ""),
    }
    assert {blind: column.name for blind, column in account.blinds.items()} == {"phone_blind": "phone_cipher"}


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing_cipher"):
        encrypted.encrypted("nothing")(Account)
