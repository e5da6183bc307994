"""Changes of a rating: asked, given, expired (model §3, domain §5.7)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import RatingView, Session
from cloudwindow.dispatch import is_shown
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.oversight import parameters as limits
from cloudwindow.oversight import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.oversight import views
from cloudwindow.oversight.models import Rating
from cloudwindow.oversight.options import fit
from cloudwindow.oversight.schemas import RatingRequest
from cloudwindow.oversight.states import RATING
from cloudwindow.people import account_stream


class RatingDesk:
    """Implements `calls.ports.Ratings`."""

    async def ask(self, tx: Tx, session: Session) -> None:
        """Ask the citizen to rate the session that just ended."""
        days = await parameters.get(tx.session, limits.RATING_DAYS)
        await tx.session.execute(  # scope: asked of the citizen whose session just ended
            insert(Rating).values(
                session_id=session.id,
                account_id=session.account_id,
                clerk_id=session.clerk_id,
                desk_id=session.desk_id,
                home_organisation_id=session.home_organisation_id,
                state=RATING.first,
                asked_at=tx.now,
                expires_at=tx.now + timedelta(days=days),
                options=[],
                local_options=[],
            )
        )
        tx.audit("rating", session.id, state="asked")
        await _announce(tx, session.account_id, session.id)

    async def of_session(self, session: AsyncSession, actor: Actor, session_id: UUID) -> RatingView | None:
        """Return the rating of a session, if the actor may see it."""
        row = await session.scalar(scope.select_visible(actor, Rating).where(Rating.session_id == session_id))
        return views.show_rating(row) if row is not None else None


@action("rating.give")
async def give(tx: Tx, session_id: UUID, request: RatingRequest) -> RatingView:
    """Rate a session once, with the national codes of the level. Raises `rating_over`, `rating_options_wrong`."""
    rating = await tx.session.scalar(
        scope.select_visible(tx.actor, Rating)
        .where(Rating.session_id == session_id, Rating.account_id == tx.actor.id)
        .with_for_update()
    )
    if rating is None:
        raise Problem("not_found")
    if not RATING.allows(rating.state, "give") or rating.expires_at <= tx.now:
        raise Problem("rating_over")
    if not fit(request.level, request.options, request.local):
        raise Problem("rating_options_wrong")
    await tx.session.execute(
        update(Rating)
        .where(Rating.session_id == session_id)  # scope: own rating, locked above
        .values(
            state=RATING.after(rating.state, "give"),
            level=request.level,
            options=request.options,
            local_options=request.local,
            words_cipher=tx.keys.encrypt("rating", "words", session_id, request.text) if request.text else None,
            given_at=tx.now,
        )
        .execution_options(synchronize_session=False)
    )
    tx.audit(
        "rating",
        session_id,
        old={"state": "asked"},
        state="given",
        level=request.level,
        options=request.options,
    )
    await _announce(tx, rating.account_id, session_id)
    await tx.session.refresh(rating)
    return views.show_rating(rating)


@action("rating.expire")
async def expire(tx: Tx, session_id: UUID) -> None:
    """The time for rating is over; what was not rated never counts as good (domain §15)."""
    rating = await tx.session.scalar(
        select(Rating)  # scope: the sweeper's own work
        .where(Rating.session_id == session_id, Rating.state == "asked", Rating.expires_at <= tx.now)
        .with_for_update(skip_locked=True)
    )
    if rating is None:
        return
    await tx.session.execute(
        update(Rating)
        .where(Rating.session_id == session_id)  # scope: the rating locked above
        .values(state=RATING.after(rating.state, "expire"))
        .execution_options(synchronize_session=False)
    )
    tx.audit("rating", session_id, old={"state": "asked"}, state="expired")
    await _announce(tx, rating.account_id, session_id)


async def _announce(tx: Tx, account_id: UUID, session_id: UUID) -> None:
    # scope: the session whose rating the action changed
    ticket_id = await tx.session.scalar(select(Session.ticket_id).where(Session.id == session_id))
    if ticket_id is not None and await is_shown(tx, account_id, ticket_id):
        tx.event(account_stream(account_id), "rating", await views.of_session(tx.session, session_id))
