"""A shared screen is covered by whoever shares it, and by nobody else; both sides and the record know."""

from cloudwindow.calls.covering import cover
from cloudwindow.calls.schemas_stage import CoverRequest
from cloudwindow.foundation.authentication import Actor
from tests.integration.calls.test_stage import Scene, scene
from tests.support.house import refused

__all__ = ["scene"]


async def covers(scene: Scene, who: Actor, no: int, *, covered: bool = True) -> bool:
    return (await scene.house.run(who, cover, scene.call, CoverRequest(no=no, covered=covered))).covered


async def test_both_sides_are_told_and_the_record_knows_for_how_long(scene: Scene) -> None:
    no = await scene.show(scene.citizen, "screen", "applicant")
    assert await covers(scene, scene.citizen, no)
    assert await covers(scene, scene.citizen, no)
    for who in (scene.citizen, scene.clerk):
        told = (await scene.house.told(who))["call"]["stage"]
        assert told["covered"]
        assert (await scene.house.state(who))["call"]["stage"] == told
    await scene.house.move(14)
    assert not await covers(scene, scene.citizen, no, covered=False)
    at = await scene.house.rows("SELECT kind, at FROM session_event WHERE kind LIKE 'screen_%' ORDER BY seq")
    assert [row.kind for row in at] == ["screen_covered", "screen_seen"]
    assert (at[1].at - at[0].at).total_seconds() >= 14


async def test_a_clerk_covers_the_own_screen_and_not_the_citizens(scene: Scene) -> None:
    no = await scene.show(scene.citizen, "screen", "applicant")
    assert await refused(covers(scene, scene.clerk, no)) == "not_allowed"
    own = await scene.show(scene.clerk, "screen", "clerk")
    assert await refused(covers(scene, scene.citizen, own)) == "not_allowed"
    assert await covers(scene, scene.clerk, own)


async def test_a_face_is_not_covered_and_what_is_gone_neither(scene: Scene) -> None:
    face = await scene.show(scene.clerk, "face", "applicant")
    assert await refused(covers(scene, scene.citizen, face)) == "not_allowed"
    screen = await scene.show(scene.citizen, "screen", "applicant")
    await scene.show(scene.clerk, "face", "applicant")
    assert await refused(covers(scene, scene.citizen, screen)) == "stage_changed"
    await scene.house.hang_up(scene.citizen, scene.joined)
    assert await refused(covers(scene, scene.citizen, screen)) == "call_over"


async def test_what_is_put_there_anew_is_seen(scene: Scene) -> None:
    no = await scene.show(scene.citizen, "screen", "applicant")
    await covers(scene, scene.citizen, no)
    await scene.show(scene.clerk, "face", "applicant")
    await scene.show(scene.clerk, "screen", "applicant")
    assert not (await scene.house.state(scene.clerk))["call"]["stage"]["covered"]
