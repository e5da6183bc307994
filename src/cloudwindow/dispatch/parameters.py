"""Parameters of this room (domain §6)."""

from cloudwindow.foundation.parameters import define

RING_SECONDS = define(
    "dispatch.ring_seconds", 20, "s", "domain §6: ring timeout 20 s (assumed)", "How long a clerk is rung."
)
WRITING_SECONDS = define(
    "dispatch.writing_seconds",
    60,
    "s",
    "ours: two sentences, typed without haste",
    "How much longer an invitation rings once the invited has begun to write an answer.",
)
WRAP_UP_SECONDS = define(
    "dispatch.wrap_up_seconds",
    180,
    "s",
    "domain §6: wrap-up 3 min (assumed)",
    "Time for the wrap-up before the clerk is rung again.",
)
EXCLUDE_SECONDS = define(
    "dispatch.exclude_seconds",
    60,
    "s",
    "architecture §4: “for a while” (assumed)",
    "How long a clerk who missed or declined a ticket is not rung for it again.",
)
MISSES_TO_BREAK = define(
    "dispatch.misses_to_break",
    2,
    "rings",
    "model §10: two misses → break",
    "Misses in a row after which a clerk is put on break.",
)
ELDERLY_BONUS = define(
    "dispatch.bonus_elderly_seconds",
    180,
    "s",
    "architecture §4: elderly or disabled 3 min",
    "How much earlier an elderly person counts as having come.",
)
RETURN_BONUS = define(
    "dispatch.bonus_return_seconds",
    86400,
    "s",
    "architecture §4: coming back is the head",
    "How much earlier someone whose ring or call was lost counts as having come.",
)
RETURN_WITHIN = define(
    "dispatch.return_within_minutes",
    30,
    "min",
    "architecture §4: the place is kept (assumed)",
    "How long after a lost call a new number still goes to the head.",
)
WAITING_GRACE = define(
    "dispatch.waiting_grace_seconds",
    300,
    "s",
    "peers §5: waiters need leases of at least 60 s (assumed)",
    "How long the place is kept when the citizen's page is gone.",
)
RECALL_GRACE = define(
    "dispatch.recall_grace_seconds",
    3600,
    "s",
    "ours: the longest wait of a bad morning, so that a phone may sleep through it",
    "How long the place is kept when the page is gone and a message can recall the phone.",
)
RECALL_AT_POSITION = define(
    "dispatch.recall_at_position",
    3,
    "place in the queue",
    "ours: two before oneself are some four minutes, enough to find the phone and too short to forget it again",
    "At which place a citizen whose page is gone is told by a message to come back.",
)
PARK_SECONDS = define(
    "dispatch.park_seconds", 60, "s", "model §3: 先不接 parks 60 s", "How long 先不接 sets a ticket aside."
)
CALLBACK_AFTER = define(
    "dispatch.offer_callback_after_seconds",
    180,
    "s",
    "architecture §4, domain §6: 180 s (assumed)",
    "How long somebody waits in the queue before a callback may be chosen; in a call it may be chosen at any time.",
)
CALLBACK_MINUTES = define(
    "dispatch.callback_minutes",
    [10, 30, 60, 120],
    "minutes",
    "ours: a tea, a bus, an errand, an afternoon",
    "In how many minutes a callback may be agreed on; times outside the desk's hours are not offered.",
)
CALLBACK_GAP = define(
    "dispatch.callback_gap_minutes",
    30,
    "min",
    "design of the workbench: at least 30 minutes apart (assumed)",
    "How long after a callback that reached nobody the next try is.",
)
CALLBACK_TRIES = define(
    "dispatch.callback_tries",
    3,
    "times",
    "design of the workbench: three times at most (assumed)",
    "After how many callbacks that reached nobody the number is given up.",
)
CALLBACK_EARLY = define(
    "dispatch.callback_early_minutes",
    15,
    "min",
    "ours: whoever expects a call keeps the phone at hand a quarter of an hour before it",
    "How long before the agreed time a clerk may call back; who is not reached then is called at the time.",
)
NUMBERS_PER_ACCOUNT = define(
    "limits.numbers_per_account",
    20,
    "numbers an hour",
    "ours: more than anybody needs who gives numbers back by mistake",
    "How many numbers one account may take within an hour.",
)
