"""The rating as a sub-document of the citizen's state."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import RatingView
from cloudwindow.oversight.models import Rating


async def of_session(session: AsyncSession, session_id: UUID) -> RatingView | None:
    """Return the rating of a session that the caller may see."""
    row = await session.scalar(
        select(Rating).where(Rating.session_id == session_id),  # scope: as the docstring says
        execution_options={"populate_existing": True},
    )
    return show_rating(row) if row else None


def show_rating(row: Rating) -> RatingView:
    """Build the view."""
    return RatingView(
        session_id=row.session_id,
        state=row.state,
        level=row.level,
        expires_at=row.expires_at,
    )
