"""Service items 事项: search, guides, situations, versions (standard §四.5)."""

from cloudwindow.catalogue.models import Implementation, Item, Version
from cloudwindow.catalogue.ports import CoachAvailability
from cloudwindow.catalogue.queries import RESOLVING, Resolved, frozen, guide, list_items, resolve, show_guide
from cloudwindow.catalogue.schemas import Availability, Flow, Guide, ItemSummary
from cloudwindow.catalogue.situations import explain_answers, personal_materials, validate_answers

__all__ = [
    "RESOLVING",
    "Availability",
    "CoachAvailability",
    "Flow",
    "Guide",
    "Implementation",
    "Item",
    "ItemSummary",
    "Resolved",
    "Version",
    "explain_answers",
    "frozen",
    "guide",
    "list_items",
    "personal_materials",
    "resolve",
    "show_guide",
    "validate_answers",
]
