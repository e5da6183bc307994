"""Letters as they are shown: marks in the state of the citizen's pages, and what both sides wrote."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue import Item
from cloudwindow.dispatch import recall_of
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.letters.models import Letter, LetterEntry
from cloudwindow.letters.schemas import LetterEntryView, LetterMark, ToldBy
from cloudwindow.organisation import Organisation
from cloudwindow.people import Staff

SHOWN = 20
"""How many letters the citizen's pages keep, those that changed last first."""


async def marks(session: AsyncSession, account_id: UUID) -> list[LetterMark]:
    """List the letters of an account that the caller may see."""
    # scope: the letters of one account, as the docstring says
    newest = _MARKED.where(Letter.account_id == account_id).order_by(_CHANGED.desc(), Letter.id.desc())
    return [_mark(row) for row in await session.execute(newest.limit(SHOWN), execution_options=_ANEW)]


async def mark_of(session: AsyncSession, letter_id: UUID) -> LetterMark:
    """Return the mark of one letter that the caller may see."""
    one = _MARKED.where(Letter.id == letter_id)  # scope: one that the caller may see
    return _mark((await session.execute(one, execution_options=_ANEW)).one())


# scope: narrowed by whoever uses it
_MARKED = select(Letter, Item.key, Item.short_name).join(Item, Item.id == Letter.item_id)
_CHANGED = func.greatest(Letter.asked_at, Letter.answered_at)  # scope: an order of rows
_ANEW = {"populate_existing": True}


def _mark(row: Any) -> LetterMark:
    letter, key, name = row
    return LetterMark(
        id=letter.id,
        item_key=key,
        item_short_name=name,
        state=letter.state,
        due_at=letter.due_at,
        answered_at=letter.answered_at,
        unread=is_unread(letter),
    )


async def told_by(session: AsyncSession, wiring: Wiring, account_id: UUID) -> ToldBy:
    """Say how somebody hears of an answer: on the page, and by a message where there is a verified phone to send to."""
    return "message" if await recall_of(session, wiring, account_id) == "on" else "page"


def is_unread(letter: Letter) -> bool:
    """Say whether there is an answer that the writer has not opened."""
    if letter.state != "answered" or letter.answered_at is None:
        return False
    return letter.read_at is None or letter.read_at < letter.answered_at


async def entries(session: AsyncSession, keys: Keys, letter_id: UUID) -> list[LetterEntryView]:
    """Decrypt what both sides wrote, in its order, but for what was taken back; the caller may see the letter."""
    rows = await session.execute(
        select(LetterEntry, Staff.name, Organisation.name)  # scope: of a letter that the caller may see
        .outerjoin(Staff, Staff.id == LetterEntry.staff_id)
        .outerjoin(Organisation, Organisation.id == Staff.organisation_id)
        .where(LetterEntry.letter_id == letter_id, LetterEntry.withdrawn_at.is_(None))
        .order_by(LetterEntry.at, LetterEntry.id)
    )
    return [
        LetterEntryView(
            id=entry.id,
            side="applicant" if entry.staff_id is None else "clerk",
            name=name,
            organisation=organisation,
            at=entry.at,
            words=keys.decrypt("letter_entry", "words", entry.id, entry.words_cipher),
        )
        for entry, name, organisation in rows
    ]
