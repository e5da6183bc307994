"""Generations of keys: ciphers that name their key.

No table changes. From now on personal fields may have a format that programs before this one cannot read, so those
must refuse the database, as they do when it is at a migration that they do not know.
"""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing but the revision itself."""
