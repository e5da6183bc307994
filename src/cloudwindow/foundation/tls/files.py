"""Certificates and keys as files: read whole, and what each holds as text."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key


class TlsFault(Exception):  # noqa: N818  read as a fact, not raised by a programming error
    """A certificate or key cannot be read, made or used; the message is one line that says what to do."""


def read_certificate(path: Path) -> x509.Certificate:
    """Read the first certificate of a PEM file. Raises `TlsFault`."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise TlsFault(msg) from error
    except ValueError as error:
        msg = f"{path} is no certificate in PEM format"
        raise TlsFault(msg) from error


def read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read a key that `pem_of` wrote. Raises `TlsFault`."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        msg = f"{path} cannot be read: {error.strerror}"
        raise TlsFault(msg) from error
    except (ValueError, TypeError) as error:
        msg = f"{path} is no key in PEM format"
        raise TlsFault(msg) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        msg = f"{path} is not a key that was made here"
        raise TlsFault(msg)
    return key


def pem_of(thing: x509.Certificate | ec.EllipticCurvePrivateKey) -> bytes:
    """Return a certificate or a key as PEM."""
    if isinstance(thing, x509.Certificate):
        return thing.public_bytes(Encoding.PEM)
    return thing.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
