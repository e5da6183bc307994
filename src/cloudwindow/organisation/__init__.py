"""Regions, organisations, sites 场地, stations 云综窗, opening hours and the calendar (standard §四.1–3)."""

from cloudwindow.organisation.hours import DayKind, Opening, Rule, Span, Timetable
from cloudwindow.organisation.models import (
    CalendarDay,
    OpeningHours,
    OpeningRule,
    Organisation,
    Region,
    Site,
    Station,
)
from cloudwindow.organisation.queries import (
    OPEN_ALL_HOURS,
    Place,
    centre_above,
    find_city,
    find_place,
    list_regions,
    list_stations,
    read_timetables,
    service_centre,
    timetable,
    timetables,
)
from cloudwindow.organisation.schemas import RegionChoice, RegionLevel, StationChoice

__all__ = [
    "OPEN_ALL_HOURS",
    "CalendarDay",
    "DayKind",
    "Opening",
    "OpeningHours",
    "OpeningRule",
    "Organisation",
    "Place",
    "Region",
    "RegionChoice",
    "RegionLevel",
    "Rule",
    "Site",
    "Span",
    "Station",
    "StationChoice",
    "Timetable",
    "centre_above",
    "find_city",
    "find_place",
    "list_regions",
    "list_stations",
    "read_timetables",
    "service_centre",
    "timetable",
    "timetables",
]
