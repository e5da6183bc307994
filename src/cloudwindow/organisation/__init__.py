"""Regions, organisations, sites 场地, stations 云综窗, opening hours and the calendar (standard §四.1–3)."""

from cloudwindow.organisation.hours import HORIZON_DAYS, DayKind, Opening, Rule, Span, Timetable
from cloudwindow.organisation.ladders import Ladder, is_on, ladder_of, nearness
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
    centre_on,
    find_city,
    find_place,
    list_regions,
    list_stations,
    read_hours,
    service_centre,
    timetable,
    timetables,
)
from cloudwindow.organisation.schemas import RegionChoice, RegionLevel, StationChoice

__all__ = [
    "HORIZON_DAYS",
    "OPEN_ALL_HOURS",
    "CalendarDay",
    "DayKind",
    "Ladder",
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
    "centre_on",
    "find_city",
    "find_place",
    "is_on",
    "ladder_of",
    "list_regions",
    "list_stations",
    "nearness",
    "read_hours",
    "service_centre",
    "timetable",
    "timetables",
]
