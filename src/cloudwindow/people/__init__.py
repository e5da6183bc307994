"""Staff, roles, skills, presence (standard §四.4), and the accounts of those who are served."""

from cloudwindow.foundation.numbers import NOT_GUESSED
from cloudwindow.people.actions import account_stream
from cloudwindow.people.authentication import CookieAuthenticator, unchanged
from cloudwindow.people.breaks import breaks_today
from cloudwindow.people.device_links import link_in_message
from cloudwindow.people.logins import SWEEPS, put_off_logins
from cloudwindow.people.models import Account, Presence, RoleGrant, Skill, Staff
from cloudwindow.people.passwords import hash_password, random_password
from cloudwindow.people.ports import WorkStates
from cloudwindow.people.presence import announce_presence, change_presence, set_presence, staff_stream
from cloudwindow.people.queries import card, phone_indexes, phone_of, show_account
from cloudwindow.people.readings import READINGS
from cloudwindow.people.schemas import AccountView, Asked, Breaks, DeskName, PresenceRequest, PresenceView, Wire

__all__ = [
    "NOT_GUESSED",
    "READINGS",
    "SWEEPS",
    "Account",
    "AccountView",
    "Asked",
    "Breaks",
    "CookieAuthenticator",
    "DeskName",
    "Presence",
    "PresenceRequest",
    "PresenceView",
    "RoleGrant",
    "Skill",
    "Staff",
    "Wire",
    "WorkStates",
    "account_stream",
    "announce_presence",
    "breaks_today",
    "card",
    "change_presence",
    "hash_password",
    "link_in_message",
    "phone_indexes",
    "phone_of",
    "put_off_logins",
    "random_password",
    "set_presence",
    "show_account",
    "staff_stream",
    "unchanged",
]
from cloudwindow.people import scopes as _scopes  # noqa: F401  declares who may see these rows
