"""Pictures on the stage, and photos that a clerk asks for."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# scope: a migration makes and changes tables
STATEMENTS = (
    "ALTER TABLE call_stage ADD COLUMN file_id UUID",
    "ALTER TABLE call_stage ADD CONSTRAINT fk_call_stage_file_id_file FOREIGN KEY(file_id) REFERENCES file (id)",
    """
    ALTER TABLE call_stage ADD CONSTRAINT ck_call_stage_picture_is_file
        CHECK ((kind = 'picture') = (file_id IS NOT NULL))
    """,
    """
    CREATE TABLE photo_request (
        id UUID NOT NULL,
        call_id UUID NOT NULL,
        what TEXT NOT NULL,
        label TEXT,
        state TEXT NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        closed_at TIMESTAMP WITH TIME ZONE,
        file_id UUID,
        way TEXT,
        width INTEGER,
        height INTEGER,
        warnings TEXT[] NOT NULL,
        CONSTRAINT pk_photo_request PRIMARY KEY (id),
        CONSTRAINT ck_photo_request_state CHECK (state IN ('asked', 'sent', 'declined', 'withdrawn')),
        CONSTRAINT ck_photo_request_sent_is_file CHECK ((state = 'sent') = (file_id IS NOT NULL)),
        CONSTRAINT ck_photo_request_material_has_name CHECK ((what = 'material') = (label IS NOT NULL)),
        CONSTRAINT fk_photo_request_call_id_call FOREIGN KEY(call_id) REFERENCES call (id),
        CONSTRAINT fk_photo_request_file_id_file FOREIGN KEY(file_id) REFERENCES file (id)
    )
    """,
    "CREATE UNIQUE INDEX uq_photo_request_open ON photo_request (call_id) WHERE state = 'asked'",
    "CREATE INDEX ix_photo_request_call_id_asked_at ON photo_request (call_id, asked_at)",
    "CREATE INDEX ix_photo_request_file_id ON photo_request (file_id)",
)


def upgrade() -> None:
    """Add what a stage and a call may have besides; calls that go on have neither."""
    for statement in STATEMENTS:
        op.execute(statement)
