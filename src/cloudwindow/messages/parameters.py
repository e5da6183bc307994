"""Parameters of this room."""

from cloudwindow.foundation.parameters import define

ATTEMPTS = define(
    "messages.attempts",
    4,
    "times",
    "ours: with the waits between them, some two minutes of a provider that is away",
    "How often a message is handed to the sender before it is given up.",
)
RETRY_SECONDS = define(
    "messages.retry_seconds",
    10,
    "s",
    "ours: a provider that restarts is back by then; each further wait is twice as long",
    "How long after a first failure a message is handed over again.",
)
PER_PHONE_AND_DAY = define(
    "limits.messages_per_phone_and_day",
    20,
    "messages in 24 hours",
    "ours: some five visits with a code and two calls back each; beyond it somebody is being pestered",
    "How many messages one phone gets within 24 hours, whatever they are about.",
)
KEPT_DAYS = define(
    "messages.kept_days",
    7,
    "days",
    "ours: long enough to look into a complaint about a message that never came",
    "How long a message is kept after its end, phone and text included.",
)
