"""Parameters of this room (domain §6, model §3)."""

from cloudwindow.foundation.parameters import define

GRACE_SECONDS = define(
    "calls.grace_seconds",
    120,
    "s",
    "domain §6: reconnect grace 120 s (assumed)",
    "How long a call that lost its media waits for both sides.",
)
HOLD_REMIND_SECONDS = define(
    "calls.hold_remind_seconds",
    120,
    "s",
    "ours: two minutes without a word feel like a line that was dropped (assumed)",
    "How long a call is on hold before the clerk is reminded of the person who waits.",
)
LONGEST_TEXT = define(
    "chat.longest_text",
    2000,
    "characters",
    "ours: a page; longer ones are read by nobody during a call",
    "The longest text of one message.",
)
FLOWING_SECONDS = define(
    "calls.flowing_seconds",
    15,
    "s",
    "model §3: flowing media within 15 s",
    "How fresh both sides' reports must be for a call to count as connected.",
)
