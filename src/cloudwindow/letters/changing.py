"""What every change of a letter does: lock it, move it, put it on record, tell its writer and the desk."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.letters.models import Letter, LetterEntry
from cloudwindow.letters.schemas import LetterMark
from cloudwindow.letters.scopes import may_answer
from cloudwindow.letters.states import LETTER
from cloudwindow.letters.views import mark_of, marks
from cloudwindow.people import account_stream


def letters_hint(desk_id: UUID) -> str:
    """What the workbenches at a desk watch to learn of its letters."""
    return f"letters:{desk_id}"


async def own_letter(tx: Tx, letter_id: UUID) -> Letter:
    """Lock a letter of the actor's own account. Raises `not_found`."""
    letter = await tx.session.scalar(
        scope.select_visible(tx.actor, Letter)
        .where(Letter.id == letter_id, Letter.account_id == tx.actor.id)
        .with_for_update()
    )
    if letter is None:
        raise Problem("not_found")
    return letter


async def letter_at_desk(tx: Tx, letter_id: UUID) -> Letter:
    """Lock a letter that the actor may answer. Raises `not_found`."""
    letter = await tx.session.scalar(
        scope.select_visible(tx.actor, Letter).where(Letter.id == letter_id, may_answer(tx.actor)).with_for_update()
    )
    if letter is None:
        raise Problem("not_found")
    return letter


async def move(tx: Tx, letter: Letter, event: str, **values: Any) -> None:
    """Move a locked letter. Raises `wrong_state`."""
    state = LETTER.after(letter.state, event)
    tx.audit("letter", letter.id, old={"state": letter.state}, state=state, **values)
    await change(tx, letter, state=state, **values)


async def change(tx: Tx, letter: Letter, **values: Any) -> None:
    """Change a locked letter, and let the desk look."""
    await tx.session.execute(
        update(Letter)
        .where(Letter.id == letter.id)  # scope: locked by the action
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    tx.hint(letters_hint(letter.desk_id))


async def write_entry(tx: Tx, letter_id: UUID, words: str, at: datetime, staff_id: UUID | None = None) -> UUID:
    """Add what one side wrote to a letter that the action made or locked. Returns its id."""
    entry_id = new_id()
    await tx.session.execute(
        insert(LetterEntry).values(  # scope: as the docstring says
            id=entry_id,
            letter_id=letter_id,
            staff_id=staff_id,
            at=at,
            words_cipher=tx.keys.encrypt("letter_entry", "words", entry_id, words),
        )
    )
    tx.audit("letter_entry", entry_id, letter=letter_id, length=len(words))
    return entry_id


async def tell_writer(tx: Tx, account_id: UUID, letter_id: UUID) -> LetterMark:
    """Send the writer's pages the letters as they are now. Returns the mark of the one that changed.

    The list is read under a lock of the account, after that of the letter: of two letters that change at once, the
    second event knows what became of the first.
    """
    # scope: the account whose letter the action changed
    await tx.driver.execute("SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE", account_id)
    tx.event(account_stream(account_id), "letters", await marks(tx.session, account_id))
    return await mark_of(tx.session, letter_id)
