"""HTTPS for phones on the local network: a second socket of the same process, with a certificate that stays fresh.

Cameras and microphones need a secure context, and plain HTTP is for this machine only (model §7).
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from cloudwindow import starting
from cloudwindow.foundation import measures
from cloudwindow.foundation.tls import Certificate, GivenCertificate, OwnCertificate, TlsFault
from cloudwindow.foundation.tls.names import LOCALHOST, origin_of
from cloudwindow.settings import LAN_ADDRESS, Settings
from cloudwindow.starting import StartError

log = structlog.get_logger()

LOOK_SECONDS = 60.0
"""How soon a changed file, a changed address or a certificate near its end is noticed."""


@dataclass(frozen=True)
class Door:
    """The HTTPS side of a process: its socket, port and certificate, and the names that were asked for."""

    taken: socket.socket
    port: int
    certificate: Certificate
    names: tuple[str, ...]

    def origins(self) -> set[str]:
        """The origins of pages that are served here."""
        return {origin_of(host, self.port) for host in (*self.names, *self.certificate.hosts)}

    def addresses(self) -> list[str]:
        """What a phone may open, the best first."""
        hosts = dict.fromkeys((*self.names, *self.certificate.hosts))
        return [origin_of(host, self.port) for host in hosts if host not in LOCALHOST]

    def root(self) -> str | None:
        """The fingerprint of the authority to install; null where the certificate was brought."""
        return self.certificate.fingerprint if isinstance(self.certificate, OwnCertificate) else None

    async def stay_fresh(self, origins: set[str]) -> None:
        """Look once a minute whether another certificate is due; `origins` are those that the process allows."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                changed = await asyncio.to_thread(self.certificate.refresh, datetime.now(UTC))
            except TlsFault as error:  # the one in force goes on
                measures.count_failure("lan.refresh")
                log.warning("lan.certificate_not_renewed", reason=str(error))
                continue
            if changed:
                origins |= self.origins()
                log.info("lan.certificate_in_force", hosts=self.certificate.hosts)


def listen(settings: Settings, complain: Callable[[str], None]) -> AbstractContextManager[socket.socket | None]:
    """Take the port of HTTPS; null where there is to be none.

    One that nobody asked for may be busy, for instance with another demonstration: that is said, and nothing more.

    Raises:
        StartError: the port was asked for and cannot be used.
    """
    port = settings.https_port()
    if port is None:
        return nullcontext()
    try:
        return starting.listen(port, LAN_ADDRESS, "CLOUDWINDOW_TLS_PORT")
    except StartError as error:
        if not settings.is_https_by_default():
            raise
        complain(f"No HTTPS for phones. {error}")
        return nullcontext()


def open_door(settings: Settings, taken: socket.socket) -> Door:
    """Have a certificate for a port that was taken.

    Raises:
        StartError: the certificate cannot be read, made or used.
    """
    port: int = taken.getsockname()[1]
    names = tuple(settings.names_at(port))
    try:
        if settings.tls_cert is not None and settings.tls_key is not None:
            chain, key = (path.expanduser().absolute() for path in (settings.tls_cert, settings.tls_key))
            return Door(taken, port, GivenCertificate(chain, key), names)
        return Door(taken, port, OwnCertificate(settings.tls_folder(), names, datetime.now(UTC)), names)
    except TlsFault as error:
        raise StartError(f"HTTPS cannot be offered: {error}.") from error
