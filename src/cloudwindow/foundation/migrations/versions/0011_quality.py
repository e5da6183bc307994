"""Measurements of calls, as the pages report them."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# scope: a migration makes the tables
TABLES = (
    """
    CREATE TABLE call_quality (
        participant_id UUID NOT NULL,
        attempt INTEGER NOT NULL,
        call_id UUID NOT NULL,
        call_started_at TIMESTAMP WITH TIME ZONE NOT NULL,
        home_organisation_id UUID NOT NULL,
        side TEXT NOT NULL,
        number INTEGER NOT NULL,
        reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
        setup_ms INTEGER,
        first_frame_ms INTEGER,
        freezes INTEGER NOT NULL,
        frozen_ms INTEGER NOT NULL,
        loss_permille SMALLINT,
        round_trip_ms INTEGER,
        worst_round_trip_ms INTEGER,
        kbps INTEGER NOT NULL,
        rung_changes INTEGER NOT NULL,
        relay BOOLEAN NOT NULL,
        cause TEXT,
        CONSTRAINT pk_call_quality PRIMARY KEY (participant_id, attempt),
        CONSTRAINT ck_call_quality_side CHECK (side IN ('applicant', 'clerk')),
        CONSTRAINT ck_call_quality_cause CHECK (cause IN
            ('permission', 'no_device', 'no_route', 'signalling_timeout', 'insecure_page', 'unknown')),
        CONSTRAINT fk_call_quality_participant_id_call_participant
            FOREIGN KEY(participant_id) REFERENCES call_participant (id),
        CONSTRAINT fk_call_quality_call_id_call FOREIGN KEY(call_id) REFERENCES call (id),
        CONSTRAINT fk_call_quality_home_organisation_id_organisation
            FOREIGN KEY(home_organisation_id) REFERENCES organisation (id)
    )
    """,
    "CREATE INDEX ix_call_quality_call_id ON call_quality (call_id)",
    "CREATE INDEX ix_call_quality_call_started_at ON call_quality (call_started_at)",
)


def upgrade() -> None:
    """Add the table."""
    for statement in TABLES:
        op.execute(statement)
