"""Sessions from the first answer to the close, with their calls (model §2, §3). Provides `dispatch.ports.Sessions`."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import parameters as limits
from cloudwindow.calls import views
from cloudwindow.calls.asking import withdraw_open
from cloudwindow.calls.call_views import call_of_session, show_call
from cloudwindow.calls.chat_views import chat_of_session
from cloudwindow.calls.evidence import note
from cloudwindow.calls.matter_views import matters_of_session
from cloudwindow.calls.models import Call, CallParticipant, Hold, Session
from cloudwindow.calls.ports import IceServers, Ratings
from cloudwindow.calls.schemas import Accepted, CallView, Joined
from cloudwindow.calls.states import CALL, SESSION
from cloudwindow.dispatch import (
    Desk,
    Engagement,
    PreviousSession,
    Ticket,
    end_engagement,
    end_invitations,
    move_ticket,
)
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.people import Account, Staff, account_stream, staff_stream

CITY_PREFIX, PREVIOUS_SHOWN = "YZC", 5
WRAP_UP_SECONDS = "dispatch.wrap_up_seconds"


class SessionDesk:
    """Implements `dispatch.ports.Sessions`."""

    async def begin(self, tx: Tx, ticket: Ticket, engagement: Engagement) -> Accepted:
        """Open the ticket's session, or go on with it, with a new call that the clerk has joined."""
        row = await views.of_ticket(tx.session, ticket.id)
        row = await (_open(tx, ticket, engagement) if row is None else _hand_on(tx, row, engagement))
        call_id, place = await _begin_call(tx, row)
        tx.event(account_stream(ticket.account_id), "session", views.for_applicant(row))
        tx.event(staff_stream(row.clerk_id), "session", views.for_clerk(row, None))
        chat = await chat_of_session(tx.session, row.id)
        matters = await matters_of_session(tx.session, row.id)
        for stream in (account_stream(ticket.account_id), staff_stream(row.clerk_id)):
            tx.event(stream, "chat", chat)
            tx.event(stream, "matters", matters)
        joined = join_info(tx, await announce_call(tx, row, call_id), place, 1)
        return Accepted(**dict(joined), session=views.for_clerk(row, tx.keys))

    async def welcome(self, tx: Tx, ticket: Ticket, engagement: Engagement) -> Accepted:
        """Let who was invited and answered into the ticket's call. Raises `call_over` and `call_full`."""
        row, call = await _lock_live(tx, ticket)
        await check_room(tx, call.id)
        place, invited = new_id(), engagement.staff_id
        seat = {"id": place, "call_id": call.id, "side": "invited", "staff_id": invited, "attempt": 1}
        # scope: of the call into which the actor was asked
        await tx.session.execute(insert(CallParticipant).values(**seat, joined_at=tx.now))
        tx.audit("call_participant", place, call=call.id, staff=invited, attempt=1)
        await note(tx, row.id, "invited_joined", engagement=str(engagement.id), staff=str(invited))
        stream = staff_stream(invited)
        tx.event(stream, "session", views.for_clerk(row, None, invited))
        tx.event(stream, "chat", await chat_of_session(tx.session, row.id))
        tx.event(stream, "matters", await matters_of_session(tx.session, row.id))
        joined = join_info(tx, await announce_call(tx, row, call.id), place, 1)
        return Accepted(**dict(joined), session=views.for_clerk(row, None, invited))

    async def not_coming(self, tx: Tx, ticket: Ticket, engagement: Engagement) -> None:
        """Tell the ticket's call that who was invited did not answer, or could not."""
        row, call = await _lock_live(tx, ticket)
        await tx.session.refresh(engagement)
        facts = {"engagement": str(engagement.id), "staff": str(engagement.staff_id), "reason": engagement.reason}
        await note(tx, row.id, f"invite_{engagement.state}", **facts)
        await announce_call(tx, row, call.id)

    async def rings_on(self, tx: Tx, ticket_id: UUID) -> None:
        """Tell the ticket's call that it rings for longer for who was invited."""
        row = await views.of_ticket(tx.session, ticket_id)
        call = await _live(tx, row) if row else None
        if row and call:
            await announce_call(tx, row, call.id)

    async def set_aside(self, tx: Tx, ticket: Ticket, reason: str) -> None:
        """End the ticket's live call, keeping the session for the next answer."""
        row = await views.of_ticket(tx.session, ticket.id)
        if row is not None:
            await end_live_call(tx, row, reason)
            release_clerk(tx, row.clerk_id)
            await note(tx, row.id, "set_aside", reason=reason)

    async def abandoned(self, tx: Tx, ticket: Ticket, reason: str) -> None:
        """The citizen left, or stayed away, while the session had no call: it ends, its clerk writes the wrap-up."""
        row = await views.of_ticket(tx.session, ticket.id)
        if row is not None and row.state == "open":
            await end_session(tx, row, reason, None)

    async def session_id(self, session: AsyncSession, ticket_id: UUID) -> UUID | None:
        """Return the ticket's session, if it ever had one."""
        row = await views.of_ticket(session, ticket_id)
        return row.id if row else None

    async def is_connecting(self, session: AsyncSession, ticket_id: UUID) -> bool:
        """Say whether the ticket's call has not been connected yet."""
        state = await session.scalar(
            select(Call.state)  # scope: of a ticket that the caller may see
            .join(Session, Session.id == Call.session_id)
            .where(Session.ticket_id == ticket_id, Call.state != "ended")
        )
        return state == "connecting"

    async def previous(self, session: AsyncSession, phone: list[bytes], ticket: Ticket) -> list[PreviousSession]:
        """List the latest sessions of a phone at the ticket's own service centre, but for this ticket's.

        `phone` is every blind index that the phone may have.
        """
        rows = await session.execute(
            select(Session.ended_at, Session.outcome, Staff.name)  # scope: history shown with a ticket that is visible
            .join(Account, Account.id == Session.account_id)
            .join(Staff, Staff.id == Session.clerk_id)
            .where(
                Account.phone_blind.in_(phone),
                Session.home_organisation_id == ticket.home_organisation_id,
                Session.ticket_id != ticket.id,
                Session.ended_at.is_not(None),
            )
            .order_by(Session.ended_at.desc())
            .limit(PREVIOUS_SHOWN)
        )
        return [PreviousSession(ended_at=ended, outcome=outcome, clerk=clerk) for ended, outcome, clerk in rows]

    async def unwritten(self, session: AsyncSession, staff_id: UUID) -> int:
        """Count a clerk's unwritten wrap-ups, the one in its time included."""
        return (
            await session.scalar(
                select(func.count())  # scope: the clerk's own sessions
                .select_from(Session)
                .where(Session.clerk_id == staff_id, Session.state == "wrapping")
            )
        ) or 0

    async def announce(self, tx: Tx, staff_id: UUID) -> None:
        """Send the workbench its session, call and unfinished wrap-ups as they are now."""
        await announce_clerk_session(tx, staff_id)


ABUSE = "abuse"
"""The reason of a session that its clerk ended because of insults or harassment."""

_NUMBER = """
    INSERT INTO counter (name, value) VALUES ($1, 1)
    ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value
"""


async def _open(tx: Tx, ticket: Ticket, engagement: Engagement) -> Session:
    day = f"{tx.today:%Y%m%d}"
    count = await tx.driver.fetchval(_NUMBER, f"session:{day}")
    session_id = new_id()
    await tx.session.execute(  # scope: made for the ticket that the clerk answered
        insert(Session).values(
            id=session_id,
            number=f"{CITY_PREFIX}-{day}-{count:04d}",
            ticket_id=ticket.id,
            account_id=ticket.account_id,
            clerk_id=engagement.staff_id,
            desk_id=ticket.desk_id,
            home_organisation_id=ticket.home_organisation_id,
            state=SESSION.first,
            started_at=tx.now,
        )
    )
    tx.audit("session", session_id, state="open", ticket=ticket.id, clerk=engagement.staff_id)
    await note(tx, session_id, "answered", waited_seconds=int((tx.now - ticket.enqueued_at).total_seconds()))
    row = await views.of_ticket(tx.session, ticket.id)
    assert row is not None  # noqa: S101  inserted above, in this transaction
    return row


async def _hand_on(tx: Tx, row: Session, engagement: Engagement) -> Session:
    await tx.session.execute(
        update(Session)
        .where(Session.id == row.id)  # scope: of the ticket that the clerk was rung for
        .values(clerk_id=engagement.staff_id, desk_id=engagement.desk_id)
        .execution_options(synchronize_session=False)
    )
    tx.audit("session", row.id, old={"clerk": row.clerk_id}, clerk=engagement.staff_id)
    await note(tx, row.id, "handed_on", clerk=str(engagement.staff_id))
    await tx.session.refresh(row)
    return row


async def _begin_call(tx: Tx, row: Session) -> tuple[UUID, UUID]:
    """Return the keys of a new call and of the clerk's place in it."""
    call_id, clerk, citizen = new_id(), new_id(), new_id()
    grace = timedelta(seconds=await parameters.get(tx.session, limits.GRACE_SECONDS))
    values = {"id": call_id, "session_id": row.id, "state": CALL.first, "started_at": tx.now}
    # scope: the first call of a session that the action just opened or handed on
    await tx.session.execute(insert(Call).values(**values, grace_until=tx.now + grace))
    await tx.session.execute(  # scope: the two places of the call made above
        insert(CallParticipant),
        [
            {
                "id": clerk,
                "call_id": call_id,
                "side": "clerk",
                "staff_id": row.clerk_id,
                "account_id": None,
                "attempt": 1,
                "joined_at": tx.now,
            },
            {
                "id": citizen,
                "call_id": call_id,
                "side": "applicant",
                "staff_id": None,
                "account_id": row.account_id,
                "attempt": 0,
                "joined_at": None,
            },
        ],
    )
    tx.audit("call", call_id, state="connecting", session=row.id)
    return call_id, clerk


def join_info(tx: Tx, call: CallView, participant_id: UUID, attempt: int) -> Joined:
    """Say what a browser needs to be in a call (architecture §5)."""
    paths = tx.port(IceServers).paths(participant_id)
    return Joined(
        call=call,
        participant_id=participant_id,
        attempt=attempt,
        ice_servers=paths.servers,
        relay_only=paths.relay_only,
        transport="p2p",
    )


MOST_IN_CALL = 4
"""In a mesh everybody sends to everybody: a fourth costs each of them a third upload (docs/subsystems/mesh.md)."""

# scope: of a call that the action locked
_PRESENT = """
    SELECT (SELECT count(*) FROM call_participant WHERE call_id = $1 AND left_at IS NULL)
         + (SELECT count(*) FROM call c JOIN session s ON s.id = c.session_id
            JOIN engagement e ON e.ticket_id = s.ticket_id AND e.kind = 'invite' AND e.state = 'ringing'
            WHERE c.id = $1)
"""


async def check_room(tx: Tx, call_id: UUID) -> None:
    """See that one more fits into a locked call, with those who are rung for it. Raises `call_full`."""
    if await tx.driver.fetchval(_PRESENT, call_id) >= MOST_IN_CALL:
        raise Problem("call_full", limit=MOST_IN_CALL)


async def _live(tx: Tx, row: Session) -> Call | None:
    """Lock the live call of a session. A call is told of under its lock only, so that the last told is the latest."""
    return await tx.session.scalar(
        select(Call)
        .where(Call.session_id == row.id, Call.state != "ended")
        .with_for_update()  # scope: of a session that the action may change
    )


async def _lock_live(tx: Tx, ticket: Ticket) -> tuple[Session, Call]:
    row = await views.of_ticket(tx.session, ticket.id)
    call = await _live(tx, row) if row else None
    if row is None or call is None:
        raise Problem("call_over")
    return row, call


async def announce_call(tx: Tx, row: Session, call_id: UUID) -> CallView:
    """Send everybody in it the call as it is now, and return that."""
    view = await show_call(tx.session, call_id)
    tx.event(account_stream(row.account_id), "call", view)
    for staff_id in (row.clerk_id, *await views.invited_to(tx.session, row.ticket_id)):
        tx.event(staff_stream(staff_id), "call", view)
    return view


async def end_live_call(tx: Tx, row: Session, reason: str) -> None:
    """End the session's live call, if it has one."""
    call = await _live(tx, row)
    if call is None:
        return
    await tx.session.execute(
        update(Call)
        .where(Call.id == call.id)  # scope: the call locked above
        .values(state=CALL.after(call.state, "end"), ended_at=tx.now, ended_reason=reason, grace_until=None)
        .execution_options(synchronize_session=False)
    )
    tx.audit("call", call.id, old={"state": call.state}, state="ended", reason=reason)
    await end_hold(tx, row, call.id, reason)
    await withdraw_open(tx, row.id, call.id)
    await _dismiss_invited(tx, row, call.id, reason)
    await announce_call(tx, row, call.id)


async def _dismiss_invited(tx: Tx, row: Session, call_id: UUID, reason: str) -> None:
    """Let go of everybody who was asked into a locked call that ended; they have nothing more to do with it."""
    await tx.session.execute(
        update(CallParticipant)
        .where(CallParticipant.call_id == call_id, CallParticipant.side == "invited")  # scope: locked by the action
        .where(CallParticipant.left_at.is_(None))
        .values(left_at=tx.now)
        .execution_options(synchronize_session=False)
    )
    for staff_id in await end_invitations(tx, row.ticket_id, reason):
        release_clerk(tx, staff_id)


async def end_hold(tx: Tx, row: Session, call_id: UUID, reason: str) -> bool:
    """End the hold of a locked call, if it is on hold, and say whether it was."""
    ended = await tx.session.execute(
        update(Hold)  # scope: of a call that the action locked
        .where(Hold.call_id == call_id, Hold.ended_at.is_(None))
        .values(ended_at=tx.now, end_reason=reason)
        .returning(Hold.id, Hold.started_at)
        .execution_options(synchronize_session=False)
    )
    held = ended.first()
    if held is None:
        return False
    tx.audit("call_hold", held.id, old={"ended_at": None}, ended_at=tx.now, end_reason=reason)
    seconds = round((tx.now - held.started_at).total_seconds())
    await note(tx, row.id, "hold_over", call=str(call_id), seconds=seconds, reason=reason)
    return True


async def end_session(tx: Tx, row: Session, reason: str, close_reason: str | None) -> None:
    """End the service: call over, ticket closed (`close_reason` null: the caller closes it), wrap-up and rating begin.

    `reason` is who or what ended it: `applicant`, `clerk`, `dropped` or `abuse`, which asks for no rating.
    """
    await end_live_call(tx, row, reason)
    # Without a clerk in the call there is nobody to give time to: the wrap-up is due at once.
    seconds = await _wrap_up_seconds(tx, row.desk_id) if close_reason is not None else 0
    wrap_until = tx.now + timedelta(seconds=seconds)
    await tx.session.execute(
        update(Session)
        .where(Session.id == row.id)  # scope: checked by the action
        .values(state=SESSION.after(row.state, "end"), ended_at=tx.now, end_reason=reason, wrap_until=wrap_until)
        .execution_options(synchronize_session=False)
    )
    await tx.session.refresh(row)
    await end_engagement(tx, row.ticket_id, reason, wrap_until)
    if close_reason is not None:
        await move_ticket(tx, row.ticket_id, "finish", close_reason=close_reason)
    tx.audit("session", row.id, old={"state": "open"}, state="wrapping", end_reason=reason)
    await note(tx, row.id, "ended", reason=reason)
    tx.event(account_stream(row.account_id), "session", views.for_applicant(row))
    await announce_clerk_session(tx, row.clerk_id)
    if reason != ABUSE:
        await tx.port(Ratings).ask(tx, row)


def release_clerk(tx: Tx, staff_id: UUID) -> None:
    """Tell the workbench that the session is no longer its own."""
    for part in ("session", "call", "chat", "matters"):
        tx.event(staff_stream(staff_id), part, None)


# scope: the clerk whose workbench is told
_LOCK_CLERK = "SELECT 1 FROM presence WHERE staff_id = $1 FOR NO KEY UPDATE"


async def announce_clerk_session(tx: Tx, staff_id: UUID) -> None:
    """Send the workbench its unfinished wrap-ups as they are now, and its session unless that is being served.

    Two of a clerk's matters may end at once: under the person's lock whoever tells last has seen both. What is being
    served is told by its own changes, under the lock of its call; read here it might be told as it was before them.
    """
    await tx.driver.execute(_LOCK_CLERK, staff_id)
    current = await views.current_of_clerk(tx.session, staff_id)
    stream = staff_stream(staff_id)
    if current is None or current.state != "open":
        call = await call_of_session(tx.session, current.id) if current else None
        tx.event(stream, "session", current and views.for_clerk(current, None))
        tx.event(stream, "call", call)
        tx.event(stream, "chat", await chat_of_session(tx.session, current.id) if current else None)
        tx.event(stream, "matters", await matters_of_session(tx.session, current.id) if current else None)
    unfinished = await views.unfinished_of_clerk(tx.session, None, staff_id)
    tx.event(stream, "unfinished", unfinished)


async def _wrap_up_seconds(tx: Tx, desk_id: UUID) -> int:
    desk = await tx.session.get_one(Desk, desk_id)
    if desk.wrap_up_seconds is not None:
        return desk.wrap_up_seconds
    seconds: int = await parameters.get(tx.session, WRAP_UP_SECONDS, desk=desk.key)
    return seconds
