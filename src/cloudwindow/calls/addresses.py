"""Whether an address may be pushed to a citizen: HTTPS only, and only to hosts that somebody put on a list.

A browser and a library may read an odd address differently, so only what has one reading is taken: after `https://`
a plain host, then nothing, or a path, a query or a fragment.
"""

import re
from collections.abc import Iterable
from urllib.parse import quote

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.foundation.errors import Problem

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(rf"(?i:https)://((?i:{_LABEL}(?:\.{_LABEL})+))(?::443)?((?:[/?#].*)?)", re.DOTALL)
_KEPT = "/?#[]@!$&'()*+,;=:%~-._"
_UNFIT = re.compile(r'[\x00-\x20\x7f-\x9f\\"<>^`{|}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]')


def read_address(url: str) -> tuple[str, str]:
    """Return the host of an address, in lower case, and the address as it is kept. Raises `link_malformed`.

    Chinese letters in the path are written as percent codes (RFC 3986 §2.1). Names of hosts in other letters are not
    taken, whether as such or as their code (`xn--`): they can look like another's.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None or _UNFIT.search(url) or "xn--" in match[1].lower():
        raise Problem("link_malformed")
    host = match[1].lower()
    return host, f"https://{host}{quote(match[2], safe=_KEPT)}"


def is_listed(host: str, hosts: Iterable[str]) -> bool:
    """Say whether a host, or a name that it lies under, is on a list."""
    return any(host == one or host.endswith(f".{one}") for one in hosts)
