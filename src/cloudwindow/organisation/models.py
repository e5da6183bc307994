"""Regions, organisations, sites 场地, stations 云综窗, opening hours and the calendar (standard §四.1–3)."""

from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Computed, ForeignKey, Index, PrimaryKeyConstraint, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base, Ltree
from cloudwindow.foundation.ids import new_id


class Region(Base):
    """An administrative region: 12 digits, GB/T 2260 (6) + town (3) + village (3).

    `path` runs from the city down, its labels are codes; `ladder` is the same as a list, for looks upward (`ladders`).
    """

    __tablename__ = "region"
    __table_args__ = (Index(None, "path", postgresql_using="gist"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    pinyin: Mapped[str]
    initials: Mapped[str]
    path: Mapped[str] = mapped_column(Ltree)
    ladder: Mapped[list[str]] = mapped_column(Computed("string_to_array(ltree2text(path), '.')", persisted=True))


class Organisation(Base):
    """An organisation 机构 in this system's tree, by which permissions are scoped.

    `kind` is `authority` 管理机构, `centre` 政务服务中心, `town_centre` 便民服务中心 or
    `department` 责任单位.
    """

    __tablename__ = "organisation"
    __table_args__ = (Index(None, "path", postgresql_using="gist"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str]
    credit_code: Mapped[str]
    level: Mapped[str]
    kind: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id"))
    path: Mapped[str] = mapped_column(Ltree)
    phone: Mapped[str]


class OpeningHours(Base):
    """A named timetable, such as 政务服务大厅; its spans stand in `opening_rule`."""

    __tablename__ = "opening_hours"

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class OpeningRule(Base):
    """Which spans of the day hold on which weekdays (1 = Monday) between two days of the year.

    `from_day` and `to_day` are `MM-DD`, both included, and may wrap the new year; spans are `HH:MM-HH:MM`.
    """

    __tablename__ = "opening_rule"
    __table_args__ = (PrimaryKeyConstraint("hours_key", "position"),)

    hours_key: Mapped[str] = mapped_column(ForeignKey("opening_hours.key"))
    position: Mapped[int] = mapped_column(SmallInteger)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    from_day: Mapped[str]
    to_day: Mapped[str]
    spans: Mapped[list[str]] = mapped_column(ARRAY(Text))


class CalendarDay(Base):
    """A day that differs from its weekday: a holiday (`off`) or a make-up working day 调休 (`make_up`)."""

    __tablename__ = "calendar_day"
    __table_args__ = (CheckConstraint("kind IN ('off', 'make_up')", name="kind"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    statutory: Mapped[bool]
    provisional: Mapped[bool]
    source: Mapped[str]


class Site(Base):
    """A place 场地 with windows; noise is in dB(A), light in lx.

    `status` is `preparing` 筹建, `in_use` 在用 or `closed` 停用.
    """

    __tablename__ = "site"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    address: Mapped[str]
    hours_key: Mapped[str] = mapped_column(ForeignKey("opening_hours.key"))
    status: Mapped[str]
    noise_db: Mapped[int | None] = mapped_column(SmallInteger)
    lux: Mapped[int | None]
    inspected_on: Mapped[date | None]
    accessible: Mapped[bool]
    quiet_room: Mapped[bool]


class Station(Base):
    """A physical seat 云综窗 at a site.

    `kind` is `agent` 客服席, `acceptor` 受理席 or `help_point` 帮办点; `network` is `gov` 政务外网 or
    `internet`; `status` as that of a site.
    """

    __tablename__ = "station"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("site.id"))
    kind: Mapped[str]
    network: Mapped[str]
    status: Mapped[str]
