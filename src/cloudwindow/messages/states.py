"""The states of a message."""

from cloudwindow.foundation.states import Machine, Move

MESSAGE = Machine(
    "message",
    "短信",
    "queued",
    (
        Move("queued", "mark", "sending", "a courier is about to hand it over"),
        Move("queued", "expire", "failed", "it would come too late"),
        Move("sending", "deliver", "sent", "the sender took it"),
        Move("sending", "postpone", "queued", "it was surely not sent: again a little later"),
        Move("sending", "give_up", "failed", "the sender refuses it, or it was tried often enough"),
        Move("sending", "lose", "unknown", "nobody knows whether it was sent, so it is not sent again"),
    ),
)
