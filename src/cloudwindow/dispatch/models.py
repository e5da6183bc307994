"""Desks 专席, tickets 取号, engagements (an offer is one that still rings) and consent (standard §四.6)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, PrimaryKeyConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.dispatch.states import ENGAGEMENT, TICKET
from cloudwindow.foundation.database import Base
from cloudwindow.foundation.encrypted import encrypted
from cloudwindow.foundation.ids import new_id

ONE_LIVE_TICKET = "uq_ticket_live_account"
"""The index that keeps an account to one live ticket (invariant 1)."""
LIVE_TICKET = "state <> 'closed'"
LIVE_ENGAGEMENT = "state IN ('ringing', 'accepted')"


class Desk(Base):
    """A queue with members, run by a service centre for a region and all below it. Seconds are per ring and wrap-up."""

    __tablename__ = "desk"
    __table_args__ = (Index(None, "region_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    priority: Mapped[int] = mapped_column(Integer)
    flows: Mapped[list[str]]
    needs: Mapped[list[str]]
    hours_key: Mapped[str] = mapped_column(ForeignKey("opening_hours.key"))
    ring_seconds: Mapped[int | None] = mapped_column(Integer)
    wrap_up_seconds: Mapped[int | None] = mapped_column(Integer)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("desk.id"))


class DeskItem(Base):
    """An item that a desk serves."""

    __tablename__ = "desk_item"
    __table_args__ = (PrimaryKeyConstraint("desk_id", "item_id"), Index(None, "item_id"))

    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))


class DeskMember(Base):
    """A clerk who sits at a desk; the level stands in `skill`."""

    __tablename__ = "desk_member"
    __table_args__ = (PrimaryKeyConstraint("desk_id", "staff_id"), Index(None, "staff_id"))

    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))


class Ticket(Base):
    """One wish to be served. It waits at one desk, in the order of `queue_key` = enqueued_at − bonus (architecture §4).

    `home_organisation_id` is the service centre of the region, fixed when taken, and anchors scope and statistics. The
    number is of the series of `taken_desk_id`, wherever the ticket waits now.
    `lease_until` is how long the citizen's page is believed to be open. `typed_only`: the citizen cannot hear or speak,
    and the whole talk is written. `callback_at` is the time for which a callback was agreed, `callback_id` names that
    agreement, and both are kept while it waits to be kept; `callback_tries` counts how often nobody was reached.
    `line_before` is what the page had measured of its line before the number was taken.
    """

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint(TICKET.check(), name="state"),
        CheckConstraint("(callback_at IS NULL) = (callback_id IS NULL)", name="callback"),
        Index(ONE_LIVE_TICKET, "account_id", unique=True, postgresql_where=text(LIVE_TICKET)),
        Index("ix_ticket_account", "account_id", "taken_at"),
        Index("ix_ticket_waiting", "desk_id", "queue_key", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_ticket_parked", "parked_until", postgresql_where=text("state = 'parked'")),
        Index("uq_ticket_number", "taken_desk_id", "day", "number", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str]
    day: Mapped[date] = mapped_column(Date)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    implementation_id: Mapped[UUID] = mapped_column(ForeignKey("implementation.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    line: Mapped[str]
    flow: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    home_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    channel: Mapped[str]
    device: Mapped[str]
    elderly: Mapped[bool]
    answers: Mapped[dict[str, Any]]
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    state: Mapped[str]
    close_reason: Mapped[str | None]
    taken_at: Mapped[datetime]
    enqueued_at: Mapped[datetime]
    bonus_seconds: Mapped[int] = mapped_column(Integer)
    bonus_reason: Mapped[str | None]
    queue_key: Mapped[datetime]
    lease_until: Mapped[datetime]
    parked_until: Mapped[datetime | None]
    first_rung_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    typed_only: Mapped[bool] = mapped_column(server_default=text("false"))
    callback_at: Mapped[datetime | None]
    callback_id: Mapped[UUID | None]
    callback_tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    taken_desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    line_before: Mapped[dict[str, Any] | None]


@encrypted("words", "reply")
class Engagement(Base):
    """One clerk's part in a session. Two partial unique indexes make double assignment impossible (invariant 1).

    `kind` is `serve`, or `invite` for who was asked into a call that goes on; `words` are what the inviter wrote for
    the invited alone, or with a part that ended by handing on, what its clerk wrote for whoever goes on; `reply` is
    what the invited wrote instead of coming. `wrap_until`
    is set while the clerk writes the wrap-up and nulled when that is saved or its time is over: a clerk with such a row
    gets no rings.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        CheckConstraint(ENGAGEMENT.check(), name="state"),
        Index("uq_engagement_live_staff", "staff_id", unique=True, postgresql_where=text(LIVE_ENGAGEMENT)),
        Index(
            "uq_engagement_live_ticket",
            "ticket_id",
            unique=True,
            postgresql_where=text(f"kind = 'serve' AND {LIVE_ENGAGEMENT}"),
        ),
        Index(
            "ix_engagement_invited",
            "ticket_id",
            postgresql_where=text(f"kind = 'invite' AND {LIVE_ENGAGEMENT}"),
        ),
        Index("ix_engagement_ringing", "expires_at", postgresql_where=text("state = 'ringing'")),
        Index(
            "ix_engagement_wrapping",
            "staff_id",
            "wrap_until",
            postgresql_where=text("wrap_until IS NOT NULL"),
        ),
        Index("ix_engagement_ticket", "ticket_id", "staff_id", "ended_at"),
        Index("ix_engagement_staff_day", "staff_id", "offered_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    state: Mapped[str]
    why: Mapped[dict[str, Any]] = mapped_column(JSONB)
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    wrap_until: Mapped[datetime | None]
    reason: Mapped[str | None]
    words_cipher: Mapped[bytes | None]
    reply_cipher: Mapped[bytes | None]


class Block(Base):
    """That an account may take no number until some day, why, and who made and lifted it.

    `session_id` is the session that was ended for abuse, `organisation_id` runs its desk. A lifted one counts no more.
    """

    __tablename__ = "block"
    __table_args__ = (
        CheckConstraint("reason IN ('insults', 'harassment', 'threats')", name="reason"),
        Index("ix_block_account", "account_id", "until", postgresql_where=text("lifted_at IS NULL")),
        Index("ix_block_session", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    from_at: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class ConsentText(Base):
    """A version of the notice 告知同意书; `digest` is the SHA-256 of `content`'s canonical JSON."""

    __tablename__ = "consent_text"

    version: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes]
    content: Mapped[dict[str, Any]]
    valid_from: Mapped[datetime]


class Consent(Base):
    """That an account agreed to one version of the notice for one ticket, and when; it can be withdrawn."""

    __tablename__ = "consent"
    __table_args__ = (Index(None, "ticket_id"), Index(None, "account_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    version: Mapped[str] = mapped_column(ForeignKey("consent_text.version"))
    purposes: Mapped[list[str]]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
