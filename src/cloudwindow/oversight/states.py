"""The states of a rating (model §3)."""

from cloudwindow.foundation.states import Machine, Move

RATING = Machine(
    "rating",
    "好差评",
    "asked",
    (
        Move("asked", "give", "given", "the citizen rated"),
        Move("asked", "expire", "expired", "30 days went by; it never counts as good"),
    ),
)
