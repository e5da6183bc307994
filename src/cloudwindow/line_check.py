"""The way to try a line before a call: small answers to time, and one of a known size to see how much comes through.

Nothing is kept. It stands beside the rooms since it knows none of them.
"""

import os
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from cloudwindow.foundation import limits, parameters
from cloudwindow.foundation.http import address_of, house
from cloudwindow.foundation.limits import Limit

MOST_BYTES = 262_144
"""Of one answer: 1.4 s of the best picture that a call sends (1,500 kbit/s), so a good line is known within it."""

DOWNLOADS_PER_ADDRESS = Limit(
    parameters.define(
        "limits.line_downloads_per_address",
        300,
        "requests a minute",
        "ours: a centre of 150 seats behind one address, each checked twice in a minute; some 10 Mbit/s at the most",
        "Sized answers for checking the line before a call, from one address.",
    ),
    60,
)

_BYTES = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}

router = APIRouter(prefix="/api", tags=["common"])


@router.get("/line-check", response_class=Response, responses={200: _BYTES})
async def line_check(request: Request, size: Annotated[int, Query(ge=0, le=MOST_BYTES)] = 0) -> Response:
    """Answer with `size` bytes (0–262,144) that no proxy can compress and nobody keeps. Raises `too_many_requests`."""
    if size > 0:
        served = house(request)
        address = limits.address_digest(served.keys, address_of(request))
        await limits.check(served.database, (DOWNLOADS_PER_ADDRESS, address))
    headers = {"cache-control": "no-store"}
    return Response(os.urandom(size), media_type="application/octet-stream", headers=headers)
