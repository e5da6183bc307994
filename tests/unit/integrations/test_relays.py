"""Credentials of relays: short-lived where a secret is shared, as configured where not, none for STUN."""

import hmac
from base64 import b64encode
from uuid import UUID

from cloudwindow.integrations import Relays
from cloudwindow.settings import load

ME = UUID("01890000-0000-7000-8000-000000000001")
BOTH = "stun:s:3478, turn:t:3478?transport=tcp, turns:t:5349"


def test_a_shared_secret_makes_names_that_end() -> None:
    settings = load(ice_servers=BOTH, turn_secret="north", turn_hours=2, relay_only=True)
    paths = Relays(settings, clock=lambda: 1_000_000.9).paths(ME)
    name = f"1007200:{ME}"
    credential = b64encode(hmac.digest(b"north", name.encode(), "sha1")).decode()
    assert paths.relay_only
    assert paths.servers == [
        {"urls": "stun:s:3478"},
        {"urls": "turn:t:3478?transport=tcp", "username": name, "credential": credential},
        {"urls": "turns:t:5349", "username": name, "credential": credential},
    ]


def test_without_a_secret_the_configured_name_is_used() -> None:
    settings = load(ice_servers=BOTH, turn_username="u", turn_password="p")
    paths = Relays(settings).paths(ME)
    assert not paths.relay_only
    assert [server.get("username") for server in paths.servers] == [None, "u", "u"]


def test_one_network_needs_no_servers() -> None:
    assert Relays(load()).paths(ME).servers == []
