"""Signing in and out, presence, the guest's account."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request, Response

from cloudwindow.foundation import limits, parameters
from cloudwindow.foundation.authentication import LOGIN_LASTS, Actor, Authenticator, cookie_name, csrf_token
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import (
    Acting,
    ApplicantActor,
    MaybeApplicant,
    MaybeStaff,
    OnceKey,
    Reading,
    StaffActor,
    address_of,
    check_origin,
    drop_login_cookie,
    house,
    set_login_cookie,
)
from cloudwindow.people import actions, device_links, passwords, phone_codes, presence, queries, seats, second_factor
from cloudwindow.people.parameters import (
    CODES_PER_PHONE,
    ENTER_PER_ADDRESS,
    ENTER_PER_PHONE,
    LOGIN_TRIES_PER_ADDRESS,
    PASSWORD_LENGTH,
)
from cloudwindow.people.ports import WorkStates
from cloudwindow.people.schemas import (
    ApplicantMe,
    ConfirmRequest,
    DeviceLinkView,
    Enrolment,
    EnrolRequest,
    EnterRequest,
    FollowRequest,
    LoginRequest,
    PasswordRequest,
    PhoneCodeRequest,
    PhoneCodeSent,
    PhoneCodeTried,
    PresenceRequest,
    PresenceView,
    RecoveryCodes,
    SeatRequest,
    SignedOut,
    StaffMe,
)
from cloudwindow.people.second_factor import Proof

router = APIRouter(prefix="/api")


@router.post("/staff/login")
async def sign_in(
    body: LoginRequest, request: Request, response: Response, acting: Acting, session: Reading
) -> StaffMe:
    """Sign a clerk in at a station; five wrong passwords or codes lock the account for a while (model §7)."""
    async with _proving(request, acting, body) as proof:
        _, token = await acting.run(_stranger(request), actions.sign_in, body.account, body.station_id, proof)
    return await _welcome(request, response, session, token)


@router.post("/staff/password")
async def change_password(
    body: PasswordRequest, request: Request, response: Response, acting: Acting, session: Reading
) -> StaffMe:
    """Change the password and sign in with the new one: first of all after a one-time password."""
    async with _proving(request, acting, body) as proof:
        least = await parameters.get(session, PASSWORD_LENGTH)
        passwords.check_new(body.account, body.password, body.new_password, least)
        kept = await passwords.hash_apart(body.new_password)
        act = actions.change_password
        _, token = await acting.run(_stranger(request), act, body.account, body.station_id, kept, proof)
    return await _welcome(request, response, session, token)


@router.post("/staff/second-factor")
async def begin_second_factor(body: EnrolRequest, request: Request, response: Response, acting: Acting) -> Enrolment:
    """Make the secret of a code generator; it is in force once a first code has confirmed it."""
    response.headers["cache-control"] = "no-store"
    async with _proving(request, acting, body) as proof:
        issuer = house(request).name
        return await acting.run(_stranger(request), second_factor.begin, body.account, proof, issuer)


@router.post("/staff/second-factor/confirm")
async def confirm_second_factor(
    body: ConfirmRequest, request: Request, response: Response, acting: Acting
) -> RecoveryCodes:
    """Put a code generator in force by its first code; the answer holds the recovery codes, this once."""
    response.headers["cache-control"] = "no-store"
    async with _proving(request, acting, body) as proof:
        return await acting.run(_stranger(request), second_factor.confirm, body.account, proof)


def _stranger(request: Request) -> Actor:
    return Actor("anonymous", address=address_of(request))


@asynccontextmanager
async def _proving(request: Request, acting: Acting, body: EnrolRequest | LoginRequest) -> AsyncIterator[Proof]:
    """Check a password and give what it proves; a wrong password, or a wrong code inside, counts to the lock."""
    check_origin(request)
    served, stranger = house(request), _stranger(request)
    address = limits.address_digest(served.keys, stranger.address)
    await limits.check(served.database, (LOGIN_TRIES_PER_ADDRESS, address))
    known = await acting.run(stranger, actions.check_not_locked, body.account)
    try:
        password_hash = await _fitting(known, body.password)
        yield Proof(password_hash, getattr(body, "code", None), served.second_factor_roles)
    except Problem as problem:
        if problem.code in {"wrong_password", "wrong_code"}:
            await acting.run(stranger, actions.note_failure, body.account)
        raise


async def _fitting(password_hash: str | None, password: str) -> str:
    if not await passwords.fits(password_hash, password) or password_hash is None:
        raise Problem("wrong_password")
    return password_hash


async def _welcome(request: Request, response: Response, session: Reading, token: str) -> StaffMe:
    set_login_cookie(response, request, "staff", token, int(LOGIN_LASTS["staff"].total_seconds()))
    actor = await house(request).wiring.port(Authenticator).actor("staff", token, address_of(request))
    if actor is None:
        raise Problem("login_required")
    return await _me(request, session, actor, token)


@router.post("/staff/station")
async def move(body: SeatRequest, acting: Acting, actor: StaffActor) -> PresenceView:
    """换一个窗口: sit at another station without signing in anew."""
    return await acting.run(actor, seats.move, body)


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
    return await acting.run(actor, presence.set_presence, body)


@router.get("/applicant/me")
async def who_is_this(request: Request, session: Reading, actor: MaybeApplicant) -> ApplicantMe:
    """Tell the page whose it is; a stranger gets nulls."""
    token = request.cookies.get(cookie_name("applicant", secure=request.url.scheme == "https"))
    if actor.kind != "account" or token is None:
        moved = token is not None and await device_links.went_on_elsewhere(session, token)
        return ApplicantMe(account=None, csrf=None, moved=moved)
    return ApplicantMe(account=await queries.account_view(session, actor, house(request).keys), csrf=csrf_token(token))


@router.post("/applicant/enter")
async def enter(body: EnterRequest, request: Request, response: Response, acting: Acting) -> ApplicantMe:
    """Begin as a guest: a form of address and a phone are enough for coaching (identity level 2)."""
    check_origin(request)
    served = house(request)
    phone = served.keys.blind("phone", body.phone).hex()[:32]
    address = limits.address_digest(served.keys, address_of(request))
    await limits.check(served.database, (ENTER_PER_PHONE, phone), (ENTER_PER_ADDRESS, address))
    answer, token = await acting.run(_stranger(request), actions.enter_as_guest, body)
    set_login_cookie(response, request, "applicant", token, int(LOGIN_LASTS["applicant"].total_seconds()))
    return answer


@router.post("/applicant/device-link")
async def make_device_link(
    request: Request, response: Response, acting: Acting, actor: ApplicantActor
) -> DeviceLinkView:
    """Make a one-time link with which this person goes on with another device."""
    response.headers["cache-control"] = "no-store"
    return await acting.run(actor, device_links.make_link, request.headers.get("origin"))


@router.post("/applicant/continue")
async def follow_device_link(
    body: FollowRequest, request: Request, response: Response, acting: Acting, key: OnceKey
) -> ApplicantMe:
    """Go on here with what began on another device; that one is let go."""
    check_origin(request)
    answer, token = await acting.run(_stranger(request), device_links.follow_link, body.token, key.key)
    set_login_cookie(response, request, "applicant", token, int(LOGIN_LASTS["applicant"].total_seconds()))
    return answer


@router.post("/applicant/phone-code")
async def send_phone_code(request: Request, acting: Acting, session: Reading, actor: ApplicantActor) -> PhoneCodeSent:
    """Send six digits to the account's phone, to prove that it is one's own."""
    phone = await queries.phone_digest(session, actor)
    await limits.check(house(request).database, (CODES_PER_PHONE, phone))
    return await acting.run(actor, phone_codes.send_code)


@router.post("/applicant/phone-code/confirm")
async def confirm_phone(body: PhoneCodeRequest, acting: Acting, actor: ApplicantActor) -> PhoneCodeTried:
    """Bring the six digits back: when they are right the phone is verified from now on; wrong ones are counted."""
    return await acting.run(actor, phone_codes.try_code, body.code)


@router.post("/applicant/sign-out")
async def sign_out_applicant(request: Request, response: Response, acting: Acting, actor: ApplicantActor) -> SignedOut:
    """Forget this browser."""
    answer = await acting.run(actor, actions.sign_out)
    drop_login_cookie(response, request, "applicant")
    return answer
