"""Files that people send, and the chat of a session."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# scope: a migration makes the table
TABLE = """
    CREATE TABLE file (
        id UUID NOT NULL,
        purpose TEXT NOT NULL,
        anchor TEXT NOT NULL,
        anchor_id UUID NOT NULL,
        staff_id UUID,
        account_id UUID,
        state TEXT NOT NULL,
        media_type TEXT NOT NULL,
        size BIGINT NOT NULL,
        digest BYTEA NOT NULL,
        name_cipher BYTEA,
        data_key BYTEA NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_file PRIMARY KEY (id),
        CONSTRAINT ck_file_state CHECK (state IN ('arriving', 'stored', 'removed')),
        CONSTRAINT ck_file_one_person CHECK (num_nonnulls(staff_id, account_id) = 1)
    )
"""
# scope: a migration makes the tables
CHAT = (
    """
    CREATE TABLE chat_message (
        id UUID NOT NULL,
        session_id UUID NOT NULL,
        seq INTEGER NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        side TEXT NOT NULL,
        sender_id UUID NOT NULL,
        client_id UUID NOT NULL,
        text_cipher BYTEA,
        file_id UUID,
        CONSTRAINT pk_chat_message PRIMARY KEY (id),
        CONSTRAINT ck_chat_message_side CHECK (side IN ('applicant', 'clerk')),
        CONSTRAINT ck_chat_message_text_or_file CHECK (num_nonnulls(text_cipher, file_id) = 1),
        CONSTRAINT uq_chat_message_session_id_seq UNIQUE (session_id, seq),
        CONSTRAINT uq_chat_message_session_id_client_id UNIQUE (session_id, client_id),
        CONSTRAINT fk_chat_message_session_id_session FOREIGN KEY(session_id) REFERENCES session (id),
        CONSTRAINT fk_chat_message_file_id_file FOREIGN KEY(file_id) REFERENCES file (id)
    )
    """,
    """
    CREATE TABLE chat_mark (
        session_id UUID NOT NULL,
        side TEXT NOT NULL,
        delivered INTEGER NOT NULL,
        read INTEGER NOT NULL,
        CONSTRAINT pk_chat_mark PRIMARY KEY (session_id, side),
        CONSTRAINT fk_chat_mark_session_id_session FOREIGN KEY(session_id) REFERENCES session (id)
    )
    """,
)
TRIGGERS = {
    "chat_message_append_only": ("UPDATE OR DELETE", "ROW"),
    "chat_message_no_truncate": ("TRUNCATE", "STATEMENT"),
}
INDEXES = (
    "CREATE INDEX ix_file_unused ON file (created_at) WHERE used_at IS NULL AND state <> 'removed'",
    "CREATE INDEX ix_file_anchor_id ON file (anchor_id)",
)


def upgrade() -> None:
    """Add the files' rows, whose bytes lie in the store, and messages, which nobody changes."""
    op.execute(TABLE)
    for statement in (*INDEXES, *CHAT):
        op.execute(statement)
    for name, (what, each) in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {what} ON chat_message FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )
