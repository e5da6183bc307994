"""Tables of the foundation. Rooms never write to them directly: they call the functions beside this file."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Integer, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base
from cloudwindow.foundation.encrypted import encrypted
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.storage.states import FILE


class Deployment(Base):
    """One row, written once by `migrate`: what this database is for, and its keys' fingerprint (model §6, §8)."""

    __tablename__ = "deployment"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1)
    mode: Mapped[str]
    key_fingerprint: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Parameter(Base):
    """A number that a standard or an office decides, with where it comes from (model §9).

    `scope_kind` is `all`, `region` or `desk`; `scope_key` the region code or desk key, empty for `all`. The row with
    the latest `valid_from` that has passed counts.
    """

    __tablename__ = "parameter"
    __table_args__ = (PrimaryKeyConstraint("key", "scope_kind", "scope_key", "valid_from"),)

    key: Mapped[str]
    scope_kind: Mapped[str] = mapped_column(server_default="all")
    scope_key: Mapped[str] = mapped_column(server_default="")
    value: Mapped[Any] = mapped_column(JSONB)
    unit: Mapped[str]
    source: Mapped[str]
    valid_from: Mapped[datetime]


class Counter(Base):
    """A gap-free number series, such as the tickets of one desk on one day. Locked last but for streams."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class EventStream(Base):
    """The last number given out in a stream; its row lock is what makes numbers follow commit order."""

    __tablename__ = "event_stream"

    stream: Mapped[str] = mapped_column(primary_key=True)
    last_seq: Mapped[int]


class Event(Base):
    """One replayable change, without personal data: the whole new sub-document `type` of the stream's state."""

    __tablename__ = "event"
    __table_args__ = (PrimaryKeyConstraint("stream", "seq"),)

    stream: Mapped[str]
    seq: Mapped[int]
    at: Mapped[datetime]
    type: Mapped[str]
    data: Mapped[Any] = mapped_column(JSONB, nullable=True)


class AuditRow(Base):
    """Who did what from where; append-only. `body` is the exact JSON that was digested (SHA-256)."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "subject_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    subject_table: Mapped[str]
    subject_id: Mapped[UUID | None]
    body: Mapped[bytes]
    digest: Mapped[bytes]
    position: Mapped[int] = mapped_column(server_default=text("seal_position()"), unique=True)


class SealBatch(Base):
    """A batch of the chain of digests; `foundation.seal.chain.Header` says what each field means. Append-only."""

    __tablename__ = "seal_batch"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    settled: Mapped[int]
    reach: Mapped[int]
    xid: Mapped[int]
    drained: Mapped[bool]
    rows: Mapped[int]
    head: Mapped[bytes]


class SealMember(Base):
    """One sealed row: what the chain holds of it, so that a missing one can still be named. Append-only.

    No foreign key to the batch: it would be checked for each row, and the heads say more than it could.
    """

    __tablename__ = "seal_member"
    __table_args__ = (PrimaryKeyConstraint("position", "table_name"), Index(None, "batch"))

    position: Mapped[int]
    table_name: Mapped[str]
    row_key: Mapped[str]
    at: Mapped[datetime]
    digest: Mapped[bytes]
    batch: Mapped[int]


@encrypted("name", data_key=True)
class StoredFile(Base):
    """A file that somebody sent. Its bytes lie in the store under `id`, encrypted with a key of its own (`data_key`).

    `anchor` and `anchor_id` say where it belongs, such as a session; who may see it follows from that. `size` (bytes)
    and `digest` (SHA-256) are of the file in clear, as it is kept: a picture is written anew. `used_at` is when
    something was done with it, such as sending it in a message; what is not used is removed. Once it is removed, the
    key and the name are gone, too. The name is as its sender's device had it, and personal.
    """

    __tablename__ = "file"
    __table_args__ = (
        CheckConstraint(FILE.check(), name="state"),
        CheckConstraint("num_nonnulls(staff_id, account_id) = 1", name="one_person"),
        Index("ix_file_unused", "created_at", postgresql_where=text("used_at IS NULL AND state <> 'removed'")),
        Index(None, "anchor_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[str]
    anchor: Mapped[str]
    anchor_id: Mapped[UUID]
    staff_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    state: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[bytes]
    name_cipher: Mapped[bytes | None]
    data_key: Mapped[bytes]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Login(Base):
    """Someone is signed in with one browser. The cookie's secret is stored only as its SHA-256.

    `face` is `staff` or `applicant`; exactly one of `staff_id` and `account_id` is set. `used_at` is when the person
    last did something, true to a minute; at `idle_at` the login ends (null: it does not for want of use). `closing`: an
    operator ended it while the person was being rung or talking, so it ends once that is over.
    """

    __tablename__ = "login"
    __table_args__ = (
        CheckConstraint("num_nonnulls(staff_id, account_id) = 1", name="one_person"),
        Index("ix_login_live_staff", "staff_id", postgresql_where=text("ended_at IS NULL")),
        Index("ix_login_idle", "idle_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_digest: Mapped[bytes] = mapped_column(unique=True)
    face: Mapped[str]
    staff_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    station_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    idle_at: Mapped[datetime | None]
    closing: Mapped[bool] = mapped_column(server_default=text("false"))


class TabLease(Base):
    """The proof that a tab is still open, renewed in batches by the process that holds its WebSocket (invariant 5).

    `holder` is the connection that renews it: a tab that came back on another one is not closed by the old one's end.
    """

    __tablename__ = "tab_lease"
    __table_args__ = (
        Index("ix_tab_lease_staff_id", "staff_id", postgresql_where=text("staff_id IS NOT NULL")),
        Index("ix_tab_lease_account_id", "account_id", postgresql_where=text("account_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login_id: Mapped[UUID]
    staff_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    opened_at: Mapped[datetime]
    lease_until: Mapped[datetime]
    holder: Mapped[UUID]


class Heartbeat(Base):
    """One row that every process touches about once a second, by the real clock: the service was up until `at`."""

    __tablename__ = "heartbeat"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1)
    at: Mapped[datetime]


class RequestCount(Base):
    """How often somebody asked within a window that ends at `ends_at`; unlogged, `key` holds digests only."""

    __tablename__ = "request_count"
    __table_args__ = (Index(None, "ends_at", postgresql_using="brin"), {"prefixes": ["UNLOGGED"]})

    key: Mapped[str] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    count: Mapped[int]


class Idempotency(Base):
    """The answer already given to a request, so that a client which lost it may ask again and change nothing."""

    __tablename__ = "idempotency"
    __table_args__ = (PrimaryKeyConstraint("login_id", "key"), Index(None, "at"))

    login_id: Mapped[UUID]
    key: Mapped[UUID]
    action: Mapped[str]
    request_digest: Mapped[bytes]
    status: Mapped[int] = mapped_column(Integer)
    response: Mapped[Any] = mapped_column(JSONB)
    at: Mapped[datetime]
