"""A line that broke: what is known of the citizen's way back into the call, as the clerk is told."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# scope: a migration changes the tables
CHANGES = (
    "ALTER TABLE call ADD COLUMN recall TEXT, ADD COLUMN recall_at TIMESTAMP WITH TIME ZONE",
    """
    ALTER TABLE call ADD CONSTRAINT ck_call_recall CHECK (recall IN ('looking', 'open', 'none', 'unverified', 'late',
        'sending', 'sent', 'before', 'failed', 'unknown'))
    """,
    "UPDATE call SET recall = 'looking', recall_at = app_now() WHERE state = 'interrupted'",
)


def upgrade() -> None:
    """Add the columns; a line that is broken now is looked after from now on."""
    for statement in CHANGES:
        op.execute(statement)
