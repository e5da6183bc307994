"""Every setting of a deployment: what it means, its unit, its default.

What a deployment decides is a setting and comes from the environment; what a standard or an office decides is
a row in ``parameter``. ``cloudwindow settings`` prints this list with the values that count.
"""

import os
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CLOUDWINDOW_"
ROOT_DATA = Path("/var/lib/cloudwindow")
LISTEN_ADDRESS = "127.0.0.1"  # plain HTTP stays on this machine; others come over HTTPS
LAN_ADDRESS = "0.0.0.0"  # noqa: S104  HTTPS is for the local network
HTTPS_PORT = 8443
PASSWORD_FILE = "demonstration-password"  # noqa: S105  its name in the data folder; a backup carries it

SHORTEST_TOKEN = 16
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin", "centre_admin")
"""Roles that change who may do what; production warns until they need a second factor (model §7)."""

Mode = Literal["demonstration", "production", "test"]
LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message is one line for whoever started the program."""


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as ``cloudwindow settings`` shows it; secrets are already hidden in `value`."""

    name: str
    value: str
    unit: str
    help: str
    is_default: bool


def _setting(default: Any, unit: str, text: str, **rules: Any) -> Any:
    return Field(default=default, description=text, json_schema_extra={"unit": unit}, **rules)


class Settings(BaseSettings):
    """The settings of this process, read once from the environment and never changed.

    Raises pydantic's ``ValidationError`` on a value that cannot be used; `load` turns it into one line.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path | None = _setting(
        None,
        "folder",
        "Where the database, keys and files live. Without it: /var/lib/cloudwindow for root, "
        "else $XDG_DATA_HOME/cloudwindow or ~/.local/share/cloudwindow.",
    )
    port: int = _setting(8000, "port", "TCP port of the web server.", ge=1, le=65535)
    tls_port: int | None = _setting(
        None,
        "port",
        "TCP port of HTTPS for phones on the local network; 0: none. Without it: 8443 in a demonstration and where "
        "CLOUDWINDOW_TLS_CERT is set, else none.",
        ge=0,
        le=65535,
    )
    tls_cert: Path | None = _setting(
        None,
        "file",
        "Certificate for that port, PEM with its whole chain; read again when it changes. Without it: one is made, of "
        "an authority that phones have to install.",
    )
    tls_key: Path | None = _setting(None, "file", "The private key of CLOUDWINDOW_TLS_CERT, PEM without a passphrase.")
    database_url: SecretStr | None = _setting(
        None,
        "URL",
        "postgresql://user:password@host:port/name of a PostgreSQL 15 or newer. "
        "Without it the program runs its own in the data folder.",
        validation_alias=AliasChoices("database_url", "DATABASE_URL", "CLOUDWINDOW_DATABASE_URL"),
    )
    database_pool_size: int = _setting(
        10, "connections", "Database connections that one process keeps open at most.", ge=2, le=200
    )
    worker_inside: bool = _setting(
        True,
        "true/false",
        "Do background work (deadlines, sealing) in the web process; turn it off where `cloudwindow worker` runs.",
    )
    mode: Mode = _setting(
        "demonstration",
        "demonstration | production | test",
        "Written into an empty database by the first migration; never changed afterwards.",
    )
    keys: Path | None = _setting(
        None, "folder", "Where the encryption keys live (0600). Without it: <data>/keys. Back them up."
    )
    files: Path | None = _setting(
        None,
        "folder",
        "Where files that people send live, encrypted. Without it: <data>/files. All processes must see the same one.",
    )
    origins: str = _setting(
        "",
        "comma-separated origins",
        "Further origins (https://host[:port]) under which browsers reach this server.",
    )
    trusted_proxies: str = _setting(
        LISTEN_ADDRESS,
        "comma-separated addresses or networks",
        "Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. Of a chain of addresses the last one that "
        "is no such proxy counts as the browser's; limits and audit rows go by it.",
    )
    second_factor_roles: str = _setting(
        "",
        "comma-separated roles",
        "Roles that sign in with a second factor only, such as system_admin,security_admin. Others may use one.",
    )
    time_zone: str = _setting(
        "Asia/Shanghai", "IANA time zone", "Zone of opening hours, legal days, ticket days and “today”."
    )
    body_limit: int = _setting(
        1_048_576, "bytes", "Largest request body that is read; a larger one is refused with 413.", ge=1024
    )
    log_level: LogLevel = _setting("info", "debug | info | warning | error", "What is written to the log.")
    process_name: str = _setting(
        "",
        "text",
        "Name of this process in logs and in lease rows. Without it: host name and process number.",
    )
    free_disk_mb: int = _setting(
        5120,
        "megabytes",
        "`cloudwindow doctor` warns when less is free at the data folder: room for a backup and some days to act.",
        ge=0,
    )
    slow_query_ms: int = _setting(
        200,
        "milliseconds",
        "A database statement that takes this long is logged, without its values; 0 logs none. Ours take 0.1 to 5: at "
        "200 people begin to notice, and a healthy day has none.",
        ge=0,
        le=600_000,
    )
    metrics_token: SecretStr = _setting(
        SecretStr(""),
        "text, 16 or more characters",
        "Who sends it as a bearer token may read /metrics. Without it: programs on this machine that ask directly.",
    )
    web: Path | None = _setting(None, "folder", "The built web application. Without it: the one beside this package.")
    ice_servers: str = _setting(
        "",
        "comma-separated URLs",
        "stun:host:port and turn:host:port servers for calls between networks; none inside one network.",
    )
    turn_secret: SecretStr = _setting(
        SecretStr(""),
        "text",
        "Secret shared with the turn: servers (coturn: static-auth-secret). Each participant of a call then gets a "
        "name and a password that end by themselves.",
    )
    turn_hours: int = _setting(
        12,
        "hours",
        "How long such a password holds. A relay asks for it again all through a call, so longer than the longest one.",
        ge=1,
        le=168,
    )
    turn_username: str = _setting("", "text", "User name for turn: servers that share no secret.")
    turn_password: SecretStr = _setting(SecretStr(""), "text", "Password for turn: servers that share no secret.")
    relay_only: bool = _setting(
        False,
        "true/false",
        "Lead every call over a turn: server: where networks forbid direct paths, or one side's address must not be "
        "shown to the other.",
    )
    site_name: str = _setting("许昌·云综窗", "text", "Name of the site on every page (站点名称).")
    organiser: str = _setting("", "text", "Footer: who runs the site (主办单位).")
    icp: str = _setting("", "text", "Footer: ICP registration number (ICP备案号).")
    police: str = _setting("", "text", "Footer: public security registration number (公安备案号).")
    site_code: str = _setting("", "text", "Footer: government site code (网站标识码).")
    correction_url: str = _setting("", "URL", "Footer: where mistakes on the site are reported (纠错).")
    privacy_url: str = _setting("", "URL", "Footer: privacy statement (隐私说明).")
    accessibility_url: str = _setting("", "URL", "Footer: accessibility statement (无障碍说明).")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            message = f"{value!r} is not a time zone"
            raise ValueError(message) from error
        return value

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or value.get_secret_value().startswith(("postgresql://", "postgres://")):
            return value
        message = "it must begin with postgresql://"
        raise ValueError(message)

    @field_validator("metrics_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token):
            message = f"it must be {SHORTEST_TOKEN} or more visible ASCII characters"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _relay_to_lead_over(self) -> "Settings":
        if self.relay_only and not any(url.startswith(("turn:", "turns:")) for url in self.ice_server_list()):
            message = "a call can be led over a relay only where the ice_servers name a turn: server"
            raise ValueError(message)
        return self

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: str) -> str:
        for network in _parts(value):
            ip_network(network)  # its ValueError says what is wrong
        return value

    @field_validator("origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        for origin in _parts(value):
            scheme, _, rest = origin.partition("://")
            if scheme not in {"http", "https"} or not rest or "/" in rest:
                message = f"{origin!r} is not an origin like https://host:port"
                raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _certificate_with_key(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            message = "CLOUDWINDOW_TLS_CERT and CLOUDWINDOW_TLS_KEY go together"
            raise ValueError(message)
        return self

    def data_folder(self) -> Path:
        """The data folder as an absolute path; not created here."""
        if self.data is not None:
            return self.data.expanduser().absolute()
        if os.geteuid() == 0:
            return ROOT_DATA
        base = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
        return Path(base).expanduser().absolute() / "cloudwindow"

    def keys_folder(self) -> Path:
        """The folder of the encryption keys as an absolute path; not created here."""
        return self.keys.expanduser().absolute() if self.keys else self.data_folder() / "keys"

    def https_port(self) -> int | None:
        """The port of HTTPS for the local network; null where there is none."""
        if self.tls_port is not None:
            return self.tls_port or None
        return HTTPS_PORT if self.mode == "demonstration" or self.tls_cert else None

    def is_https_by_default(self) -> bool:
        """Whether nobody asked for HTTPS, so that the program may start without it where the port is busy."""
        return self.tls_port is None and self.tls_cert is None

    def names_at(self, port: int) -> list[str]:
        """The hosts of configured origins that lead to a port of HTTPS here."""
        parts = [urlsplit(origin) for origin in self.configured_origins()]
        return [one.hostname for one in parts if one.scheme == "https" and (one.port or 443) == port and one.hostname]

    def tls_folder(self) -> Path:
        """The folder of the authority and certificate that are made here; not created here."""
        return self.data_folder() / "tls"

    def files_folder(self) -> Path:
        """The folder of the files that people send as an absolute path; not created here."""
        return self.files.expanduser().absolute() if self.files else self.data_folder() / "files"

    def web_folder(self) -> Path:
        """The built web application: inside the installed package, else of the source tree beside it."""
        if self.web is not None:
            return self.web.expanduser().absolute()
        package = Path(__file__).resolve().parent
        installed = package / "web"
        return installed if installed.is_dir() else package.parent.parent / "web" / "dist"

    def allowed_origins(self) -> frozenset[str]:
        """Origins whose pages may call this server, those of HTTPS on the local network apart: they may change."""
        own = {f"http://{host}:{self.port}" for host in ("localhost", LISTEN_ADDRESS)}
        return frozenset(own | set(self.configured_origins()))

    def configured_origins(self) -> list[str]:
        """The further origins that the deployment named."""
        return _parts(self.origins)

    def trusted_proxy_list(self) -> list[str]:
        """Addresses and networks of the proxies that are believed."""
        return _parts(self.trusted_proxies)

    def roles_with_second_factor(self) -> frozenset[str]:
        """Roles that must have a second factor."""
        return frozenset(_parts(self.second_factor_roles))

    def ice_server_list(self) -> list[str]:
        """Addresses of STUN and TURN servers; empty inside one network."""
        return _parts(self.ice_servers)

    def name_of_process(self) -> str:
        """What this process calls itself: the setting, else ``host-pid``."""
        return self.process_name or f"{os.uname().nodename}-{os.getpid()}"

    def warnings(self) -> list[str]:
        """Return what a production deployment should not be left like; nothing in other modes."""
        if self.mode != "production":
            return []
        missing = [role for role in ADMINISTRATORS if role not in self.roles_with_second_factor()]
        if not missing:
            return []
        name = environment_name("second_factor_roles")
        return [f"{name} does not name {', '.join(missing)}: administrators sign in without a second factor."]

    def lines(self) -> list[SettingLine]:
        """Every setting with its value, unit and help, in the order in which they are declared."""
        return [
            SettingLine(
                name=environment_name(field),
                value=_shown(getattr(self, field)),
                unit=_unit(field),
                help=info.description or "",
                is_default=field not in self.model_fields_set,
            )
            for field, info in type(self).model_fields.items()
        ]


def environment_name(field: str) -> str:
    """The environment variable of a field of `Settings`."""
    return "DATABASE_URL" if field == "database_url" else PREFIX + field.upper()


def load(**overrides: Any) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: a value cannot be used; the message names the variable.
    """
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        variable = environment_name(name) if name in Settings.model_fields else name
        reason = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{variable} cannot be used: {reason}") from None


def _parts(text: str) -> list[str]:
    return [part for part in (piece.strip() for piece in text.split(",")) if part]


def _unit(field: str) -> str:
    extra = Settings.model_fields[field].json_schema_extra
    return str(extra["unit"]) if isinstance(extra, dict) else ""


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(hidden)" if value.get_secret_value() else ""
    return "" if value is None else str(value)
