"""Settings: every one explained, bad ones refused in one line, secrets never shown."""

from pathlib import Path

import pytest

from cloudwindow.settings import HTTPS_PORT, ROOT_DATA, Settings, SettingsError, environment_name, load


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(environment_name(field), raising=False)


def test_every_setting_has_a_unit_and_a_sentence() -> None:
    for line in load().lines():
        assert line.unit, line.name
        assert line.help.endswith((".", ")")), line.name
        assert line.is_default


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLOUDWINDOW_PORT", "0"),
        ("CLOUDWINDOW_PORT", "eighty"),
        ("CLOUDWINDOW_TLS_PORT", "70000"),
        ("DATABASE_URL", "mysql://somewhere/db"),
        ("CLOUDWINDOW_TIME_ZONE", "Mars/Base"),
        ("CLOUDWINDOW_ORIGINS", "https://a.example/path"),
        ("CLOUDWINDOW_MODE", "prod"),
        ("CLOUDWINDOW_METRICS_TOKEN", "short"),
        ("CLOUDWINDOW_METRICS_TOKEN", "long enough but spaced"),
        ("CLOUDWINDOW_METRICS_TOKEN", "令牌令牌令牌令牌令牌令牌令牌令牌"),
    ],
)
def test_a_bad_value_is_one_line_that_names_it(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name} cannot be used: ") as refused:
        load()
    assert "\n" not in str(refused.value)


def test_secrets_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:quiet@host/name")
    settings = load()
    assert "quiet" not in repr(settings)
    assert all("quiet" not in line.value for line in settings.lines())
    assert {line.name for line in settings.lines() if not line.is_default} == {"DATABASE_URL"}


def test_an_empty_variable_is_an_absent_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    assert load().database_url is None


def test_settings_never_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().port = 1  # type: ignore[misc]


def test_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert load().data_folder() == ROOT_DATA
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_DATA_HOME", "/home/li/data")
    assert load().data_folder() == Path("/home/li/data/cloudwindow")
    monkeypatch.setenv("CLOUDWINDOW_DATA", "relative")
    assert load().data_folder() == Path.cwd() / "relative"
    assert load().keys_folder() == Path.cwd() / "relative" / "keys"


def test_origins_are_ours_and_the_configured_ones() -> None:
    settings = load(port=8123, origins="https://a.example, https://b.example:8443")
    assert settings.allowed_origins() == {
        "http://localhost:8123",
        "http://127.0.0.1:8123",
        "https://a.example",
        "https://b.example:8443",
    }


def test_a_call_can_be_led_over_a_relay_only_where_there_is_one() -> None:
    assert load(ice_servers="turns:t:5349", relay_only=True).relay_only
    with pytest.raises(SettingsError, match="turn: server"):
        load(ice_servers="stun:s:3478", relay_only=True)


def test_https_is_there_in_demonstrations_and_with_a_certificate() -> None:
    assert load().https_port() == HTTPS_PORT
    assert load(tls_port=0).https_port() is None
    assert load(mode="production").https_port() is None
    assert load(mode="production", tls_port=443).https_port() == 443
    assert load(mode="production", tls_cert=Path("a"), tls_key=Path("b")).https_port() == HTTPS_PORT
    with pytest.raises(SettingsError, match="CLOUDWINDOW_TLS_CERT and CLOUDWINDOW_TLS_KEY go together"):
        load(tls_cert=Path("a"))
