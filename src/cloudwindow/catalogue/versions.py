"""From an item to a version: the content that one implementation froze, and its digest (model §2).

What the item shares with all places may call the place it is read in ``{county}``; a version says its name.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from cloudwindow.catalogue.situations import with_ids
from cloudwindow.foundation.audit import canonical

COUNTY = "{county}"
SHARED = ("situations", "materials")
"""What an implementation may take over from the item whole; the version says which it did (model §2)."""

COMMON_THEMES = ("theme_person", "theme_legal")


def freeze(item: Mapping[str, Any], place: str, own: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Make the content of a version: the item's, with the implementation's `own` fields in their place.

    `item` has the national field names (domain §3.2); `place` is the name of the implementation's region.
    Every question and option gets its stable id. `inherited` lists which of `SHARED` came from the item.
    """
    own = own or {}
    content = _filled({**item, **own}, place)
    content["situations"] = with_ids(content.get("situations") or [])
    content["inherited"] = [field for field in SHARED if field in item and field not in own]
    return dict(content)


def digest(content: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of the content's canonical JSON; the same for the content read back from `jsonb`."""
    return hashlib.sha256(canonical(content)).digest()


def task_code(credit_code: str, use_level: str, catalog_code: str) -> str:
    """Derive the 31-character 实施编码: credit code (18) + use level (1) + catalog code (12) (domain §3.2).

    Raises:
        ValueError: a part has not its length.
    """
    parts = ((credit_code, 18), (use_level, 1), (catalog_code, 12))
    if any(len(text) != length for text, length in parts):
        raise ValueError(f"not parts of a task code: {credit_code!r}, {use_level!r}, {catalog_code!r}")
    return credit_code + use_level + catalog_code


def themes(item: Mapping[str, Any]) -> list[str]:
    """List an item's themes, those for persons first, each once."""
    return list(dict.fromkeys(theme for field in COMMON_THEMES for theme in item.get(field) or ()))


def flows(cloud: Mapping[str, bool], order: Iterable[str] = ("coach", "accept", "support")) -> list[str]:
    """List the flows that may be done over video, in the order of the standard (§四.6)."""
    return [flow for flow in order if cloud.get(flow)]


def _filled(value: Any, place: str) -> Any:
    if isinstance(value, str):
        return value.replace(COUNTY, place)
    if isinstance(value, Mapping):
        return {key: _filled(part, place) for key, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, place) for part in value]
    return value
