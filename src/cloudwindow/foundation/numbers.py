"""Numbers in request bodies: taken as what they are, never read out of something else."""

from typing import Any

from pydantic import BeforeValidator


def _whole(value: Any) -> Any:
    """Let 4 and 4.0 through, which are one number in JSON; a word or a yes is none."""
    if isinstance(value, str | bool):
        msg = "a number is wanted"
        raise ValueError(msg)  # noqa: TRY004  Pydantic reports a ValueError
    return value


NOT_GUESSED = BeforeValidator(_whole)
"""For numbers in request bodies, which Pydantic would also read out of words."""
