"""Which links went to phones in messages: they outlive a move of their login to another device."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# scope: a migration changes the tables
CHANGES = ("ALTER TABLE device_link ADD COLUMN in_message BOOLEAN NOT NULL DEFAULT false",)


def upgrade() -> None:
    """Add the column; links that are on their way stay as strict as they were."""
    for statement in CHANGES:
        op.execute(statement)
