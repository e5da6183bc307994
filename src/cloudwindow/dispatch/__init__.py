"""Desks 专席, tickets 取号, offers 派单 (standard §四.6, architecture §4)."""

from cloudwindow.dispatch import scopes as _scopes  # noqa: F401  declares who may see these rows
from cloudwindow.dispatch.actions import Place, keep_places, leave
from cloudwindow.dispatch.callback import NOTHING_AGREED, agree_after_drop, missed, nearest, try_again
from cloudwindow.dispatch.changing import change_item
from cloudwindow.dispatch.choosing import find_desk
from cloudwindow.dispatch.deadlines import put_off_engagements, put_off_tickets
from cloudwindow.dispatch.inviting import candidates, end_invitations, reply_to, ring_invited, withdraw_invitation
from cloudwindow.dispatch.matching import HANDED_ON, is_anybody_free, is_free
from cloudwindow.dispatch.models import Block, Consent, ConsentText, Desk, DeskItem, DeskMember, Engagement, Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.queries import DeskAvailability, current_ticket, is_shown
from cloudwindow.dispatch.readings import READINGS
from cloudwindow.dispatch.recalling import INTO_CALL, recall_of, say_the_line_broke
from cloudwindow.dispatch.ringing import (
    accept,
    desk_hint,
    end_engagement,
    finish_wrap_up,
    match_ticket,
    move_ticket,
    return_to_head,
    ring_next,
)
from cloudwindow.dispatch.schemas import (
    Candidate,
    ClerkCard,
    Cursor,
    OfferView,
    PreviousSession,
    Reply,
    TicketView,
    TransferOptions,
)
from cloudwindow.dispatch.scopes import SERVING, WATCHING
from cloudwindow.dispatch.states import ENGAGEMENT, TICKET
from cloudwindow.dispatch.states_of_work import DispatchWork
from cloudwindow.dispatch.sweeps import RINGS_TO_NOBODY, SWEEPS
from cloudwindow.dispatch.transferring import Target, hand_on, transfer_options
from cloudwindow.dispatch.views import offer_view, presence_view, ticket_view

__all__ = [
    "ENGAGEMENT",
    "HANDED_ON",
    "INTO_CALL",
    "NOTHING_AGREED",
    "READINGS",
    "RINGS_TO_NOBODY",
    "SERVING",
    "SWEEPS",
    "TICKET",
    "WATCHING",
    "Block",
    "Candidate",
    "ClerkCard",
    "Consent",
    "ConsentText",
    "Cursor",
    "Desk",
    "DeskAvailability",
    "DeskItem",
    "DeskMember",
    "DispatchWork",
    "Engagement",
    "OfferView",
    "Place",
    "PreviousSession",
    "Reply",
    "Sessions",
    "Target",
    "Ticket",
    "TicketView",
    "TransferOptions",
    "accept",
    "agree_after_drop",
    "candidates",
    "change_item",
    "current_ticket",
    "desk_hint",
    "end_engagement",
    "end_invitations",
    "find_desk",
    "finish_wrap_up",
    "hand_on",
    "is_anybody_free",
    "is_free",
    "is_shown",
    "keep_places",
    "leave",
    "match_ticket",
    "missed",
    "move_ticket",
    "nearest",
    "offer_view",
    "presence_view",
    "put_off_engagements",
    "put_off_tickets",
    "recall_of",
    "reply_to",
    "return_to_head",
    "ring_invited",
    "ring_next",
    "say_the_line_broke",
    "ticket_view",
    "transfer_options",
    "try_again",
    "withdraw_invitation",
]
