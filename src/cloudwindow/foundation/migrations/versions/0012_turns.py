"""What a session goes through: times on hold, further matters."""

from alembic import op

revision = "0012"
down_revision = "0011"
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
    """
    CREATE TABLE matter (
        id UUID NOT NULL,
        session_id UUID NOT NULL,
        item_id UUID NOT NULL,
        implementation_id UUID NOT NULL,
        version_id UUID NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
        outcome TEXT,
        CONSTRAINT pk_matter PRIMARY KEY (id),
        CONSTRAINT uq_matter_session_id_item_id UNIQUE (session_id, item_id),
        CONSTRAINT fk_matter_session_id_session FOREIGN KEY(session_id) REFERENCES session (id),
        CONSTRAINT fk_matter_item_id_item FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_matter_implementation_id_implementation
            FOREIGN KEY(implementation_id) REFERENCES implementation (id),
        CONSTRAINT fk_matter_version_id_version FOREIGN KEY(version_id) REFERENCES version (id),
        CONSTRAINT fk_matter_outcome_outcome FOREIGN KEY(outcome) REFERENCES outcome (code)
    )
    """,
    "CREATE UNIQUE INDEX uq_call_hold_live ON call_hold (call_id) WHERE ended_at IS NULL",
    "CREATE INDEX ix_call_hold_call_id ON call_hold (call_id)",
)


def upgrade() -> None:
    """Add the tables; sessions that go on have nothing in them."""
    for statement in TABLES:
        op.execute(statement)
