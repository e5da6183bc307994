"""Rows of desks with their items and members, made from the data files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cloudwindow.demonstration.files import DemonstrationError, Row, read
from cloudwindow.demonstration.places import Organisations
from cloudwindow.foundation.ids import new_id


@dataclass(frozen=True)
class DeskRows:
    """Rows of `desk` by key, each after its parent, with what they serve and who sits there."""

    desks: dict[str, Row] = field(default_factory=dict)
    items: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)


def desks(organisations: Organisations, items: Mapping[str, Row], staff: Mapping[str, Row]) -> DeskRows:
    """Make the rows of every desk; items that are not loaded and members who are not there are passed over.

    Raises:
        DemonstrationError: a parent comes after its desk, or a member has no serving role that covers it.
    """
    rows = DeskRows()
    people = {person["account"]: person for person in read("people.yaml")["staff"]}
    serving = {role["key"] for role in read("people.yaml")["roles"] if role.get("serves")}
    for desk in read("desks.yaml")["desks"]:
        made = _desk(desk, organisations, rows.desks)
        rows.desks[made["key"]] = made
        served = (items[key]["id"] for key in desk["items"] if key in items)
        rows.items.extend({"desk_id": made["id"], "item_id": item_id} for item_id in served)
        for account in desk["members"]:
            if account not in staff:
                continue
            roles = [role for role in people[account]["roles"] if role["role"] in serving]
            if not any(organisations.covers(role["scope"], desk["organisation"]) for role in roles):
                raise DemonstrationError(f"{account} has no role that covers {desk['key']}")
            rows.members.append({"desk_id": made["id"], "staff_id": staff[account]["id"]})
    return rows


def _desk(desk: Mapping[str, Any], organisations: Organisations, earlier: Mapping[str, Row]) -> Row:
    parent = desk["parent"]
    if parent is not None and parent not in earlier:
        raise DemonstrationError(f"{desk['key']} stands before its parent {parent}")
    return {
        **{name: desk[name] for name in ("key", "name", "priority", "flows")},
        "id": new_id(),
        "organisation_id": organisations.id(desk["organisation"]),
        "region_code": desk["region"],
        "needs": desk.get("needs") or [],
        "hours_key": desk["hours"],
        "ring_seconds": desk.get("ring_seconds"),
        "wrap_up_seconds": desk.get("wrap_up_seconds"),
        "parent_id": earlier[parent]["id"] if parent else None,
    }
