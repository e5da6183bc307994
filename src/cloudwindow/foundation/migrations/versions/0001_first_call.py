"""First call: the house, and one real video session from item to rating."""

import hashlib
import json
from pathlib import Path

from alembic import context, op
from sqlalchemy import text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

HERE = Path(__file__).parent

APPEND_ONLY = ("audit", "event", "session_event")


def upgrade() -> None:
    """Create everything."""
    mode = context.config.attributes["mode"]
    op.execute("CREATE EXTENSION IF NOT EXISTS ltree WITH SCHEMA public")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public")
    _clock(mode)
    for statement in (HERE / "0001_tables.sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)
    _append_only()
    _rows()
    op.get_bind().execute(text("INSERT INTO deployment (id, mode) VALUES (1, :mode)"), {"mode": mode})


def _clock(mode: str) -> None:
    """In production `app_now()` has no offset; elsewhere it is moved by one row that all processes share (model §5)."""
    if mode == "production":
        op.execute(
            "CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS "
            "'SELECT clock_timestamp()'"
        )
        return
    op.execute("CREATE TABLE test_clock (id smallint PRIMARY KEY CHECK (id = 1), shift interval NOT NULL)")
    op.execute("INSERT INTO test_clock VALUES (1, interval '0')")
    op.execute(
        "CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS "
        "'SELECT clock_timestamp() + (SELECT shift FROM test_clock)'"
    )


def _append_only() -> None:
    """Refuse to change or remove what must outlive (model §8)."""
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


OUTCOMES = (
    ("solved", "done", True),
    ("guided_online", "done", True),
    ("received", "done", True),
    ("to_acceptance", "done", False),
    ("to_support", "done", False),
    ("to_12345", "done", False),
    ("rebooked", "done", False),
    ("needs_visit", "done", False),
    ("gave_up", "not_done", False),
    ("dropped", "not_done", False),
    ("poor_picture", "not_done", False),
    ("doubtful_identity", "not_done", False),
    ("out_of_scope", "not_done", False),
)
"""Outcome codes in the order of the wrap-up's digits; the first three count as solved at first (model §3)."""


def _rows() -> None:
    """Write what every deployment begins with: the outcomes, and the notice people agree to."""
    connection = op.get_bind()
    for position, (code, group, solved) in enumerate(OUTCOMES):
        connection.execute(
            text('INSERT INTO outcome (code, position, "group", solved) VALUES (:c, :p, :g, :s)'),
            {"c": code, "p": position, "g": group, "s": solved},
        )
    notice = json.loads((HERE / "0001_consent.json").read_text(encoding="utf-8"))
    exact = json.dumps(notice["content"], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    connection.execute(
        text(
            "INSERT INTO consent_text (version, digest, content, valid_from)"
            " VALUES (:v, :d, CAST(:c AS jsonb), CAST(CAST(:f AS text) AS timestamptz))"
        ),
        {
            "v": notice["version"],
            "d": hashlib.sha256(exact.encode()).digest(),
            "c": exact,
            "f": notice["valid_from"],
        },
    )
