"""The certificate that a server shows: made here and renewed, or brought and read again when its files change."""

import os
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from cloudwindow.foundation.durable import put
from cloudwindow.foundation.tls import authority
from cloudwindow.foundation.tls.files import TlsFault, read_certificate
from cloudwindow.foundation.tls.names import host_names, lan_addresses, with_localhost

SERVER = "server.pem"


class Certificate(Protocol):
    """What a listening socket needs."""

    context: ssl.SSLContext
    hosts: list[str]
    """Addresses and names under which it is valid, the best one for a phone first."""
    not_covered: list[str]
    """Addresses of this machine and names that were asked for, which it cannot be valid for."""
    authority: Path | None
    """The root to install on phones, when it was made here."""

    def refresh(self, now: datetime) -> bool:
        """Look whether another one is due, and put it in force for new connections. Raises `TlsFault`."""
        ...


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def names_in(certificate: x509.Certificate) -> list[str]:
    """Return the DNS names and addresses that a certificate is valid for."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]


def _load(context: ssl.SSLContext, chain: Path, key: Path) -> None:
    try:
        context.load_cert_chain(chain, key, password="")  # a key that asks for one would ask on the terminal
    except ssl.SSLError as error:
        msg = f"{chain} and {key} are no certificate and key that fit together ({error.reason or 'unreadable'})"
        raise TlsFault(msg) from error
    except OSError as error:
        msg = f"{chain} or {key} cannot be read: {error.strerror}"
        raise TlsFault(msg) from error


class OwnCertificate:
    """A certificate of our own authority for this machine's addresses on the local network, its names, and `names`."""

    def __init__(
        self, folder: Path, names: Sequence[str], now: datetime, addresses: Callable[[], list[str]] = lan_addresses
    ) -> None:
        """Make what is missing. Raises `TlsFault`."""
        self.context = _context()
        self.hosts: list[str] = []
        self.not_covered: list[str] = []
        self.authority: Path | None = folder / authority.ROOT
        self._folder, self._names, self._addresses = folder, list(names), addresses
        self._authority = authority.load_or_make(folder, self._wanted(), now)
        self.refresh(now)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 digest of the root, for whoever installs it."""
        return self._authority.fingerprint()

    def _wanted(self) -> list[str]:
        return with_localhost([*self._names, *self._addresses(), *host_names()])

    def refresh(self, now: datetime) -> bool:
        """Issue another one when addresses changed or the end is near. An authority's own end is for a restart."""
        wanted = self._wanted()
        hosts = [name for name in wanted if self._authority.covers(name)]
        self.not_covered = [name for name in wanted if name not in {*hosts, *host_names()}]
        path = self._folder / SERVER
        due = self._is_due(path, hosts, now)
        if hosts == self.hosts and not due:
            return False
        if due:
            try:
                put(path, self._authority.issue(hosts, now), 0o600)
            except OSError as error:
                msg = f"{path} cannot be written: {error.strerror}"
                raise TlsFault(msg) from error
        _load(self.context, path, path)
        self.hosts = hosts
        return True

    def _is_due(self, path: Path, hosts: list[str], now: datetime) -> bool:
        try:
            found = read_certificate(path)
            found.verify_directly_issued_by(self._authority.issuer)
        except (TlsFault, ValueError, TypeError, InvalidSignature):
            return True
        ends = found.not_valid_after_utc
        near = ends - now <= authority.RENEW_BEFORE and ends < self._authority.issuer.not_valid_after_utc
        return set(names_in(found)) != set(hosts) or near


class GivenCertificate:
    """A certificate that the operator brings, with all of its chain; read again when one of its files changes."""

    def __init__(self, chain: Path, key: Path) -> None:
        """Read it. Raises `TlsFault`."""
        self.context = _context()
        self.hosts: list[str] = []
        self.not_covered: list[str] = []
        self.authority: Path | None = None
        self._chain, self._key = chain, key
        self._seen: list[tuple[int, ...]] = []
        self.refresh(datetime.now(UTC))

    def refresh(self, now: datetime) -> bool:  # noqa: ARG002  what is brought is served, whenever it ends
        """Read the files again if they changed. A pair that does not fit leaves the one in force as it is."""
        try:
            seen = [_mark(path.stat()) for path in (self._chain, self._key)]
        except OSError as error:
            msg = f"{error.filename} cannot be read: {error.strerror}"
            raise TlsFault(msg) from error
        if seen == self._seen:
            return False
        _load(_context(), self._chain, self._key)  # first where it does no harm
        _load(self.context, self._chain, self._key)
        self.hosts = [name for name in names_in(read_certificate(self._chain)) if "*" not in name]
        self._seen = seen
        return True


def _mark(state: os.stat_result) -> tuple[int, ...]:
    return state.st_ino, state.st_size, state.st_mtime_ns
