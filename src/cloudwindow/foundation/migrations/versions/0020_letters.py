"""Letters: what a citizen writes instead of waiting, and the desk answers."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# scope: a migration makes the tables
STATEMENTS = (
    """
    CREATE TABLE letter (
        id UUID NOT NULL,
        account_id UUID NOT NULL,
        item_id UUID NOT NULL,
        version_id UUID NOT NULL,
        line TEXT NOT NULL,
        region_code TEXT NOT NULL,
        home_organisation_id UUID NOT NULL,
        desk_id UUID NOT NULL,
        ticket_id UUID,
        state TEXT NOT NULL,
        written_at TIMESTAMP WITH TIME ZONE NOT NULL,
        asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        answered_at TIMESTAMP WITH TIME ZONE,
        read_at TIMESTAMP WITH TIME ZONE,
        held_by UUID,
        held_until TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_letter PRIMARY KEY (id),
        CONSTRAINT ck_letter_state CHECK (state IN ('waiting', 'answered', 'withdrawn')),
        CONSTRAINT ck_letter_held CHECK ((held_by IS NULL) = (held_until IS NULL)),
        CONSTRAINT fk_letter_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
        CONSTRAINT fk_letter_item_id_item FOREIGN KEY(item_id) REFERENCES item (id),
        CONSTRAINT fk_letter_version_id_version FOREIGN KEY(version_id) REFERENCES version (id),
        CONSTRAINT fk_letter_region_code_region FOREIGN KEY(region_code) REFERENCES region (code),
        CONSTRAINT fk_letter_home_organisation_id_organisation
            FOREIGN KEY(home_organisation_id) REFERENCES organisation (id),
        CONSTRAINT fk_letter_desk_id_desk FOREIGN KEY(desk_id) REFERENCES desk (id),
        CONSTRAINT fk_letter_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id),
        CONSTRAINT fk_letter_held_by_staff FOREIGN KEY(held_by) REFERENCES staff (id)
    )
    """,
    """
    CREATE TABLE letter_entry (
        id UUID NOT NULL,
        letter_id UUID NOT NULL,
        staff_id UUID,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        words_cipher BYTEA NOT NULL,
        withdrawn_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_letter_entry PRIMARY KEY (id),
        CONSTRAINT fk_letter_entry_letter_id_letter FOREIGN KEY(letter_id) REFERENCES letter (id),
        CONSTRAINT fk_letter_entry_staff_id_staff FOREIGN KEY(staff_id) REFERENCES staff (id)
    )
    """,
    "CREATE INDEX ix_letter_waiting ON letter (desk_id, due_at) WHERE state = 'waiting'",
    "CREATE INDEX ix_letter_account ON letter (account_id, written_at)",
    "CREATE INDEX ix_letter_entry_letter ON letter_entry (letter_id, at)",
)


def upgrade() -> None:
    """Add the tables; nobody has written yet."""
    for statement in STATEMENTS:
        op.execute(statement)
