"""What a clerk pushes to the citizen: links and documents."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# scope: a migration makes the tables
STATEMENTS = (
    """
    CREATE TABLE pushed (
        id UUID NOT NULL,
        session_id UUID NOT NULL,
        kind TEXT NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        opened_at TIMESTAMP WITH TIME ZONE,
        changed INTEGER NOT NULL,
        host TEXT,
        url_cipher BYTEA,
        title_cipher BYTEA,
        file_id UUID,
        CONSTRAINT pk_pushed PRIMARY KEY (id),
        CONSTRAINT ck_pushed_kind CHECK (kind IN ('guide', 'entry', 'link', 'document')),
        CONSTRAINT ck_pushed_document_is_file CHECK ((kind = 'document') = (file_id IS NOT NULL)),
        CONSTRAINT ck_pushed_link_has_address CHECK ((kind = 'document') = (url_cipher IS NULL)),
        CONSTRAINT ck_pushed_outside_has_host CHECK ((kind IN ('entry', 'link')) = (host IS NOT NULL)),
        CONSTRAINT fk_pushed_session_id_session FOREIGN KEY(session_id) REFERENCES session (id),
        CONSTRAINT fk_pushed_file_id_file FOREIGN KEY(file_id) REFERENCES file (id)
    )
    """,
    """
    CREATE TABLE pushed_page (
        pushed_id UUID NOT NULL,
        page SMALLINT NOT NULL,
        file_id UUID NOT NULL,
        CONSTRAINT pk_pushed_page PRIMARY KEY (pushed_id, page),
        CONSTRAINT fk_pushed_page_pushed_id_pushed FOREIGN KEY(pushed_id) REFERENCES pushed (id),
        CONSTRAINT fk_pushed_page_file_id_file FOREIGN KEY(file_id) REFERENCES file (id)
    )
    """,
    "CREATE INDEX ix_pushed_session_id_changed ON pushed (session_id, changed)",
    "CREATE INDEX ix_pushed_file_id ON pushed (file_id)",
    "CREATE INDEX ix_pushed_page_file_id ON pushed_page (file_id)",
)


def upgrade() -> None:
    """Add the tables; sessions that go on have nothing in them."""
    for statement in STATEMENTS:
        op.execute(statement)
