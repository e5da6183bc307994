"""The demonstration city: its data, its loader, its accounts. It does not exist in production (model §6)."""

from cloudwindow.demonstration.accounts import ACCOUNTS, DemonstrationAccount, password_of
from cloudwindow.demonstration.files import DemonstrationError
from cloudwindow.demonstration.loader import Summary, is_empty, load

__all__ = [
    "ACCOUNTS",
    "DemonstrationAccount",
    "DemonstrationError",
    "Summary",
    "is_empty",
    "load",
    "password_of",
]
