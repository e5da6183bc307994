"""The states of a ticket and of an engagement (model §3)."""

from cloudwindow.foundation.states import Machine, Move

TICKET = Machine(
    "ticket",
    "取号",
    "waiting",
    (
        Move("waiting", "ring", "ringing", "a clerk is rung"),
        Move("ringing", "return", "waiting", "the ring was missed, declined or withdrawn: back to the head"),
        Move("ringing", "accept", "serving", "the clerk answered"),
        Move("serving", "return", "waiting", "the clerk's side was lost: back to the head"),
        Move("serving", "transfer", "waiting", "转接: handed on to somebody else or another desk: the head"),
        Move("serving", "park", "parked", "先不接: 60 seconds aside, then the head"),
        Move(
            "serving",
            "call_back",
            "parked",
            "约定回呼: a callback was agreed, one reached nobody and is tried later, or a talk broke off for good",
        ),
        Move(
            "waiting",
            "call_back",
            "parked",
            "约定回呼: a callback was agreed, or one reached nobody and is tried later",
        ),
        Move(
            "parked",
            "resume",
            "waiting",
            "the time aside is over, the citizen takes the callback back, or a clerk calls early: the head",
        ),
        Move("serving", "finish", "closed", "the service ended"),
        Move("waiting", "leave", "closed", "the citizen left the queue"),
        Move("ringing", "leave", "closed", "the citizen left while it rang"),
        Move("parked", "leave", "closed", "the citizen left while aside"),
        Move("waiting", "expire", "closed", "the citizen's page has been gone too long"),
        Move("parked", "expire", "closed", "the citizen's page has been gone too long"),
    ),
)

ENGAGEMENT = Machine(
    "engagement",
    "派单",
    "ringing",
    (
        Move("ringing", "accept", "accepted", "the clerk answered in time"),
        Move("ringing", "decline", "declined", "the clerk gave a reason"),
        Move("ringing", "miss", "missed", "the ring ran out"),
        Move("ringing", "withdraw", "withdrawn", "the citizen left, or the clerk's last tab is gone"),
        Move("accepted", "end", "ended", "the call ended, or the matter was handed on"),
    ),
)
