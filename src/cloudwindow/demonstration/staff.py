"""Rows of staff with roles, skills and presence, made from the data files; personal fields are encrypted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cloudwindow.demonstration.files import Row, moved, read
from cloudwindow.demonstration.places import Organisations
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.ids import new_id


@dataclass(frozen=True)
class StaffRows:
    """Rows of `staff` by account, with those of the tables around it."""

    staff: dict[str, Row] = field(default_factory=dict)
    grants: list[Row] = field(default_factory=list)
    skills: list[Row] = field(default_factory=list)
    presence: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Household:
    """What every staff row needs: places of work, keys, the one password's hash, the moment of loading."""

    organisations: Organisations
    stations: Mapping[str, Row]
    keys: Keys
    password_hash: str
    now: datetime
    today: date


def staff(house: Household) -> StaffRows:
    """Make the rows of everybody in the file: who is suspended or lacks a valid certificate stays as data."""
    rows = StaffRows()
    serving = {role["key"] for role in read("people.yaml")["roles"] if role.get("serves")}
    for person in read("people.yaml")["staff"]:
        made = _person(person, house)
        rows.staff[made["account"]] = made
        rows.grants.extend(_grants(person, made, house.organisations))
        rows.skills.extend(
            {"staff_id": made["id"], "subject": subject, "level": level}
            for subject, level in (person.get("skills") or {}).items()
        )
        if serving & {role["role"] for role in person["roles"]}:
            since = {"since": house.now, "idle_since": house.now}
            rows.presence.append({"staff_id": made["id"], "wanted": "off", "reason": None, **since})
    return rows


def _person(person: Mapping[str, Any], house: Household) -> Row:
    row_id, keys = new_id(), house.keys
    station = person.get("station")
    return {
        "id": row_id,
        "account": person["account"],
        "name": person["name"],
        "organisation_id": house.organisations.id(person["organisation"]),
        "id_number_cipher": keys.encrypt("staff", "id_number", row_id, person["id_number"]),
        "id_number_blind": keys.blind("id_number", person["id_number"]),
        "phone_cipher": keys.encrypt("staff", "phone", row_id, person["phone"]),
        "phone_blind": keys.blind("phone", person["phone"]),
        "languages": person["languages"],
        "status": person.get("status", "active"),
        "certificate_valid_to": moved((person.get("certificate") or {}).get("valid_to"), house.today),
        "station_id": house.stations[station]["id"] if station else None,
        "password_hash": house.password_hash,
        "must_change_password": False,
    }


def _grants(person: Mapping[str, Any], made: Row, organisations: Organisations) -> list[Row]:
    return [
        {
            "id": new_id(),
            "staff_id": made["id"],
            "role": role["role"],
            "scope_organisation_id": organisations.id(role["scope"]),
            "lines": role.get("lines"),
        }
        for role in person["roles"]
    ]
