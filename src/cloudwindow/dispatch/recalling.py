"""Recalling a phone that sleeps: a message when the turn is near, and one when it rings, each once for a ticket.

Each agreed callback is an occasion of its own: its messages come also where the ticket had its own before. So is each
time that a ticket comes back from a talk, handed on or because the clerk was lost, and each call whose line breaks
while its citizen's page is gone.

Only accounts whose phone is verified get them: a message to any number that a guest types would let strangers ring
anybody's phone. The link in it carries the login to the browser in which it is opened, and with it the very ticket.
"""

from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch.locking import due_ticket
from cloudwindow.dispatch.matching import CALLED_BACK
from cloudwindow.dispatch.models import Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.messages import Sender, Words, queue_message
from cloudwindow.people import Account, link_in_message, phone_of

RINGING = "recall_ringing"
NEAR_TURN = "recall_near"
MOVED = "callback_moved"
KEPT = "callback_kept"
BROKEN_OFF = "callback_dropped"
INTO_CALL = "recall_call"

RING_IS_NEWS = timedelta(minutes=3)
"""For how long it is worth telling that it rings: the ring and the grace of the call that follows (model §3)."""

ON_ITS_WAY = timedelta(seconds=5)
"""What a message takes to a phone, by which the time that is named in it has become shorter."""

FOR_LATECOMERS = timedelta(minutes=10)
"""For how long a link into a call outlives its grace: who is late is shown what became of the place."""

TEXTS = {
    RINGING: "{number}：轮到您了，工作人员正在等您。点开链接接通：{link}（只能用一次）",
    NEAR_TURN: "{number}：快轮到您了，{place}。请点开链接回来等：{link}（只能用一次）",
    MOVED: "{number}：刚才没有接通，改在 {time} 再回呼。想现在就办，点开链接：{link}（只能用一次）",
    INTO_CALL: "{number}：通话断了，位置还在。{place}内点开链接就接着说：{link}（只能用一次）",
}
AGREED_TEXTS = {
    RINGING: "{number}：约好 {time} 的回呼到了，工作人员正在等您。点开链接接通：{link}（只能用一次）",
    NEAR_TURN: "{number}：约好 {time} 的回呼到了，{place}。请点开链接回来等：{link}（只能用一次）",
    MOVED: TEXTS[MOVED],
    INTO_CALL: TEXTS[INTO_CALL],
    KEPT: "{number}：刚才没有接通，约好的 {time} 不变，到时再回呼。想现在就办，点开链接：{link}（只能用一次）",
    BROKEN_OFF: "{number}：通话断了，位置给您留着，{time} 再叫您。网好了想接着办，点开链接：{link}（只能用一次）",
}
"""What is said where a callback was agreed."""
EARLY = "{number}：约好 {time} 的回呼，工作人员提前有空，正在等您。点开链接接通：{link}（只能用一次）"
"""What is said when it rings before the time that was agreed."""

# scope: what a message about a ticket is about; ids only
_OCCASION = """
    coalesce(t.callback_id, (
        SELECT talked.id FROM engagement talked
        WHERE talked.ticket_id = t.id AND talked.kind = 'serve' AND talked.state = 'ended'
        ORDER BY talked.ended_at DESC LIMIT 1), t.id)
"""
# scope: whether the person of a ticket has an open page
_AWAY = f"""
    EXISTS (SELECT 1 FROM account a WHERE a.id = t.account_id AND a.phone_verified_at IS NOT NULL OFFSET 0)
    AND NOT EXISTS (SELECT 1 FROM tab_lease l WHERE l.account_id = t.account_id
                    AND l.lease_until > (SELECT app_now()) OFFSET 0)
    AND NOT EXISTS (SELECT 1 FROM message m
                    WHERE m.kind = '{{kind}}' AND m.occasion = {_OCCASION} OFFSET 0)
"""  # noqa: S608  composed of names written above
# scope: the sweeper's own work: the first few of each queue, whose pages are gone
NEAR = f"""
    SELECT t.id FROM desk d CROSS JOIN LATERAL (
        SELECT t.id, t.account_id, t.first_rung_at, t.callback_id, t.bonus_reason FROM ticket t
        WHERE t.desk_id = d.id AND t.state = 'waiting'
        ORDER BY t.queue_key, t.id LIMIT (
            SELECT value::text::int FROM parameter WHERE key = '{limits.RECALL_AT_POSITION}' AND scope_kind = 'all'
            AND valid_from <= (SELECT app_now()) ORDER BY valid_from DESC LIMIT 1)
    ) t
    WHERE (t.first_rung_at IS NULL OR t.bonus_reason = '{CALLED_BACK}') AND {_AWAY.format(kind=NEAR_TURN)} LIMIT :batch
"""  # noqa: S608  composed of names written above
# scope: the sweeper's own work: whose page went to sleep just before it rang, and was believed to be open then
RUNG = f"""
    SELECT t.id FROM engagement e JOIN ticket t ON t.id = e.ticket_id
    WHERE e.kind = 'serve' AND e.state IN ('ringing', 'accepted')
        AND e.offered_at > (SELECT app_now()) - make_interval(secs => {RING_IS_NEWS.total_seconds():.0f})
        AND {_AWAY.format(kind=RINGING)} LIMIT :batch
"""  # noqa: S608  composed of names written above
# scope: of the ticket that the action is about
_OCCASION_OF = f"SELECT {_OCCASION} FROM ticket t WHERE t.id = $1"  # noqa: S608  composed of names written above
# scope: whether the person of a ticket has an open page
_HAS_PAGE = "SELECT EXISTS (SELECT 1 FROM tab_lease WHERE account_id = $1 AND lease_until > app_now())"


async def recall_of(session: AsyncSession, wiring: Wiring, account_id: UUID) -> Literal["none", "offered", "on"]:
    """Say whether a message would recall the phone of an account."""
    if not wiring.port(Sender).is_there:
        return "none"
    # scope: of the ticket that the page of its owner shows
    verified = await session.scalar(select(Account.phone_verified_at).where(Account.id == account_id))
    return "offered" if verified is None else "on"


async def would_ring(tx: Tx, ticket: Ticket) -> bool:
    """Say whether the citizen of a locked ticket has an open page, or a phone that a message would recall."""
    if await tx.driver.fetchval(_HAS_PAGE, ticket.account_id):
        return True
    return await recall_of(tx.session, tx.wiring, ticket.account_id) == "on"


async def say_it_rings(tx: Tx, ticket: Ticket) -> None:
    """Write the message that it rings, unless a page of the citizen is open and rings itself."""
    await _say(tx, ticket, RINGING, RING_IS_NEWS)


async def say_it_moved(tx: Tx, ticket: Ticket) -> None:
    """Write the message that a callback reached nobody and when the next one is."""
    await _say_until_then(tx, ticket, MOVED)


async def say_it_stays(tx: Tx, ticket: Ticket) -> None:
    """Write the message that an early call reached nobody and that the agreed time stays."""
    await _say_until_then(tx, ticket, KEPT)


async def say_it_broke_off(tx: Tx, ticket: Ticket) -> None:
    """Write the message that a talk broke off and when it is called back."""
    await _say_until_then(tx, ticket, BROKEN_OFF)


async def say_the_line_broke(tx: Tx, ticket_id: UUID, call_id: UUID, left: timedelta) -> bool:
    """Write the message that leads back into a call that its action has locked, once for that call.

    `left` is for how long it is waited there. Returns whether it was written.
    """
    # scope: of a call that the action locked
    ticket = await tx.session.get_one(Ticket, ticket_id, populate_existing=True)
    return await _say(
        tx, ticket, INTO_CALL, left, how_long(left - ON_ITS_WAY), occasion=call_id, afterwards=FOR_LATECOMERS
    )


def how_long(left: timedelta) -> str:
    """Say a short time in words, rounded down: `1 分半钟`, `50 秒`."""
    minutes, rest = divmod(left, timedelta(minutes=1))
    if minutes == 0:
        return f"{rest // timedelta(seconds=10)}0 秒"
    return f"{minutes} 分半钟" if rest >= timedelta(seconds=30) else f"{minutes} 分钟"


async def _say_until_then(tx: Tx, ticket: Ticket, kind: str) -> None:
    await _say(tx, ticket, kind, ticket.callback_at - tx.now if ticket.callback_at else RING_IS_NEWS)


@action("ticket.recall_rung")
async def recall_rung(tx: Tx, ticket_id: UUID) -> None:
    """It rings or a clerk waits in the call, and the page that was open when it began to ring is gone."""
    ticket = await due_ticket(tx, ticket_id, "ringing", "serving")
    if ticket is None:
        return
    if ticket.state == "serving" and not await tx.port(Sessions).is_connecting(tx.session, ticket_id):
        return
    await say_it_rings(tx, ticket)


@action("ticket.recall_near")
async def recall_near(tx: Tx, ticket_id: UUID) -> None:
    """The turn is near and the page is away."""
    ticket = await due_ticket(tx, ticket_id, "waiting")
    if ticket is None:
        return
    ahead = await tx.session.scalar(
        select(func.count())  # scope: a count, which the owner of the ticket is told
        .select_from(Ticket)
        .where(Ticket.desk_id == ticket.desk_id, Ticket.state == "waiting", Ticket.queue_key < ticket.queue_key)
    )
    grace: int = await parameters.get(tx.session, limits.RECALL_GRACE)
    place = f"前面还有 {ahead} 位" if ahead else "下一位就是您"
    await _say(tx, ticket, NEAR_TURN, timedelta(seconds=grace), place)


async def _say(
    tx: Tx,
    ticket: Ticket,
    kind: str,
    good_for: timedelta,
    place: str = "",
    *,
    occasion: UUID | None = None,
    afterwards: timedelta = timedelta(),
) -> bool:
    """Write a message to the owner of a ticket whose phone is verified and whose pages are gone; says whether it was.

    Where no `occasion` is named it is the ticket's agreed callback, its last talk, or the ticket. The link outlives by
    `afterwards` what the message is good for.
    """
    if not tx.port(Sender).is_there or await tx.driver.fetchval(_HAS_PAGE, ticket.account_id):
        return False
    # scope: the owner of the ticket that the action is about
    account = await tx.session.scalar(
        select(Account).where(Account.id == ticket.account_id, Account.phone_verified_at.is_not(None))
    )
    link = account and await link_in_message(tx, account.id, good_for + afterwards)
    if account is None or link is None:
        return False
    time = f"{ticket.callback_at.astimezone(tx.zone):%H:%M}" if ticket.callback_at else ""
    texts = TEXTS if ticket.callback_at is None else AGREED_TEXTS
    early = kind == RINGING and ticket.callback_at is not None and ticket.callback_at > tx.now
    text = (EARLY if early else texts[kind]).format(number=ticket.number, place=place, time=time, link=link)
    words = Words(phone_of(account, tx.keys), text, good_for)
    about = occasion or await tx.driver.fetchval(_OCCASION_OF, ticket.id)
    return await queue_message(tx, kind, about, account.id, words)
