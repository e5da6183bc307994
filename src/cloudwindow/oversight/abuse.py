"""Sessions that were ended for abuse, and blocking who abused: for some days, with a reason that the person is told."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import insert, select, update

from cloudwindow.calls import Abuse, Session
from cloudwindow.dispatch import Block
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.oversight import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.oversight.parameters import BLOCK_DAYS
from cloudwindow.people import NOT_GUESSED, Asked, Staff, Wire

Reason = Literal["insults", "harassment", "threats"]

SHOWN = 100
"""How many the list holds, the newest first."""


class BlockRequest(Asked):
    """For how many days, and why, as the citizen is told."""

    days: Annotated[int, Field(ge=1, le=366), NOT_GUESSED]
    reason: Reason


class BlockView(Wire):
    """A block as its supervisors see it."""

    id: UUID
    from_at: datetime
    until: datetime
    reason: Reason
    lifted_at: datetime | None


class AbuseView(Wire):
    """A session that was ended for abuse: what the clerk wrote, and the latest block that followed."""

    session_id: UUID
    number: str
    clerk: str
    at: datetime
    words: str
    block: BlockView | None


@action("abuse.look")
async def look(tx: Tx) -> list[AbuseView]:
    """List those at desks within the actor's scope, newest first; the clerks' words may name people (invariant 11)."""
    rows = await tx.session.execute(
        select(Abuse, Session.number, Staff.name)  # scope: number and clerk go with the report, which is visible
        .join(Session, Session.id == Abuse.session_id)
        .join(Staff, Staff.id == Session.clerk_id)
        .where(scope.visible(tx.actor, Abuse))
        .order_by(Abuse.at.desc())
        .limit(SHOWN)
    )
    found = rows.all()
    ids = [row.session_id for row, _, _ in found]
    query = scope.select_visible(tx.actor, Block).where(Block.session_id.in_(ids)).order_by(Block.id)
    blocks = {block.session_id: show_block(block) for block in await tx.session.scalars(query)}
    for session_id in ids:
        tx.audit("abuse", session_id, looked=["words"])
    return [
        AbuseView(
            session_id=row.session_id,
            number=number,
            clerk=clerk,
            at=row.at,
            words=tx.keys.decrypt("abuse", "words", row.session_id, row.words_cipher),
            block=blocks.get(row.session_id),
        )
        for row, number, clerk in found
    ]


def show_block(block: Block) -> BlockView:
    """Build the view of a block that the caller may see."""
    return BlockView.model_validate(
        {"id": block.id, "from_at": block.from_at, "until": block.until}
        | {"reason": block.reason, "lifted_at": block.lifted_at}
    )


@action("block.make")
async def make_block(tx: Tx, session_id: UUID, request: BlockRequest) -> BlockView:
    """Keep the account of a session that was ended for abuse from taking numbers. What it has goes on.

    Raises `block_too_long`, `already_blocked`.
    """
    report = await tx.session.scalar(scope.select_visible(tx.actor, Abuse).where(Abuse.session_id == session_id))
    if report is None:
        raise Problem("not_found")
    most: int = await parameters.get(tx.session, BLOCK_DAYS)
    if request.days > most:
        raise Problem("block_too_long", most=most)
    # scope: the account of the report, locked so that of two supervisors one is first
    await tx.driver.execute("SELECT FROM account WHERE id = $1 FOR NO KEY UPDATE", report.account_id)
    live = await tx.session.scalar(
        select(Block.until)  # scope: any live block of that account counts, whoever made it
        .where(Block.account_id == report.account_id, Block.lifted_at.is_(None), Block.until > tx.now)
        .limit(1)
    )
    if live is not None:
        raise Problem("already_blocked", until=live.astimezone(tx.zone).strftime("%m-%d %H:%M"))
    block_id, until = new_id(), tx.now + timedelta(days=request.days)
    await tx.session.execute(
        insert(Block).values(  # scope: follows a report that the actor may see
            id=block_id,
            account_id=report.account_id,
            session_id=session_id,
            organisation_id=report.organisation_id,
            from_at=tx.now,
            until=until,
            reason=request.reason,
            made_by=tx.actor.id,
        )
    )
    tx.audit("block", block_id, account=report.account_id, session=session_id, until=until, reason=request.reason)
    return await _shown(tx, block_id)


@action("block.lift")
async def lift_block(tx: Tx, block_id: UUID) -> BlockView:
    """Take a block back; lifting it again changes nothing."""
    block = await tx.session.scalar(scope.select_visible(tx.actor, Block).where(Block.id == block_id).with_for_update())
    if block is None:
        raise Problem("not_found")
    if block.lifted_at is None:
        await tx.session.execute(
            update(Block)
            .where(Block.id == block_id)  # scope: the block locked above
            .values(lifted_at=tx.now, lifted_by=tx.actor.id)
            .execution_options(synchronize_session=False)
        )
        tx.audit("block", block_id, lifted_at=tx.now)
    return await _shown(tx, block_id)


async def _shown(tx: Tx, block_id: UUID) -> BlockView:
    # scope: a block that the action made or locked
    block = await tx.session.get_one(Block, block_id, populate_existing=True)
    return show_block(block)
