"""The states of a session and of a call (model §3)."""

from typing import Literal

from cloudwindow.foundation.states import Machine, Move

SESSION = Machine(
    "session",
    "连线",
    "open",
    (
        Move("open", "end", "wrapping", "the service ended; the clerk writes the wrap-up"),
        Move("wrapping", "close", "closed", "outcome and summary are given"),
    ),
)

CALL = Machine(
    "call",
    "通话",
    "connecting",
    (
        Move("connecting", "flow", "connected", "both sides reported flowing media within 15 s"),
        Move("connected", "lose", "interrupted", "a side has not reported flowing media for 15 s"),
        Move("interrupted", "flow", "connected", "media flows again on both sides"),
        Move("connecting", "end", "ended", "ended before media flowed"),
        Move("connected", "end", "ended", "one side ended it"),
        Move("interrupted", "end", "ended", "grace ran out, or one side ended it"),
    ),
)

Recall = Literal["looking", "open", "none", "unverified", "late", "sending", "sent", "before", "failed", "unknown"]
"""What is known of the way back for a citizen whose line broke, and what became of the message that leads there.

`looking`: a page is believed to be open, but has not been heard since. `open`: it has. Without a page: `none`, there is
nobody who sends messages; `unverified`; `late`, too little time is left; `sending`; `sent`; `before`, sent at an
earlier break of this call; `failed`; `unknown`, nobody knows whether it was sent.
"""

PHOTO = Machine(
    "photo_request",
    "请拍照",
    "asked",
    (
        Move("asked", "send", "sent", "the citizen's photo is there"),
        Move("asked", "decline", "declined", "the citizen has it not at hand"),
        Move("asked", "withdraw", "withdrawn", "the clerk took it back, or the call ended"),
    ),
)
