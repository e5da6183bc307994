"""What this room sends and takes over the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from cloudwindow.catalogue.schemas import Guide
from cloudwindow.people import NOT_GUESSED, Asked, PresenceView, Wire

TicketState = Literal["waiting", "ringing", "serving", "parked", "closed"]
CloseReason = Literal["served", "left", "closed_by_hours", "expired", "callback_failed"]
DeclineReason = Literal["busy_paperwork", "not_my_item", "need_break", "conflict_of_interest"]
MissReason = Literal["unnoticed", "helping_on_site", "away_from_seat"]


class TicketView(Wire):
    """A ticket as its owner's pages keep it; no personal data.

    `callback_at`: the time for which a callback is agreed; `callback_tries`: how often it reached nobody before.
    `bonus_reason`: what put it before those who came earlier.
    """

    id: UUID
    number: str
    state: TicketState
    close_reason: CloseReason | None
    flow: Literal["coach", "accept", "support"]
    item_key: str
    version_id: UUID
    region_code: str
    desk_id: UUID
    enqueued_at: datetime
    parked_until: datetime | None
    session_id: UUID | None
    elderly: bool
    typed_only: bool
    callback_at: datetime | None
    callback_tries: int
    bonus_reason: str | None


class LineBefore(Asked):
    """What the citizen's page last measured of its line before the number: web requests, not packets.

    The median time of an answer, by how much the slowest was later, the share without an answer, and what came down in
    kbit/s (null: it did not come).
    """

    round_trip_ms: Annotated[int, Field(ge=0, le=60_000), NOT_GUESSED]
    spread_ms: Annotated[int, Field(ge=0, le=60_000), NOT_GUESSED]
    lost_percent: Annotated[int, Field(ge=0, le=100), NOT_GUESSED]
    kbps: Annotated[int, Field(ge=0, le=1_000_000), NOT_GUESSED] | None


class TakeRequest(Asked):
    """The wish: item, place, flow, the notice agreed to, the answers to the item's questions by their ids.

    `typed_only`: this person cannot hear or speak; the talk is written. `line` is null where it was not measured.
    """

    item_key: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    region_code: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
    flow: Literal["coach"] = "coach"
    consent_version: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    answers: dict[
        Annotated[str, StringConstraints(max_length=64)], Annotated[str, StringConstraints(max_length=64)]
    ] = Field(default_factory=dict, max_length=64)
    elderly: StrictBool = False
    typed_only: StrictBool = False
    device: Literal["phone", "pc"]
    line: LineBefore | None = None


class Taken(Wire):
    """The ticket; `created` is false when the account already had a live one."""

    ticket: TicketView
    created: bool


class PlaceView(Wire):
    """The place in the queue: people ahead, the likely wait in minutes (null: nobody is on duty), members present."""

    ahead: int
    estimate_minutes: tuple[int, int] | None
    present: int


class Duty(Wire):
    """Whether somebody is on duty for a place, and the shortest likely wait in minutes (null: nobody is)."""

    on_duty: bool
    estimate_minutes: tuple[int, int] | None


class ClerkCard(Wire):
    """The clerk's work identity, as a citizen sees it from the moment the clerk answers."""

    name: str
    organisation: str


class TicketPage(Wire):
    """What the waiting page shows.

    `recall`: whether the phone may sleep, since a message recalls it; `offered` when it may once it is verified, `none`
    where no messages can be sent.
    """

    ticket: TicketView
    place: PlaceView | None
    desk_name: str
    clerk: ClerkCard | None
    recall: Literal["none", "offered", "on"]


class CallbackTime(Wire):
    """A time for a callback, which is as many minutes away."""

    minutes: int
    at: datetime


class CallbackOffer(Wire):
    """The times that are offered for a callback (none: the desk closes before), and from when on one may be chosen."""

    offered_from: datetime
    times: list[CallbackTime]
    recall: Literal["none", "offered", "on"]


class CallbackRequest(Asked):
    """In how many minutes; one of the offered times."""

    minutes: Annotated[int, Field(ge=1, le=1440), NOT_GUESSED]


class Cursor(Wire):
    """Where a state document stands in its stream."""

    stream: str
    seq: int


class Fact(Wire):
    """A reason as a code with its figures; the workbench puts it into words."""

    code: str
    params: dict[str, Any]


class Why(Wire):
    """Why this clerk and this ticket: kept with the offer for ever (architecture §4)."""

    rule: str
    candidates: int
    level: int
    waited_seconds: int
    bonus_seconds: int
    facts: list[Fact]


class OfferView(Wire):
    """A ring: to serve a ticket, or to come into a call that goes on."""

    engagement_id: UUID
    kind: Literal["serve", "invite"]
    ticket_id: UUID
    desk_id: UUID
    offered_at: datetime
    expires_at: datetime
    ring_seconds: int
    why: Why


class DeclineRequest(Asked):
    """Why the clerk does not take this one."""

    reason: DeclineReason


class Miss(Wire):
    """A missed ring as its clerk sees it later: the number and nobody's name, and what became of it.

    `became`, of a number: `answered` `by` a colleague, it rings or waits at the head, a `callback` is agreed, or why
    the number ended. Of an invitation: whether that call goes on. `at` is when, for a callback for when.
    """

    engagement_id: UUID
    kind: Literal["serve", "invite"]
    rung_at: datetime
    seconds: int
    number: str
    item_short_name: str
    became: Literal["answered", "ringing", "waiting", "callback", CloseReason, "talking", "over"]
    by: str | None
    at: datetime | None
    reason: MissReason | None


class MissReasonRequest(Asked):
    """Why the rings that led to the break were missed."""

    reason: MissReason


class ReplyRequest(Asked):
    """What whoever was invited writes instead of coming."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Reply(Wire):
    """What somebody who was invited wrote, for whoever invited."""

    words: str


class QueueRow(Wire):
    """A ticket as the desk's queue shows it: no name, no phone.

    `callback_at`: when a callback is agreed. `callback_from`: from when on the reader may call back; null: nothing to
    call back, or it is not the reader's to take. `callback_tries`: how often nobody was reached.
    """

    ticket_id: UUID
    number: str
    item_short_name: str
    waited_since: datetime
    state: TicketState
    device: str
    region_name: str
    why: list[Fact]
    elderly: bool
    typed_only: bool
    desk_id: UUID
    callback_at: datetime | None
    callback_from: datetime | None
    callback_tries: int


class AnswerShown(Wire):
    """One answered question of the item."""

    ask: str
    say: str


class PreviousSession(Wire):
    """An earlier session of the same person about any item."""

    ended_at: datetime
    outcome: str | None
    clerk: str


class InvitationCard(Wire):
    """Who asks one into the call of a ticket, since when these talk, and the words that the citizen does not see."""

    name: str
    organisation: str
    talking_since: datetime | None
    words: str | None


class HandoverCard(Wire):
    """Who handed a matter on, when, and the words that the citizen does not see."""

    name: str
    organisation: str
    at: datetime
    words: str | None


class TicketCard(Wire):
    """Everything about the person and the matter that the clerk rung for it may see; reading it is audited."""

    ticket_id: UUID
    number: str
    form_of_address: str
    phone_masked: str
    elderly: bool
    typed_only: bool
    flow: str
    item_key: str
    item_name: str
    region_code: str
    region_name: str
    device: str
    line: LineBefore | None
    enqueued_at: datetime
    answers: list[AnswerShown]
    trust_level: int
    previous: list[PreviousSession]
    guide: Guide
    invitation: InvitationCard | None
    handover: HandoverCard | None


class Colleague(Wire):
    """Somebody else at one of the clerk's desks."""

    staff_id: UUID
    name: str
    station: str | None
    wanted: Literal["ready", "break", "off"]
    work: Literal["idle", "ringing", "serving", "wrapping"]
    work_since: datetime
    is_me: bool


class Candidate(Wire):
    """Somebody who could be asked into a call or handed the matter: an expert, or who may take the ticket itself.

    `state` is `ready`, or why it cannot be now; `here` is who was asked in already. `answer` is how the last invitation
    to this ticket ended, if badly.
    """

    staff_id: UUID
    name: str
    organisation: str
    desk: str
    expert: bool
    level: int
    state: Literal["ready", "here", "busy", "break", "off", "away"]
    answer: Literal["declined", "missed"] | None
    answer_reason: str | None


class TransferDesk(Wire):
    """A desk that serves a matter, with who is there: on duty, free, and waiting; `here` is where it is served now.

    `estimate_minutes` is for who comes to its head; null: nobody is on duty.
    """

    desk_id: UUID
    name: str
    region_name: str
    here: bool
    open: bool
    opens_at: datetime | None
    present: int
    free: int
    waiting: int
    estimate_minutes: tuple[int, int] | None


class TransferOptions(Wire):
    """To whom a matter could be handed on 转接, the nearest first."""

    people: list[Candidate]
    desks: list[TransferDesk]


class ConsentTextView(Wire):
    """The notice in force, in both languages, with the digest of its exact text."""

    version: str
    digest: str
    zh: dict[str, Any]
    en: dict[str, Any]


class StateDocument(Wire):
    """Common part of both state documents."""

    cursor: Cursor
    server_time: datetime


class Declined(Wire):
    """What the clerk is doing now."""

    presence: PresenceView
