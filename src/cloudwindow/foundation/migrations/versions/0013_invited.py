"""Invited staff: what the inviter wrote for them, and when they left the call."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# scope: a migration changes the tables
CHANGES = (
    "ALTER TABLE engagement ADD COLUMN words_cipher BYTEA",
    "ALTER TABLE call_participant ADD COLUMN left_at TIMESTAMP WITH TIME ZONE",
    "ALTER TABLE call_quality DROP CONSTRAINT ck_call_quality_side",
    """
    ALTER TABLE call_quality ADD CONSTRAINT ck_call_quality_side CHECK (side IN ('applicant', 'clerk', 'invited'))
    """,
    """
    CREATE INDEX ix_engagement_invited ON engagement (ticket_id)
    WHERE kind = 'invite' AND state IN ('ringing', 'accepted')
    """,
)


def upgrade() -> None:
    """Add the columns; of the calls that go on nobody has left, and nobody was invited."""
    for statement in CHANGES:
        op.execute(statement)
