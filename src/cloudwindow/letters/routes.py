"""Letters, as their writer and as the desk sees them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from cloudwindow.foundation.http import (
    Acting,
    ApplicantActor,
    MaybeApplicant,
    OnceKey,
    Reading,
    StaffActor,
    house,
    once_key,
)
from cloudwindow.letters import answering, queries, writing
from cloudwindow.letters.schemas import (
    AnswerRequest,
    LetterAgain,
    LetterAnswered,
    LetterCard,
    LetterMark,
    LetterRequest,
    LetterRow,
    LetterTerms,
    LetterView,
)
from cloudwindow.organisation import find_city

router = APIRouter(prefix="/api", tags=["letters"])

ItemKey = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
RegionCode = Annotated[str | None, Query(pattern=r"^[0-9]{12}$", description="12-digit code; without it the city.")]


@router.get("/items/{key}/letter-terms")
async def letter_terms(
    request: Request, session: Reading, actor: MaybeApplicant, key: ItemKey, region: RegionCode = None
) -> LetterTerms:
    """Which desk would answer a letter about an item that is left now, and by when."""
    here, place = house(request), region or await find_city(session)
    return await queries.terms(session, here.wiring, actor, here.database.zone, key, place)


@router.post("/letters", status_code=201)
async def leave_letter(body: LetterRequest, acting: Acting, actor: ApplicantActor, key: OnceKey) -> LetterMark:
    """留言: write instead of waiting; a number of one's own may be given up with it."""
    return await acting.once(actor, once_key(actor, key, LetterMark), writing.leave_letter, body)


@router.get("/letters/{letter_id}")
async def show_letter(letter_id: UUID, request: Request, session: Reading, actor: ApplicantActor) -> LetterView:
    """One of one's own letters with all that was written."""
    here = house(request)
    return await queries.own_letter(session, here.wiring, here.keys, actor, letter_id)


@router.post("/letters/{letter_id}/again")
async def ask_again(
    letter_id: UUID, body: LetterAgain, acting: Acting, actor: ApplicantActor, key: OnceKey
) -> LetterMark:
    """追问: ask on after an answer."""
    return await acting.once(actor, once_key(actor, key, LetterMark), writing.ask_again, letter_id, body)


@router.post("/letters/{letter_id}/withdraw")
async def withdraw(letter_id: UUID, acting: Acting, actor: ApplicantActor, key: OnceKey) -> LetterMark:
    """Take a letter back that was not answered yet."""
    return await acting.once(actor, once_key(actor, key, LetterMark), writing.withdraw, letter_id)


@router.post("/letters/{letter_id}/read")
async def mark_read(letter_id: UUID, acting: Acting, actor: ApplicantActor) -> LetterMark:
    """The answer was opened."""
    return await acting.run(actor, writing.mark_read, letter_id)


@router.get("/workbench/letters")
async def inbox(session: Reading, actor: StaffActor) -> list[LetterRow]:
    """The letters that wait at the clerk's desks, those that are due first."""
    return await queries.inbox(session, actor)


@router.get("/workbench/letters/{letter_id}")
async def letter_card(letter_id: UUID, acting: Acting, actor: StaffActor) -> LetterCard:
    """Who wrote what, for a clerk of the desk; the look is on record."""
    return await acting.run(actor, answering.look, letter_id)


@router.post("/workbench/letters/{letter_id}/hold")
async def hold(letter_id: UUID, acting: Acting, actor: StaffActor) -> LetterRow:
    """Keep a letter from colleagues while one answers it."""
    return await acting.run(actor, answering.hold, letter_id)


@router.post("/workbench/letters/{letter_id}/release")
async def release(letter_id: UUID, acting: Acting, actor: StaffActor) -> LetterRow:
    """Let colleagues have a letter again."""
    return await acting.run(actor, answering.release, letter_id)


@router.post("/workbench/letters/{letter_id}/answer")
async def answer(
    letter_id: UUID, body: AnswerRequest, acting: Acting, actor: StaffActor, key: OnceKey
) -> LetterAnswered:
    """回复: answer in writing."""
    return await acting.once(actor, once_key(actor, key, LetterAnswered), answering.answer, letter_id, body)
