"""What this room sends and takes over the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from cloudwindow.people import NOT_GUESSED, Asked, Breaks, Wire

Code = Annotated[str, StringConstraints(min_length=1, max_length=16)]


class Words(Wire):
    """A name in both languages."""

    zh: str
    en: str


class RatingOption(Wire):
    """A reason; `first` ones are shown without asking for more."""

    code: str
    text: Words
    first: bool


class RatingLevel(Wire):
    """A level with its national options and, from 3 down, the local words about the call."""

    level: int
    name: Words
    options: list[RatingOption]
    local: list[RatingOption]


class RatingRequest(Asked):
    """A rating: level 5 to 1, national codes of that level, local words, free text."""

    level: Annotated[int, Field(ge=1, le=5), NOT_GUESSED]
    options: list[Code] = Field(default_factory=list, max_length=8)
    local: list[Code] = Field(default_factory=list, max_length=3)
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class LastTalk(Wire):
    """The last talk of a clerk today that ended or went to somebody else: number and item, and nobody's name."""

    number: str
    item_short_name: str
    ended_at: datetime
    seconds: int


class Today(Wire):
    """A clerk's day so far; averages are null while nothing was answered, `last` while nothing has ended."""

    answered: int
    missed: int
    average_answer_seconds: int | None
    average_talk_seconds: int | None
    solved: int
    ended: int
    rated: int
    good: int
    breaks: Breaks
    last: LastTalk | None
