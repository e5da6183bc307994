"""The state documents of the two faces: what a page fetches once, and then keeps by applying events.

They join sub-documents of several rooms, so they stand beside the composition root. Applying an event is
`state[type] = data`; a test compares that with a fresh fetch.
"""

from datetime import datetime

from fastapi import APIRouter, Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import (
    ApplicantSession,
    CallView,
    ChatView,
    ClerkSession,
    MatterView,
    RatingView,
    Unfinished,
    call_of_session,
    chat_of_session,
    current_of_clerk,
    for_applicant,
    for_clerk,
    matters_of_session,
    of_ticket,
    unfinished_of_clerk,
)
from cloudwindow.dispatch import (
    Cursor,
    OfferView,
    TicketView,
    current_ticket,
    offer_view,
    presence_view,
    ticket_view,
)
from cloudwindow.foundation import events
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import ApplicantActor, Reading, StaffActor, house
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.letters import LetterMark, own_marks
from cloudwindow.oversight import of_session as rating_of_session
from cloudwindow.people import PresenceView, Wire, account_stream, staff_stream

router = APIRouter(prefix="/api", tags=["faces"])


class ApplicantState(Wire):
    """Everything the citizen's pages keep by events; no personal data."""

    cursor: Cursor
    server_time: datetime
    ticket: TicketView | None
    session: ApplicantSession | None
    call: CallView | None
    chat: ChatView | None
    matters: list[MatterView] | None
    rating: RatingView | None
    letters: list[LetterMark]


class WorkbenchState(Wire):
    """Everything the workbench keeps by events; no personal data."""

    cursor: Cursor
    server_time: datetime
    presence: PresenceView
    offer: OfferView | None
    session: ClerkSession | None
    call: CallView | None
    chat: ChatView | None
    matters: list[MatterView] | None
    unfinished: list[Unfinished]


async def _begin(session: AsyncSession, stream: str) -> tuple[Cursor, datetime]:
    """Read the cursor before the state: an event in between is applied twice at worst, and never missed."""
    cursor = Cursor(stream=stream, seq=await events.cursor(session, stream))
    return cursor, (await session.execute(text("SELECT app_now()"))).scalar_one()


async def applicant_state(session: AsyncSession, wiring: Wiring, actor: Actor) -> ApplicantState:
    """Read the citizen's state document."""
    if actor.id is None:
        raise Problem("login_required")
    cursor, now = await _begin(session, account_stream(actor.id))
    ticket_id = await current_ticket(session, actor)
    row = await of_ticket(session, ticket_id) if ticket_id else None
    return ApplicantState(
        cursor=cursor,
        server_time=now,
        ticket=await ticket_view(session, wiring, ticket_id) if ticket_id else None,
        session=for_applicant(row) if row else None,
        call=await call_of_session(session, row.id) if row else None,
        chat=await chat_of_session(session, row.id) if row else None,
        matters=await matters_of_session(session, row.id) if row else None,
        rating=await rating_of_session(session, row.id) if row else None,
        letters=await own_marks(session, actor),
    )


async def workbench_state(session: AsyncSession, keys: Keys, actor: Actor) -> WorkbenchState:
    """Read the workbench's state document."""
    if actor.id is None:
        raise Problem("login_required")
    cursor, now = await _begin(session, staff_stream(actor.id))
    presence = await presence_view(session, actor.id)
    if presence is None:
        raise Problem("not_allowed")
    row = await current_of_clerk(session, actor.id)
    return WorkbenchState(
        cursor=cursor,
        server_time=now,
        presence=presence,
        offer=await offer_view(session, actor.id),
        session=for_clerk(row, keys, actor.id) if row else None,
        call=await call_of_session(session, row.id) if row else None,
        chat=await chat_of_session(session, row.id) if row else None,
        matters=await matters_of_session(session, row.id) if row else None,
        unfinished=await unfinished_of_clerk(session, keys, actor.id),
    )


@router.get("/applicant/state")
async def show_applicant_state(request: Request, session: Reading, actor: ApplicantActor) -> ApplicantState:
    """The citizen's state document."""
    return await applicant_state(session, house(request).wiring, actor)


@router.get("/workbench/state")
async def show_workbench_state(request: Request, session: Reading, actor: StaffActor) -> WorkbenchState:
    """The workbench's state document."""
    return await workbench_state(session, house(request).keys, actor)
