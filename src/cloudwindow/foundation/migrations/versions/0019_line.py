"""What the citizen's page measured of its line before the number."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# scope: a migration changes the tables
CHANGES = ("ALTER TABLE ticket ADD COLUMN line_before JSONB",)


def upgrade() -> None:
    """Add the column; of tickets that were taken before nothing is known."""
    for statement in CHANGES:
        op.execute(statement)
