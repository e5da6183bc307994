"""Rows of items, implementations and versions, made from the item files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cloudwindow.catalogue import versions
from cloudwindow.demonstration.files import Row, read_items
from cloudwindow.demonstration.places import Organisations
from cloudwindow.foundation.ids import new_id


@dataclass(frozen=True)
class ItemRows:
    """Rows of `item` by key, with their implementations and versions."""

    items: dict[str, Row] = field(default_factory=dict)
    implementations: list[Row] = field(default_factory=list)
    versions: list[Row] = field(default_factory=list)


def items(organisations: Organisations, regions: list[Row], now: datetime) -> ItemRows:
    """Make the rows of every item file, implemented where `implemented_at` says, and the city's guides."""
    rows = ItemRows()
    places = {region["code"]: region for region in regions if region["level"] in {"city", "county"}}
    for item in read_items():
        made = _item(item)
        rows.items[made["key"]] = made
        for place, kind in _implemented(item, places):
            organisation = organisations[f"{item['line']}-{place['code'][:6]}"]
            implementation = _implementation(item, made, organisation, kind)
            rows.implementations.append(implementation)
            rows.versions.append(_version(item, implementation, place["name"], now))
    return rows


def _item(item: Mapping[str, Any]) -> Row:
    same = (
        *("key", "catalog_code", "task_name", "short_name", "plain"),
        *("aliases", "line", "use_level", "average_minutes"),
    )
    return {
        **{name: item[name] for name in same},
        "id": new_id(),
        "themes": versions.themes(item),
        "flows": versions.flows(item["cloud"]),
    }


def _implemented(item: Mapping[str, Any], places: Mapping[str, Row]) -> Iterator[tuple[Row, str]]:
    """Yield where the item is implemented; where the counties do it, the city keeps a guide for 说不清."""
    by_counties = item["implemented_at"] == "county"
    for place in places.values():
        if place["level"] == "county" and by_counties:
            yield place, "full"
        if place["level"] == "city":
            yield place, "guide" if by_counties else "full"


def _implementation(item: Mapping[str, Any], made: Row, organisation: Row, kind: str) -> Row:
    code = versions.task_code(organisation["credit_code"], item["use_level"], item["catalog_code"])
    return {
        "id": new_id(),
        "item_id": made["id"],
        "organisation_id": organisation["id"],
        "region_code": organisation["region_code"],
        "kind": kind,
        "task_code": code if kind == "full" else None,
        "consult_phone": item["consult_phone"],
        "complaint_phone": item["complaint_phone"],
    }


def _version(item: Mapping[str, Any], implementation: Row, place: str, now: datetime) -> Row:
    content = versions.freeze(item, place)
    return {
        "id": new_id(),
        "implementation_id": implementation["id"],
        "number": 1,
        "content": content,
        "digest": versions.digest(content),
        "published_at": now,
    }
