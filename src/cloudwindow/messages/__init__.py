"""Short messages to citizens' phones: what is to be said is a row, a courier hands it to a sender."""

from cloudwindow.messages.courier import Courier
from cloudwindow.messages.models import Message
from cloudwindow.messages.ports import NoSender, NotSentError, Outbox, RefusedError, Sender
from cloudwindow.messages.queue import Words, phone_of, queue_message, text_of
from cloudwindow.messages.settling import SWEEPS
from cloudwindow.messages.states import MESSAGE

__all__ = [
    "MESSAGE",
    "SWEEPS",
    "Courier",
    "Message",
    "NoSender",
    "NotSentError",
    "Outbox",
    "RefusedError",
    "Sender",
    "Words",
    "phone_of",
    "queue_message",
    "text_of",
]
