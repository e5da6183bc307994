"""What the doctor says about HTTPS for the local network: the port, and how long the certificate lasts."""

import http.client
import json
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cloudwindow.foundation.tls import GivenCertificate, TlsFault
from cloudwindow.foundation.tls.authority import RENEW_BEFORE, ROOT
from cloudwindow.foundation.tls.certificates import SERVER
from cloudwindow.foundation.tls.files import read_certificate
from cloudwindow.operating.findings import Finding, Status
from cloudwindow.settings import LAN_ADDRESS, LISTEN_ADDRESS, Settings

ENDS_SOON = timedelta(days=14)
PORT_SECONDS = 3.0


def https(settings: Settings) -> Finding:
    """Whether phones on the local network can come in over HTTPS, where the settings say that they can."""
    port = settings.https_port()
    if port is None:
        return Finding("https", "ok", "No HTTPS of our own; a proxy in front offers it (CLOUDWINDOW_TLS_PORT).")
    if (held := _held(port)) is not None:
        status: Status = "warn" if settings.is_https_by_default() else "fail"
        what = f"Port {port} cannot be had ({held}), and it is no Cloud Window that answers: no phone gets in."
        return Finding("https", status, what, "set CLOUDWINDOW_TLS_PORT to another")
    try:
        if settings.tls_cert is not None and settings.tls_key is not None:
            return _brought(settings.tls_cert.expanduser(), settings.tls_key.expanduser())
        return _made(settings.tls_folder())
    except TlsFault as error:
        return Finding("https", "fail", f"{error}.", "put the files right; the program reads them again by itself")


def _held(port: int) -> str | None:
    """Why a port cannot be had, unless it is free or ours."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LAN_ADDRESS, port))
        except OSError as error:
            return None if _is_ours(port) else error.strerror
    return None


def _is_ours(port: int) -> bool:
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE  # whether it is to be trusted is another question
    connection = http.client.HTTPSConnection(LISTEN_ADDRESS, port, timeout=PORT_SECONDS, context=anybody)
    try:
        connection.request("GET", "/healthz")
        answer = json.loads(connection.getresponse().read(1000))
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        connection.close()
    return bool(answer == {"status": "ok"})


def _brought(chain: Path, key: Path) -> Finding:
    GivenCertificate(chain, key)
    ends = read_certificate(chain).not_valid_after_utc
    left = ends - datetime.now(UTC)
    what = f"The certificate {chain} is valid until {ends:%Y-%m-%d}."
    status: Status = "fail" if left < timedelta() else "warn" if left < ENDS_SOON else "ok"
    return Finding("https", status, what, "" if status == "ok" else "put a new one in its place; no restart is needed")


def _made(folder: Path) -> Finding:
    if not (folder / ROOT).exists():
        return Finding(
            "https", "ok", "`cloudwindow serve` makes a certificate for phones; docs/phones.md is about them."
        )
    root = read_certificate(folder / ROOT).not_valid_after_utc
    if root - datetime.now(UTC) < RENEW_BEFORE:
        what = f"The authority in {folder} ends on {root:%Y-%m-%d}."
        return Finding("https", "warn", what, "restart for another one, and install it on the phones")
    ends = read_certificate(folder / SERVER).not_valid_after_utc
    what = f"The certificate made here is valid until {ends:%Y-%m-%d} and renewed by itself."
    return Finding("https", "ok", f"{what} The authority on the phones ends on {root:%Y-%m-%d}.")
