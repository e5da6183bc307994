"""What the pages of a call measured of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, PrimaryKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base

CAUSES = ("permission", "no_device", "no_route", "signalling_timeout", "insecure_page", "unknown")
"""Why a setup failed: the microphone was refused, is missing or in use, the network let no path through (ICE failed),
no answer of the other side came, the page was not opened over HTTPS, or none of these.
"""

_LIST = ", ".join(f"'{cause}'" for cause in CAUSES)


class CallQuality(Base):
    """The call as one page of one side measured it, replaced by each later report of that page (`number` grows).

    Times are milliseconds of the page's own clock: `setup_ms` from joining to the first media, `first_frame_ms` to the
    first picture, null while there was none. Loss is of what was received, in thousandths. No personal data; where the
    call belongs is copied from its session, since it anchors scope and is fixed there.
    """

    __tablename__ = "call_quality"
    __table_args__ = (
        PrimaryKeyConstraint("participant_id", "attempt"),
        CheckConstraint("side IN ('applicant', 'clerk', 'invited')", name="side"),
        CheckConstraint(f"cause IN ({_LIST})", name="cause"),
        Index(None, "call_id"),
        Index(None, "call_started_at"),
    )

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("call_participant.id"))
    attempt: Mapped[int] = mapped_column(Integer)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("call.id"))
    call_started_at: Mapped[datetime]
    home_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[str]
    number: Mapped[int] = mapped_column(Integer)
    reported_at: Mapped[datetime]
    setup_ms: Mapped[int | None] = mapped_column(Integer)
    first_frame_ms: Mapped[int | None] = mapped_column(Integer)
    freezes: Mapped[int] = mapped_column(Integer)
    frozen_ms: Mapped[int] = mapped_column(Integer)
    loss_permille: Mapped[int | None] = mapped_column(SmallInteger)
    round_trip_ms: Mapped[int | None] = mapped_column(Integer)
    worst_round_trip_ms: Mapped[int | None] = mapped_column(Integer)
    kbps: Mapped[int] = mapped_column(Integer)
    rung_changes: Mapped[int] = mapped_column(Integer)
    relay: Mapped[bool]
    cause: Mapped[str | None]
