"""Service items 事项: item, implementation, version (model §2; standard §四.5)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base
from cloudwindow.foundation.ids import new_id


class Item(Base):
    """What all places share: the catalogue entry 基本目录.

    `line` is the department line, `flows` what `cloud` allows.
    """

    __tablename__ = "item"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    catalog_code: Mapped[str] = mapped_column(unique=True)
    task_name: Mapped[str]
    short_name: Mapped[str]
    plain: Mapped[str]
    aliases: Mapped[list[str]]
    themes: Mapped[list[str]]
    line: Mapped[str]
    use_level: Mapped[str]
    flows: Mapped[list[str]]
    average_minutes: Mapped[int]


class Implementation(Base):
    """The item at one responsible organisation 实施清单; `task_code` is its 31-character 实施编码.

    `kind` is `full`, or `guide`: what the city's department tells those who cannot say in which county
    (model §4). A guide has no `task_code`, because nothing is ever accepted under it: it serves coaching.
    """

    __tablename__ = "implementation"
    __table_args__ = (
        UniqueConstraint("item_id", "organisation_id"),
        Index(None, "region_code"),
        CheckConstraint("kind IN ('full', 'guide')", name="kind"),
        CheckConstraint("(kind = 'guide') = (task_code IS NULL)", name="task_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID] = mapped_column(ForeignKey("item.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    kind: Mapped[str]
    task_code: Mapped[str | None] = mapped_column(unique=True)
    consult_phone: Mapped[str]
    complaint_phone: Mapped[str]


class Version(Base):
    """The frozen content of one implementation: what a ticket or case was taken under, for ever.

    `digest` is the SHA-256 of `content` in canonical JSON; `versions.py` makes both.
    """

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("implementation_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    implementation_id: Mapped[UUID] = mapped_column(ForeignKey("implementation.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    digest: Mapped[bytes]
    published_at: Mapped[datetime]
