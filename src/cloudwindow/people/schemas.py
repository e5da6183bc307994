"""What this room sends and takes over the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StrictBool, StringConstraints, field_validator

Wanted = Literal["ready", "break", "off"]
ChosenReason = Literal["rest", "helping_on_site", "paperwork", "meeting", "device_fault", "other"]
BreakReason = Literal[ChosenReason, "training", "missed_rings"]
"""A training is a meeting now (开会、培训); earlier ones keep their name. The last one is the server's to give."""


class Wire(BaseModel):
    """Base of what is sent: immutable, and nothing unknown is accepted. Errors tell where, never what was in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Asked(Wire):
    """Base of every request body. U+0000 is refused in any text: PostgreSQL cannot hold it, and no person types it."""

    @field_validator("*", mode="after")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        if _holds_nul(value):
            msg = "U+0000 is no text"
            raise ValueError(msg)
        return value


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_holds_nul, value))


Account = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]


class LoginRequest(Asked):
    """Account, password and the seat 窗口 the clerk sits at; with a second factor its code, or a recovery code.

    Whoever serves nobody, such as a supervisor, sits at no window: no seat, and one that is given is not taken.
    """

    account: Account
    password: Password
    station_id: UUID | None = None
    code: Code | None = None


class PasswordRequest(LoginRequest):
    """Sign in and change the password on the way: from `password` to `new_password`."""

    new_password: Password


class EnrolRequest(Asked):
    """Begin a second factor: the password proves who it is, signed in or not."""

    account: Account
    password: Password


class ConfirmRequest(EnrolRequest):
    """The first code of the generator puts it in force."""

    code: Code


class Enrolment(Wire):
    """What a code generator needs: the secret in base32, the same as an address, and that as a QR code in SVG."""

    secret: str
    address: str
    qr_svg: str


class RecoveryCodes(Wire):
    """Codes that open once each in place of the generator's; shown this once."""

    codes: list[str]


class StationView(Wire):
    """The seat."""

    id: UUID
    number: str
    site_name: str


class DeskName(Wire):
    """A desk the clerk sits at."""

    id: UUID
    name: str


class StaffView(Wire):
    """Who is signed in; `station` is null for whoever serves nobody."""

    id: UUID
    account: str
    name: str
    organisation: str
    roles: list[str]
    station: StationView | None
    desks: list[DeskName]
    second_factor: bool


class StaffMe(Wire):
    """Who is signed in, and the CSRF token for this login; both null for a stranger."""

    staff: StaffView | None
    csrf: str | None


class SeatRequest(Asked):
    """The station at which a clerk sits from now on."""

    station_id: UUID


class PresenceRequest(Asked):
    """What the clerk wants; a break has a reason."""

    wanted: Wanted
    reason: ChosenReason | None = None


class PresenceView(Wire):
    """What the clerk wants, and what the clerk is doing (derived).

    `remind_at`: when a break has taken as long as it may, and the page says so; null where there is no limit.
    """

    wanted: Wanted
    reason: BreakReason | None
    since: datetime
    remind_at: datetime | None
    work: Literal["idle", "ringing", "serving", "wrapping"]
    work_since: datetime


class BreakUse(Wire):
    """How long a clerk was on break today for one reason, and how long such a break may take (null: no limit)."""

    reason: BreakReason
    seconds: int
    limit_minutes: int | None


class Breaks(Wire):
    """A clerk's breaks of today up to `at`, those after missed rings and the one that goes on included.

    A change of reason goes on with the same break.
    """

    times: int
    seconds: int
    at: datetime
    reasons: list[BreakUse]


class EnterRequest(Asked):
    """A guest: form of address 称呼, phone, and whether the person says to be 60 or older (model §4, §7)."""

    form_of_address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    phone: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^1[0-9]{10}$")]
    elderly: StrictBool = False


class AccountView(Wire):
    """The account behind the cookie; the phone is masked. `phone_verified`: a code sent there came back."""

    id: UUID
    form_of_address: str
    phone_masked: str
    elderly: bool
    phone_verified: bool


class ApplicantMe(Wire):
    """The account and its CSRF token, both null for a stranger; `moved`: who was here went on with another device."""

    account: AccountView | None
    csrf: str | None
    moved: bool = False


class PhoneCodeSent(Wire):
    """A code is on its way to the phone, and until when it is good."""

    expires_at: datetime


class PhoneCodeRequest(Asked):
    """The six digits that came to the phone."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{6}$")]


class PhoneCodeTried(Wire):
    """Whether the digits were right, and the account as it is now."""

    fits: bool
    account: AccountView


class DeviceLinkView(Wire):
    """A one-time link for another device, the same as a QR code in SVG, and until when it is good."""

    address: str
    qr_svg: str
    expires_at: datetime


class FollowRequest(Asked):
    """The secret of a link, as it stands behind the `#` of the address."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class SignedOut(Wire):
    """The login is over."""

    signed_out: bool = True
