"""The stage of a call: who may put what there, and what is drawn on it, kept and read again."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.calls.calling import join
from cloudwindow.calls.schemas import Accepted
from cloudwindow.calls.schemas_stage import StageRequest, Stroke, StrokeList, ViewRequest
from cloudwindow.calls.stage import (
    STROKES_AT_MOST,
    clear,
    draw,
    put_on_stage,
    strokes,
    take_off_stage,
    turn_stage,
    undo,
)
from cloudwindow.foundation.authentication import Actor
from tests.support.house import House, refused


class Scene:
    """A clerk and a citizen who talk."""

    def __init__(self, house: House, clerk: Actor, citizen: Actor, joined: Accepted) -> None:
        self.house, self.clerk, self.citizen = house, clerk, citizen
        self.joined, self.call = joined, joined.call.id
        self.places: dict[str, UUID] = {place.side: place.id for place in joined.call.participants}

    async def show(self, actor: Actor, kind: str, side: str) -> int:
        """Put something on the stage; returns its number."""
        request = StageRequest.model_validate({"kind": kind, "participant_id": self.places[side]})
        view = await self.house.run(actor, put_on_stage, self.call, request)
        no: int = view.no
        return no

    async def draw(self, no: int, **changed: Any) -> UUID:
        """Draw a stroke; returns its name."""
        request = Stroke.model_validate(stroke(no, **changed))
        await self.house.run(self.clerk, draw, self.call, request)
        return request.id

    async def read(self, actor: Actor, after: int = 0) -> StrokeList:
        """Read what is drawn."""
        async with self.house.database.reading() as session:
            return await strokes(session, actor, self.call, after)


def stroke(no: int, **changed: Any) -> dict[str, Any]:
    return {"no": no, "id": str(uuid4()), "tool": "pen", "colour": "red", "places": [0, 0, 5000, 10000]} | changed


@pytest.fixture
async def scene(house: House) -> Scene:
    clerk, citizen = await house.clerk(), await house.citizen()
    return Scene(house, clerk, citizen, await house.talk(clerk, citizen))


async def test_what_is_shown_goes_to_both_sides_with_the_call(scene: Scene) -> None:
    no = await scene.show(scene.clerk, "screen", "applicant")
    for stream in (f"account:{scene.citizen.id}", f"staff:{scene.clerk.id}"):
        told = await scene.house.value(
            "SELECT data -> 'stage' FROM event WHERE stream = :stream AND type = 'call' ORDER BY seq DESC LIMIT 1",
            stream=stream,
        )
        assert (told["no"], told["kind"], told["zoom"], told["strokes"]) == (no, "screen", 100, 0)
    view = await scene.house.run(
        scene.clerk, turn_stage, scene.call, ViewRequest(no=no, turn=90, zoom=250, x=1, y=10_000)
    )
    assert (view.turn, view.zoom, view.x, view.y) == (90, 250, 1, 10_000)
    again = await scene.show(scene.clerk, "face", "applicant")
    assert again > no
    row = await scene.house.row("SELECT * FROM call_stage")
    assert (row.turn, row.zoom, row.x, row.y) == (0, 100, 5000, 5000)


async def test_a_citizen_shows_and_takes_away_only_what_is_the_citizens_own(scene: Scene) -> None:
    no = await scene.show(scene.clerk, "screen", "clerk")
    for kind, side in (("face", "clerk"), ("screen", "clerk"), ("document", "clerk")):
        assert await refused(scene.show(scene.citizen, kind, side)) == "not_allowed"
    assert await scene.house.value("SELECT no FROM call_stage") == no
    assert await refused(scene.house.run(scene.citizen, take_off_stage, scene.call)) == "not_allowed"
    await scene.show(scene.citizen, "screen", "applicant")
    for actor in (scene.citizen, scene.clerk):  # who comes second finds it empty
        view = await scene.house.run(actor, take_off_stage, scene.call)
        assert view.stage is None
    assert await scene.house.value("SELECT count(*) FROM call_stage") == 0
    kinds = await scene.house.rows("SELECT kind FROM session_event WHERE kind LIKE 'stage%' ORDER BY seq")
    assert [row.kind for row in kinds] == ["stage", "stage", "stage_off"]


async def test_what_is_drawn_is_kept_in_order_taken_back_and_wiped(scene: Scene) -> None:
    no = await scene.show(scene.clerk, "document", "applicant")
    first, second = await scene.draw(no), await scene.draw(no, tool="box", places=[1, 2, 3, 4])
    await scene.house.run(scene.clerk, undo, scene.call, no, first)
    found = await scene.read(scene.citizen)
    assert (found.no, [event.kind for event in found.events]) == (no, ["stroke", "stroke", "stroke_undone"])
    assert (found.events[1].stroke is not None and found.events[1].stroke.id, found.events[2].undone) == (second, first)
    assert await scene.house.value("SELECT strokes FROM call_stage") == found.events[-1].seq
    later = await scene.read(scene.clerk, found.events[0].seq)
    assert later.events == found.events[1:]
    await scene.house.run(scene.clerk, clear, scene.call, no)
    assert (await scene.read(scene.clerk)).events[-1].kind == "strokes_cleared"


async def test_saying_it_again_changes_nothing(scene: Scene) -> None:
    no = await scene.show(scene.clerk, "face", "applicant")
    name = str(uuid4())
    for _ in range(2):
        await scene.draw(no, id=name)
    for _ in range(2):
        await scene.house.run(scene.clerk, undo, scene.call, no, UUID(name))
    for _ in range(2):
        await scene.house.run(scene.clerk, clear, scene.call, no)
    assert [event.kind for event in (await scene.read(scene.clerk)).events] == ["stroke", "stroke_undone"]


async def test_drawing_on_a_picture_that_is_gone_is_refused(scene: Scene) -> None:
    assert await refused(scene.draw(1)) == "stage_changed"
    old = await scene.show(scene.clerk, "document", "applicant")
    drawn = await scene.draw(old)
    new = await scene.show(scene.citizen, "screen", "applicant")
    assert await refused(scene.draw(old)) == "stage_changed"
    view = ViewRequest(no=old, turn=0, zoom=100, x=0, y=0)
    assert await refused(scene.house.run(scene.clerk, turn_stage, scene.call, view)) == "stage_changed"
    assert await refused(scene.house.run(scene.clerk, undo, scene.call, old, drawn)) == "stage_changed"
    assert await refused(scene.house.run(scene.clerk, clear, scene.call, old)) == "stage_changed"
    assert await scene.read(scene.clerk) == StrokeList(no=new, events=[])


@pytest.mark.parametrize(
    ("tool", "places"), [("pen", [1, 2, 3, 4, 5]), ("arrow", [1, 2, 3, 4, 5, 6]), ("box", [1] * 5)]
)
async def test_a_stroke_is_made_of_places(scene: Scene, tool: str, places: list[int]) -> None:
    no = await scene.show(scene.clerk, "document", "applicant")
    assert await refused(scene.draw(no, tool=tool, places=places)) == "stroke_malformed"
    assert (await scene.read(scene.clerk)).events == []


async def test_a_picture_holds_only_so_much(scene: Scene) -> None:
    no = await scene.show(scene.clerk, "document", "applicant")
    for _ in range(STROKES_AT_MOST):
        await scene.draw(no)
    assert await refused(scene.draw(no)) == "too_much_drawn"
    await scene.house.run(scene.clerk, clear, scene.call, no)
    await scene.draw(no)


async def test_only_who_is_in_the_call_and_only_the_clerk_draws(scene: Scene) -> None:
    no = await scene.show(scene.clerk, "document", "applicant")
    request = Stroke.model_validate(stroke(no))
    assert await refused(scene.house.run(scene.citizen, draw, scene.call, request)) == "not_allowed"
    for stranger in (await scene.house.citizen(), await scene.house.clerk("xuwenbo", ready=False)):
        assert await refused(scene.house.run(stranger, draw, scene.call, request)) == "not_found"
        assert await refused(scene.read(stranger)) == "not_found"
        assert await refused(scene.show(stranger, "face", "clerk")) == "not_found"
    assert await scene.house.value("SELECT count(*) FROM session_event WHERE kind = 'stroke'") == 0


async def test_somebody_of_another_call_is_not_there(scene: Scene) -> None:
    scene.places["applicant"] = uuid4()
    assert await refused(scene.show(scene.clerk, "face", "applicant")) == "not_there"


async def test_it_survives_a_reload_and_goes_with_the_call(scene: Scene) -> None:
    no = await scene.show(scene.clerk, "document", "applicant")
    await scene.draw(no)
    back = await scene.house.run(scene.citizen, join, scene.call)
    assert back.call.stage is not None
    assert back.call.stage.no == no
    await scene.house.hang_up(scene.citizen, scene.joined)
    assert await refused(scene.draw(no)) == "call_over"
    ended = await scene.house.value(
        "SELECT data -> 'stage' FROM event WHERE stream = :stream AND type = 'call' ORDER BY seq DESC LIMIT 1",
        stream=f"account:{scene.citizen.id}",
    )
    assert ended is None
