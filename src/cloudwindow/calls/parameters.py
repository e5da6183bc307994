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
LINK_HOSTS = define(
    "links.hosts",
    ["gov.cn"],
    "hosts",
    "国办函〔2018〕55号: names under gov.cn are given to government bodies only; hosts that an item names pass besides",
    "Hosts, with all that lies under them, to which a clerk may push a link.",
)
BAD_SETUP_MS = define(
    "quality.bad_setup_ms",
    5000,
    "ms",
    "ours: people hang up or reload after five seconds without a picture",
    "A call whose setup took longer is listed as bad.",
)
BAD_LOSS_PERMILLE = define(
    "quality.bad_loss_permille",
    50,
    "‰",
    "ours: above 5 % words get lost (the bars of the call show one side as fair)",
    "A call with more loss is listed as bad.",
)
BAD_ROUND_TRIP_MS = define(
    "quality.bad_round_trip_ms",
    600,
    "ms",
    "ours, below twice the 400 ms one way that ITU-T G.114 calls the limit",
    "A call with a longer round trip is listed as bad.",
)
BAD_FROZEN_MS = define(
    "quality.bad_frozen_ms",
    10_000,
    "ms",
    "ours: longer than anybody holds up a paper again",
    "A call whose picture stood still for longer in all is listed as bad.",
)
FLOWING_SECONDS = define(
    "calls.flowing_seconds",
    15,
    "s",
    "model §3: flowing media within 15 s",
    "How fresh both sides' reports must be for a call to count as connected.",
)
