"""What was pushed in a session, as its two sides read it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.chat_views import show_sent
from cloudwindow.calls.models_pushed import Pushed, PushedPage
from cloudwindow.calls.schemas_pushed import PushedView
from cloudwindow.calls.taking_part import find_own
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.models import StoredFile


async def list_pushed(session: AsyncSession, keys: Keys, actor: Actor, session_id: UUID) -> list[PushedView]:
    """List what was pushed in a session in which the actor takes part, the latest first. Raises `not_found`."""
    row = await find_own(session, actor, session_id)
    found = await session.execute(
        select(Pushed, StoredFile)  # scope: of the session found above
        .outerjoin(StoredFile, StoredFile.id == Pushed.file_id)
        .where(Pushed.session_id == row.id)
        .order_by(Pushed.at.desc(), Pushed.id.desc())
    )
    rows = [(pushed, file) for pushed, file in found]
    pages: dict[UUID, list[UUID]] = {pushed.id: [] for pushed, _ in rows}
    # scope: of what was found above
    query = select(PushedPage).where(PushedPage.pushed_id.in_(pages)).order_by(PushedPage.page)
    for page in await session.scalars(query):
        pages[page.pushed_id].append(page.file_id)
    return [_show(keys, pushed, file, pages[pushed.id]) for pushed, file in rows]


def _show(keys: Keys, row: Pushed, file: StoredFile | None, pages: list[UUID]) -> PushedView:
    url, title = row.url_cipher, row.title_cipher
    return PushedView(
        id=row.id,
        kind=row.kind,
        at=row.at,
        opened_at=row.opened_at,
        host=row.host,
        url=None if url is None else keys.decrypt("pushed", "url", row.id, url),
        title=None if title is None else keys.decrypt("pushed", "title", row.id, title),
        file=file and show_sent(keys, file),
        pages=pages,
    )
