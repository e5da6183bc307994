"""Photos that a clerk asks for, and pictures of the session on the stage."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.calls import chat, photos
from cloudwindow.calls.calling import end
from cloudwindow.calls.files import SESSION
from cloudwindow.calls.pictures import list_pictures
from cloudwindow.calls.schemas import PhotoRequestView, Say
from cloudwindow.calls.schemas_pictures import PhotoAsked, PhotoTaken, PictureView
from cloudwindow.calls.schemas_stage import StageRequest
from cloudwindow.calls.stage import put_on_stage, take_off_stage
from cloudwindow.foundation.authentication import Actor
from tests.integration.calls.test_stage import Scene
from tests.support.house import House, refused
from tests.support.pictures import PDF, picture


class Studio(Scene):
    """A clerk and a citizen who talk, and take photos."""

    @property
    def session(self) -> UUID:
        return self.joined.session.id

    async def ask(self, what: str = "id_front", material: str | None = None) -> PhotoRequestView:
        """Ask for a photo."""
        asked = PhotoAsked.model_validate({"what": what, "material": material})
        view: PhotoRequestView = await self.house.run(self.clerk, photos.ask, self.call, asked)
        return view

    async def photo(self, who: Actor | None = None, content: bytes | None = None) -> UUID:
        """Send a picture as a file."""
        return await self.house.send_file(who or self.citizen, self.session, content or picture(), "photo")

    async def send(self, request: UUID, file: UUID, **more: Any) -> PhotoRequestView:
        """Say which file is the photo."""
        taken = {"file_id": file, "way": "track", "width": 120, "height": 80, "warnings": []} | more
        view: PhotoRequestView = await self.house.run(
            self.citizen, photos.send, self.call, request, PhotoTaken.model_validate(taken)
        )
        return view

    async def put(self, who: Actor, file: UUID | None, side: str | None = None, kind: str = "picture") -> Any:
        """Put a picture on the stage."""
        own = "clerk" if who is self.clerk else "applicant"
        return await self.house.run(
            who, put_on_stage, self.call,
            StageRequest.model_validate({"kind": kind, "participant_id": self.places[side or own], "file_id": file}),
        )  # fmt: skip

    async def listed(self) -> list[PictureView]:
        """List the pictures as the strip has them."""
        async with self.house.database.reading() as session:
            return await list_pictures(session, self.clerk, self.session)


@pytest.fixture
async def studio(house: House) -> Studio:
    clerk, citizen = await house.clerk(), await house.citizen()
    return Studio(house, clerk, citizen, await house.talk(clerk, citizen))


async def told(studio: Studio, who: Actor) -> Any:
    """Read the request as the state document of a face has it."""
    return (await studio.house.state(who))["call"]["photo"]


async def test_a_photo_is_asked_for_sent_and_in_the_strip(studio: Studio) -> None:
    assert await told(studio, studio.citizen) is None
    request = await studio.ask()
    for who in (studio.clerk, studio.citizen):
        assert (await told(studio, who))["state"] == "asked"
    file = await studio.photo()
    assert await studio.listed() == []  # sent, but not yet said to be anything
    sent = await studio.send(request.id, file, warnings=["glare"])
    assert (sent.state, sent.file_id) == ("sent", file)
    assert await studio.send(request.id, file, warnings=["glare"]) == sent  # the retry of a page that heard no answer
    (shown,) = await studio.listed()
    assert shown.photo is not None
    assert (shown.id, shown.side, shown.photo.what, shown.photo.way) == (file, "applicant", "id_front", "track")
    assert (shown.photo.width, shown.photo.height, shown.photo.warnings) == (120, 80, ["glare"])
    assert await refused(studio.send(request.id, await studio.photo())) == "photo_not_asked"
    kinds = await studio.house.rows("SELECT kind FROM session_event WHERE kind LIKE 'photo%' ORDER BY seq")
    assert [row.kind for row in kinds] == ["photo_asked", "photo_sent"]


async def test_one_at_a_time_and_only_by_the_clerk(studio: Studio) -> None:
    first = await studio.ask()
    assert await refused(studio.ask("id_back")) == "photo_asked_already"
    asked = PhotoAsked(what="id_back")
    assert await refused(studio.house.run(studio.citizen, photos.ask, studio.call, asked)) == "not_allowed"
    assert await refused(studio.house.run(studio.clerk, photos.decline, studio.call, first.id)) == "not_allowed"
    assert await refused(studio.house.run(studio.citizen, photos.withdraw, studio.call, first.id)) == "not_allowed"
    declined = await studio.house.run(studio.citizen, photos.decline, studio.call, first.id)
    assert declined.state == "declined"
    assert await refused(studio.house.run(studio.clerk, photos.withdraw, studio.call, first.id)) == "photo_not_asked"
    second = await studio.ask("id_back")
    assert await refused(studio.send(first.id, await studio.photo())) == "photo_not_asked"
    withdrawn = await studio.house.run(studio.clerk, photos.withdraw, studio.call, second.id)
    assert withdrawn.state == "withdrawn"
    states = await studio.house.rows("SELECT state FROM photo_request ORDER BY asked_at, id")
    assert sorted(row.state for row in states) == ["declined", "withdrawn"]


async def test_a_material_of_the_item_has_its_name(studio: Studio) -> None:
    content = await studio.house.value("SELECT content FROM version v JOIN ticket t ON t.version_id = v.id")
    material = content["materials"][0]
    assert (await studio.ask("material", material["key"])).label == material["material_name"]
    await studio.house.run(
        studio.clerk, photos.withdraw, studio.call, UUID(str((await told(studio, studio.clerk))["id"]))
    )
    for what, key in (("material", "nothing"), ("material", None), ("id_front", material["key"])):
        assert await refused(studio.ask(what, key)) == "material_unknown"


async def test_only_the_citizens_own_picture_is_the_photo(studio: Studio) -> None:
    request = await studio.ask()
    paper = await studio.house.send_file(studio.citizen, studio.session, PDF)
    assert await refused(studio.send(request.id, paper)) == "not_a_picture"
    for foreign in (await studio.photo(studio.clerk), uuid4()):
        assert await refused(studio.send(request.id, foreign)) == "not_found"
    assert (await told(studio, studio.clerk))["state"] == "asked"
    assert await studio.house.value("SELECT used_at FROM file WHERE id = :id", id=paper) is None


async def test_what_is_still_asked_for_ends_with_the_call(studio: Studio) -> None:
    request = await studio.ask()
    await studio.house.run(studio.clerk, end, studio.call)
    assert await studio.house.value("SELECT state FROM photo_request") == "withdrawn"
    file = await studio.house.value("SELECT gen_random_uuid()")
    assert await refused(studio.send(request.id, file)) == "call_over"


async def test_a_picture_comes_back_to_the_stage_with_its_drawing(studio: Studio) -> None:
    request, file = await studio.ask(), await studio.photo()
    await studio.send(request.id, file)
    shown = await studio.put(studio.clerk, file)
    assert (shown.kind, shown.file_id, shown.strokes) == ("picture", file, 0)
    drawn = await studio.draw(shown.no)
    # something else in between, drawn on as well
    other = await studio.show(studio.clerk, "face", "applicant")
    await studio.draw(other)
    again = await studio.put(studio.clerk, file)
    assert again.no == shown.no
    read = await studio.read(studio.citizen)
    assert [event.stroke.id for event in read.events if event.stroke] == [drawn]
    assert again.strokes == read.events[-1].seq
    assert await refused(studio.draw(other)) == "stage_changed"
    await studio.house.run(studio.clerk, take_off_stage, studio.call)
    assert (await studio.put(studio.clerk, file)).no == shown.no


async def test_pictures_on_the_stage_are_the_sessions_and_a_citizens_own(studio: Studio) -> None:
    mine, frame = await studio.photo(), await studio.house.send_file(studio.clerk, studio.session, picture(), "frame")
    # what its sender did nothing with is the sender's alone, until the sender shows it
    assert await refused(studio.put(studio.clerk, mine)) == "not_found"
    assert (await studio.put(studio.citizen, mine)).file_id == mine
    assert (await studio.put(studio.clerk, mine)).file_id == mine
    assert (await studio.put(studio.clerk, frame)).file_id == frame
    assert await refused(studio.put(studio.citizen, frame)) == "not_found"
    assert await refused(studio.put(studio.citizen, mine, "clerk")) == "not_allowed"
    assert [(one.id, one.purpose, one.side) for one in await studio.listed()] == [
        (frame, "frame", "clerk"),
        (mine, "photo", "applicant"),
    ]
    paper = await studio.house.send_file(studio.clerk, studio.session, PDF)
    assert await refused(studio.put(studio.clerk, paper)) == "not_a_picture"
    for kind, file in (("picture", None), ("face", mine)):
        assert await refused(studio.put(studio.clerk, file, kind=kind)) == "not_there"


async def test_a_picture_of_another_session_is_not_for_this_stage(studio: Studio) -> None:
    file = await studio.photo()
    await studio.house.run(studio.citizen, chat.say, studio.session, Say(client_id=uuid4(), file_id=file))
    await studio.house.run(studio.clerk, end, studio.call)
    await studio.house.close(studio.clerk, studio.session)
    later = await studio.house.talk(studio.clerk, studio.citizen)
    place = next(one.id for one in later.call.participants if one.side == "clerk")
    request = StageRequest(kind="picture", participant_id=place, file_id=file)
    assert later.session.id != studio.session
    assert await refused(studio.house.run(studio.clerk, put_on_stage, later.call.id, request)) == "not_found"
    assert await studio.house.value("SELECT count(*) FROM file WHERE anchor = :anchor", anchor=SESSION) == 1


async def test_a_frame_is_a_picture(studio: Studio) -> None:
    assert await refused(studio.house.send_file(studio.clerk, studio.session, PDF, "frame")) == "picture_type_refused"
