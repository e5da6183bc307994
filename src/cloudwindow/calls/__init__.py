"""Sessions 连线, calls, signalling, evidence (standard §四.6, architecture §5)."""

from cloudwindow.calls import scopes as _scopes  # noqa: F401  declares who may see these rows
from cloudwindow.calls.call_views import call_of_session
from cloudwindow.calls.calling import report
from cloudwindow.calls.chat_views import chat_of_session
from cloudwindow.calls.deadlines import put_off_calls
from cloudwindow.calls.matter_views import matters_of_session
from cloudwindow.calls.models import Abuse, Call, CallParticipant, CannedReply, Outcome, Session, SessionEvent
from cloudwindow.calls.ports import IcePaths, IceServers, Ratings
from cloudwindow.calls.readings import READINGS
from cloudwindow.calls.schemas import (
    ApplicantSession,
    CallView,
    ChatView,
    ClerkSession,
    MatterView,
    MediaReport,
    RatingView,
    Unfinished,
)
from cloudwindow.calls.sessions import SessionDesk
from cloudwindow.calls.states import CALL, PHOTO, SESSION
from cloudwindow.calls.sweeps import SWEEPS
from cloudwindow.calls.views import (
    completed,
    current_of_clerk,
    for_applicant,
    for_clerk,
    of_ticket,
    unfinished_of_clerk,
)

__all__ = [
    "CALL",
    "PHOTO",
    "READINGS",
    "SESSION",
    "SWEEPS",
    "Abuse",
    "ApplicantSession",
    "Call",
    "CallParticipant",
    "CallView",
    "CannedReply",
    "ChatView",
    "ClerkSession",
    "IcePaths",
    "IceServers",
    "MatterView",
    "MediaReport",
    "Outcome",
    "RatingView",
    "Ratings",
    "Session",
    "SessionDesk",
    "SessionEvent",
    "Unfinished",
    "call_of_session",
    "chat_of_session",
    "completed",
    "current_of_clerk",
    "for_applicant",
    "for_clerk",
    "matters_of_session",
    "of_ticket",
    "put_off_calls",
    "report",
    "unfinished_of_clerk",
]
