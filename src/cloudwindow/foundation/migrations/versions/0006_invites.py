"""Invitations: links with which a person goes on with another device."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# scope: a migration makes the tables
TABLES = (
    """
    CREATE TABLE device_link (
        id UUID NOT NULL,
        login_id UUID NOT NULL,
        account_id UUID NOT NULL,
        digest BYTEA NOT NULL,
        created_at TIMESTAMP WITH TIME ZONE NOT NULL,
        expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
        used_at TIMESTAMP WITH TIME ZONE,
        claim BYTEA,
        opened_login_id UUID,
        CONSTRAINT pk_device_link PRIMARY KEY (id),
        CONSTRAINT fk_device_link_login_id_login FOREIGN KEY(login_id) REFERENCES login (id),
        CONSTRAINT fk_device_link_account_id_account FOREIGN KEY(account_id) REFERENCES account (id),
        CONSTRAINT uq_device_link_digest UNIQUE (digest),
        CONSTRAINT fk_device_link_opened_login_id_login FOREIGN KEY(opened_login_id) REFERENCES login (id)
    )
    """,
    "CREATE INDEX ix_device_link_login_id ON device_link (login_id)",
)


def upgrade() -> None:
    """Add the links."""
    for statement in TABLES:
        op.execute(statement)
