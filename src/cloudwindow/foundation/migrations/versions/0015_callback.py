"""Callbacks: the time that was agreed for a ticket, and how often it came without a talk."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# scope: a migration changes the tables
CHANGES = (
    "ALTER TABLE ticket ADD COLUMN callback_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE ticket ADD COLUMN callback_id UUID",
    "ALTER TABLE ticket ADD COLUMN callback_tries INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE ticket ADD CONSTRAINT ck_ticket_callback CHECK ((callback_at IS NULL) = (callback_id IS NULL))",
)


def upgrade() -> None:
    """Add the columns; for the tickets that are there nothing was agreed."""
    for statement in CHANGES:
        op.execute(statement)
