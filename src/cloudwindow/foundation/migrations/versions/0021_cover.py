"""That a shared screen is covered for the moment."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# scope: a migration changes the tables
CHANGES = (
    "ALTER TABLE call_stage ADD COLUMN covered BOOLEAN NOT NULL DEFAULT false",
    "ALTER TABLE call_stage ADD CONSTRAINT ck_call_stage_covered_is_screen CHECK (kind = 'screen' OR NOT covered)",
)


def upgrade() -> None:
    """Add the column; what is shown now is seen."""
    for statement in CHANGES:
        op.execute(statement)
