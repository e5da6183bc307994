"""Parameters of this room."""

from cloudwindow.foundation.parameters import define

RATING_DAYS = define(
    "rating.days",
    30,
    "days",
    "domain §6: later rating within a period, 30 days (assumed)",
    "How long a service may be rated after it ended.",
)
BLOCK_DAYS = define(
    "abuse.block_days_most",
    30,
    "days",
    "ours: no rule names a figure; a month, since nobody may lose a public service for long by one person's decision",
    "For how many days an account may be kept from taking numbers after abuse.",
)
