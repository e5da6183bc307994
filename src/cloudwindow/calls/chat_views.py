"""The chat of a session as pages keep it, and its messages as people read them."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.models import ChatMark, ChatMessage, Session
from cloudwindow.calls.parameters import LONGEST_TEXT
from cloudwindow.calls.schemas import ChatLimits, ChatView, Marks, MessagePage, MessageView, SentFile
from cloudwindow.foundation import parameters
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.models import StoredFile
from cloudwindow.foundation.storage.parameters import LARGEST_MB
from cloudwindow.people import Account, Staff

LONGEST_PAGE = 100
"""Messages that are fetched at once at most."""

_BEYOND = 2**31 - 1
_NONE = Marks(delivered=0, read=0)


async def chat_of_session(session: AsyncSession, session_id: UUID) -> ChatView:
    """Say how far the chat of a session is."""
    # scope: of a session that the caller may see
    last = await session.scalar(select(func.max(ChatMessage.seq)).where(ChatMessage.session_id == session_id))
    # scope: of a session that the caller may see
    marks = await session.execute(
        select(ChatMark.side, ChatMark.delivered, ChatMark.read).where(ChatMark.session_id == session_id)
    )
    sides = {side: Marks(delivered=delivered, read=read) for side, delivered, read in marks}
    return ChatView(
        session_id=session_id, last=last or 0, applicant=sides.get("applicant", _NONE), clerk=sides.get("clerk", _NONE)
    )


async def messages(
    session: AsyncSession, keys: Keys, row: Session, *, after: int | None, before: int | None, limit: int
) -> MessagePage:
    """Read messages of a session that the caller may see: those next after a number, else the last ones before one."""
    ahead = after is not None
    number = ChatMessage.seq  # scope: a column of the query below
    query = (
        select(ChatMessage, StoredFile)  # scope: of a session that the caller may see
        .outerjoin(StoredFile, StoredFile.id == ChatMessage.file_id)
        .where(ChatMessage.session_id == row.id, number > after if ahead else number < (before or _BEYOND))
        .order_by(number if ahead else number.desc())
        .limit(limit + 1)
    )
    found = [(message, file) for message, file in await session.execute(query)]
    data_key = await data_key_of(session, row)
    names = await _others(session, row, [message for message, _ in found[:limit]])
    views = [_show(keys, row.account_id, data_key, message, file, names) for message, file in found[:limit]]
    return MessagePage(
        messages=sorted(views, key=lambda view: view.seq),
        more=len(found) > limit,
        chat=await chat_of_session(session, row.id),
        limits=ChatLimits(
            text=await parameters.get(session, LONGEST_TEXT), file_mb=await parameters.get(session, LARGEST_MB)
        ),
    )


async def data_key_of(session: AsyncSession, row: Session) -> bytes:
    """Return the wrapped data key of a session's citizen; empty once it was destroyed."""
    # scope: the citizen of a session that the caller may see
    key: bytes | None = await session.scalar(select(Account.data_key).where(Account.id == row.account_id))
    return key or b""


def text_field(message_id: UUID) -> str:
    """Name what a text is sealed as, so that it fits no other message."""
    return f"chat_message|text|{message_id}"


async def _others(session: AsyncSession, row: Session, said: list[ChatMessage]) -> dict[UUID, str]:
    """Name the staff who wrote without being the session's clerk: a work identity, public by nature."""
    ids = {message.sender_id for message in said if message.side == "clerk"} - {row.clerk_id}
    if not ids:
        return {}
    # scope: who wrote in a session that the caller may see
    rows = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids)))
    return {staff_id: name for staff_id, name in rows}  # noqa: C416  a row is no pair to the type checker


def _show(
    keys: Keys,
    owner: UUID,
    data_key: bytes,
    message: ChatMessage,
    file: StoredFile | None,
    names: dict[UUID, str],
) -> MessageView:
    text = message.text_cipher
    return MessageView(
        id=message.id,
        seq=message.seq,
        at=message.at,
        side=message.side,
        sender=names.get(message.sender_id),
        client_id=message.client_id,
        text=None if text is None or not data_key else keys.open_for(owner, data_key, text_field(message.id), text),
        file=file and show_sent(keys, file),
    )


def show_sent(keys: Keys, file: StoredFile) -> SentFile:
    """Show a file to whoever may see its session, with its name."""
    name = file.name_cipher
    return SentFile(
        id=file.id,
        purpose=file.purpose,
        media_type=file.media_type,
        size=file.size,
        name=None if name is None else keys.decrypt("file", "name", file.id, name),
    )
