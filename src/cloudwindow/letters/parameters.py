"""Parameters of this room."""

from cloudwindow.foundation.parameters import define

SAME_DAY_MINUTES = define(
    "letters.same_day_minutes",
    180,
    "min",
    "design of the workbench: written by the end of the noon break, answered by the end of the day (assumed)",
    "How much of the desk's hours a day must still hold for a letter to be answered within it; else the next day with"
    " hours.",
)
HELD_MINUTES = define(
    "letters.held_minutes",
    10,
    "min",
    "ours: an answer with a look into the rules; each minute of typing renews it",
    "For how long a letter that somebody answers is kept from colleagues.",
)
WAITING_MOST = define(
    "limits.letters_waiting",
    3,
    "letters",
    "ours: more matters than anybody has on one day, and few enough that no desk is buried by one person",
    "How many letters of one account may wait for an answer at once.",
)
LINK_DAYS = define(
    "letters.link_days",
    3,
    "days",
    "ours: a weekend",
    "For how long the link in the message that a letter was answered is good.",
)
