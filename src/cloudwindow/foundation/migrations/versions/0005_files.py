"""Files that people send."""

from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

# scope: a migration makes the table
TABLE = """
    CREATE TABLE file (
        id UUID NOT NULL,
        purpose TEXT NOT NULL,
        anchor TEXT NOT NULL,
        anchor_id UUID NOT NULL,
        staff_id UUID,
        account_id UUID,
        state TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size BIGINT NOT NULL,
        digest BYTEA NOT NULL,
        name_cipher BYTEA,
        data_key BYTEA NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_file PRIMARY KEY (id),
        CONSTRAINT ck_file_state CHECK (state IN ('arriving', 'stored', 'removed')),
        CONSTRAINT ck_file_one_person CHECK (num_nonnulls(staff_id, account_id) = 1)
    )
"""
INDEXES = (
    "CREATE INDEX ix_file_unused ON file (created_at) WHERE used_at IS NULL AND state <> 'removed'",
    "CREATE INDEX ix_file_anchor_id ON file (anchor_id)",
)


def upgrade() -> None:
    """Add the files' rows; their bytes lie in the store."""
    op.execute(TABLE)
    for statement in INDEXES:
        op.execute(statement)
