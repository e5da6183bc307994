"""Scope: which rows an actor may see or touch (invariant 7).

Each table with people's matters in it declares one condition: scope (role, organisation subtree, department line),
ownership, participation. Every query of such a table goes through `visible` or `select_visible`; a lint rule finds
those that do not, raw SQL included. System work (matching, sweeping) says so with a `scope:` comment and a reason.
"""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Boolean, ColumnElement, Select, Text, and_, cast, false, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.database import Base, Ltree

Table = TypeVar("Table", bound=Base)
Condition = Callable[[Actor], ColumnElement[bool]]

_conditions: dict[str, Condition] = {}


def declare(table: type[Base], condition: Condition) -> None:
    """Register the scope of a table once. Raises `ValueError` on a second declaration."""
    if table.__tablename__ in _conditions:
        msg = f"{table.__tablename__} has two scopes"
        raise ValueError(msg)
    _conditions[table.__tablename__] = condition


def scoped_tables() -> list[str]:
    """The tables that must be queried through this module."""
    return sorted(_conditions)


def visible(actor: Actor, table: type[Base]) -> ColumnElement[bool]:
    """Return the condition under which `actor` may see a row; the system sees all, a stranger none."""
    condition = _conditions[table.__tablename__]
    if actor.kind == "system":
        return true()
    if actor.kind == "anonymous":
        return false()
    return condition(actor)


def select_visible(actor: Actor, table: type[Table]) -> Select[Table]:
    """Start a query of the rows that `actor` may see."""
    return select(table).where(visible(actor, table))


def within(
    actor: Actor,
    roles: set[str],
    path: InstrumentedAttribute[str],
    line: InstrumentedAttribute[str] | None = None,
) -> ColumnElement[bool]:
    """Say that an organisation's `path` lies under a grant of one of `roles`, and `line` within the grant's lines."""
    clauses: list[ColumnElement[bool]] = []
    for lines, paths in _by_lines(actor, roles).items():
        ancestors = cast(cast(sorted(paths), ARRAY(Text)), ARRAY(Ltree))
        below = path.op("<@", return_type=Boolean())(ancestors)
        clauses.append(below if lines is None or line is None else and_(below, line.in_(lines)))
    return or_(*clauses) if clauses else false()


def _by_lines(actor: Actor, roles: set[str]) -> dict[tuple[str, ...] | None, set[str]]:
    grouped: dict[tuple[str, ...] | None, set[str]] = {}
    for grant in actor.grants:
        if grant.role in roles:
            grouped.setdefault(grant.lines, set()).add(grant.path)
    return grouped
