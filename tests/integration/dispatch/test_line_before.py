"""What a page measured of its line before the number goes with it to the clerk who is rung."""

from typing import Any

import pytest
from pydantic import ValidationError

from cloudwindow.dispatch.looks import look_at_ticket
from cloudwindow.dispatch.schemas import TicketCard
from tests.support.house import House, wish

READING = {"round_trip_ms": 46, "spread_ms": 12, "lost_percent": 0, "kbps": 18_400}


async def card_after(house: House, **more: Any) -> TicketCard:
    ticket = await house.take(await house.citizen(), **more)
    return await house.run(await house.clerk(), look_at_ticket, ticket.id)


@pytest.mark.parametrize("kbps", [18_400, None])
async def test_the_clerk_who_is_rung_sees_what_was_measured(house: House, kbps: int | None) -> None:
    shown = await card_after(house, line=READING | {"kbps": kbps})
    assert shown.line is not None
    assert shown.line.model_dump() == READING | {"kbps": kbps}


@pytest.mark.parametrize("more", [{}, {"line": None}])
async def test_without_a_measurement_there_is_none(house: House, more: dict[str, Any]) -> None:
    assert (await card_after(house, **more)).line is None
    assert await house.value("SELECT line_before IS NULL FROM ticket")


@pytest.mark.parametrize(
    "wrong",
    [
        {"round_trip_ms": -1},
        {"round_trip_ms": 60_001},
        {"round_trip_ms": None},
        {"spread_ms": 60_001},
        {"lost_percent": 101},
        {"kbps": 1_000_001},
        {"kbps": -1},
        {"address": "192.0.2.7"},
    ],
)
def test_only_measures_within_bounds_are_taken(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        wish(line=READING | wrong)
