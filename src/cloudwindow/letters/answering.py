"""What the desk does with a letter 留言: somebody looks, keeps it from colleagues while writing, and answers."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.letters import parameters as limits
from cloudwindow.letters import queries
from cloudwindow.letters.changing import change, letter_at_desk, move, tell_writer, write_entry
from cloudwindow.letters.models import Letter, LetterEntry
from cloudwindow.letters.schemas import AnswerRequest, LetterAnswered, LetterCard, LetterRow, ToldBy
from cloudwindow.letters.states import LETTER
from cloudwindow.letters.views import told_by
from cloudwindow.messages import Words, queue_message
from cloudwindow.people import Account, Staff, link_in_message, phone_of

ANSWERED = "letter_answered"
TEXT = "您的留言有答复了。点开链接看：{link}（只能用一次）"
"""Nothing of the matter stands in it: others may see the phone."""


@action("letter.look")
async def look(tx: Tx, letter_id: UUID) -> LetterCard:
    """Show who wrote what to a clerk of the desk or whoever watches it (invariant 11)."""
    card = await queries.letter_card(tx.session, tx.wiring, tx.keys, tx.actor, letter_id)
    tx.audit("letter", letter_id, looked=["form_of_address", "phone_masked", "words"])
    return card


@action("letter.hold")
async def hold(tx: Tx, letter_id: UUID) -> LetterRow:
    """Keep a letter from colleagues while the actor answers it; again it is renewed.

    Raises `letter_held`, and `wrong_state` for one that waits no more.
    """
    letter = await letter_at_desk(tx, letter_id)
    LETTER.after(letter.state, "answer")
    await _check_holder(tx, letter)
    minutes: int = await parameters.get(tx.session, limits.HELD_MINUTES)
    if letter.held_by != tx.actor.id:
        tx.audit("letter", letter_id, old={"held_by": letter.held_by}, held_by=tx.actor.id)
    await change(tx, letter, held_by=tx.actor.id, held_until=tx.now + timedelta(minutes=minutes))
    return await queries.row_of(tx.session, tx.actor, letter_id)


@action("letter.release")
async def release(tx: Tx, letter_id: UUID) -> LetterRow:
    """Let colleagues have a letter that the actor kept; where nobody or somebody else has it, nothing changes."""
    letter = await letter_at_desk(tx, letter_id)
    if letter.held_by is not None and letter.held_by == tx.actor.id:
        tx.audit("letter", letter_id, old={"held_by": letter.held_by}, held_by=None)
        await change(tx, letter, held_by=None, held_until=None)
    return await queries.row_of(tx.session, tx.actor, letter_id)


@action("letter.answer")
async def answer(tx: Tx, letter_id: UUID, request: AnswerRequest) -> LetterAnswered:
    """Answer the citizen's last words, and tell the phone if it is verified.

    Raises `letter_held` by somebody else, `letter_changed`, and `wrong_state` for one that waits no more.
    """
    letter = await letter_at_desk(tx, letter_id)
    LETTER.after(letter.state, "answer")
    await _check_holder(tx, letter)
    last = await tx.session.scalar(
        select(LetterEntry.id)  # scope: of the letter locked above
        .where(LetterEntry.letter_id == letter_id, LetterEntry.staff_id.is_(None))
        .where(LetterEntry.withdrawn_at.is_(None))
        .order_by(LetterEntry.at.desc(), LetterEntry.id.desc())
        .limit(1)
    )
    if last != request.to:
        raise Problem("letter_changed")
    entry_id = await write_entry(tx, letter_id, request.words, tx.now, tx.actor.id)
    await move(tx, letter, "answer", answered_at=tx.now, held_by=None, held_until=None)
    await tell_writer(tx, letter.account_id, letter_id)
    told = await _tell_phone(tx, letter, entry_id)
    return LetterAnswered(letter_id=letter_id, answered_at=tx.now, told_by=told)


async def _check_holder(tx: Tx, letter: Letter) -> None:
    held_until: datetime | None = letter.held_until
    if letter.held_by in {None, tx.actor.id} or held_until is None or held_until <= tx.now:
        return
    # scope: the name of a colleague at the same desk
    name = await tx.session.scalar(select(Staff.name).where(Staff.id == letter.held_by))
    raise Problem("letter_held", name=name)


async def _tell_phone(tx: Tx, letter: Letter, entry_id: UUID) -> ToldBy:
    """Write the message that there is an answer, once for each, to a phone that is verified."""
    if await told_by(tx.session, tx.wiring, letter.account_id) == "page":
        return "page"
    days: int = await parameters.get(tx.session, limits.LINK_DAYS)
    good_for = timedelta(days=days)
    link = await link_in_message(tx, letter.account_id, good_for, f"?letter={letter.id}")
    if link is None:
        return "page"
    # scope: who wrote the letter that the action answers
    account = await tx.session.get_one(Account, letter.account_id)
    words = Words(phone_of(account, tx.keys), TEXT.format(link=link), good_for)
    return "message" if await queue_message(tx, ANSWERED, entry_id, letter.account_id, words) else "page"
