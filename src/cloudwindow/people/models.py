"""Staff with roles, skills and presence (standard §四.4), and the accounts of the people they serve."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from cloudwindow.foundation.database import Base
from cloudwindow.foundation.encrypted import encrypted
from cloudwindow.foundation.ids import new_id


@encrypted("id_number", "phone", indexed=("id_number", "phone"))
class Staff(Base):
    """A member of staff. `name` is a work identity and public; ID number and phone are encrypted with a blind index.

    `password_hash` is argon2id, or null when the person cannot sign in. `status` is `active`, `suspended` or `left`.
    """

    __tablename__ = "staff"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    id_number_cipher: Mapped[bytes]
    id_number_blind: Mapped[bytes]
    phone_cipher: Mapped[bytes]
    phone_blind: Mapped[bytes]
    languages: Mapped[list[str]]
    status: Mapped[str]
    certificate_valid_to: Mapped[date | None]
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(server_default=text("false"))
    failed_logins: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    locked_until: Mapped[datetime | None]


@encrypted("secret")
class SecondFactor(Base):
    """A person's code generator (RFC 6238): its secret, encrypted, and from when on sign-in asks for a code.

    `last_step` is the time step of the last code that was accepted: that one and those before it are used up.
    """

    __tablename__ = "second_factor"

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    secret_cipher: Mapped[bytes]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int]


class RecoveryCode(Base):
    """A code for the day on which the generator is lost; it opens once. Only its digest is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (PrimaryKeyConstraint("staff_id", "digest"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    digest: Mapped[bytes]
    used_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role held over an organisation and all below it; `lines` limits it to department lines (null: all)."""

    __tablename__ = "role_grant"
    __table_args__ = (Index(None, "staff_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[str]
    scope_organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    lines: Mapped[list[str] | None]


class Skill(Base):
    """How well a person knows an item or a department line: 1 learner, 2 able, 3 proficient (model §1)."""

    __tablename__ = "skill"
    __table_args__ = (
        PrimaryKeyConstraint("staff_id", "subject"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    subject: Mapped[str]
    level: Mapped[int] = mapped_column(SmallInteger)


class Presence(Base):
    """What a person wants: `ready`, `break` with a reason, or `off`. Lease and work state stand apart (invariant 5).

    `idle_since` decides whose turn it is among equals; `misses` counts rings missed in a row. `remind_at` is when a
    break has taken as long as it may; nothing is forced then.
    """

    __tablename__ = "presence"
    __table_args__ = (
        CheckConstraint("wanted IN ('ready', 'break', 'off')", name="wanted"),
        Index("ix_presence_ready", "staff_id", postgresql_where=text("wanted = 'ready'")),
    )

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    wanted: Mapped[str]
    reason: Mapped[str | None]
    since: Mapped[datetime]
    idle_since: Mapped[datetime]
    misses: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    station_id: Mapped[UUID | None] = mapped_column(ForeignKey("station.id"))
    remind_at: Mapped[datetime | None]


class PresenceChange(Base):
    """That a person's wish became another one, and when: the record behind 在线保持率 (domain §10). Never changed."""

    __tablename__ = "presence_change"
    __table_args__ = (
        CheckConstraint("wanted IN ('ready', 'break', 'off')", name="wanted"),
        Index("ix_presence_change_staff", "staff_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    wanted: Mapped[str]
    reason: Mapped[str | None]


class DeviceLink(Base):
    """A one-time link that carries a login of an account to another device; only the digest of its secret is kept.

    `claim` is the digest of the request that followed it, so that the same browser may ask again; `opened_login_id` is
    the login that it got. `in_message`: it went to the phone, and is good for as long as its message.
    """

    __tablename__ = "device_link"
    __table_args__ = (Index(None, "login_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    login_id: Mapped[UUID] = mapped_column(ForeignKey("login.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    digest: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    claim: Mapped[bytes | None]
    opened_login_id: Mapped[UUID | None] = mapped_column(ForeignKey("login.id"))
    in_message: Mapped[bool] = mapped_column(server_default=text("false"))


@encrypted("form_of_address", "phone", indexed=("phone",), data_key=True)
class Account(Base):
    """Someone who is served: a guest with a form of address 称呼 and a phone (identity level 2, model §7).

    `data_key` is the account's own key, wrapped; what audit rows keep about the person is under it, so that
    destroying it deletes (model §8). `elderly` is what the person said. `phone_verified_at` is when a code that was
    sent to the phone came back.
    """

    __tablename__ = "account"
    __table_args__ = (Index(None, "phone_blind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    form_of_address_cipher: Mapped[bytes]
    phone_cipher: Mapped[bytes]
    phone_blind: Mapped[bytes]
    elderly: Mapped[bool]
    data_key: Mapped[bytes]
    created_at: Mapped[datetime]
    phone_verified_at: Mapped[datetime | None]


class PhoneCode(Base):
    """A code sent to the phone of an account to prove that it is theirs; only its keyed digest is kept."""

    __tablename__ = "phone_code"
    __table_args__ = (Index("ix_phone_code_account", "account_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    digest: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(SmallInteger)
    used_at: Mapped[datetime | None]
