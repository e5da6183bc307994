"""Numbers, rings, queues."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from cloudwindow.dispatch import (
    actions,
    callback,
    callback_early,
    duty,
    inviting,
    looks,
    misses,
    queries,
    ringing,
    taking,
)
from cloudwindow.dispatch.schemas import (
    CallbackOffer,
    CallbackRequest,
    CallbackTime,
    Colleague,
    ConsentTextView,
    Declined,
    DeclineRequest,
    Duty,
    Miss,
    MissReasonRequest,
    OfferView,
    QueueRow,
    ReplyRequest,
    Taken,
    TakeRequest,
    TicketCard,
    TicketPage,
    TicketView,
)
from cloudwindow.foundation.http import Acting, ApplicantActor, OnceKey, Reading, StaffActor, house, once_key

router = APIRouter(prefix="/api", tags=["dispatch"])

RegionCode = Annotated[str | None, Query(pattern=r"^[0-9]{12}$", description="12-digit code; without it the city.")]


@router.get("/consent-text")
async def consent_text(session: Reading) -> ConsentTextView:
    """The notice in force (告知书)."""
    return await queries.consent_text(session)


@router.get("/duty")
async def show_duty(request: Request, session: Reading, region: RegionCode = None) -> Duty:
    """Whether somebody is on duty for a place, for the first page."""
    return await duty.duty_at(session, house(request).database.zone, region)


@router.post("/tickets", status_code=201, responses={200: {"model": Taken, "description": "The live one"}})
async def take_ticket(
    body: TakeRequest, response: Response, acting: Acting, actor: ApplicantActor, key: OnceKey
) -> Taken:
    """Take a number; an account with a live ticket gets that one, with status 200."""
    taken = await acting.once(actor, once_key(actor, key, Taken), taking.take, body)
    if not taken.created:
        response.status_code = 200
    return taken


@router.get("/tickets/{ticket_id}")
async def show_ticket(ticket_id: UUID, request: Request, session: Reading, actor: ApplicantActor) -> TicketPage:
    """The ticket with its place in the queue."""
    return await queries.ticket_page(session, house(request).wiring, actor, ticket_id)


@router.post("/tickets/{ticket_id}/leave")
async def leave(ticket_id: UUID, acting: Acting, actor: ApplicantActor, key: OnceKey) -> TicketView:
    """Leave the queue."""
    return await acting.once(actor, once_key(actor, key, TicketView), actions.leave, ticket_id)


@router.post("/tickets/{ticket_id}/postpone")
async def postpone(ticket_id: UUID, acting: Acting, actor: ApplicantActor, key: OnceKey) -> TicketView:
    """先不接: step aside for a minute."""
    return await acting.once(actor, once_key(actor, key, TicketView), actions.postpone, ticket_id)


@router.get("/tickets/{ticket_id}/callback")
async def offer_callback(ticket_id: UUID, request: Request, session: Reading, actor: ApplicantActor) -> CallbackOffer:
    """The times for which a callback can be agreed on."""
    here = house(request)
    return await callback.offer_to_owner(session, here.wiring, here.database.zone, actor, ticket_id)


@router.post("/tickets/{ticket_id}/callback")
async def call_back(
    ticket_id: UUID, body: CallbackRequest, acting: Acting, actor: ApplicantActor, key: OnceKey
) -> TicketView:
    """约定回呼: step aside until a time, then come to the head."""
    return await acting.once(actor, once_key(actor, key, TicketView), callback.call_back, ticket_id, body)


@router.post("/tickets/{ticket_id}/callback/now")
async def come_now(ticket_id: UUID, acting: Acting, actor: ApplicantActor, key: OnceKey) -> TicketView:
    """现在就办: come to the head at once instead of at the agreed time."""
    return await acting.once(actor, once_key(actor, key, TicketView), callback.come_now, ticket_id)


@router.get("/workbench/tickets/{ticket_id}/callback")
async def offer_callback_to_clerk(
    ticket_id: UUID, request: Request, session: Reading, actor: StaffActor
) -> CallbackOffer:
    """The times for which the clerk who serves a ticket can agree on a callback."""
    here = house(request)
    return await callback.offer_to_clerk(session, here.wiring, here.database.zone, actor, ticket_id)


@router.post("/workbench/tickets/{ticket_id}/callback")
async def call_back_by_clerk(
    ticket_id: UUID, body: CallbackRequest, acting: Acting, actor: StaffActor, key: OnceKey
) -> CallbackTime:
    """End the call and agree on a callback; the clerk is free at once."""
    return await acting.once(actor, once_key(actor, key, CallbackTime), callback.call_back_by_clerk, ticket_id, body)


@router.post("/workbench/tickets/{ticket_id}/callback/now")
async def call_back_early(ticket_id: UUID, acting: Acting, actor: StaffActor, key: OnceKey) -> OfferView:
    """现在回呼: call back before the agreed time; it rings at whoever asks."""
    return await acting.once(actor, once_key(actor, key, OfferView), callback_early.call_back_early, ticket_id)


@router.get("/workbench/queue")
async def queue(session: Reading, actor: StaffActor) -> list[QueueRow]:
    """Who waits at the clerk's desks."""
    return await queries.queue(session, actor)


@router.get("/workbench/colleagues")
async def colleagues(session: Reading, actor: StaffActor) -> list[Colleague]:
    """Who else sits at the clerk's desks."""
    return await queries.colleagues(session, actor)


@router.get("/workbench/misses")
async def missed_rings(session: Reading, actor: StaffActor) -> list[Miss]:
    """The clerk's own rings that led to the break which goes on, and what became of them."""
    return await misses.misses(session, actor)


@router.post("/workbench/misses/reason")
async def explain_misses(body: MissReasonRequest, acting: Acting, actor: StaffActor) -> list[Miss]:
    """Say why these were missed, while that break goes on."""
    return await acting.run(actor, misses.explain, body)


@router.get("/workbench/tickets/{ticket_id}")
async def ticket_card(ticket_id: UUID, acting: Acting, actor: StaffActor) -> TicketCard:
    """Who and what, for the clerk rung for it; the look is on record."""
    return await acting.run(actor, looks.look_at_ticket, ticket_id)


@router.post("/engagements/{engagement_id}/decline")
async def decline(
    engagement_id: UUID, body: DeclineRequest, acting: Acting, actor: StaffActor, key: OnceKey
) -> Declined:
    """Give a ring back with a reason."""
    return await acting.once(actor, once_key(actor, key, Declined), ringing.decline, engagement_id, body)


@router.post("/engagements/{engagement_id}/writing")
async def begin_to_write(engagement_id: UUID, acting: Acting, actor: StaffActor) -> OfferView:
    """Let an invitation ring on while an answer is written."""
    return await acting.run(actor, inviting.begin_to_write, engagement_id)


@router.post("/engagements/{engagement_id}/reply")
async def reply(engagement_id: UUID, body: ReplyRequest, acting: Acting, actor: StaffActor, key: OnceKey) -> Declined:
    """回文字: answer an invitation in writing instead of coming."""
    return await acting.once(actor, once_key(actor, key, Declined), inviting.reply, engagement_id, body)
