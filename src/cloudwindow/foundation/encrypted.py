"""Which columns are encrypted: each room says so at its models, and what rotates the keys goes by it.

By convention `phone_cipher` holds the encrypted field `phone`, `phone_blind` its blind index, and `data_key` a wrapped
data key. All of them are bound to their row by its primary key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Table as SqlTable
from sqlalchemy import inspect

from cloudwindow.foundation.crypto import DATA_KEY
from cloudwindow.foundation.database import Base

Model = TypeVar("Model", bound=type[Base])


@dataclass(frozen=True)
class Column:
    """One encrypted column, and what its ciphers are bound to beside the row: a table's name and a field's."""

    name: str
    table: str
    field: str


@dataclass(frozen=True)
class Table:
    """The encrypted columns of a table, and the blind indexes, each with the column whose value it indexes.

    `row` is the primary key, a UUID.
    """

    name: str
    row: str
    ciphers: tuple[Column, ...]
    blinds: dict[str, Column]

    def columns(self) -> set[str]:
        """Return the names of all of them."""
        return {*self.blinds, *(column.name for column in self.ciphers)}


_tables: dict[str, Table] = {}
_lasting: set[tuple[str, str]] = set()


def encrypted(*fields: str, indexed: tuple[str, ...] = (), data_key: bool = False) -> Callable[[Model], Model]:
    """Declare a model's encrypted `fields`, those of them that are `indexed`, and whether it holds a data key."""

    def declare(model: Model) -> Model:
        table = inspect(model).local_table
        if not isinstance(table, SqlTable):
            msg = f"{model.__name__} is no table"
            raise TypeError(msg)
        (row,) = (column.name for column in table.primary_key)
        found = {field: Column(f"{field}_cipher", table.name, field) for field in fields}
        keys = (Column(DATA_KEY, DATA_KEY, ""),) if data_key else ()
        declared = Table(
            table.name, row, (*found.values(), *keys), {f"{field}_blind": found[field] for field in indexed}
        )
        if unknown := declared.columns() - set(table.columns.keys()):
            msg = f"{table.name} has no columns {sorted(unknown)}"
            raise ValueError(msg)
        _tables[table.name] = declared
        return model

    return declare


def under_data_key(*fields: str) -> Callable[[Model], Model]:
    """Declare fields that are sealed under somebody's data key: that key is wrapped anew, they stay as they are."""

    def declare(model: Model) -> Model:
        _lasting.update((model.__tablename__, f"{field}_cipher") for field in fields)
        return model

    return declare


def lasting() -> set[tuple[str, str]]:
    """Return the columns, with their tables, that a rotation leaves alone."""
    return set(_lasting)


def tables() -> list[Table]:
    """Return every table with encrypted columns, of the rooms that are loaded, by name."""
    return [_tables[name] for name in sorted(_tables)]
