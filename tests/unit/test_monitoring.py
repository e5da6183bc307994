"""Who may read the metrics."""

import pytest
from fastapi import Request

from cloudwindow.monitoring import may_read

TOKEN = "a-token-of-some-length"


def request(client: str | None = "127.0.0.1", **headers: str) -> Request:
    sent = {"host": "127.0.0.1:8000"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/metrics",
            "headers": [(name.encode(), value.encode("utf-8")) for name, value in sent.items()],
            "client": (client, 1234) if client is not None else None,
        }
    )


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:9", "[::1]:8000", "[::1]"])
def test_a_program_on_this_machine_may(host: str) -> None:
    assert may_read(request(host=host), "")
    assert may_read(request("::1", host=host), "")


@pytest.mark.parametrize(
    "headers",
    [
        {"x_forwarded_for": "127.0.0.1"},
        {"x_forwarded_for": ""},
        {"x_forwarded_proto": "https"},
        {"x_forwarded_host": "localhost"},
        {"forwarded": "for=127.0.0.1"},
        {"x_real_ip": "127.0.0.1"},
        {"via": "1.1 proxy"},
        {"host": "window.example"},
        {"host": "localhost.example:8000"},
        {"host": "localhost@evil.example"},
        {"host": ""},
        {"authorization": f"Bearer {TOKEN}", "x_forwarded_for": "127.0.0.1"},
    ],
)
def test_what_came_through_a_proxy_may_not(headers: dict[str, str]) -> None:
    assert not may_read(request(**headers), "")


@pytest.mark.parametrize("client", ["192.0.2.1", "10.0.0.1", "localhost", "", None])
def test_another_machine_may_not(client: str | None) -> None:
    assert not may_read(request(client), "")


def test_the_token_opens_it_from_anywhere() -> None:
    assert may_read(request("192.0.2.1", authorization=f"Bearer {TOKEN}", x_forwarded_for="192.0.2.1"), TOKEN)
    assert may_read(request("192.0.2.1", authorization=f"bearer  {TOKEN}"), TOKEN)


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer 令牌"],
)
def test_with_a_token_set_nothing_else_does(value: str) -> None:
    assert not may_read(request(authorization=value), TOKEN)
