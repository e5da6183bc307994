"""Parameters as the code knows them; which row counts is tested on the database."""

import pytest

from cloudwindow import tables
from cloudwindow.foundation import parameters

tables.load()


def test_every_parameter_says_unit_source_and_meaning() -> None:
    found = list(parameters.definitions())
    assert len(found) >= 14
    for definition in found:
        assert definition.unit
        assert definition.source
        assert definition.help.endswith(".")
        assert "." in definition.key


def test_the_values_that_model_and_architecture_settle() -> None:
    defaults = {definition.key: definition.default for definition in parameters.definitions()}
    assert (
        defaults
        | {
            "dispatch.ring_seconds": 20,
            "dispatch.wrap_up_seconds": 180,
            "dispatch.misses_to_break": 2,
            "dispatch.bonus_elderly_seconds": 180,
            "dispatch.bonus_return_seconds": 86400,
            "dispatch.park_seconds": 60,
            "calls.grace_seconds": 120,
            "calls.flowing_seconds": 15,
            "rating.days": 30,
            "seal.every_seconds": 5,
            "login.failures_before_lock": 5,
            "login.lock_minutes": 15,
        }
        == defaults
    )


def test_a_key_is_defined_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        parameters.define("calls.grace_seconds", 1, "s", "a test", "Again.")
