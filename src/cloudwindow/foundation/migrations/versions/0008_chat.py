"""Canned replies, and tickets of people who write instead of speaking."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# scope: a migration makes the table and adds a column
STATEMENTS = (
    """
    CREATE TABLE canned_reply (
        id UUID NOT NULL,
        item_id UUID,
        position INTEGER NOT NULL,
        zh TEXT NOT NULL,
        en TEXT NOT NULL,
        CONSTRAINT pk_canned_reply PRIMARY KEY (id),
        CONSTRAINT uq_canned_reply_item_id_position UNIQUE NULLS NOT DISTINCT (item_id, position),
        CONSTRAINT fk_canned_reply_item_id_item FOREIGN KEY(item_id) REFERENCES item (id)
    )
    """,
    "ALTER TABLE ticket ADD COLUMN typed_only BOOLEAN DEFAULT false NOT NULL",
)


def upgrade() -> None:
    """Add the replies, and how a person wants to be talked to."""
    for statement in STATEMENTS:
        op.execute(statement)
