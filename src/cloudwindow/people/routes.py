"""Signing in and out, presence, the guest's account."""

from fastapi import APIRouter, Request, Response

from cloudwindow.foundation.authentication import LOGIN_LASTS, Actor, Authenticator, cookie_name, csrf_token
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import (
    Acting,
    ApplicantActor,
    MaybeApplicant,
    MaybeStaff,
    Reading,
    StaffActor,
    address_of,
    check_origin,
    drop_login_cookie,
    house,
    set_login_cookie,
)
from cloudwindow.people import actions, passwords, queries
from cloudwindow.people.ports import WorkStates
from cloudwindow.people.schemas import (
    ApplicantMe,
    EnterRequest,
    LoginRequest,
    PresenceRequest,
    PresenceView,
    SignedOut,
    StaffMe,
)

router = APIRouter(prefix="/api")


@router.post("/staff/login")
async def sign_in(
    body: LoginRequest, request: Request, response: Response, acting: Acting, session: Reading
) -> StaffMe:
    """Sign a clerk in at a station; five wrong passwords lock the account for a while (model §7)."""
    check_origin(request)
    stranger = Actor("anonymous", address=address_of(request))
    password_hash = await acting.run(stranger, actions.check_not_locked, body.account)
    if not await passwords.fits(password_hash, body.password):
        await acting.run(stranger, actions.note_failure, body.account)
        raise Problem("wrong_password")
    _, token = await acting.run(stranger, actions.sign_in, body.account, body.station_id)
    set_login_cookie(response, request, "staff", token, int(LOGIN_LASTS["staff"].total_seconds()))
    actor = await house(request).wiring.port(Authenticator).actor("staff", token, stranger.address)
    if actor is None:
        raise Problem("login_required")
    return await _me(request, session, actor, token)


@router.get("/staff/me")
async def who_am_i(request: Request, session: Reading, actor: MaybeStaff) -> StaffMe:
    """Tell the workbench who is signed in, where, at which desks; a stranger gets nulls."""
    if actor.kind != "staff":
        return StaffMe(staff=None, csrf=None)
    token = request.cookies[cookie_name("staff", secure=request.url.scheme == "https")]
    return await _me(request, session, actor, token)


async def _me(request: Request, session: Reading, actor: Actor, token: str) -> StaffMe:
    desks = await house(request).wiring.port(WorkStates).desks(session, actor.id) if actor.id else []
    return StaffMe(staff=await queries.staff_view(session, actor, desks), csrf=csrf_token(token))


@router.post("/staff/sign-out")
async def sign_out_staff(request: Request, response: Response, acting: Acting, actor: StaffActor) -> SignedOut:
    """Sign off: refused while serving or with unfinished wrap-ups."""
    answer = await acting.run(actor, actions.sign_out)
    drop_login_cookie(response, request, "staff")
    return answer


@router.post("/workbench/presence")
async def set_presence(body: PresenceRequest, acting: Acting, actor: StaffActor) -> PresenceView:
    """Become ready, take a break with a reason, or go off."""
    return await acting.run(actor, actions.set_presence, body)


@router.get("/applicant/me")
async def who_is_this(request: Request, session: Reading, actor: MaybeApplicant) -> ApplicantMe:
    """Tell the page whose it is; a stranger gets nulls."""
    if actor.kind != "account":
        return ApplicantMe(account=None, csrf=None)
    token = request.cookies[cookie_name("applicant", secure=request.url.scheme == "https")]
    return ApplicantMe(account=await queries.account_view(session, actor, house(request).keys), csrf=csrf_token(token))


@router.post("/applicant/enter")
async def enter(body: EnterRequest, request: Request, response: Response, acting: Acting) -> ApplicantMe:
    """Begin as a guest: a form of address and a phone are enough for coaching (identity level 2)."""
    check_origin(request)
    stranger = Actor("anonymous", address=address_of(request))
    answer, token = await acting.run(stranger, actions.enter_as_guest, body)
    set_login_cookie(response, request, "applicant", token, int(LOGIN_LASTS["applicant"].total_seconds()))
    return answer


@router.post("/applicant/sign-out")
async def sign_out_applicant(request: Request, response: Response, acting: Acting, actor: ApplicantActor) -> SignedOut:
    """Forget this browser."""
    answer = await acting.run(actor, actions.sign_out)
    drop_login_cookie(response, request, "applicant")
    return answer
