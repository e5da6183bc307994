"""Rows of regions, organisations, hours, calendar, sites and stations, made from the data files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from cloudwindow.demonstration.files import DemonstrationError, Row, moved, read
from cloudwindow.foundation.ids import new_id

PROVISIONAL_SOURCE = "全国年节及纪念日放假办法（2024年修订），放假通知发布前暂定"


@dataclass(frozen=True)
class Organisations:
    """The organisations by key: their row, and where they stand in the tree that scopes permissions."""

    rows: Mapping[str, Row]

    def __getitem__(self, key: str) -> Row:
        """Return an organisation's row. Raises `DemonstrationError` when there is none of that key."""
        try:
            return self.rows[key]
        except KeyError:
            raise DemonstrationError(f"there is no organisation {key}") from None

    def id(self, key: str) -> UUID:
        """Return an organisation's id."""
        found: UUID = self[key]["id"]
        return found

    def covers(self, scope: str, key: str) -> bool:
        """Say whether `key` is `scope` or stands below it."""
        upper, lower = self[scope]["path"], self[key]["path"]
        return bool(lower == upper or lower.startswith(f"{upper}."))


def regions() -> list[Row]:
    """Make the rows of `region`, each after its parent; a path's labels are the codes."""
    paths: dict[str, str] = {}
    rows = []
    for region in read("regions.yaml")["regions"]:
        code, parent = region["code"], region["parent"]
        paths[code] = f"{paths[parent]}.{code}" if parent else code
        same = {field: region[field] for field in ("code", "name", "level", "pinyin", "initials")}
        rows.append({**same, "parent_code": parent, "path": paths[code]})
    return rows


def organisations() -> Organisations:
    """Make the rows of `organisation`, each after its parent; a path's labels are keys with `_` for `-`."""
    made: dict[str, Row] = {}
    fields = ("key", "name", "short_name", "credit_code", "level", "kind", "phone")
    for organisation in read("organisations.yaml")["organisations"]:
        key, parent = organisation["key"], organisation["parent"]
        label = key.replace("-", "_")
        made[key] = {
            **{field: organisation[field] for field in fields},
            "id": new_id(),
            "region_code": organisation["region"],
            "parent_id": made[parent]["id"] if parent else None,
            "path": f"{made[parent]['path']}.{label}" if parent else label,
        }
    return Organisations(made)


def opening_hours() -> tuple[list[Row], list[Row]]:
    """Make the rows of `opening_hours` and `opening_rule`."""
    hours = read("sites.yaml")["hours"]
    rules = [
        {
            "hours_key": timetable["key"],
            "position": position,
            "weekdays": rule["days"],
            "from_day": rule["from"],
            "to_day": rule["to"],
            "spans": rule["spans"],
        }
        for timetable in hours
        for position, rule in enumerate(timetable["rules"], 1)
    ]
    return [{"key": timetable["key"], "name": timetable["name"]} for timetable in hours], rules


def calendar() -> list[Row]:
    """Make the rows of `calendar_day` from the published holidays; these dates are real and are not moved."""
    return [
        row
        for year in read("calendar.yaml")["years"]
        for holiday in year["holidays"]
        for row in _holiday(holiday, provisional=year["provisional"], source=year["published"] or PROVISIONAL_SOURCE)
    ]


def sites(organisations: Organisations, today: date) -> dict[str, Row]:
    """Make the rows of `site`, by key."""
    fields = ("key", "name", "address", "status", "noise_db", "lux", "accessible", "quiet_room")
    return {
        site["key"]: {
            **{field: site[field] for field in fields},
            "id": new_id(),
            "organisation_id": organisations.id(site["organisation"]),
            "hours_key": site["hours"],
            "inspected_on": moved(site["inspected_on"], today),
        }
        for site in read("sites.yaml")["sites"]
    }


def stations(sites: Mapping[str, Row]) -> dict[str, Row]:
    """Make the rows of `station`, by key."""
    fields = ("key", "number", "kind", "network", "status")
    return {
        station["key"]: {
            **{field: station[field] for field in fields},
            "id": new_id(),
            "site_id": sites[station["site"]]["id"],
        }
        for station in read("sites.yaml")["stations"]
    }


def _holiday(holiday: Mapping[str, Any], *, provisional: bool, source: str) -> Iterator[Row]:
    common = {"name": holiday["name"], "provisional": provisional, "source": source}
    first, last = holiday["days_off"]
    for day in _days(first, last):
        yield {**common, "day": day, "kind": "off", "statutory": day in holiday["statutory"]}
    for day in holiday["make_up"]:
        yield {**common, "day": day, "kind": "make_up", "statutory": False}


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
