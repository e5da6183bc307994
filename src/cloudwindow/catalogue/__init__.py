"""Service items 事项: search, guides, situations, versions (standard §四.5)."""

from cloudwindow.catalogue.models import Implementation, Item, Version
from cloudwindow.catalogue.ports import CoachAvailability
from cloudwindow.catalogue.queries import Resolved, frozen, guide, list_items, resolve, resolving, show_guide
from cloudwindow.catalogue.schemas import Availability, Flow, Guide, ItemSummary
from cloudwindow.catalogue.situations import explain_answers, personal_materials, validate_answers

__all__ = [
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
    "resolving",
    "show_guide",
    "validate_answers",
]
