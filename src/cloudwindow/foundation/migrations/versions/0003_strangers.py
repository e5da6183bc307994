"""Strangers: limits, idle logins, second factors."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HERE = Path(__file__).parent


def upgrade() -> None:
    """Add the counts of requests, the last use of logins, and code generators with their recovery codes."""
    for statement in (HERE / "0003_tables.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
    # scope: a migration touches every row. Who is signed in now has half an hour from now on, as from any other use.
    op.execute(
        "UPDATE login SET used_at = app_now(), idle_at = app_now() + interval '30 minutes'"
        " WHERE face = 'staff' AND ended_at IS NULL"
    )
