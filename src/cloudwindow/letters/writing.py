"""What the citizen does with a letter 留言: leaves it, asks on, takes it back, reads the answer."""

from uuid import UUID

from sqlalchemy import func, insert, select, update

from cloudwindow.dispatch import Desk, leave
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.letters import parameters as limits
from cloudwindow.letters.addressing import address, due
from cloudwindow.letters.changing import letters_hint, move, own_letter, tell_writer, write_entry
from cloudwindow.letters.models import Letter, LetterEntry
from cloudwindow.letters.schemas import LetterAgain, LetterMark, LetterRequest
from cloudwindow.letters.states import LETTER
from cloudwindow.letters.views import is_unread, mark_of
from cloudwindow.organisation import service_centre


@action("letter.leave")
async def leave_letter(tx: Tx, request: LetterRequest) -> LetterMark:
    """Leave a letter at the desk of an item and place; a number of the writer's own may be given up with it.

    Raises `item_unknown`, `region_unknown`, `no_letters`, `letters_too_many`; for the number `not_found`, and
    `wrong_state` once it is served.
    """
    account_id = tx.actor.id
    if tx.actor.kind != "account" or account_id is None:
        raise Problem("not_allowed")
    to = await address(tx.session, request.item_key, request.region_code, tx.now, tx.zone)
    if request.instead_of is not None:
        await leave(tx, request.instead_of)
    await _check_count(tx, account_id)
    letter_id = new_id()
    await tx.session.execute(
        insert(Letter).values(  # scope: of the actor's own account
            id=letter_id,
            account_id=account_id,
            item_id=to.resolved.item.id,
            version_id=to.resolved.version.id,
            line=to.resolved.item.line,
            region_code=request.region_code,
            home_organisation_id=await service_centre(tx.session, request.region_code),
            desk_id=to.desk.id,
            ticket_id=request.instead_of,
            state=LETTER.first,
            written_at=tx.now,
            asked_at=tx.now,
            due_at=to.due_at,
        )
    )
    tx.audit("letter", letter_id, state=LETTER.first, desk=to.desk.id, item=request.item_key, due_at=to.due_at)
    await write_entry(tx, letter_id, request.words, tx.now)
    tx.hint(letters_hint(to.desk.id))
    return await tell_writer(tx, account_id, letter_id)


async def _check_count(tx: Tx, account_id: UUID) -> None:
    """Refuse one letter too many; the account is locked, so that of two at once one is counted first.

    It is locked after the ticket and the letter, as `dispatch.is_shown` and `changing.tell_writer` do.
    """
    # scope: the actor's own account
    await tx.driver.execute("SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE", account_id)
    waiting = await tx.session.scalar(
        select(func.count())  # scope: a count of the actor's own letters
        .select_from(Letter)
        .where(Letter.account_id == account_id, Letter.state == "waiting")
    )
    most: int = await parameters.get(tx.session, limits.WAITING_MOST)
    if (waiting or 0) >= most:
        raise Problem("letters_too_many", most=most)


@action("letter.ask_again")
async def ask_again(tx: Tx, letter_id: UUID, request: LetterAgain) -> LetterMark:
    """追问: ask on after an answer, with a new time for the next one.

    Raises `wrong_state`, `letters_too_many`, and `no_letters` at a desk that has no hours any more.
    """
    letter = await own_letter(tx, letter_id)
    LETTER.after(letter.state, "ask_again")
    await _check_count(tx, letter.account_id)
    desk = await tx.session.get_one(Desk, letter.desk_id)
    due_at = await due(tx.session, desk, tx.now, tx.zone)
    await write_entry(tx, letter_id, request.words, tx.now)
    await move(tx, letter, "ask_again", asked_at=tx.now, due_at=due_at)
    return await tell_writer(tx, letter.account_id, letter_id)


@action("letter.withdraw")
async def withdraw(tx: Tx, letter_id: UUID) -> LetterMark:
    """Take back what waits for its answer: the letter, or of one that was answered before the follow-up alone.

    Raises `wrong_state`.
    """
    letter = await own_letter(tx, letter_id)
    event = "withdraw" if letter.answered_at is None else "take_back"
    await move(tx, letter, event, held_by=None, held_until=None)
    if event == "take_back":
        await _take_back_words(tx, letter_id)
    return await tell_writer(tx, letter.account_id, letter_id)


async def _take_back_words(tx: Tx, letter_id: UUID) -> None:
    last = await tx.session.scalar(
        select(LetterEntry)  # scope: of the actor's own letter, locked by the action
        .where(LetterEntry.letter_id == letter_id, LetterEntry.withdrawn_at.is_(None))
        .order_by(LetterEntry.at.desc(), LetterEntry.id.desc())
        .limit(1)
    )
    if last is None or last.staff_id is not None:
        raise RuntimeError("a letter waits for what its writer wrote last")
    await tx.session.execute(
        update(LetterEntry)
        .where(LetterEntry.id == last.id)  # scope: of the actor's own letter, as above
        .values(withdrawn_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    tx.audit("letter_entry", last.id, withdrawn_at=tx.now)


@action("letter.read")
async def mark_read(tx: Tx, letter_id: UUID) -> LetterMark:
    """The writer opened the answer; again it changes nothing."""
    letter = await own_letter(tx, letter_id)
    if is_unread(letter):
        await tx.session.execute(
            update(Letter)
            .where(Letter.id == letter_id)  # scope: the actor's own letter, locked above
            .values(read_at=tx.now)
            .execution_options(synchronize_session=False)
        )
        tx.audit("letter", letter_id, read_at=tx.now)
        return await tell_writer(tx, letter.account_id, letter_id)
    return await mark_of(tx.session, letter_id)
