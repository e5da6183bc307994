"""The stage of a call: what both sides look at."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the stage; calls that go on have none and show the face, as before."""
    # scope: a migration makes tables for everybody
    op.execute(
        """
        CREATE TABLE call_stage (
            call_id uuid NOT NULL,
            no integer NOT NULL,
            kind text NOT NULL,
            participant_id uuid NOT NULL,
            turn smallint NOT NULL,
            zoom smallint NOT NULL,
            x smallint NOT NULL,
            y smallint NOT NULL,
            strokes integer NOT NULL,
            CONSTRAINT pk_call_stage PRIMARY KEY (call_id),
            CONSTRAINT fk_call_stage_call_id_call FOREIGN KEY(call_id) REFERENCES call (id),
            CONSTRAINT fk_call_stage_participant_id_call_participant
                FOREIGN KEY(participant_id) REFERENCES call_participant (id)
        )
        """
    )
