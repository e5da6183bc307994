"""What a session goes through: times on hold."""

from alembic import op

revision = "0013"
down_revision = "0007"
branch_labels = None
depends_on = None

# scope: a migration makes the tables
TABLES = (
    """
    CREATE TABLE call_hold (
        id UUID NOT NULL,
        call_id UUID NOT NULL,
        started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        remind_at TIMESTAMP WITH TIME ZONE NOT NULL,
        ended_at TIMESTAMP WITH TIME ZONE,
        end_reason TEXT,
        CONSTRAINT pk_call_hold PRIMARY KEY (id),
        CONSTRAINT fk_call_hold_call_id_call FOREIGN KEY(call_id) REFERENCES call (id)
    )
    """,
    "CREATE UNIQUE INDEX uq_call_hold_live ON call_hold (call_id) WHERE ended_at IS NULL",
    "CREATE INDEX ix_call_hold_call_id ON call_hold (call_id)",
)


def upgrade() -> None:
    """Add the tables; sessions that go on have nothing in them."""
    for statement in TABLES:
        op.execute(statement)
