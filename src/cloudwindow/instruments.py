"""Instruments of tests and demonstrations: the clock and the failpoints. In production these routes do not exist.

Whoever asks from another machine is told the same: a phone in the hall must not move everybody's clock.
"""

import ipaddress
from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from sqlalchemy import text

from cloudwindow.foundation import failpoints
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.http import address_of, check_origin, house
from cloudwindow.people import Asked, Wire


async def _from_this_machine(request: Request) -> None:
    try:
        local = ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        local = False
    if not local:
        raise Problem("not_found")


router = APIRouter(prefix="/api/test", include_in_schema=False, dependencies=[Depends(_from_this_machine)])


class Move(Asked):
    """Seconds to move the clock forward, leases of open pages included."""

    seconds: float = Field(ge=0, le=90 * 86400)


class Moved(Wire):
    """The new time."""

    server_time: str


class Failpoint(Asked):
    """A named place and what happens there; `off` disarms it."""

    name: str = Field(max_length=80)
    effect: Literal["kill", "on", "off"]


@router.post("/clock")
async def move_clock(body: Move, request: Request) -> Moved:
    """Move the one clock that all processes share, and renew the leases that are live (model §5)."""
    check_origin(request)
    async with house(request).database.transaction() as session:
        values = {"s": body.seconds}
        await session.execute(  # scope: an instrument of tests moves everybody's clock
            text(
                "UPDATE tab_lease SET lease_until = lease_until + make_interval(secs => :s)"
                " WHERE lease_until > app_now()"
            ),
            values,
        )
        await session.execute(
            text(
                "UPDATE ticket SET lease_until = lease_until + make_interval(secs => :s) WHERE lease_until > app_now()"
            ),  # scope: an instrument of tests moves everybody's clock
            values,
        )
        await session.execute(text("UPDATE test_clock SET shift = shift + make_interval(secs => :s)"), values)
        now = (await session.execute(text("SELECT app_now()"))).scalar_one()
    return Moved(server_time=now.isoformat())


@router.post("/failpoints")
async def set_failpoint(body: Failpoint, request: Request) -> Failpoint:
    """Arm or disarm a failpoint of this process."""
    check_origin(request)
    if body.effect == "off":
        failpoints.disarm(body.name)
    else:
        failpoints.arm(body.name, body.effect)
    return body
