"""Parameters of this room."""

from cloudwindow.foundation.parameters import define

FAILURES_BEFORE_LOCK = define(
    "login.failures_before_lock",
    5,
    "tries",
    "model §7; 等保 lists say 5",
    "Wrong passwords in a row before an account is locked.",
)
LOCK_MINUTES = define("login.lock_minutes", 15, "minutes", "model §7", "How long a locked account stays locked.")
BREAK_MINUTES = define(
    "presence.break_minutes",
    15,
    "minutes",
    "domain §6: max 示忙 15 min (assumed)",
    "How long a break may take.",
)
