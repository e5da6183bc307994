"""Which tables are sealed: each is declared by the room that owns it.

A sealed table has the columns `position` (default `seal_position()`, unique), `at`, `body` (the exact bytes) and
`digest` (their SHA-256), and a trigger that refuses change.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cloudwindow.foundation.database import Base
from cloudwindow.foundation.models import AuditRow

Path = tuple[str, ...]

BEFORE, BEYOND = -(2**63), 2**63 - 1
"""A position before all positions, and one behind all."""


@dataclass(frozen=True)
class SealedTable:
    """One of them. `copies` are columns that repeat what the JSON body says: column → path in the body."""

    name: str
    key: tuple[str, ...]
    copies: Mapping[str, Path]

    @property
    def row_key(self) -> str:
        """SQL of a row's key as the seal writes it."""
        return f"concat_ws('/', {', '.join(self.key)})"


_tables: dict[str, SealedTable] = {}


def sealed_table(model: type[Base], copies: Mapping[str, Path] | None = None) -> None:
    """Have every row of a table sealed, from now on and for good. Raises `ValueError` when it is sealed already.

    `copies` may grow, but a path must fit every body that was ever written.
    """
    name = model.__tablename__
    if name in _tables:
        raise ValueError(f"{name} is sealed twice")
    key = tuple(column.name for column in model.__table__.primary_key)
    _tables[name] = SealedTable(name, key, copies or {})


def sealed_tables() -> Mapping[str, SealedTable]:
    """All sealed tables by name."""
    return _tables


def unsealed() -> str:
    """SQL of the rows that no batch holds: after position `$1`, up to `$2`, in order, at most `$3`.

    Both sides are bounded, or a merge join would read the members from the beginning of time.
    """
    # scope: the sealer reads keys and digests of every row, and the verifier asks for the same
    each = " UNION ALL ".join(
        f"""(
            SELECT '{table.name}' AS table_name, t.position, {table.row_key} AS row_key, t.at, t.digest
            FROM {table.name} t WHERE t.position > $1 AND t.position <= $2 AND NOT EXISTS (
                SELECT FROM seal_member m WHERE m.table_name = '{table.name}' AND m.position = t.position
                AND m.position > $1 AND m.position <= $2)
            ORDER BY t.position LIMIT $3)"""
        for table in _tables.values()
    )
    return f"SELECT * FROM ({each}) AS waiting ORDER BY position, table_name LIMIT $3"


# scope: the seal holds keys and digests, and shows nobody a body
sealed_table(
    AuditRow,
    copies={
        "actor_kind": ("actor", "kind"),
        "actor_id": ("actor", "id"),
        "action": ("action",),
        "subject_table": ("subject", "table"),
        "subject_id": ("subject", "id"),
    },
)
