"""Reads of this room."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue import CoachAvailability, Item, frozen, guide
from cloudwindow.dispatch import Desk, Ticket
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.wiring import Wiring
from cloudwindow.letters.addressing import address
from cloudwindow.letters.models import Letter, LetterEntry
from cloudwindow.letters.schemas import LetterCard, LetterMark, LetterRow, LetterTerms, LetterView, ToldBy
from cloudwindow.letters.scopes import may_answer
from cloudwindow.letters.views import entries, is_unread, marks, told_by
from cloudwindow.organisation import Region
from cloudwindow.people import Account, Staff, show_account

SHOWN = 100
"""How many letters the workbench lists, those that are due first."""


async def terms(
    session: AsyncSession, wiring: Wiring, actor: Actor, zone: ZoneInfo, item_key: str, region_code: str
) -> LetterTerms:
    """Say who would answer a letter left now, and by when. Raises as `addressing.address` does."""
    now = (await session.execute(text("SELECT app_now()"))).scalar_one()
    to = await address(session, item_key, region_code, now, zone)
    told: ToldBy = "page"
    if actor.kind == "account" and actor.id is not None:
        told = await told_by(session, wiring, actor.id)
    return LetterTerms(desk_name=to.desk.name, due_at=to.due_at, told_by=told)


async def own_marks(session: AsyncSession, actor: Actor) -> list[LetterMark]:
    """List the actor's own letters without their words, for the state of the pages."""
    return await marks(session, actor.id) if actor.kind == "account" and actor.id is not None else []


async def own_letter(session: AsyncSession, wiring: Wiring, keys: Keys, actor: Actor, letter_id: UUID) -> LetterView:
    """Return one of the actor's own letters with all that was written. Raises `not_found`."""
    row = (
        await session.execute(
            select(Letter, Item.key, Item.short_name, Desk.name)
            .join(Item, Item.id == Letter.item_id)
            .join(Desk, Desk.id == Letter.desk_id)
            .where(scope.visible(actor, Letter), Letter.id == letter_id, Letter.account_id == actor.id)
        )
    ).one_or_none()
    if row is None:
        raise Problem("not_found")
    letter, item_key, short_name, desk_name = row
    return LetterView(
        id=letter.id,
        item_key=item_key,
        item_short_name=short_name,
        region_code=letter.region_code,
        state=letter.state,
        desk_name=desk_name,
        written_at=letter.written_at,
        due_at=letter.due_at,
        answered_at=letter.answered_at,
        unread=is_unread(letter),
        told_by=await told_by(session, wiring, letter.account_id),
        entries=await entries(session, keys, letter.id),
    )


async def inbox(session: AsyncSession, actor: Actor) -> list[LetterRow]:
    """List the letters that wait at the actor's desks for an answer of the actor's, those that are due first."""
    # scope: narrowed by `_rows`
    waiting = _rows(actor).where(Letter.state == "waiting").order_by(Letter.due_at, Letter.asked_at, Letter.id)
    return [_row(row, actor) for row in await session.execute(waiting.limit(SHOWN))]


async def row_of(session: AsyncSession, actor: Actor, letter_id: UUID) -> LetterRow:
    """Return the row of a letter that the actor may answer, whatever its state."""
    one = _rows(actor).where(Letter.id == letter_id)  # scope: narrowed by `_rows`
    return _row((await session.execute(one)).one(), actor)


def _rows(actor: Actor) -> Select[Any]:
    answered_before = (
        select(func.count())
        .select_from(LetterEntry)  # scope: a count, of letters that are visible
        .where(LetterEntry.letter_id == Letter.id, LetterEntry.staff_id.is_not(None))
        .correlate(Letter)
        .scalar_subquery()
    )
    return (
        select(
            *(Letter.id, Letter.asked_at, Letter.due_at, Letter.held_by, Letter.held_until),
            *(Item.short_name, Region.name.label("region_name"), Staff.name.label("holder")),
            (Letter.held_until > func.app_now()).label("held"),
            answered_before.label("asked_before"),
        )
        .join(Item, Item.id == Letter.item_id)
        .join(Region, Region.code == Letter.region_code)
        .outerjoin(Staff, Staff.id == Letter.held_by)  # scope: the name of a colleague at the same desk
        .where(scope.visible(actor, Letter), may_answer(actor))
    )


def _row(row: Any, actor: Actor) -> LetterRow:
    return LetterRow(
        letter_id=row.id,
        item_short_name=row.short_name,
        region_name=row.region_name,
        asked_at=row.asked_at,
        due_at=row.due_at,
        asked_before=row.asked_before,
        holder=row.holder if row.held else None,
        held_by_me=bool(row.held) and row.held_by == actor.id,
        held_until=row.held_until if row.held else None,
    )


async def letter_card(session: AsyncSession, wiring: Wiring, keys: Keys, actor: Actor, letter_id: UUID) -> LetterCard:
    """Return who wrote what; the action that calls this puts the look on record. Raises `not_found`."""
    row = (
        await session.execute(
            select(Letter, Account, Region.name, Ticket.number, Staff.name)  # scope: what goes with a visible letter
            .join(Account, Account.id == Letter.account_id)
            .join(Region, Region.code == Letter.region_code)
            .outerjoin(Ticket, Ticket.id == Letter.ticket_id)
            .outerjoin(Staff, Staff.id == Letter.held_by)
            .where(scope.visible(actor, Letter), Letter.id == letter_id)
        )
    ).one_or_none()
    if row is None or actor.kind != "staff":
        raise Problem("not_found")
    letter, account, region, number, holder = row
    now = (await session.execute(text("SELECT app_now()"))).scalar_one()
    held = letter.held_until is not None and letter.held_until > now
    resolved, organisation = await frozen(session, letter.version_id)
    shown = show_account(account, keys)
    coach = await wiring.port(CoachAvailability).for_item(session, resolved.item.id, letter.region_code, "coach")
    return LetterCard(
        letter_id=letter.id,
        state=letter.state,
        item_key=resolved.item.key,
        item_name=resolved.item.task_name,
        item_short_name=resolved.item.short_name,
        region_name=region,
        form_of_address=shown.form_of_address,
        phone_masked=shown.phone_masked,
        elderly=shown.elderly,
        asked_at=letter.asked_at,
        due_at=letter.due_at,
        number=number,
        told_by=await told_by(session, wiring, letter.account_id),
        holder=holder if held else None,
        held_by_me=held and letter.held_by == actor.id,
        entries=await entries(session, keys, letter.id),
        guide=guide(resolved, organisation, coach),
    )
