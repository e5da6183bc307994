"""What a clerk pushes 推送 to the citizen in a session: links and documents, and the pages of documents as pictures."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, PrimaryKeyConstraint, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base
from cloudwindow.foundation.encrypted import encrypted
from cloudwindow.foundation.ids import new_id


@encrypted("url", "title")
class Pushed(Base):
    """Something that the clerk pushed: the guide of an item, its online entry, another link, or a document.

    `host` is that of an address outside, in clear since it stands on a list; addresses and titles may name a person and
    are encrypted. `changed` is the session event that last changed it, by which pages know that there is something new.
    """

    __tablename__ = "pushed"
    __table_args__ = (
        CheckConstraint("kind IN ('guide', 'entry', 'link', 'document')", name="kind"),
        CheckConstraint("(kind = 'document') = (file_id IS NOT NULL)", name="document_is_file"),
        CheckConstraint("(kind = 'document') = (url_cipher IS NULL)", name="link_has_address"),
        CheckConstraint("(kind IN ('entry', 'link')) = (host IS NOT NULL)", name="outside_has_host"),
        Index("ix_pushed_session_id_changed", "session_id", "changed"),
        Index(None, "file_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("session.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    changed: Mapped[int] = mapped_column(Integer)
    host: Mapped[str | None]
    url_cipher: Mapped[bytes | None]
    title_cipher: Mapped[bytes | None]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("file.id"))


class PushedPage(Base):
    """A page of a pushed document as a picture, for the stage; of a document that is a picture it is that file."""

    __tablename__ = "pushed_page"
    __table_args__ = (PrimaryKeyConstraint("pushed_id", "page"), Index(None, "file_id"))

    pushed_id: Mapped[UUID] = mapped_column(ForeignKey("pushed.id"))
    page: Mapped[int] = mapped_column(SmallInteger)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("file.id"))
