"""Ratings 好差评 (standard §四.7; codes of domain §8)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base
from cloudwindow.foundation.encrypted import encrypted
from cloudwindow.oversight.states import RATING


@encrypted("words")
class Rating(Base):
    """What the citizen thought of one session, 5 非常满意 … 1 非常不满意. Codes are national or local, never mixed.

    `clerk_id` and `desk_id` are frozen when it is asked, so that a later hand-over moves no rating. The citizen's own
    words are encrypted.
    """

    __tablename__ = "rating"
    __table_args__ = (
        CheckConstraint(RATING.check(), name="state"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        Index("ix_rating_asked", "expires_at", postgresql_where=text("state = 'asked'")),
        Index("ix_rating_clerk_given", "clerk_id", "given_at"),
    )

    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    clerk_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    home_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    level: Mapped[int | None] = mapped_column(SmallInteger)
    options: Mapped[list[str]]
    local_options: Mapped[list[str]]
    words_cipher: Mapped[bytes | None]
    given_at: Mapped[datetime | None]
