"""Writing a message, in the transaction of what it is about."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.ids import new_id
from cloudwindow.messages.models import Message
from cloudwindow.messages.parameters import PER_PHONE_AND_DAY
from cloudwindow.messages.ports import Sender
from cloudwindow.messages.states import MESSAGE

A_DAY = timedelta(hours=24)


class Words(NamedTuple):
    """A text, the phone it goes to, and for how long it is worth anything."""

    phone: str
    text: str
    good_for: timedelta


async def queue_message(tx: Tx, kind: str, occasion: UUID, account_id: UUID, words: Words) -> bool:
    """Say something once about an occasion; the courier hands it over after the commit.

    Returns false when it was said before, when the phone had its messages of the day, or when there is no sender.
    """
    if not tx.port(Sender).is_there or await _had_enough(tx, words.phone):
        return False
    id_ = new_id()
    written = await tx.session.scalar(
        insert(Message)  # scope: to the account that the caller's action is about
        .values(
            id=id_,
            kind=kind,
            occasion=occasion,
            account_id=account_id,
            phone_cipher=tx.keys.encrypt("message", "phone", id_, words.phone),
            phone_blind=tx.keys.blind("phone", words.phone),
            text_cipher=tx.keys.encrypt("message", "text", id_, words.text),
            state=MESSAGE.first,
            attempts=0,
            queued_at=tx.now,
            due_at=tx.now,
            expires_at=tx.now + words.good_for,
        )
        .on_conflict_do_nothing(index_elements=[Message.kind, Message.occasion])
        .returning(Message.id)
    )
    if written is None:
        return False
    tx.audit("message", id_, kind=kind, occasion=occasion, account=account_id, state=MESSAGE.first)
    return True


async def _had_enough(tx: Tx, phone: str) -> bool:
    count = await tx.session.scalar(
        select(func.count())  # scope: a count under the digest of one phone
        .select_from(Message)
        .where(Message.phone_blind.in_(tx.keys.blinds("phone", phone)), Message.queued_at > tx.now - A_DAY)
    )
    most: int = await parameters.get(tx.session, PER_PHONE_AND_DAY)
    return (count or 0) >= most


def phone_of(message: Message, keys: Keys) -> str:
    """Decrypt the phone that a message goes to."""
    return keys.decrypt("message", "phone", message.id, message.phone_cipher)


def text_of(message: Message, keys: Keys) -> str:
    """Decrypt what a message says."""
    return keys.decrypt("message", "text", message.id, message.text_cipher)
