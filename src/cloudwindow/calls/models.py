"""Sessions 连线, calls, participants, signalling and what is kept as evidence (standard §四.6)."""

from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.calls.states import CALL, PHOTO, SESSION, Recall
from cloudwindow.foundation.database import Base
from cloudwindow.foundation.encrypted import encrypted, under_data_key
from cloudwindow.foundation.ids import new_id


class Outcome(Base):
    """How a session may end (domain §3.3). `solved` says whether the indicators count it as solved (model §3)."""

    __tablename__ = "outcome"

    code: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    group: Mapped[str]
    solved: Mapped[bool]


@encrypted("draft", "summary")
class Session(Base):
    """One service between people, from the first answer to the close: one per ticket, over any number of calls.

    Draft and summary are the clerk's own words, in which the citizen's name stands: both are encrypted. `coached` has
    the instant of each step of the coaching (domain §5.4) that was reached.
    """

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint(SESSION.check(), name="state"),
        Index("ix_session_unfinished", "clerk_id", postgresql_where=text("state = 'wrapping'")),
        Index("ix_session_desk_closed", "desk_id", "ended_at"),
        Index("ix_session_account_id", "account_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    clerk_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    home_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    wrap_until: Mapped[datetime | None]
    draft_cipher: Mapped[bytes | None]
    outcome: Mapped[str | None] = mapped_column(ForeignKey("outcome.code"))
    summary_cipher: Mapped[bytes | None]
    next_step: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    coached: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


@encrypted("words")
class Abuse(Base):
    """That a session was ended for abuse, and what the clerk wrote about it; `organisation_id` runs the desk."""

    __tablename__ = "abuse"
    __table_args__ = (Index("ix_abuse_at", "at"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime]
    words_cipher: Mapped[bytes]


class Matter(Base):
    """A further matter 另办的事 of a session, beside the ticket's own: its item, frozen, and what became of it."""

    __tablename__ = "matter"
    __table_args__ = (UniqueConstraint("session_id", "item_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    implementation_id: Mapped[UUID] = mapped_column(ForeignKey("implementation.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    opened_at: Mapped[datetime]
    outcome: Mapped[str | None] = mapped_column(ForeignKey("outcome.code"))


class Call(Base):
    """One media room. The server sees no media: `last_good_at` is when both sides last reported it flowing.

    `grace_until` is when a call that has not connected yet, or lost its media, is given up. `recall` is what was known
    of the citizen's way back when the line broke last, since `recall_at`.
    """

    __tablename__ = "call"
    __table_args__ = (
        CheckConstraint(CALL.check(), name="state"),
        CheckConstraint(f"recall IN {get_args(Recall)}", name="recall"),
        Index("uq_call_live_session", "session_id", unique=True, postgresql_where=text("state <> 'ended'")),
        Index("ix_call_live", "id", postgresql_where=text("state <> 'ended'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    state: Mapped[str]
    started_at: Mapped[datetime]
    connected_at: Mapped[datetime | None]
    last_good_at: Mapped[datetime | None]
    grace_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
    recall: Mapped[str | None]
    recall_at: Mapped[datetime | None]


class CallParticipant(Base):
    """A person in a call. `attempt` grows each time a browser joins; signals of an older attempt are dropped.

    `side` is `applicant`, `clerk` (who serves) or `invited`. An invited one who left has no place any more, and gets
    another one when asked in again.
    """

    __tablename__ = "call_participant"
    __table_args__ = (
        CheckConstraint("num_nonnulls(staff_id, account_id) = 1", name="one_person"),
        Index(None, "call_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    side: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    joined_at: Mapped[datetime | None]
    reported_at: Mapped[datetime | None]
    flowing_at: Mapped[datetime | None]
    ice: Mapped[str | None]
    bytes_received: Mapped[int] = mapped_column(server_default=text("0"))
    left_at: Mapped[datetime | None]


class Stage(Base):
    """What both sides of a call look at 主画面: whose picture of which name, turned and enlarged.

    `no` is the session event that put it there, `strokes` the one that last changed what is drawn on it. A `picture` is
    a file of the session, of whoever put it there; its `no` is that of the first time, so that its drawing comes back.
    `covered`: whoever shares this screen lets nobody see it for the moment.
    """

    __tablename__ = "call_stage"
    __table_args__ = (
        CheckConstraint("(kind = 'picture') = (file_id IS NOT NULL)", name="picture_is_file"),
        CheckConstraint("kind = 'screen' OR NOT covered", name="covered_is_screen"),
    )

    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    no: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str]
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("call_participant.id"))
    turn: Mapped[int] = mapped_column(SmallInteger)
    zoom: Mapped[int] = mapped_column(SmallInteger)
    x: Mapped[int] = mapped_column(SmallInteger)
    y: Mapped[int] = mapped_column(SmallInteger)
    strokes: Mapped[int] = mapped_column(Integer)
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("file.id"))
    covered: Mapped[bool] = mapped_column(server_default=text("false"))


class PhotoRequest(Base):
    """A photo that the clerk asked the citizen for: of what, and what became of it. One at a time is open in a call.

    `label` is the name of a material in the item's frozen version. `way`, `width` and `height` (pixels) are how the
    citizen's page took it, `warnings` what it had found and the citizen sent anyway.
    """

    __tablename__ = "photo_request"
    __table_args__ = (
        CheckConstraint(PHOTO.check(), name="state"),
        CheckConstraint("(state = 'sent') = (file_id IS NOT NULL)", name="sent_is_file"),
        CheckConstraint("(what = 'material') = (label IS NOT NULL)", name="material_has_name"),
        Index("uq_photo_request_open", "call_id", unique=True, postgresql_where=text("state = 'asked'")),
        Index("ix_photo_request_call_id_asked_at", "call_id", "asked_at"),
        Index(None, "file_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    what: Mapped[str]
    label: Mapped[str | None]
    state: Mapped[str]
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("file.id"))
    way: Mapped[str | None]
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    warnings: Mapped[list[str]]


class Hold(Base):
    """A time on hold 保持 of a call: neither side hears the other. At `remind_at` the clerk is reminded of who waits.

    `end_reason` is `resumed`, or why the call ended meanwhile.
    """

    __tablename__ = "call_hold"
    __table_args__ = (
        Index("uq_call_hold_live", "call_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(None, "call_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    started_at: Mapped[datetime]
    remind_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class Signal(Base):
    """A batch of WebRTC signalling on its way between two processes; short-lived, never replayed, unlogged."""

    __tablename__ = "signal"
    __table_args__ = (Index(None, "at"), {"prefixes": ["UNLOGGED"]})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID]
    to_participant_id: Mapped[UUID]
    body: Mapped[dict[str, Any]]
    at: Mapped[datetime]


@under_data_key("text")
class ChatMessage(Base):
    """A message in a session: a text or a file, append-only. `seq` counts from 1 in each session, without gaps.

    The text is encrypted under the citizen's own data key, so that destroying that deletes what both sides wrote.
    `client_id` is the sender's own number of it: sent twice, it is there once.
    """

    __tablename__ = "chat_message"
    __table_args__ = (
        CheckConstraint("side IN ('applicant', 'clerk')", name="side"),
        CheckConstraint("num_nonnulls(text_cipher, file_id) = 1", name="text_or_file"),
        UniqueConstraint("session_id", "seq"),
        UniqueConstraint("session_id", "client_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    side: Mapped[str]
    sender_id: Mapped[UUID]
    client_id: Mapped[UUID]
    text_cipher: Mapped[bytes | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("file.id"))


class ChatMark(Base):
    """How far the messages have come to one side of a session: up to which `seq` on its device, up to which read."""

    __tablename__ = "chat_mark"
    __table_args__ = (PrimaryKeyConstraint("session_id", "side"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    side: Mapped[str]
    delivered: Mapped[int] = mapped_column(Integer)
    read: Mapped[int] = mapped_column(Integer)


class CannedReply(Base):
    """A sentence that clerks send often, of one item or of all (`item_id` null), in the order of `position`.

    `{name}`, `{organisation}` and `{county}` stand for the clerk, the clerk's office and the citizen's place.
    """

    __tablename__ = "canned_reply"
    __table_args__ = (UniqueConstraint("item_id", "position", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("item.id"))
    position: Mapped[int] = mapped_column(Integer)
    zh: Mapped[str]
    en: Mapped[str]


class SessionEvent(Base):
    """What happened in a session, as evidence: append-only, exact bytes and their SHA-256 (invariant 8)."""

    __tablename__ = "session_event"
    __table_args__ = (PrimaryKeyConstraint("session_id", "seq"),)

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]
    kind: Mapped[str]
    body: Mapped[bytes]
    digest: Mapped[bytes]
    position: Mapped[int] = mapped_column(server_default=text("seal_position()"), unique=True)
