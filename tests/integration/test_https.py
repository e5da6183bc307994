"""HTTPS for phones on the local network: the same process on a second port, with cookies and origins of its own."""

import asyncio
import shutil
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import httpx
import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from cloudwindow import lan
from cloudwindow.foundation.tls import OwnCertificate
from cloudwindow.foundation.tls.names import lan_addresses
from cloudwindow.lan import Door
from cloudwindow.settings import HTTPS_PORT, LAN_ADDRESS, Settings
from cloudwindow.starting import StartError
from tests.support.city import open_city
from tests.support.client import Citizen, Clerk, flow
from tests.support.cluster import Cluster
from tests.support.commands import run_command
from tests.support.server import Server, free_port, open_server

HERE = lan_addresses()[0]
"""An address of this machine that is not its own: what a phone would open."""

NAME = "window.example"
"""A name that the operator gave it."""


@pytest.fixture(scope="module")
async def https(cluster: Cluster) -> AsyncIterator[Server]:
    """A server with both ports."""
    port = str(free_port())
    places = {"CLOUDWINDOW_TLS_PORT": port, "CLOUDWINDOW_ORIGINS": f"https://{NAME}:{port}, https://elsewhere.example"}
    async with open_city(cluster) as city, open_server(city, **places) as opened:
        yield opened


def address(server: Server, host: str = HERE) -> str:
    return f"https://{host}:{server.environment['CLOUDWINDOW_TLS_PORT']}"


def trust(server: Server) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(server.authority))


async def test_a_number_and_a_call_between_both_ports(https: Server) -> None:
    async with Citizen(address(https), trust(https)) as citizen, Clerk(https.url) as clerk:
        await clerk.sign_in()
        await citizen.enter()
        (cookie,) = citizen.http.cookies.jar
        assert (cookie.name, cookie.secure, cookie.has_nonstandard_attr("HttpOnly")) == ("cw_applicant_s", True, True)
        await citizen.take()
        await flow(clerk, citizen, await clerk.accept())
        await citizen.agrees()
        assert {cookie.name for cookie in clerk.http.cookies.jar} == {"cw_staff"}


@pytest.mark.parametrize("host", [HERE, "localhost", "127.0.0.1"])
async def test_headers_follow_the_scheme(https: Server, host: str) -> None:
    async with httpx.AsyncClient(verify=trust(https)) as client:
        answer = await client.get(f"{address(https, host)}/")
        policy = answer.headers["content-security-policy"]
        assert f"connect-src 'self' wss://{address(https, host).removeprefix('https://')};" in policy
        assert "strict-transport-security" not in answer.headers  # it would lock people out of a made certificate
        foreign = await client.get(f"{address(https, host)}/", headers={"host": "evil.example"})
        assert "evil" not in foreign.headers["content-security-policy"]
        plain = await client.get(f"{https.url}/")
        assert "wss" not in plain.headers["content-security-policy"]


async def test_only_pages_served_here_may_call(https: Server) -> None:
    body = {"form_of_address": "刘桂英", "phone": "19900001301", "elderly": False}
    async with httpx.AsyncClient(base_url=address(https), verify=trust(https)) as client:
        for origin, status in ((address(https), 200), (https.url, 200), (address(https, "evil.example"), 403)):
            answer = await client.post("/api/applicant/enter", json=body, headers={"origin": origin})
            assert answer.status_code == status, (origin, answer.text)
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(
            f"{address(https).replace('https', 'wss')}/api/ws?face=applicant",
            additional_headers={"origin": address(https, "evil.example")},
            ssl=trust(https),
        )
    assert refused.value.response.status_code == 403


async def test_plain_http_is_for_this_machine_only(https: Server) -> None:
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(HERE, https.port)
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.TransportError):
            await client.get(f"{address(https).replace('https', 'http')}/healthz")


async def test_what_nobody_trusts_yet_is_refused(https: Server) -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(f"{address(https)}/healthz")


async def test_the_authority_can_be_had(https: Server) -> None:
    async with httpx.AsyncClient(verify=trust(https)) as client:
        answer = await client.get(f"{address(https)}/authority.crt")
    assert answer.headers["content-type"] == "application/x-x509-ca-cert"
    assert x509.load_der_x509_certificate(answer.content) == x509.load_pem_x509_certificate(
        https.authority.read_bytes()
    )


async def test_instruments_are_for_this_machine_only(https: Server) -> None:
    async with httpx.AsyncClient(verify=trust(https)) as client:
        for path, body in (("clock", {"seconds": 0}), ("failpoints", {"name": "x", "effect": "off"})):
            far = await client.post(f"{address(https)}/api/test/{path}", json=body)
            assert (far.status_code, far.json()["code"]) == (404, "not_found")
            near = await client.post(f"{address(https, 'localhost')}/api/test/{path}", json=body)
            assert near.status_code == 200


async def test_open_lines_do_not_hold_up_a_stop(cluster: Cluster) -> None:
    async with open_city(cluster) as city, open_server(city, CLOUDWINDOW_TLS_PORT=str(free_port())) as server:
        async with Citizen(address(server), trust(server)) as citizen:
            await citizen.enter()
            await citizen.heard(lambda message: message["type"] == "welcome")
            began = monotonic()
            await asyncio.to_thread(server.stop)
            assert await citizen.closed() == 1012
            assert monotonic() - began < 10
        assert "Traceback" not in server.log()


def brought(folder: Path, *addresses: str) -> dict[str, str]:
    """Settings with a certificate as an operator would bring it."""
    OwnCertificate(folder / "its", [], datetime.now(UTC), lambda: list(addresses))
    shutil.copy(folder / "its" / "server.pem", folder / "cert.pem")
    return {"CLOUDWINDOW_TLS_CERT": str(folder / "cert.pem"), "CLOUDWINDOW_TLS_KEY": str(folder / "cert.pem")}


async def test_a_certificate_that_is_brought(cluster: Cluster, tmp_path: Path) -> None:
    files = brought(tmp_path, HERE)
    async with open_city(cluster) as city, open_server(city, CLOUDWINDOW_TLS_PORT=str(free_port()), **files) as server:
        own = ssl.create_default_context(cafile=str(tmp_path / "its" / "authority.crt"))
        async with httpx.AsyncClient(base_url=address(server), verify=own) as client:
            answer = await client.get("/healthz")
            assert answer.headers["strict-transport-security"] == "max-age=31536000"
            assert (await client.get("/authority.crt")).status_code == 404
            plain = await client.get(f"{server.url}/healthz")
            assert "strict-transport-security" not in plain.headers
        assert not server.authority.exists()


async def test_a_changed_file_is_in_force_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cloudwindow.lan.LOOK_SECONDS", 0.01)
    here = ["10.0.0.1"]
    certificate = OwnCertificate(tmp_path / "tls", [], datetime.now(UTC), lambda: list(here))
    origins = {"http://localhost:8000"}
    with socket.socket() as unused:
        door = Door(unused, 8443, certificate, ())
        looking = asyncio.create_task(door.stay_fresh(origins))
        here[:] = ["10.0.0.2"]
        async with asyncio.timeout(10):
            while "https://10.0.0.2:8443" not in origins:  # noqa: ASYNC110  a plain set has no event
                await asyncio.sleep(0.01)
        looking.cancel()
    assert "http://localhost:8000" in origins


def test_which_deployments_have_it() -> None:
    with socket.socket() as busy:
        busy.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # somebody else holds it, which is as good
            busy.bind((LAN_ADDRESS, HTTPS_PORT))
            busy.listen()
        said: list[str] = []
        with lan.listen(Settings(mode="demonstration"), said.append) as taken:
            assert taken is None
        assert len(said) == 1
        assert said[0].startswith("No HTTPS for phones. Port 8443")
        with pytest.raises(StartError, match="Set CLOUDWINDOW_TLS_PORT to another"):
            lan.listen(Settings(mode="demonstration", tls_port=HTTPS_PORT), said.append)
    for none in (Settings(mode="production"), Settings(mode="test"), Settings(mode="demonstration", tls_port=0)):
        with lan.listen(none, said.append) as taken:
            assert taken is None
    assert len(said) == 1


def test_it_says_where_phones_get_in(https: Server) -> None:
    printed = https.log()
    assert printed.index(address(https, NAME)) < printed.index(address(https))
    root = x509.load_pem_x509_certificate(https.authority.read_bytes())
    assert f"SHA-256 {root.fingerprint(hashes.SHA256()).hex(':').upper()}" in printed
    assert "█" not in printed  # it is no terminal


async def test_a_certificate_that_cannot_be_used_is_one_line(https: Server) -> None:
    place = {
        "CLOUDWINDOW_MODE": "test",
        "CLOUDWINDOW_DATA": str(https.folder),
        "CLOUDWINDOW_PORT": str(free_port()),
        "CLOUDWINDOW_TLS_PORT": str(free_port()),
        "DATABASE_URL": https.city.url,
    }
    none = str(https.folder / "none.pem")
    for files, words in (
        ({"CLOUDWINDOW_TLS_CERT": none, "CLOUDWINDOW_TLS_KEY": none}, "cannot be read"),
        ({"CLOUDWINDOW_TLS_CERT": none}, "go together"),
    ):
        code, _, err = await run_command("serve", **place, **files)
        assert (code, words in err, err.count("\n")) == (2, True, 1), err
