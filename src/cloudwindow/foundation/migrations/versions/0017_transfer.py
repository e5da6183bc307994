"""Handing on: a ticket keeps the number of the desk where it was taken. An invitation may be answered in writing.

How far the coaching of a session has come is kept with it.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# scope: a migration changes the tables
CHANGES = (
    "ALTER TABLE ticket ADD COLUMN taken_desk_id UUID",
    "UPDATE ticket SET taken_desk_id = desk_id",
    "ALTER TABLE ticket ALTER COLUMN taken_desk_id SET NOT NULL",
    """
    ALTER TABLE ticket ADD CONSTRAINT fk_ticket_taken_desk_id_desk FOREIGN KEY (taken_desk_id) REFERENCES desk (id)
    """,
    "DROP INDEX uq_ticket_number",
    "CREATE UNIQUE INDEX uq_ticket_number ON ticket (taken_desk_id, day, number)",
    "ALTER TABLE engagement ADD COLUMN reply_cipher BYTEA",
    "ALTER TABLE session ADD COLUMN coached JSONB DEFAULT '{}' NOT NULL",
)


def upgrade() -> None:
    """Add the columns; no ticket has ever left its desk."""
    for statement in CHANGES:
        op.execute(statement)
