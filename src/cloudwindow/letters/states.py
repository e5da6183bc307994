"""The states of a letter."""

from cloudwindow.foundation.states import Machine, Move

LETTER = Machine(
    "letter",
    "留言",
    "waiting",
    (
        Move("waiting", "answer", "answered", "a clerk of the desk answered in writing"),
        Move("waiting", "withdraw", "withdrawn", "the citizen took it back before it was answered"),
        Move("answered", "ask_again", "waiting", "追问: the citizen asked on, with a time of its own for the answer"),
        Move("waiting", "take_back", "answered", "the citizen took a follow-up back that was not answered yet"),
    ),
)
