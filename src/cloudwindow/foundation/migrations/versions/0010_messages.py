"""Messages to phones, and phones that are proved to be one's own."""

from alembic import op

revision = "0010"
down_revision = "0007"
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
)


def upgrade() -> None:
    """Add what is said to phones, and the codes that prove them."""
    for statement in STATEMENTS:
        op.execute(statement)
