"""Alembic's entry: it runs on the connection that `upgrade` hands over, or on DATABASE_URL for a maintainer's shell."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine

from cloudwindow import tables
from cloudwindow.foundation.database import Base

tables.load()


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:  # pragma: no cover  only for `alembic revision --autogenerate`
    engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as own:
        _run(own)
