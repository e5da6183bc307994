"""How good the calls of a day were, for those who watch over windows."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Row,
    Subquery,
    case,
    cast,
    distinct,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import parameters as limits
from cloudwindow.calls.models import Call, Hold, Session
from cloudwindow.calls.models_quality import CallQuality
from cloudwindow.calls.schemas_quality import QualityDay, QualityPage, QualityRow, QualitySide
from cloudwindow.dispatch import WATCHING, Desk
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem

SHOWN = 100
"""Calls of one page."""


async def quality(
    session: AsyncSession, actor: Actor, day: date | None, *, bad: bool, before: datetime | None
) -> QualityPage:
    """List the calls of a day, today by default, with the day's figures. Raises `not_allowed`."""
    if not actor.roles() & WATCHING:
        raise Problem("not_allowed")
    today = (await session.execute(select(cast(func.app_now(), Date)))).scalar_one()
    asked = day or today
    limit = await parameters.read(
        session, limits.BAD_SETUP_MS, limits.BAD_LOSS_PERMILLE, limits.BAD_ROUND_TRIP_MS, limits.BAD_FROZEN_MS
    )
    sides = _sides(actor, asked, list(limit.values()))
    return QualityPage(
        today=today,
        figures=await _figures(session, sides, asked),
        rows=(rows := await _rows(session, sides, bad=bad, before=before))[:SHOWN],
        more=len(rows) > SHOWN,
    )


def _sides(actor: Actor, day: date, limit: list[int]) -> Subquery:
    """One row for each side of each call of the day that the actor may see, with whether it was bad."""
    setup, loss, round_trip, frozen = limit
    begin = cast(cast(literal(day), Date), DateTime(timezone=True))  # midnight in the deployment's zone
    end = cast(cast(literal(day), Date) + literal(1, Integer), DateTime(timezone=True))
    q = CallQuality  # scope: the condition stands in the query below
    merged = (
        select(
            q.call_id,
            q.side,
            _by_attempt(q.setup_ms)[1].label("setup_ms"),
            _by_attempt(q.first_frame_ms)[1].label("first_frame_ms"),
            func.sum(q.freezes).label("freezes"),
            func.sum(q.frozen_ms).label("frozen_ms"),
            func.max(q.loss_permille).label("loss_permille"),
            func.max(q.round_trip_ms).label("round_trip_ms"),
            func.max(q.worst_round_trip_ms).label("worst_round_trip_ms"),
            func.max(q.kbps).label("kbps"),
            func.sum(q.rung_changes).label("rung_changes"),
            func.bool_or(q.relay).label("relay"),
            _by_attempt(q.cause, newest=True)[1].label("cause"),
            func.count().label("page_loads"),
        )
        .where(scope.visible(actor, CallQuality), q.call_started_at >= begin, q.call_started_at < end)
        .group_by(q.call_id, q.side)
        .subquery()
    )
    m = merged.c
    return select(
        merged,
        or_(
            m.cause.is_not(None),
            func.coalesce(m.setup_ms > setup, False),
            func.coalesce(m.loss_permille > loss, False),
            func.coalesce(m.round_trip_ms > round_trip, False),
            m.frozen_ms > frozen,
        ).label("bad"),
    ).subquery()


def _by_attempt(column: Any, *, newest: bool = False) -> Any:
    """The values of a side's page loads as an array, the first (or the newest) in front."""
    order = CallQuality.attempt.desc() if newest else CallQuality.attempt  # scope: a column of the query above
    return func.array_agg(aggregate_order_by(column, order), type_=ARRAY(column.type))


async def _figures(session: AsyncSession, sides: Subquery, day: date) -> QualityDay:
    s = sides.c
    shares = {
        f"{name}_p{share}_{unit}": _percentile(share, s[f"{column}_{unit}"])
        for name, column, unit in (
            ("setup", "setup", "ms"),
            ("first_frame", "first_frame", "ms"),
            ("round_trip", "round_trip", "ms"),
            ("loss", "loss", "permille"),
        )
        for share in (50, 95)
    }
    row = (
        await session.execute(
            select(
                func.count(distinct(s.call_id)).label("calls"),
                func.count(distinct(case((s.bad, s.call_id)))).label("bad"),
                func.count(distinct(case((s.cause.is_not(None), s.call_id)))).label("failed"),
                *(expression.label(label) for label, expression in shares.items()),
            )
        )
    ).one()
    h = _holds(sides).c
    held = (
        await session.execute(
            select(
                func.count().label("held"),
                _percentile(50, h.seconds).label("held_p50_seconds"),
                _percentile(95, h.seconds).label("held_p95_seconds"),
            )
        )
    ).one()
    return QualityDay(day=day, **row._mapping, **held._mapping)  # noqa: SLF001  the row's public mapping has this name


def _holds(sides: Subquery) -> Subquery:
    """One row for each of the calls that was on hold: how often, and seconds in all, up to now while it still is."""
    # scope: of calls whose quality the actor may see
    length = func.extract("epoch", func.coalesce(Hold.ended_at, func.app_now()) - Hold.started_at)
    return (  # scope: of calls whose quality the actor may see
        select(Hold.call_id, func.count().label("holds"), cast(func.sum(length), Integer).label("seconds"))
        .where(Hold.call_id.in_(select(sides.c.call_id)))
        .group_by(Hold.call_id)
        .subquery()
    )


def _percentile(share: int, column: ColumnElement[int]) -> ColumnElement[int]:
    return func.percentile_disc(share / 100).within_group(column)


async def _rows(session: AsyncSession, sides: Subquery, *, bad: bool, before: datetime | None) -> list[QualityRow]:
    s = sides.c
    calls = select(s.call_id, func.bool_or(s.bad).label("bad")).group_by(s.call_id).subquery()
    wanted: list[ColumnElement[bool]] = [calls.c.bad] if bad else []
    if before is not None:
        wanted.append(Call.started_at < before)  # scope: of calls whose quality the actor may see
    holds = _holds(sides)
    found = (
        await session.execute(
            select(Call.id, Call.started_at, Session.number, Desk.name, calls.c.bad, holds.c.holds, holds.c.seconds)
            .join(calls, calls.c.call_id == Call.id)
            .outerjoin(holds, holds.c.call_id == Call.id)
            .join(Session, Session.id == Call.session_id)  # scope: of calls whose quality the actor may see
            .join(Desk, Desk.id == Session.desk_id)
            .where(*wanted)
            .order_by(Call.started_at.desc(), Call.id.desc())
            .limit(SHOWN + 1)
        )
    ).all()
    both = {
        (row.call_id, row.side): row
        for row in await session.execute(select(sides).where(s.call_id.in_([row.id for row in found])))
    }
    return [
        QualityRow(
            call_id=row.id,
            session_number=row.number,
            desk=row.name,
            started_at=row.started_at,
            bad=row.bad,
            holds=row.holds or 0,
            held_seconds=row.seconds or 0,
            applicant=_side(both, row.id, "applicant"),
            clerk=_side(both, row.id, "clerk"),
        )
        for row in found
    ]


def _side(both: dict[tuple[UUID, str], Row[Any]], call_id: UUID, side: str) -> QualitySide | None:
    row = both.get((call_id, side))
    return QualitySide.model_validate(row, from_attributes=True) if row else None
