"""The seal: positions of what is sealed, and the chain of batches of their digests."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A transaction gets its number before it draws its first position: whoever seals a position then knows that every
# transaction with an earlier one has a smaller number than its own (`foundation/seal/sealer.py`).
POSITION = """
    CREATE FUNCTION seal_position() RETURNS bigint LANGUAGE sql
    RETURN CASE WHEN pg_current_xact_id() IS NOT NULL THEN nextval('seal_position'::regclass) END
"""
SEALED = ("audit", "session_event")
# scope: a migration makes the tables
TABLES = (
    """
    CREATE TABLE seal_batch (
        number BIGINT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        settled BIGINT NOT NULL,
        reach BIGINT NOT NULL,
        xid BIGINT NOT NULL,
        drained BOOLEAN NOT NULL,
        rows BIGINT NOT NULL,
        head BYTEA NOT NULL,
        CONSTRAINT pk_seal_batch PRIMARY KEY (number)
    )
    """,
    """
    CREATE TABLE seal_member (
        position BIGINT NOT NULL,
        table_name TEXT NOT NULL,
        row_key TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        digest BYTEA NOT NULL,
        batch BIGINT NOT NULL,
        CONSTRAINT pk_seal_member PRIMARY KEY (position, table_name)
    )
    """,
    "CREATE INDEX ix_seal_member_batch ON seal_member (batch)",
)


def upgrade() -> None:
    """Number the rows that are there, in the order in which they lie, and begin an empty chain."""
    op.execute("CREATE SEQUENCE seal_position")
    op.execute(POSITION)
    for table in SEALED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN position BIGINT DEFAULT seal_position() NOT NULL")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT uq_{table}_position UNIQUE (position)")
    for statement in TABLES:
        op.execute(statement)
    for table in ("seal_batch", "seal_member"):
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
