"""What operators read names what there is."""

import re
from pathlib import Path

from cloudwindow.foundation.measures import REGISTRY
from cloudwindow.monitoring import READINGS
from cloudwindow.operating import database_checks, doctor
from cloudwindow.settings import Settings, environment_name

ROOT = Path(__file__).resolve().parents[3]
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
ALERTS = (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")


def test_every_setting_is_in_the_guide_and_no_other() -> None:
    known = {environment_name(field) for field in Settings.model_fields}
    named = set(re.findall(r"`((?:CLOUDWINDOW_|DATABASE_)[A-Z_]+)`", GUIDE))
    assert named == known


def test_every_setting_of_the_example_exists() -> None:
    example = (ROOT / "deploy" / "cloudwindow.env").read_text(encoding="utf-8")
    named = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert named
    assert named <= {environment_name(field) for field in Settings.model_fields}


def test_metrics_are_explained_and_alerts_ask_for_none_that_is_not_there() -> None:
    counted = {family.name for family in REGISTRY.collect() if family.name.startswith("cloudwindow_")}
    stored = {reading.name for reading in READINGS}
    used = {"cloudwindow_live_connections", "cloudwindow_database_connections", "cloudwindow_database_up"}
    for name in counted | stored | used:
        assert name in GUIDE, name
    for name in set(re.findall(r"cloudwindow_[a-z_]+", ALERTS)):
        assert any(name.removesuffix("_total").removesuffix("_bucket") == known for known in counted | stored | used), (
            name
        )


def test_every_check_of_the_doctor_is_in_the_guide() -> None:
    table = GUIDE[GUIDE.index("## Doctor") : GUIDE.index("## When")]
    for name in {*database_checks.NAMES, *(check.__name__ for check in doctor.MACHINE)}:
        assert name in table, name
