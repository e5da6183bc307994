"""The schema of a database as PostgreSQL itself describes it, and how it differs from the models."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.base import ischema_names

from cloudwindow import tables
from cloudwindow.foundation.database import Base, Database, Ltree

tables.load()


def differences(connection: Connection) -> list[object]:
    """What Alembic would change to make a database fit the models."""
    ischema_names["ltree"] = Ltree

    def ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and name in {"test_clock", "alembic_version"})

    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True, "include_object": ours}
    )
    return list(compare_metadata(context, Base.metadata))


SHAPE = """
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'column', table_name, column_name,
        concat_ws(' ', udt_name, is_nullable, column_default, ordinal_position)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'table', relname, relkind::text, relpersistence::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
OTHERS = {"test_clock", "alembic_version"}


async def shape(database: Database) -> set[tuple[str, ...]]:
    """Everything that PostgreSQL says about the tables, the conditions of partial indexes and checks included."""
    async with database.reading() as session:
        rows = (await session.execute(text(SHAPE))).all()
    return {tuple(row) for row in rows if row[1] not in OTHERS}
