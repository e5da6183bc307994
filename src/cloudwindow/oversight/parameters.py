"""Parameters of this room."""

from cloudwindow.foundation.parameters import define

RATING_DAYS = define(
    "rating.days",
    30,
    "days",
    "domain §6: later rating within a period, 30 days (assumed)",
    "How long a service may be rated after it ended.",
)
