"""The record of presence, and when a break is reminded of."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# scope: a migration changes the tables
CHANGES = (
    "ALTER TABLE presence ADD COLUMN remind_at TIMESTAMP WITH TIME ZONE",
    """
    CREATE TABLE presence_change (
        id UUID NOT NULL,
        staff_id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        wanted TEXT NOT NULL,
        reason TEXT,
        CONSTRAINT pk_presence_change PRIMARY KEY (id),
        CONSTRAINT ck_presence_change_wanted CHECK (wanted IN ('ready', 'break', 'off')),
        CONSTRAINT fk_presence_change_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
    )
    """,
    "CREATE INDEX ix_presence_change_staff ON presence_change (staff_id, at)",
    """
    INSERT INTO presence_change (id, staff_id, at, wanted, reason)
    SELECT gen_random_uuid(), staff_id, since, wanted, reason FROM presence
    """,
)


def upgrade() -> None:
    """Add column and table. The record begins with what everybody wants now; a break that goes on has no limit."""
    for statement in CHANGES:
        op.execute(statement)
