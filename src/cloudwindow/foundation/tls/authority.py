"""A small authority for the local network, harmless elsewhere even if its files are stolen.

What phones install is a root whose key is thrown away the moment it has signed one certificate: the issuer's. That one
signs the server certificates of this machine, and its name constraints (RFC 5280 §4.2.1.10) allow private addresses and
this machine's own names only. Constraints in an installed root may be ignored; in a certificate below it, never.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloudwindow.foundation.durable import put
from cloudwindow.foundation.tls.files import TlsFault, pem_of, read_certificate, read_key
from cloudwindow.foundation.tls.names import is_address, is_full_name

ROOT, ISSUER, ISSUER_KEY = "authority.crt", "issuer.crt", "issuer.key"
AUTHORITY_LASTS = timedelta(days=3650)
SERVER_LASTS = timedelta(days=397)
"""iPhones take up to 825 days below an installed authority (Apple, HT210176); public ones are limited to this."""

RENEW_BEFORE = timedelta(days=30)
CLOCK_SLACK = timedelta(days=1)
"""A phone's clock may be behind."""

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8")
"""RFC 1918 and the machine itself."""


@dataclass(frozen=True)
class Authority:
    """The root that phones install, and the issuer that signs."""

    root: x509.Certificate
    issuer: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def covers(self, name: str) -> bool:
        """Whether the issuer may sign for an address or a DNS name."""
        permitted = self.issuer.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
        if is_address(name):
            networks = [ip_network(str(each.value)) for each in permitted if isinstance(each, x509.IPAddress)]
            return any(ip_address(name) in network for network in networks)
        domains = [each.value for each in permitted if isinstance(each, x509.DNSName)]
        return any(name == domain or name.endswith(f".{domain}") for domain in domains)

    def fingerprint(self) -> str:
        """The root's SHA-256 digest, as phones show it."""
        return self.root.fingerprint(hashes.SHA256()).hex(":").upper()

    def issue(self, names: Iterable[str], now: datetime) -> bytes:
        """Return a PEM file for a server under these names: a fresh key, its certificate, the issuer's."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _begin(_named("Cloud Window"), self.issuer.subject, key, now)
            .not_valid_after(min(now + SERVER_LASTS, self.issuer.not_valid_after_utc))
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(_signed_by(self.key), critical=False)
        )
        return pem_of(key) + pem_of(builder.sign(self.key, hashes.SHA256())) + pem_of(self.issuer)


def load_or_make(folder: Path, names: Iterable[str], now: datetime) -> Authority:
    """Read the authority from its folder; make one when there is none, or when it ends within `RENEW_BEFORE`.

    Raises:
        TlsFault: its files cannot be read or made, or do not fit together.
    """
    try:
        if (folder / ROOT).exists():
            found = _load(folder)
            if found.issuer.not_valid_after_utc - now > RENEW_BEFORE:
                return found
            folder.rename(folder.with_name(f"{folder.name}.until-{now:%Y%m%d}"))
        _make(folder, names, now)
    except OSError as error:
        msg = f"the certificate authority in {folder} cannot be read or made: {error.strerror}"
        raise TlsFault(msg) from error
    return _load(folder)


def _load(folder: Path) -> Authority:
    found = Authority(read_certificate(folder / ROOT), read_certificate(folder / ISSUER), read_key(folder / ISSUER_KEY))
    if found.issuer.public_key() != found.key.public_key() or found.issuer.issuer != found.root.subject:
        msg = f"the files in {folder} do not fit together: move that folder away to have a new authority"
        raise TlsFault(msg)
    return found


def _make(folder: Path, names: Iterable[str], now: datetime) -> None:
    """Make root and issuer, and put them in place as one folder. Whoever comes second finds it there."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    limits = _limits(names)
    title = _named(f"Cloud Window 云综窗 {os.uname().nodename} {now:%Y-%m-%d}"[:64])
    below = _named(f"Cloud Window 云综窗 {os.uname().nodename} {now:%Y-%m-%d} issuer"[:64])
    root = _authority(title, title, root_key, now, limits, 1).sign(root_key, hashes.SHA256())
    issuer = (
        _authority(below, title, key, now, limits, 0)
        .add_extension(_signed_by(root_key), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        put(part / ISSUER_KEY, pem_of(key), 0o600)
        put(part / ISSUER, pem_of(issuer), 0o644)
        put(part / ROOT, pem_of(root), 0o644)
        part.rename(folder)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        if not (folder / ROOT).exists():
            raise


def der_of(path: Path) -> bytes:
    """Return a certificate as phones like to get it. Raises `TlsFault`."""
    return read_certificate(path).public_bytes(Encoding.DER)


def _limits(names: Iterable[str]) -> x509.NameConstraints:
    """Private addresses, and of these names those that are addresses or full names, and no others."""
    own = [name for name in names if is_address(name) or is_full_name(name)]
    private = [ip_network(network) for network in PRIVATE]
    others = [ip_network(name) for name in own if is_address(name)]
    networks = private + [each for each in others if not any(each.subnet_of(one) for one in private)]  # type: ignore[arg-type]  # all are IPv4
    domains = ["localhost", *(name for name in own if not is_address(name))]
    permitted = [*map(x509.DNSName, domains), *map(x509.IPAddress, networks)]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(name)) if is_address(name) else x509.DNSName(name)


def _signed_by(key: ec.EllipticCurvePrivateKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_SLACK)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _authority(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    limits: x509.NameConstraints,
    below: int,
) -> x509.CertificateBuilder:
    return (
        _begin(subject, issuer, key, now)
        .not_valid_after(now + AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(limits, critical=True)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
