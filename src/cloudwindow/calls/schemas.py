"""What this room sends and takes over the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from cloudwindow.calls.states import Recall
from cloudwindow.dispatch import ClerkCard
from cloudwindow.foundation.storage.files import Purpose
from cloudwindow.people import NOT_GUESSED, Asked, Wire

CoachingStep = Literal["matter", "conditions", "situation", "operation", "materials", "submission", "case_number"]
"""The steps of 网办辅导 in their order (domain §5.4)."""
NextStep = Literal["none", "call_back", "book_again", "support"]
Seq = Annotated[int, Field(ge=0, lt=2**31)]
Attempt = Annotated[int, Field(ge=0, lt=2**31)]
StageKind = Literal["face", "document", "screen", "picture"]
Summary = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class ParticipantView(Wire):
    """Somebody in a call; `attempt` grows each time that person's browser joins.

    Of staff, who serve (`clerk`) or were asked in (`invited`), the work identity; of the citizen no name.
    """

    id: UUID
    side: Literal["applicant", "clerk", "invited"]
    attempt: int
    name: str | None
    organisation: str | None


class InvitationView(Wire):
    """An invitation into a call that rings, or the last one that came to nothing."""

    id: UUID
    name: str
    organisation: str
    state: Literal["ringing", "declined", "missed", "replied"]
    offered_at: datetime
    expires_at: datetime


class InviteRequest(Asked):
    """Whom to ask into a call, and words for that person alone."""

    staff_id: UUID
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class TransferRequest(Asked):
    """To whom a matter is handed on, a person or a desk by its key, and words for whoever takes it."""

    to: Literal["person", "desk"]
    id: UUID
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class StageView(Wire):
    """What both sides look at 主画面. A change of `no` means another picture.

    `turn` is in degrees clockwise, `zoom` in percent around the place `x`, `y` in ten-thousandths of the picture.
    `strokes` is the session event that last changed what is drawn, 0 for none. `file_id` is the file of a `picture`,
    `covered` says of a `screen` that whoever shares it lets nobody see it for the moment.
    """

    model_config = ConfigDict(from_attributes=True)

    no: int
    kind: StageKind
    participant_id: UUID
    turn: int
    zoom: int
    x: int
    y: int
    strokes: int
    file_id: UUID | None
    covered: bool


PhotoOf = Literal["id_front", "id_back", "household", "bank_card", "material"]


class PhotoRequestView(Wire):
    """The photo that the clerk asked for last in this call. `label` is the name of a material of the item."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    what: PhotoOf
    label: str | None
    state: Literal["asked", "sent", "declined", "withdrawn"]
    file_id: UUID | None


class HoldView(Wire):
    """The call is on hold since an instant: pages send no voice, and the clerk's no picture either."""

    model_config = ConfigDict(from_attributes=True)

    started_at: datetime
    remind_at: datetime


class RecallView(Wire):
    """What is known of the way back for a citizen whose line broke, since `at`; of a message, when it was sent."""

    model_config = ConfigDict(from_attributes=True)

    state: Recall
    at: datetime


class CallView(Wire):
    """A call as both sides keep it. Without a `stage` the other side's face is looked at.

    `recall` is there while the call is interrupted. `pushed` is the session event that last changed what the clerk
    pushed, 0 for none; what it is, is fetched.
    """

    id: UUID
    session_id: UUID
    state: Literal["connecting", "connected", "interrupted", "ended"]
    grace_until: datetime | None
    recall: RecallView | None
    ended_reason: str | None
    participants: list[ParticipantView]
    invitations: list[InvitationView]
    stage: StageView | None
    hold: HoldView | None
    photo: PhotoRequestView | None
    pushed: Seq


class ApplicantSession(Wire):
    """A session as the citizen's pages keep it."""

    id: UUID
    number: str
    state: Literal["open", "wrapping", "closed"]
    clerk_id: UUID
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    end_reason: str | None


class MatterView(Wire):
    """What a session is about. The first one's `id` is the ticket's; the others were opened beside it."""

    id: UUID
    item_key: str
    item_name: str
    implementation_id: UUID
    version_id: UUID


class MatterRequest(Asked):
    """The item of a matter."""

    item_key: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class MatterOutcome(Asked):
    """What became of a further matter."""

    id: UUID
    outcome: Annotated[str, StringConstraints(max_length=32)]


MatterOutcomes = Annotated[list[MatterOutcome], Field(max_length=16)]


class FurtherMatter(Wire):
    """A further matter of a session, and what became of it."""

    item_key: str
    item_name: str
    outcome: str | None


class Draft(Asked):
    """An unfinished wrap-up, kept as it is typed."""

    outcome: str | None = Field(default=None, max_length=32)
    summary: Summary = ""
    next_step: NextStep = "none"
    matters: MatterOutcomes = Field(default_factory=list)


class ClerkSession(Wire):
    """The session that the clerk serves, was invited to, or writes the wrap-up of.

    `coached` has the instant of each step of the coaching that was reached.
    """

    id: UUID
    part: Literal["serve", "invite"]
    number: str
    state: Literal["open", "wrapping"]
    ticket_id: UUID
    started_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    wrap_until: datetime | None
    coached: dict[CoachingStep, datetime]
    draft: Draft | None


class Unfinished(Wire):
    """A wrap-up whose time ran out unwritten."""

    session_id: UUID
    number: str
    ended_at: datetime
    item_key: str
    ticket_id: UUID
    draft: Draft | None


class Joined(Wire):
    """What a browser needs to be in a call: its place in it, and how to reach the other side."""

    call: CallView
    participant_id: UUID
    attempt: int
    ice_servers: list[dict[str, Any]]
    relay_only: bool
    transport: Literal["p2p"]


class Accepted(Joined):
    """The answer to accepting a ring."""

    session: ClerkSession


class WrapUpRequest(Asked):
    """Outcome and summary are required to close (model §3), else `summary_missing`; `then` is what comes next.

    `matters` has an outcome for each further matter, else `matter_outcome_missing`.
    """

    outcome: Annotated[str, StringConstraints(max_length=32)]
    summary: Summary
    next_step: NextStep
    matters: MatterOutcomes = Field(default_factory=list)
    then: Literal["ready", "break"] = "ready"


class OutcomeView(Wire):
    """A way for a session to end; the faces have its words."""

    code: str
    group: Literal["done", "not_done"]
    solved: bool


class RatingView(Wire):
    """The rating of a session as the citizen's pages keep it; the oversight room fills it."""

    session_id: UUID
    state: Literal["asked", "given", "expired"]
    level: int | None
    expires_at: datetime


class SessionSummary(Wire):
    """What was done: the citizen's page after the call."""

    session: ApplicantSession
    ticket_number: str
    item_key: str
    item_name: str
    region_code: str
    summary: str | None
    next_step: NextStep | None
    clerk: ClerkCard
    consult_phone: str
    complaint_phone: str
    rating: RatingView | None
    further: list[FurtherMatter]


class FileView(Wire):
    """A file that was sent into a session; its bytes are at `/api/files/{id}`. `size` is in bytes."""

    id: UUID
    purpose: Purpose
    media_type: str
    size: int


Side = Literal["applicant", "clerk"]
AskedSeq = Annotated[Seq, NOT_GUESSED]


class Say(Asked):
    """A message: a text, or a file that was sent before. `client_id` is made anew for each message, not for a retry."""

    client_id: UUID
    text: Annotated[str, StringConstraints(strip_whitespace=True)] | None = None
    file_id: UUID | None = None


class Sent(Wire):
    """A message is there, under this number of its session."""

    id: UUID
    seq: int
    at: datetime


class SentFile(FileView):
    """A file in a message; `name` is as its sender's device had it."""

    name: str | None


class MessageView(Wire):
    """A message as both sides read it: a text or a file; neither, once the citizen's data were deleted.

    `sender` is the name of whoever wrote it for the clerk's side without being the session's clerk.
    """

    id: UUID
    seq: int
    at: datetime
    side: Side
    sender: str | None
    client_id: UUID
    text: str | None
    file: SentFile | None


class Marks(Asked):
    """Up to which `seq` messages have come to one side's device, and up to which they were read there."""

    delivered: AskedSeq
    read: AskedSeq


class ChatView(Wire):
    """The chat of a session as both sides' pages keep it: how far it is. The words are fetched, events hold none."""

    session_id: UUID
    last: int
    applicant: Marks
    clerk: Marks


class ChatLimits(Wire):
    """What one message may hold: characters of a text, MB of a file (1,048,576 bytes each)."""

    text: int
    file_mb: int


class MessagePage(Wire):
    """Some messages of a session in their order, and how far the chat is; `more`: there are others beyond these."""

    messages: list[MessageView]
    more: bool
    chat: ChatView
    limits: ChatLimits


class CannedReplyView(Wire):
    """A sentence that clerks send often, in both languages, ready to be sent; `item`: it is of the session's item."""

    id: UUID
    item: bool
    zh: str
    en: str


class MediaReport(Asked):
    """A `media` message: what a browser in a call sees of its connection, every five seconds and on change."""

    model_config = ConfigDict(extra="ignore")

    call: UUID
    attempt: Attempt
    ice: Annotated[str, StringConstraints(max_length=20)]
    bytes: Annotated[int, Field(ge=0, lt=2**62)]
