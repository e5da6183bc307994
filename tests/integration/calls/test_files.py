"""Files in a session: what is taken, what is kept, who gets it, and what becomes of what nobody uses."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from sqlalchemy import text

from cloudwindow.foundation.storage.parameters import LARGEST_MB, MOST_MEGAPIXELS, UPLOADS_PER_LOGIN
from tests.support.client import LONG_ENOUGH, Citizen, Clerk
from tests.support.pictures import (
    CAMERA,
    HEIC,
    HTML,
    OLD_WORD,
    PDF,
    PLACE,
    SVG,
    office,
    photo_of_a_phone,
    picture,
    png_of,
)
from tests.support.server import Server

NAME = "刘桂英 的身份证"


@dataclass
class Hall:
    """A session between two, and a stranger to it."""

    server: Server
    clerk: Clerk
    citizen: Citizen
    other: Citizen
    session: str
    call: str

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        async with self.server.city.database.reading() as session:
            return list((await session.execute(text(sql), values)).all())

    async def change(self, sql: str, **values: Any) -> None:
        async with self.server.city.database.transaction() as session:
            await session.execute(text(sql), values)

    def disk(self) -> list[Path]:
        root = self.server.folder / "files"
        return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []

    def path(self, file_id: str) -> Path:
        return self.server.folder / "files" / UUID(file_id).hex[-2:] / UUID(file_id).hex

    async def sent(self, content: bytes = PDF, purpose: str = "document", name: str = "") -> str:
        """Send a file, and let it be used as a message would."""
        answer = await self.citizen.upload(self.session, content, purpose=purpose, name=name)
        assert answer.status_code == 200, answer.text
        file_id: str = answer.json()["id"]
        await self.change("UPDATE file SET used_at = app_now() WHERE id = :id", id=file_id)
        return file_id

    async def refused(self, content: bytes, status: int, code: str, purpose: str = "photo") -> dict[str, Any]:
        """Send what must be refused and leave nothing behind; returns the problem."""
        before = await self.rows("SELECT count(*) FROM file"), self.disk()
        answer = await self.citizen.upload(self.session, content, purpose=purpose, name="身份证.jpg")
        problem: dict[str, Any] = answer.json()
        assert (answer.status_code, problem["code"]) == (status, code), answer.text
        assert (await self.rows("SELECT count(*) FROM file"), self.disk()) == before
        return problem


@asynccontextmanager
async def open_hall(server: Server) -> AsyncIterator[Hall]:
    async with Clerk(server.url) as clerk, Citizen(server.url) as citizen, Citizen(server.url) as other:
        await clerk.sign_in()
        await citizen.enter()
        await other.enter("赵长顺", "19900001302")
        await citizen.take()
        joined = await clerk.accept()
        await server.city.set_parameter(UPLOADS_PER_LOGIN.most, value=1000)
        yield Hall(server, clerk, citizen, other, joined["session"]["id"], joined["call"]["id"])


@pytest.fixture(scope="module")
async def one_hall(shared_server: Server) -> AsyncIterator[Hall]:
    async with open_hall(shared_server) as opened:
        yield opened


@pytest.fixture
async def hall(one_hall: Hall) -> Hall:
    """The one session of this module, without any files."""
    await one_hall.change("DELETE FROM file")
    for path in one_hall.disk():
        path.unlink()
    return one_hall


@pytest.fixture
async def own_hall(server: Server) -> AsyncIterator[Hall]:
    """A session of a test's own, for what ends it, kills the server, moves the clock or changes a parameter."""
    async with open_hall(server) as opened:
        yield opened


async def test_a_photo_is_kept_upright_without_its_place_encrypted_and_on_record(hall: Hall) -> None:
    sent = photo_of_a_phone(orientation=6)
    answer = await hall.citizen.upload(hall.session, sent, name=f"{NAME}.jpg")
    view = answer.json()
    assert view == {"id": view["id"], "purpose": "photo", "media_type": "image/jpeg", "size": view["size"]}
    kept = (await hall.citizen.file(view["id"])).content
    assert len(kept) == view["size"]
    assert PLACE not in kept
    assert CAMERA.encode() not in kept
    assert Image.open(io.BytesIO(kept)).size == (80, 120)
    (row,) = await hall.rows("SELECT * FROM file")
    assert (row.state, row.digest, row.anchor_id) == ("stored", hashlib.sha256(kept).digest(), UUID(hall.session))
    stored = hall.path(view["id"]).read_bytes()
    assert hall.disk() == [hall.path(view["id"])]
    for trace in (kept[100:140], b"JFIF", NAME.encode(), PLACE):
        assert trace not in stored
    for table in ("file", "audit", "session_event", "idempotency", "event"):
        (found,) = await hall.rows(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%{NAME}%'")  # noqa: S608
        assert found[0] == 0
    (event,) = await hall.rows("SELECT body FROM session_event WHERE kind = 'file_stored'")
    assert hashlib.sha256(kept).hexdigest().encode() in event.body
    states = [row.new for row in await hall.rows(
        "SELECT convert_from(body, 'UTF8')::json->'new'->>'state' AS new FROM audit WHERE subject_id = :id ORDER BY at",
        id=view["id"],
    )]  # fmt: skip
    assert states == ["arriving", "stored"]


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/webp"),
    ],
)
async def test_documents(hall: Hall, content: bytes, media_type: str) -> None:
    file_id = await hall.sent(content)
    answer = await hall.citizen.file(file_id)
    assert answer.headers["content-type"] == media_type
    if not media_type.startswith("image"):
        assert answer.content == content


@pytest.mark.parametrize(
    ("content", "purpose", "status", "code"),
    [
        (b"", "photo", 422, "file_empty"),
        (HTML, "photo", 415, "file_type_refused"),
        (HTML, "document", 415, "file_type_refused"),
        (SVG, "photo", 415, "file_type_refused"),
        (HEIC, "photo", 415, "picture_heic"),
        (OLD_WORD, "document", 415, "file_old_office"),
        (office("word", "word/vbaProject.bin"), "document", 415, "file_has_macros"),
        (office("META-INF"), "document", 415, "file_type_refused"),
        (PDF, "photo", 415, "picture_type_refused"),
        (office(), "photo", 415, "picture_type_refused"),
        (png_of(30_000, 30_000), "photo", 422, "picture_too_many_pixels"),
        (picture()[:500], "photo", 422, "picture_broken"),
    ],
)
async def test_what_is_not_taken_leaves_nothing(
    hall: Hall, content: bytes, purpose: str, status: int, code: str
) -> None:
    await hall.refused(content, status, code, purpose)


async def test_limits_are_parameters(own_hall: Hall) -> None:
    await own_hall.server.city.set_parameter(LARGEST_MB, value=1)
    await own_hall.server.city.set_parameter(MOST_MEGAPIXELS, value=1)
    problem = await own_hall.refused(PDF + bytes(1_048_576), 413, "file_too_large", "document")
    assert problem["params"] == {"limit_mb": 1}
    await own_hall.refused(picture(size=(1200, 1000)), 422, "picture_too_many_pixels")
    assert (
        await own_hall.citizen.upload(own_hall.session, PDF + bytes(1_048_000), purpose="document")
    ).status_code == 200


async def test_a_long_file_is_taken_and_one_that_lies_about_its_length_is_not(hall: Hall) -> None:
    """20 MB pass where other bodies end at 1 MB; without a length they are counted."""
    whole = PDF + bytes(20 * 1_048_576 - len(PDF))
    file_id = await hall.sent(whole)
    assert (await hall.citizen.file(file_id)).content == whole

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(22):
            yield PDF + bytes(1_048_576)

    answer = await hall.citizen.upload(hall.session, endless(), purpose="document")
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert len(hall.disk()) == 1


async def test_other_bodies_keep_their_limit(hall: Hall) -> None:
    path = f"/api/sessions/{hall.session}/rating"
    headers = {"x-csrf-token": hall.citizen.csrf or ""}
    answer = await hall.citizen.http.post(path, content=bytes(2_000_000), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


async def test_a_retry_gives_the_same_file(hall: Hall) -> None:
    key, sent = str(uuid4()), picture()
    first = await hall.citizen.upload(hall.session, sent, key=key, name="a.jpg")
    again = await hall.citizen.upload(hall.session, sent, key=key, name="a.jpg")
    assert again.json() == first.json()
    assert len(await hall.rows("SELECT id FROM file")) == len(hall.disk()) == 1
    for content, purpose, name in (
        (picture("PNG"), "photo", "a.jpg"),
        (sent, "document", "a.jpg"),
        (sent, "photo", "b"),
    ):
        other = await hall.citizen.upload(hall.session, content, purpose=purpose, key=key, name=name)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len(await hall.rows("SELECT id FROM file")) == 1


async def test_a_retry_at_the_same_moment_gives_the_same_file(hall: Hall) -> None:
    key = str(uuid4())
    answers = await asyncio.gather(*(hall.citizen.upload(hall.session, picture(), key=key) for _ in range(4)))
    assert len({answer.text for answer in answers}) == 1
    assert len(await hall.rows("SELECT id FROM file WHERE state = 'stored'")) == 1


async def test_who_may_send(own_hall: Hall) -> None:
    assert (await own_hall.clerk.upload(own_hall.session, PDF, purpose="document")).status_code == 200
    answer = await own_hall.other.upload(own_hall.session, PDF, purpose="document")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    async with httpx.AsyncClient(base_url=own_hall.server.url) as stranger:
        path = f"/api/sessions/{own_hall.session}/files?purpose=photo"
        answer = await stranger.post(path, content=picture(), headers={"idempotency-key": str(uuid4())})
        assert (answer.status_code, answer.json()["code"]) == (401, "login_required")
    answer = await own_hall.citizen.http.post(
        f"/api/sessions/{own_hall.session}/files?purpose=photo", content=picture()
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    await own_hall.clerk.post(f"/api/calls/{own_hall.call}/end")
    answer = await own_hall.citizen.upload(own_hall.session, picture())
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert (await own_hall.clerk.upload(own_hall.session, PDF, purpose="document")).status_code == 200


async def test_who_sends_too_many_is_told_when_to_come_back(own_hall: Hall) -> None:
    await own_hall.server.city.set_parameter(UPLOADS_PER_LOGIN.most, value=2)
    for _ in range(2):
        assert (await own_hall.citizen.upload(own_hall.session, PDF, purpose="document")).status_code == 200
    answer = await own_hall.citizen.upload(own_hall.session, PDF, purpose="document")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_file_is_its_senders_until_it_is_used_and_then_the_sessions(hall: Hall) -> None:
    answer = await hall.citizen.upload(hall.session, PDF, purpose="document")
    file_id = answer.json()["id"]
    assert (await hall.citizen.file(file_id)).status_code == 200
    assert (await hall.clerk.file(file_id)).status_code == 404
    await hall.change("UPDATE file SET used_at = app_now() WHERE id = :id", id=file_id)
    assert (await hall.clerk.file(file_id)).status_code == 200
    assert (await hall.other.file(file_id)).status_code == 404
    assert (await hall.citizen.file(str(uuid4()))).status_code == 404


async def test_a_look_of_the_staff_is_on_record_and_ones_own_is_not(hall: Hall) -> None:
    file_id = await hall.sent(picture(), "photo")
    looks = "SELECT actor_id FROM audit WHERE action = 'file.look' AND subject_id = :id"
    await hall.citizen.file(file_id)
    assert await hall.rows(looks, id=file_id) == []
    await hall.clerk.file(file_id)
    assert [str(row.actor_id) for row in await hall.rows(looks, id=file_id)] == [hall.clerk.me["id"]]


async def test_a_picture_on_a_page_says_whose_face_it_is_in_its_address(hall: Hall) -> None:
    """One browser holds both cookies: a picture's request cannot say by a header which of them counts."""
    file_id = await hall.sent()
    cookies = dict(hall.clerk.http.cookies) | dict(hall.other.http.cookies)
    async with httpx.AsyncClient(base_url=hall.server.url, cookies=cookies) as browser:
        assert (await browser.get(f"/api/files/{file_id}?face=staff")).status_code == 200
        assert (await browser.get(f"/api/files/{file_id}")).status_code == 404


async def test_a_small_picture_is_for_whoever_may_see_it_and_a_paper_has_none(hall: Hall) -> None:
    file_id = await hall.sent(picture(size=(1600, 1200)), "photo")
    small = await hall.clerk.http.get(f"/api/files/{file_id}/small")
    assert (small.status_code, small.headers["content-type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(small.content)).size == (320, 240)
    assert small.headers["cache-control"] == "private, no-store"
    assert small.headers["content-disposition"].endswith(".jpg")
    assert (await hall.citizen.http.get(f"/api/files/{file_id}/small")).json()["code"] == "not_allowed"
    looks = await hall.rows("SELECT actor_id FROM audit WHERE action = 'file.look' AND subject_id = :id", id=file_id)
    assert [str(row.actor_id) for row in looks] == [hall.clerk.me["id"]]
    paper = await hall.sent()
    assert (await hall.clerk.http.get(f"/api/files/{paper}/small")).status_code == 404
    hall.path(file_id).write_bytes(hall.path(file_id).read_bytes()[:-40])
    broken = await hall.clerk.http.get(f"/api/files/{file_id}/small")
    assert broken.json()["code"] == "file_unreadable"


async def test_headers_let_it_be_saved_and_nothing_else(hall: Hall) -> None:
    headers = (await hall.citizen.file(await hall.sent(name='../..\\合\u202e同<"1">.html'))).headers
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''%E5%90%88%E5%90%8C1.pdf"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox; default-src 'none'" in headers.get_list("content-security-policy")
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-store"
    nameless = await hall.sent()
    disposition = (await hall.citizen.file(nameless)).headers["content-disposition"]
    assert disposition == f"attachment; filename*=UTF-8''{UUID(nameless).hex[-8:]}.pdf"


async def test_parts(hall: Hall) -> None:
    whole = PDF + bytes(range(256)) * 1000
    size = len(whole)
    file_id = await hall.sent(whole)
    tag = (await hall.citizen.file(file_id)).headers["etag"]
    assert tag == f'"{hashlib.sha256(whole).hexdigest()}"'
    for asked, start, stop in (
        ("bytes=0-0", 0, 1),
        ("bytes=65530-65540", 65530, 65541),
        (f"bytes=100-{size}", 100, size),
        (f"bytes={size - 1}-", size - 1, size),
        ("bytes=-70000", size - 70_000, size),
        (f"bytes=-{size * 2}", 0, size),
        ("bytes= 5-9", 5, 10),
    ):
        answer = await hall.citizen.file(file_id, range=asked)
        assert answer.content == whole[start:stop], asked
        if (start, stop) != (0, size):
            assert answer.status_code == 206, asked
            assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{size}"
        assert answer.headers["content-length"] == str(stop - start)
    for asked in (f"bytes={size}-", f"bytes={size + 5}-{size + 9}", "bytes=-0"):
        answer = await hall.citizen.file(file_id, range=asked)
        assert (answer.status_code, answer.json()["code"]) == (416, "range_not_satisfiable")
        assert answer.headers["content-range"] == f"bytes */{size}"
    for asked in ("bytes=0-1,5-6", "bytes=9-2", "lines=1-2", "bytes=-", "bytes=a-b", "bytes=" + "9" * 30 + "-"):
        answer = await hall.citizen.file(file_id, range=asked)
        assert (answer.status_code, answer.content) == (200, whole), asked
    assert (await hall.citizen.file(file_id, range="bytes=3-4", if_range=tag)).status_code == 206
    other = await hall.citizen.file(file_id, range="bytes=3-4", if_range='"another"')
    assert (other.status_code, other.content) == (200, whole)


async def test_what_is_damaged_is_not_given_out(hall: Hall) -> None:
    gone, cut, bent, swapped, late = [await hall.sent(PDF + bytes(200_000)) for _ in range(5)]
    hall.path(gone).unlink()
    hall.path(cut).write_bytes(hall.path(cut).read_bytes()[:-65_552])
    stored = bytearray(hall.path(bent).read_bytes())
    stored[50] ^= 1
    hall.path(bent).write_bytes(stored)
    hall.path(swapped).write_bytes(hall.path(late).read_bytes())
    for file_id in (gone, cut, bent, swapped):
        answer = await hall.citizen.file(file_id)
        assert (answer.status_code, answer.json()["code"]) == (500, "file_unreadable")
    stored = bytearray(hall.path(late).read_bytes())
    stored[-1] ^= 1
    hall.path(late).write_bytes(stored)
    with pytest.raises(httpx.RemoteProtocolError):
        await hall.citizen.file(late)
    assert (await hall.citizen.file(late, range="bytes=0-999")).content == (PDF + bytes(200_000))[:1000]


async def test_a_full_disk_is_said_and_keeps_nothing(own_hall: Hall) -> None:
    files = own_hall.server.folder / "files"
    files.write_bytes(b"")  # no folder can be made there
    answer = await own_hall.citizen.upload(own_hall.session, picture())
    assert (answer.status_code, answer.json()["code"]) == (503, "storage_unavailable")
    files.unlink()
    assert (await own_hall.citizen.upload(own_hall.session, picture())).status_code == 200


async def test_who_leaves_in_the_middle_leaves_nothing(hall: Hall) -> None:
    sent = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield PDF + bytes(600_000)
        sent.set()
        await asyncio.sleep(3600)
        yield b""

    task = asyncio.create_task(hall.citizen.upload(hall.session, slowly(), purpose="document"))
    await sent.wait()
    task.cancel()
    await asyncio.wait([task])
    assert (await hall.citizen.upload(hall.session, PDF, purpose="document")).status_code == 200
    assert len(await hall.rows("SELECT id FROM file")) == len(hall.disk()) == 1


async def _swept(hall: Hall) -> None:
    """Let an hour and a minute pass, and the sweeper look; pages that are open stay so."""
    await hall.citizen.post("/api/test/clock", {"seconds": 3660})
    async with asyncio.timeout(LONG_ENOUGH):
        while await hall.rows("SELECT id FROM file WHERE used_at IS NULL AND state <> 'removed'"):  # noqa: ASYNC110  another process does it
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(
    ("place", "state", "files"),
    [("file.begin.after_commit", "arriving", 0), ("session.add_file.before_commit", "arriving", 1)],
)
async def test_killed_between_bytes_and_row_nothing_is_acknowledged_and_all_of_it_swept(
    own_hall: Hall, place: str, state: str, files: int
) -> None:
    key = str(uuid4())
    await own_hall.citizen.post("/api/test/failpoints", {"name": place, "effect": "kill"})
    with pytest.raises(httpx.RemoteProtocolError):
        await own_hall.citizen.upload(own_hall.session, PDF, purpose="document", key=key)
    await own_hall.server.wait_dead()
    (row,) = await own_hall.rows("SELECT id, state FROM file")
    assert (row.state, len(own_hall.disk())) == (state, files)
    await own_hall.server.start()
    again = await own_hall.citizen.upload(own_hall.session, PDF, purpose="document", key=key)
    assert again.status_code == 200
    assert again.json()["id"] != str(row.id)
    await own_hall.change("UPDATE file SET used_at = app_now() WHERE id = :id", id=again.json()["id"])
    await _swept(own_hall)
    (left,) = await own_hall.rows("SELECT state, data_key, name_cipher FROM file WHERE id = :id", id=row.id)
    assert tuple(left) == ("removed", b"", None)
    assert own_hall.disk() == [own_hall.path(again.json()["id"])]


async def test_killed_after_the_commit_the_retry_gets_the_file(own_hall: Hall) -> None:
    key = str(uuid4())
    await own_hall.citizen.post("/api/test/failpoints", {"name": "session.add_file.after_commit", "effect": "kill"})
    with pytest.raises(httpx.RemoteProtocolError):
        await own_hall.citizen.upload(own_hall.session, PDF, purpose="document", key=key)
    await own_hall.server.wait_dead()
    (row,) = await own_hall.rows("SELECT id, state FROM file")
    await own_hall.server.start()
    again = await own_hall.citizen.upload(own_hall.session, PDF, purpose="document", key=key)
    assert (again.json()["id"], row.state) == (str(row.id), "stored")
    assert (await own_hall.citizen.file(str(row.id))).content == PDF


async def test_what_nobody_uses_goes_and_what_is_used_stays(own_hall: Hall) -> None:
    used, unused = (
        await own_hall.sent(),
        (await own_hall.citizen.upload(own_hall.session, picture(), name=NAME)).json()["id"],
    )
    await _swept(own_hall)
    assert own_hall.disk() == [own_hall.path(used)]
    assert (await own_hall.citizen.file(used)).status_code == 200
    assert (await own_hall.citizen.file(unused)).status_code == 404
    events = await own_hall.rows("SELECT count(*) FROM audit WHERE action = 'file.give_up'")
    assert events[0][0] == 1
