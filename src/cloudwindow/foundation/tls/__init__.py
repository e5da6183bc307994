"""HTTPS of our own: an authority for the local network, its server certificate, or a certificate that is brought."""

from cloudwindow.foundation.tls.certificates import Certificate, GivenCertificate, OwnCertificate
from cloudwindow.foundation.tls.files import TlsFault

__all__ = ["Certificate", "GivenCertificate", "OwnCertificate", "TlsFault"]
