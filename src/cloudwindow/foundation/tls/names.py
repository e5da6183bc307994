"""By which addresses and names this machine is reached on its local network."""

import fcntl
import os
import re
import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, ip_address

LOCALHOST = ("localhost", "127.0.0.1")
NOWHERE = "198.51.100.1"  # an address of documents (RFC 5737); nothing is sent to it
HTTPS = 443
SIOCGIFADDR = 0x8915  # Linux: an interface's address, see netdevice(7)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def lan_addresses() -> list[str]:
    """IPv4 addresses of this machine that others can reach, the one of the default route first; none without a network.

    IPv6 is left out: on a local network its addresses change by the day, and every phone has IPv4 there.
    """
    found = [IPv4Address(text) for text in (*_by_default_route(), *_by_interface())]
    reachable = (each for each in found if not (each.is_loopback or each.is_link_local or each.is_unspecified))
    return [str(address) for address in dict.fromkeys(reachable)]


def _by_default_route() -> Iterator[str]:
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((NOWHERE, 9))
        yield str(probe.getsockname()[0])


def _by_interface() -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # it has none
                asked = struct.pack("256s", name.encode()[:15])
                yield socket.inet_ntoa(fcntl.ioctl(probe.fileno(), SIOCGIFADDR, asked)[20:24])


def host_names() -> list[str]:
    """This machine's name for mDNS, and its full name where it has one.

    The bare name is left out: a machine may well be called `dev` or `app`, which are also top-level domains.
    """
    name = os.uname().nodename.lower().rstrip(".")
    first = name.partition(".")[0]
    return [each for each in dict.fromkeys((f"{first}.local", name)) if is_full_name(each)]


def is_full_name(name: str) -> bool:
    """Whether this is a DNS name of two labels or more, and no address."""
    labels = name.split(".")
    return len(labels) > 1 and not labels[-1].isdigit() and all(_LABEL.fullmatch(label) for label in labels)


def is_address(name: str) -> bool:
    """Whether this is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def origin_of(host: str, port: int) -> str:
    """The origin of pages that a host serves by HTTPS."""
    place = f"[{host}]" if ":" in host else host
    return f"https://{place}" if port == HTTPS else f"https://{place}:{port}"


def with_localhost(names: Iterable[str]) -> list[str]:
    """Those names, then the ones that every machine has for itself."""
    return list(dict.fromkeys((*names, *LOCALHOST)))
