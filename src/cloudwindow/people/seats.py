"""Where a clerk sits: a station in use, chosen at the sign-in and changed without another one 换一个窗口 (model §4)."""

from uuid import UUID

from sqlalchemy import select, update

from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.models import Login
from cloudwindow.organisation import Station
from cloudwindow.people import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.people.models import Presence
from cloudwindow.people.ports import WorkStates
from cloudwindow.people.schemas import PresenceView, SeatRequest


async def seat(tx: Tx, staff_id: UUID, wanted: UUID | None) -> UUID | None:
    """Return the seat of a login: one in use for whoever serves, none for whoever serves nobody.

    A seat that the latter brings is not taken rather than refused: the page remembers what was last chosen at this
    computer, by whoever sat there, and the record must not say that a supervisor sat at a window.
    """
    # scope: the presence of whoever signs in, which only those have who serve
    serves = await tx.session.scalar(select(Presence.staff_id).where(Presence.staff_id == staff_id))
    if serves is None:
        return None
    if wanted is None:
        raise Problem("station_needed")
    station = await tx.session.get(Station, wanted)
    if station is None or station.status != "in_use":
        raise Problem("station_unknown")
    return wanted


async def take_seat(tx: Tx, staff_id: UUID, station_id: UUID | None) -> None:
    """Note in the presence where the actor, who signs in or moves, sits from now on."""
    await tx.session.execute(
        update(Presence)
        .where(Presence.staff_id == staff_id)
        .values(station_id=station_id)  # scope: the presence of whoever signs in or moves
        .execution_options(synchronize_session=False)
    )


@action("login.move")
async def move(tx: Tx, request: SeatRequest) -> PresenceView:
    """Sit at another station with the login that one has; to the same it changes nothing.

    Raises `not_allowed` for whoever serves nobody, `station_unknown`, and `still_serving`: a ring and a talk name the
    station at which they are.
    """
    staff_id = tx.actor.id
    if tx.actor.kind != "staff" or staff_id is None:
        raise Problem("not_allowed")
    row = await tx.session.scalar(
        select(Presence)
        .where(Presence.staff_id == staff_id)
        .with_for_update(key_share=True)  # scope: the actor's own presence
    )
    states = tx.port(WorkStates)
    before = await states.presence(tx.session, staff_id)
    if row is None or before is None:
        raise Problem("not_allowed")
    if before.work in {"ringing", "serving"}:
        raise Problem("still_serving")
    station_id = await seat(tx, staff_id, request.station_id)
    # scope: the login with which the actor asks
    signed_in = await tx.session.scalar(select(Login.station_id).where(Login.id == tx.actor.login_id))
    if (row.station_id, signed_in) != (station_id, station_id):
        await take_seat(tx, staff_id, station_id)
        await tx.session.execute(
            update(Login).where(Login.id == tx.actor.login_id).values(station_id=station_id)  # scope: the actor's own
        )
        tx.audit("login", tx.actor.login_id, old={"station": signed_in}, station=station_id)
        await states.was_seen(tx, staff_id)
    return before
