"""Messages to citizens' phones."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base
from cloudwindow.foundation.encrypted import encrypted
from cloudwindow.foundation.ids import new_id
from cloudwindow.messages.states import MESSAGE


@encrypted("phone", "text", indexed=("phone",))
class Message(Base):
    """A text for the phone of an account, said once for each `kind` and `occasion` (the id of what it is about).

    `due_at` is when it may be handed over next, `expires_at` from when on it would come too late. `sending_until` is
    how long a courier may take to hand it over. `failure` is a code, never a text of a sender.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(MESSAGE.check(), name="state"),
        UniqueConstraint("kind", "occasion"),
        Index("ix_message_due", "due_at", postgresql_where=text("state = 'queued'")),
        Index("ix_message_sending", "sending_until", postgresql_where=text("state = 'sending'")),
        Index("ix_message_phone", "phone_blind", "queued_at"),
        Index("ix_message_queued", "queued_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    occasion: Mapped[UUID]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    phone_cipher: Mapped[bytes]
    phone_blind: Mapped[bytes]
    text_cipher: Mapped[bytes]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sending_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    failure: Mapped[str | None]
