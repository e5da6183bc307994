"""Messages to phones, phones that are proved to be one's own, and what follows abuse."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# scope: a migration makes the tables
STATEMENTS = (
    "ALTER TABLE account ADD COLUMN phone_verified_at TIMESTAMP WITH TIME ZONE",
    """
    CREATE TABLE phone_code (
        id UUID NOT NULL,
        account_id UUID NOT NULL,
        digest BYTEA NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        tries SMALLINT NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_phone_code PRIMARY KEY (id),
        CONSTRAINT fk_phone_code_account_id_account FOREIGN KEY(account_id) REFERENCES account (id)
    )
    """,
    "CREATE INDEX ix_phone_code_account ON phone_code (account_id, created_at)",
    """
    CREATE TABLE message (
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        occasion UUID NOT NULL,
        account_id UUID NOT NULL,
        phone_cipher BYTEA NOT NULL,
        phone_blind BYTEA NOT NULL,
        text_cipher BYTEA NOT NULL,
        state TEXT NOT NULL,
        attempts SMALLINT NOT NULL,
        queued_at TIMESTAMP WITH TIME ZONE NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        sending_until TIMESTAMP WITH TIME ZONE,
        ended_at TIMESTAMP WITH TIME ZONE,
        failure TEXT,
        CONSTRAINT pk_message PRIMARY KEY (id),
        CONSTRAINT ck_message_state CHECK (state IN ('queued', 'sending', 'failed', 'sent', 'unknown')),
        CONSTRAINT uq_message_kind_occasion UNIQUE (kind, occasion),
        CONSTRAINT fk_message_account_id_account FOREIGN KEY(account_id) REFERENCES account (id)
    )
    """,
    "CREATE INDEX ix_message_due ON message (due_at) WHERE state = 'queued'",
    "CREATE INDEX ix_message_sending ON message (sending_until) WHERE state = 'sending'",
    "CREATE INDEX ix_message_phone ON message (phone_blind, queued_at)",
    "CREATE INDEX ix_message_queued ON message (queued_at)",
    """
    CREATE TABLE abuse (
        session_id UUID NOT NULL,
        account_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        words_cipher BYTEA NOT NULL,
        CONSTRAINT pk_abuse PRIMARY KEY (session_id),
        CONSTRAINT fk_abuse_session_id_session FOREIGN KEY(session_id) REFERENCES session (id),
        CONSTRAINT fk_abuse_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
        CONSTRAINT fk_abuse_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id)
    )
    """,
    "CREATE INDEX ix_abuse_at ON abuse (at)",
    """
    CREATE TABLE block (
        id UUID NOT NULL,
        account_id UUID NOT NULL,
        session_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        from_at TIMESTAMP WITH TIME ZONE NOT NULL,
        until TIMESTAMP WITH TIME ZONE NOT NULL,
        reason TEXT NOT NULL,
        made_by UUID NOT NULL,
        lifted_at TIMESTAMP WITH TIME ZONE,
        lifted_by UUID,
        CONSTRAINT pk_block PRIMARY KEY (id),
        CONSTRAINT ck_block_reason CHECK (reason IN ('insults', 'harassment', 'threats')),
        CONSTRAINT fk_block_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
        CONSTRAINT fk_block_session_id_session FOREIGN KEY(session_id) REFERENCES session (id),
        CONSTRAINT fk_block_organisation_id_organisation FOREIGN KEY(organisation_id) REFERENCES organisation (id),
        CONSTRAINT fk_block_made_by_staff FOREIGN KEY(made_by) REFERENCES staff (id),
        CONSTRAINT fk_block_lifted_by_staff FOREIGN KEY(lifted_by) REFERENCES staff (id)
    )
    """,
    "CREATE INDEX ix_block_account ON block (account_id, until) WHERE lifted_at IS NULL",
    "CREATE INDEX ix_block_session ON block (session_id)",
)


def upgrade() -> None:
    """Add what is said to phones, and the codes that prove them."""
    for statement in STATEMENTS:
        op.execute(statement)
