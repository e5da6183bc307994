"""Letters 留言: what a citizen writes instead of waiting, and the desk answers in writing (standard §四.6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base
from cloudwindow.foundation.encrypted import encrypted
from cloudwindow.foundation.ids import new_id
from cloudwindow.letters.states import LETTER


class Letter(Base):
    """One matter that is asked about in writing, with all that both sides wrote.

    `asked_at` is when the citizen wrote last and `due_at` until when that is to be answered; `read_at` is when the
    citizen opened an answer last. `ticket_id` is the number that was given up for it. `held_by` writes an answer, until
    `held_until`. `home_organisation_id` is the service centre of the region and anchors scope, as a ticket's does.
    """

    __tablename__ = "letter"
    __table_args__ = (
        CheckConstraint(LETTER.check(), name="state"),
        CheckConstraint("(held_by IS NULL) = (held_until IS NULL)", name="held"),
        Index("ix_letter_waiting", "desk_id", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_letter_account", "account_id", "written_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("version.id"))
    line: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    home_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    desk_id: Mapped[UUID] = mapped_column(ForeignKey("desk.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    state: Mapped[str]
    written_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    held_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    held_until: Mapped[datetime | None]


@encrypted("words")
class LetterEntry(Base):
    """What one side wrote: the citizen, or the clerk `staff_id`. A follow-up may be taken back before its answer."""

    __tablename__ = "letter_entry"
    __table_args__ = (Index("ix_letter_entry_letter", "letter_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    letter_id: Mapped[UUID] = mapped_column(ForeignKey("letter.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    words_cipher: Mapped[bytes]
    withdrawn_at: Mapped[datetime | None]
