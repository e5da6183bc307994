"""The chat of a session: who says what when, how often it is there, how far it has come, and who may read it."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from cloudwindow.calls.chat import history, mark, say
from cloudwindow.calls.parameters import LONGEST_TEXT
from cloudwindow.calls.schemas import Accepted, ChatView, Marks, MessagePage, Say, Sent
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from tests.support.house import House, refused
from tests.support.pictures import PDF

WORDS = "我的身份证号是 411002195203070021"


async def _say(
    house: House,
    who: Actor,
    session: UUID,
    words: str | None = WORDS,
    client_id: UUID | None = None,
    file: UUID | None = None,
) -> Sent:
    return await house.run(who, say, session, Say(client_id=client_id or uuid4(), text=words, file_id=file))


async def _read(house: House, who: Actor, session: UUID, after: int | None = 0, **how: int) -> MessagePage:
    asked = {"before": None, "limit": 50} | how
    return await history(house.actions, who, session, after=after, before=asked["before"], limit=asked["limit"] or 50)


async def _pair(house: House) -> tuple[Actor, Actor, Accepted]:
    clerk, citizen = await house.clerk(), await house.citizen()
    return clerk, citizen, await house.talk(clerk, citizen)


async def _agree(house: House, *people: Actor) -> None:
    """What pages know by events is what a fresh fetch says."""
    for who in people:
        assert (await house.told(who)).get("chat") == (await house.state(who))["chat"]


async def test_both_sides_talk_and_each_sees_how_far_it_has_come(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    session = joined.session.id
    await _agree(house, clerk, citizen)
    one = await _say(house, citizen, session, "  您好  ")
    two = await _say(house, clerk, session, "您好，请讲")
    assert (one.seq, two.seq) == (1, 2)
    page = await _read(house, clerk, session)
    assert [(m.seq, m.side, m.text) for m in page.messages] == [(1, "applicant", "您好"), (2, "clerk", "您好，请讲")]
    await house.run(clerk, mark, session, Marks(delivered=1, read=0))
    assert (await _read(house, citizen, session)).chat.clerk == Marks(delivered=1, read=0)
    await house.run(clerk, mark, session, Marks(delivered=0, read=1))
    await house.run(citizen, mark, session, Marks(delivered=2, read=0))
    chat: ChatView = (await _read(house, citizen, session)).chat
    assert (chat.last, chat.clerk, chat.applicant) == (2, Marks(delivered=1, read=1), Marks(delivered=2, read=0))
    await _agree(house, clerk, citizen)


async def test_marks_only_grow_and_not_beyond_what_there_is(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    await _say(house, citizen, joined.session.id)
    events = await house.value("SELECT count(*) FROM event")
    chat = await house.run(clerk, mark, joined.session.id, Marks(delivered=99, read=99))
    assert chat.clerk == Marks(delivered=1, read=1)
    assert await house.value("SELECT count(*) FROM event") == events + 2
    again = await house.run(clerk, mark, joined.session.id, Marks(delivered=0, read=0))
    assert again.clerk == Marks(delivered=1, read=1)
    assert await house.value("SELECT count(*) FROM event") == events + 2


async def test_a_retry_does_not_double_and_another_message_does_not_hide_behind_it(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    session, number = joined.session.id, uuid4()
    first = await _say(house, citizen, session, "一", number)
    assert await _say(house, citizen, session, "一", number) == first
    assert await refused(_say(house, citizen, session, "二", number)) == "idempotency_key_reused"
    assert await refused(_say(house, clerk, session, "一", number)) == "idempotency_key_reused"
    at_once = await asyncio.gather(*(_say(house, citizen, session, "三", UUID(int=3)) for _ in range(5)))
    assert len({sent.id for sent in at_once}) == 1
    assert len((await _read(house, citizen, session)).messages) == 2


async def test_numbers_have_no_gaps_when_everybody_talks_at_once(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    sent = await asyncio.gather(*(_say(house, who, joined.session.id) for who in (clerk, citizen) * 6))
    assert sorted(each.seq for each in sent) == list(range(1, 13))


@pytest.mark.parametrize(("words", "code"), [(None, "message_empty"), ("  \n ", "message_empty")])
async def test_what_says_nothing_is_refused(house: House, words: str | None, code: str) -> None:
    _, citizen, joined = await _pair(house)
    assert await refused(_say(house, citizen, joined.session.id, words)) == code


async def test_how_long_a_message_may_be(house: House) -> None:
    _, citizen, joined = await _pair(house)
    await _say(house, citizen, joined.session.id, "长" * 2000)
    with pytest.raises(Problem) as caught:
        await _say(house, citizen, joined.session.id, "长" * 10_000)
    assert (caught.value.code, caught.value.params) == ("message_too_long", {"length": 10_000, "limit": 2000})
    assert "10000" in caught.value.body()["detail"]
    await house.city.set_parameter(LONGEST_TEXT, value=3)
    assert await refused(_say(house, citizen, joined.session.id, "四个字呢")) == "message_too_long"


async def test_pages_of_history(house: House) -> None:
    _, citizen, joined = await _pair(house)
    session = joined.session.id
    for number in range(1, 8):
        await _say(house, citizen, session, str(number))

    async def seqs(after: int | None, **how: int) -> tuple[list[int], bool]:
        page = await _read(house, citizen, session, after, **how)
        return [m.seq for m in page.messages], page.more

    assert await seqs(0, limit=3) == ([1, 2, 3], True)
    assert await seqs(5, limit=3) == ([6, 7], False)
    assert await seqs(7) == ([], False)
    assert await seqs(None, limit=3) == ([5, 6, 7], True)
    assert await seqs(None, before=5, limit=3) == ([2, 3, 4], True)
    assert await seqs(None, before=2, limit=3) == ([1], False)


async def test_a_file_is_sent_once_it_belongs_to_the_sender_and_the_session(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    session = joined.session.id
    file = await house.send_file(citizen, session, PDF)
    assert await refused(_say(house, clerk, session, None, file=file)) == "not_found"
    assert await refused(_say(house, citizen, session, "两样", file=file)) == "message_not_one"
    assert await refused(_say(house, citizen, session, None, file=uuid4())) == "not_found"
    await _say(house, citizen, session, None, file=file)
    (message,) = (await _read(house, clerk, session)).messages
    assert message.text is None
    assert message.file is not None
    assert (message.file.id, message.file.media_type, message.file.name) == (file, "application/pdf", "文件")
    await house.after(3700)
    assert await house.value("SELECT state FROM file WHERE id = :id", id=file) == "stored"


async def test_who_may_talk_and_until_when(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    session = joined.session.id
    mate, other = await house.clerk("zhaoshumin", ready=False), await house.citizen("赵长顺")
    supervisor = await house.clerk("xuwenbo", ready=False, tab=False)
    for stranger in (mate, other, supervisor):
        assert await refused(_say(house, stranger, session)) == "not_found"
        assert await refused(house.run(stranger, mark, session, Marks(delivered=1, read=1))) == "not_found"
    await house.hang_up(citizen, joined)
    assert await refused(_say(house, citizen, session)) == "wrong_state"
    await _say(house, clerk, session, "还有一句")
    await _agree(house, clerk, citizen)
    await house.close(clerk, session)
    assert await refused(_say(house, clerk, session)) == "wrong_state"
    assert len((await _read(house, citizen, session)).messages) == 1
    await house.run(citizen, mark, session, Marks(delivered=1, read=1))
    await _agree(house, clerk, citizen)


async def test_who_reads_from_outside_is_on_record(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    session = joined.session.id
    await _say(house, citizen, session)
    supervisor, mate = (
        await house.clerk("xuwenbo", ready=False, tab=False),
        await house.clerk("zhaoshumin", ready=False),
    )
    looks = "SELECT actor_id FROM audit WHERE action = 'chat.look' AND subject_id = :id"
    await _read(house, clerk, session)
    await _read(house, citizen, session)
    assert await refused(_read(house, mate, session)) == "not_found"
    assert await house.rows(looks, id=session) == []
    assert (await _read(house, supervisor, session)).messages[0].text == WORDS
    assert [row.actor_id for row in await house.rows(looks, id=session)] == [supervisor.id]


async def test_the_chat_goes_with_the_session_to_the_next_clerk(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    await _say(house, citizen, joined.session.id, "等一下")
    await house.close_tabs(clerk)
    await house.after(16)
    await house.after(120)
    assert (await house.state(clerk))["chat"] is None
    await _agree(house, clerk, citizen)
    colleague = await house.clerk("zhaoshumin")
    await house.accept(colleague)
    assert (await _read(house, colleague, joined.session.id)).messages[0].text == "等一下"
    assert await refused(_say(house, clerk, joined.session.id)) == "not_found"
    await _agree(house, clerk, colleague, citizen)


async def test_another_number_begins_without_the_old_chat(house: House) -> None:
    clerk, citizen, joined = await _pair(house)
    await _say(house, citizen, joined.session.id)
    await house.hang_up(citizen, joined)
    await house.take(citizen, item="P04")
    assert (await house.state(citizen))["chat"] is None
    await _say(house, clerk, joined.session.id, "迟到的一句")
    await _agree(house, clerk, citizen)


async def test_words_are_in_no_row_in_clear_and_go_with_the_key(house: House) -> None:
    _, citizen, joined = await _pair(house)
    await _say(house, citizen, joined.session.id)
    for table in ("chat_message", "event", "audit", "session_event", "idempotency"):
        found = f"SELECT count(*) FROM {table} t WHERE t::text LIKE :words OR t::text LIKE :hex"  # noqa: S608  our own names
        assert await house.value(found, words=f"%{WORDS}%", hex=f"%{WORDS.encode().hex()}%") == 0
    body = json.loads(await house.value("SELECT body FROM session_event WHERE kind = 'message'"))
    digest = await house.value("SELECT encode(sha256(text_cipher), 'hex') FROM chat_message")
    assert body["facts"]["cipher_sha256"] == digest
    await house.change("UPDATE account SET data_key = '' WHERE id = :id", id=citizen.id)
    (message,) = (await _read(house, citizen, joined.session.id)).messages
    assert (message.text, message.file) == (None, None)
