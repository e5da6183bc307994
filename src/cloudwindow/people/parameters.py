"""Parameters of this room."""

from cloudwindow.foundation.limits import Limit
from cloudwindow.foundation.parameters import define

FAILURES_BEFORE_LOCK = define(
    "login.failures_before_lock",
    5,
    "tries",
    "model §7; 等保 lists say 5",
    "Wrong passwords in a row before an account is locked.",
)
LOCK_MINUTES = define("login.lock_minutes", 15, "minutes", "model §7", "How long a locked account stays locked.")
LINK_MINUTES = define(
    "login.link_minutes",
    10,
    "minutes",
    "ours: time to find the phone and unlock it, and no longer",
    "How long a link for going on with another device is good.",
)
CODE_MINUTES = define(
    "login.code_minutes",
    10,
    "minutes",
    "ours: a message that comes late is still good",
    "How long a code sent to a phone is good.",
)
CODE_TRIES = define(
    "login.code_tries",
    5,
    "tries",
    "ours: as many as passwords; five guesses at six digits succeed once in 200,000",
    "Wrong tries after which a code sent to a phone is void.",
)
CODES_PER_PHONE = Limit(
    define(
        "limits.codes_per_phone",
        5,
        "codes an hour",
        "ours: each costs money and rings on somebody's phone",
        "How many codes one phone may be sent within an hour.",
    ),
    3600,
)
BREAK_MINUTES = define(
    "presence.break_minutes",
    15,
    "minutes",
    "domain §6: max 示忙 15 min (assumed)",
    "After how long a rest, help on site or paperwork is reminded of; meetings, faults and the rest have no limit.",
)
IDLE_MINUTES = define(
    "login.idle_minutes",
    30,
    "minutes",
    "GB/T 22239-2019 §8.1.4.1 b) asks for an automatic exit without a figure; 30 is ours",
    "How long a login of staff may go unused before it ends.",
)
PASSWORD_LENGTH = define(
    "login.password_min_length",
    10,
    "characters",
    "GB/T 22239-2019 §8.1.4.1 a) asks for complexity without a figure; 10 is ours, as NIST SP 800-63B (8) plus two",
    "The shortest password that staff may choose.",
)
ENTER_PER_PHONE = Limit(
    define(
        "limits.enter_per_phone",
        10,
        "times an hour",
        "ours: a family that helps each other with one phone",
        "How often one phone may enter as a guest.",
    ),
    3600,
)
ENTER_PER_ADDRESS = Limit(
    define(
        "limits.enter_per_address",
        600,
        "times an hour",
        "model §7: high, since a village shares an address; architecture §8: a city of 5 million has 5,000 calls a day",
        "How often guests may enter from one address.",
    ),
    3600,
)
LOGIN_TRIES_PER_ADDRESS = Limit(
    define(
        "limits.login_tries_per_address",
        300,
        "tries in 15 minutes",
        "architecture §8: 150 seats may share one address and sign in in a quarter of an hour, each with one mistake",
        "How often staff may try to sign in from one address, whatever the account.",
    ),
    900,
)
