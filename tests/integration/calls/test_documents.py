"""Documents that a clerk pushes: kept for the citizen, drawn page by page for the stage; hostile ones leave nothing."""

import io
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from PIL import Image

from cloudwindow.calls import documents
from cloudwindow.calls.documents import Document
from cloudwindow.calls.pictures import list_pictures
from cloudwindow.calls.schemas_pushed import PushedMark
from cloudwindow.calls.schemas_stage import StageRequest
from cloudwindow.calls.stage import put_on_stage
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.storage import Store, pdf_program
from cloudwindow.foundation.storage import documents as drawing
from cloudwindow.foundation.storage.parameters import MOST_PAGES, MOST_SECONDS
from cloudwindow.foundation.storage.serving import look
from tests.integration.calls.test_pushed import Counter
from tests.support import papers
from tests.support.house import House, refused
from tests.support.pictures import HTML, office, picture

HOSTILE: list[tuple[bytes, str]] = [
    (papers.BROKEN, "document_broken"),
    (papers.EMPTY, "document_broken"),
    (papers.THOUSAND, "document_too_many_pages"),
    (papers.HUGE, "document_page_too_large"),
    (papers.SCRIPT, "document_active"),
    (papers.SCRIPT_IN_CODES, "document_active"),
    (papers.SCRIPT_PACKED, "document_active"),
    (papers.SCRIPT_PACKED_ODDLY, "document_active"),
    (papers.SCRIPT_PACKED_AFTER_PARAMETERS, "document_active"),
    (papers.SCRIPT_PACKED_UNDER_ANOTHER_NAME, "document_active"),
    (papers.LAUNCH, "document_active"),
    (papers.ATTACHED, "document_active"),
    (papers.BOMB, "document_too_heavy"),
    (papers.LOCKED, "document_locked"),
    (office("word/"), "document_type_refused"),
    (HTML, "file_type_refused"),
    (b"", "file_empty"),
]


class Desk(Counter):
    """A counter over which papers pass."""

    async def hand(self, content: bytes, who: Actor | None = None, key: UUID | None = None) -> PushedMark:
        """Push a document."""

        async def stream() -> AsyncIterator[bytes]:
            yield content

        asked = Document(self.call, "参保登记表.pdf", key or uuid4())
        return await documents.push(self.house.actions, who or self.clerk, asked, stream())

    async def draw_at(self, who: Actor, file: UUID) -> int:
        """Put a page on the stage; returns its number."""
        side = "clerk" if who is self.clerk else "applicant"
        request = StageRequest(kind="picture", participant_id=self.places[side], file_id=file)
        no: int = (await self.house.run(who, put_on_stage, self.call, request)).no
        return no

    async def content_of(self, who: Actor, file: UUID) -> bytes:
        """Read a file as the house gives it out."""
        found = await self.house.run(who, look, file)
        with drawing_opened(self.house, found.id, found.key) as content:
            return content.read()

    async def limit(self, key: str, value: int) -> None:
        """Decide a parameter anew."""
        await self.house.change(
            "INSERT INTO parameter (key, scope_kind, scope_key, value, unit, source, valid_from)"
            " VALUES (:key, 'all', '', to_jsonb(cast(:value AS int)), '', 'a test', app_now())",
            key=key, value=value,
        )  # fmt: skip


def drawing_opened(house: House, file_id: UUID, key: bytes) -> io.BufferedReader:
    """Open a kept file in clear."""
    from cloudwindow.foundation.storage.sealed import open_sealed  # noqa: PLC0415  only here

    return open_sealed(house.actions.wiring.port(Store).open(file_id), key, file_id)


@pytest.fixture
async def desk(house: House) -> Desk:
    clerk, citizen = await house.clerk(), await house.citizen()
    return Desk(house, clerk, citizen, await house.talk(clerk, citizen))


async def test_a_form_is_kept_for_the_citizen_and_its_pages_go_on_the_stage(desk: Desk) -> None:
    mark = await desk.hand(papers.FORM)
    (seen,) = await desk.listed(desk.citizen)
    assert (seen.id, seen.kind, seen.url, len(seen.pages)) == (mark.id, "document", None, 3)
    assert seen.file is not None
    assert (seen.file.name, seen.file.media_type, seen.file.size) == (
        "参保登记表.pdf", "application/pdf", len(papers.FORM)
    )  # fmt: skip
    assert await desk.content_of(desk.citizen, seen.file.id) == papers.FORM
    sizes = {Image.open(io.BytesIO(await desk.content_of(desk.citizen, page))).size for page in seen.pages}
    assert sizes == {(1240, 1754)}
    first = await desk.draw_at(desk.clerk, seen.pages[0])
    second = await desk.draw_at(desk.clerk, seen.pages[1])
    assert second != first == await desk.draw_at(desk.clerk, seen.pages[0])  # each page comes back with its drawing
    assert await refused(desk.draw_at(desk.citizen, seen.pages[2])) == "not_found"  # the clerk turns the pages
    async with desk.house.database.reading() as session:
        assert await list_pictures(session, desk.clerk, desk.session) == []  # pages are in no strip
    await desk.open(mark.id)
    events = await desk.house.rows("SELECT kind FROM session_event WHERE kind LIKE 'push%' ORDER BY seq")
    assert [row.kind for row in events] == ["push_doc", "push_opened"]
    other = await desk.house.citizen("李女士", "19900009998")
    assert await refused(desk.house.run(other, look, seen.pages[0])) == "not_found"


async def test_a_picture_is_its_own_page_without_what_a_camera_adds(desk: Desk) -> None:
    await desk.hand(picture(comment=b"taken at home"))
    (seen,) = await desk.listed(desk.clerk)
    assert seen.file is not None
    assert seen.pages == [seen.file.id]
    assert b"taken at home" not in await desk.content_of(desk.clerk, seen.file.id)


async def test_a_retry_gives_the_first_answer(desk: Desk) -> None:
    key = uuid4()
    assert await desk.hand(papers.FORM, key=key) == await desk.hand(papers.FORM, key=key)
    assert len(await desk.listed(desk.clerk)) == 1
    assert await desk.house.value("SELECT count(*) FROM file") == 4
    assert await refused(desk.hand(picture(), key=key)) == "idempotency_key_reused"


async def test_what_is_hostile_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    for content, code in HOSTILE:
        assert await refused(desk.hand(content)) == code, content[:400]
    assert await desk.house.value("SELECT count(*) FROM file") == 0
    assert await desk.listed(desk.clerk) == []


async def test_a_page_that_takes_hours_is_given_up(desk: Desk) -> None:
    await desk.limit(MOST_SECONDS, 1)
    assert await refused(desk.hand(papers.TIRING)) == "document_too_heavy"
    await desk.limit(MOST_SECONDS, 20)
    await desk.hand(papers.HARMLESS_PACKED)  # the next one is taken


async def test_how_many_pages_is_a_parameter(desk: Desk) -> None:
    await desk.limit(MOST_PAGES, 2)
    assert await refused(desk.hand(papers.FORM)) == "document_too_many_pages"


async def test_only_the_clerk_of_a_call_that_goes_on_pushes(desk: Desk) -> None:
    assert await refused(desk.hand(papers.FORM, desk.citizen)) == "not_allowed"
    assert await refused(desk.hand(papers.FORM, await desk.house.clerk("jinjianguo", ready=False))) == "not_found"
    await desk.house.hang_up(desk.citizen, desk.joined)
    assert await refused(desk.hand(papers.FORM)) == "call_over"
    assert await desk.house.value("SELECT count(*) FROM file") == 0


def test_the_program_and_the_house_agree_on_how_it_refuses() -> None:
    assert drawing.REFUSED == pdf_program.REFUSED
