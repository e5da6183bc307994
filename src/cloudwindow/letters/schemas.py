"""What this room sends and takes over the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from cloudwindow.catalogue import Guide
from cloudwindow.people import Asked, Wire

State = Literal["waiting", "answered", "withdrawn"]
ToldBy = Literal["page", "message"]
"""How the citizen hears of the answer: on the page alone, or by a message to the verified phone as well."""
LetterWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
AnswerWords = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class LetterTerms(Wire):
    """Who would answer a letter that is left now, by when, and how whoever asks would hear of it."""

    desk_name: str
    due_at: datetime
    told_by: ToldBy


class LetterRequest(Asked):
    """A letter about an item in a place. `instead_of` is the writer's own number that is given up with it."""

    item_key: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    region_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
    words: LetterWords
    instead_of: UUID | None = None


class LetterAgain(Asked):
    """What the citizen asks on."""

    words: LetterWords


class LetterMark(Wire):
    """A letter in the state of the citizen's pages, without words; `unread`: it has an answer that was not opened."""

    id: UUID
    item_key: str
    item_short_name: str
    state: State
    due_at: datetime
    answered_at: datetime | None
    unread: bool


class LetterEntryView(Wire):
    """What one side wrote; of a clerk the work identity, of the citizen no name."""

    id: UUID
    side: Literal["applicant", "clerk"]
    name: str | None
    organisation: str | None
    at: datetime
    words: str


class LetterView(Wire):
    """A letter as its writer reads it."""

    id: UUID
    item_key: str
    item_short_name: str
    region_code: str
    state: State
    desk_name: str
    written_at: datetime
    due_at: datetime
    answered_at: datetime | None
    unread: bool
    told_by: ToldBy
    entries: list[LetterEntryView]


class LetterRow(Wire):
    """A letter that waits at the clerk's desks, without names and words.

    `asked_before`: how often it was answered already. `holder` is who writes an answer until `held_until`.
    """

    letter_id: UUID
    item_short_name: str
    region_name: str
    asked_at: datetime
    due_at: datetime
    asked_before: int
    holder: str | None
    held_by_me: bool
    held_until: datetime | None


class LetterCard(Wire):
    """Who and what, for the clerk who opens it; the look is on record."""

    letter_id: UUID
    state: State
    item_key: str
    item_name: str
    item_short_name: str
    region_name: str
    form_of_address: str
    phone_masked: str
    elderly: bool
    asked_at: datetime
    due_at: datetime
    number: str | None
    """The number that was given up for it."""
    told_by: ToldBy
    holder: str | None
    held_by_me: bool
    entries: list[LetterEntryView]
    guide: Guide


class AnswerRequest(Asked):
    """The answer, and to which of the citizen's words: if those are not the last any more, nothing is written."""

    to: UUID
    words: AnswerWords


class LetterAnswered(Wire):
    """An answer was written."""

    letter_id: UUID
    answered_at: datetime
    told_by: ToldBy
