"""Letters 留言: written instead of waiting, kept from others, answered once by the desk, read, asked on."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.demonstration.outbox import newest
from cloudwindow.foundation.authentication import Actor
from cloudwindow.letters.answering import answer, hold, look, release
from cloudwindow.letters.queries import inbox, own_letter, terms
from cloudwindow.letters.schemas import AnswerRequest, LetterAgain, LetterMark, LetterRequest, LetterRow, LetterView
from cloudwindow.letters.views import SHOWN
from cloudwindow.letters.writing import ask_again, leave_letter, mark_read, withdraw
from cloudwindow.people.device_links import follow_link, make_link
from tests.integration.dispatch.test_recalling import said, secret, verified
from tests.integration.foundation.test_privacy import in_clear
from tests.support.city import WEIDU, ZONE
from tests.support.house import STRANGER, House, at_once, id_of, refused

WORDS = "卡丢了，待遇会不会停发？"
ANSWER = "不会停发，补卡以后照常发到新卡。"
MATE, FAR = "zhaoshumin", "koujunjie"


async def write(house: House, citizen: Actor, words: str = WORDS, **more: Any) -> LetterMark:
    body = {"item_key": "P01", "region_code": WEIDU, "words": words} | more
    return await house.run(citizen, leave_letter, LetterRequest.model_validate(body))


async def show(house: House, citizen: Actor, letter_id: UUID) -> LetterView:
    async with house.database.reading() as session:
        return await own_letter(session, house.wiring, house.city.keys, citizen, letter_id)


async def rows(house: House, clerk: Actor) -> list[LetterRow]:
    async with house.database.reading() as session:
        return await inbox(session, clerk)


async def asked(house: House, citizen: Actor, letter_id: UUID) -> UUID:
    """Return the citizen's last words of a letter."""
    letter = await show(house, citizen, letter_id)
    return next(entry.id for entry in reversed(letter.entries) if entry.side == "applicant")


async def reply(house: House, clerk: Actor, citizen: Actor, letter_id: UUID, words: str = ANSWER) -> None:
    to = await asked(house, citizen, letter_id)
    await house.run(clerk, answer, letter_id, AnswerRequest(to=to, words=words))


async def test_a_letter_goes_to_the_desk_and_the_answer_back(house: House) -> None:
    citizen, clerk = await house.citizen("王秀兰"), await house.clerk(ready=False)
    mark = await write(house, citizen)
    async with house.database.reading() as session:
        promised = await terms(session, house.wiring, citizen, ZONE, "P01", WEIDU)
    assert promised.told_by == "page"
    assert (mark.state, mark.unread, mark.due_at) == ("waiting", False, promised.due_at)
    (row,) = await rows(house, clerk)
    assert (row.letter_id, row.due_at, row.asked_before, row.holder) == (mark.id, mark.due_at, 0, None)
    card = await house.run(clerk, look, mark.id)
    assert (card.form_of_address, card.told_by, [one.words for one in card.entries]) == ("王秀兰", "page", [WORDS])
    done = await house.run(clerk, answer, mark.id, AnswerRequest(to=card.entries[0].id, words=ANSWER))
    assert done.told_by == "page"
    assert await rows(house, clerk) == []
    letter = await show(house, citizen, mark.id)
    assert [(one.side, one.name, one.words) for one in letter.entries] == [
        ("applicant", None, WORDS),
        ("clerk", "张艳丽", ANSWER),
    ]
    assert (letter.state, letter.unread, letter.answered_at) == ("answered", True, done.answered_at)
    assert (await house.run(citizen, mark_read, mark.id)).unread is False
    assert (await house.run(citizen, mark_read, mark.id)).unread is False
    assert await house.value("SELECT count(*) FROM audit WHERE action = 'letter.read'") == 1
    assert await house.value("SELECT count(*) FROM event WHERE type = 'letters'") == 3


async def test_pages_keep_the_marks_by_events(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=False)
    assert (await house.state(citizen))["letters"] == []
    first, second = await write(house, citizen), await write(house, citizen, "还有一件事")
    steps = (
        lambda: reply(house, clerk, citizen, first.id),
        lambda: house.run(citizen, mark_read, first.id),
        lambda: house.run(citizen, ask_again, first.id, LetterAgain(words="那要几天？")),
        lambda: house.run(citizen, withdraw, second.id),
    )
    seen = []
    for step in steps:
        await step()
        marks = (await house.state(citizen))["letters"]
        assert (await house.told(citizen))["letters"] == marks
        seen.append({mark["id"]: (mark["state"], mark["unread"]) for mark in marks})
    assert [one[str(first.id)] for one in seen] == [
        ("answered", True),
        ("answered", False),
        ("waiting", False),
        ("waiting", False),
    ]
    assert seen[-1][str(second.id)] == ("withdrawn", False)


async def test_the_number_is_given_up_only_with_the_letter(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=False)
    ticket = await house.take(citizen)
    assert await refused(write(house, citizen, region_code="411099999999", instead_of=ticket.id)) == "region_unknown"
    assert await house.value("SELECT state FROM ticket") == "waiting"
    kept = await write(house, citizen)
    assert await house.value("SELECT state FROM ticket") == "waiting"
    given_up = await write(house, citizen, instead_of=ticket.id)
    row = await house.row("SELECT state, close_reason FROM ticket")
    assert tuple(row) == ("closed", "left")
    numbers = {letter.id: (await house.run(clerk, look, letter.id)).number for letter in (kept, given_up)}
    assert numbers == {kept.id: None, given_up.id: ticket.number}


async def test_a_number_that_is_served_or_foreign_is_not_given_up(house: House) -> None:
    citizen, other = await house.citizen(), await house.citizen()
    foreign = await house.take(other, region=WEIDU)
    assert await refused(write(house, citizen, instead_of=foreign.id)) == "not_found"
    assert await refused(write(house, citizen, instead_of=uuid4())) == "not_found"
    joined = await house.serve(await house.clerk(), other)
    assert await refused(write(house, other, instead_of=joined.session.ticket_id)) == "wrong_state"
    assert await house.value("SELECT count(*) FROM letter") == 0


async def test_who_answers_keeps_it_from_colleagues_for_a_while(house: House) -> None:
    citizen, clerk, mate = await house.citizen(), await house.clerk(ready=False), await house.clerk(MATE, ready=False)
    letter = await write(house, citizen)
    held = await house.run(clerk, hold, letter.id)
    assert (held.holder, held.held_by_me) == ("张艳丽", True)
    assert held.held_until is not None
    assert timedelta(minutes=9) < held.held_until - await house.now() <= timedelta(minutes=10)
    (seen,) = await rows(house, mate)
    assert (seen.holder, seen.held_by_me) == ("张艳丽", False)
    assert await refused(house.run(mate, hold, letter.id)) == "letter_held"
    assert await refused(reply(house, mate, citizen, letter.id)) == "letter_held"
    assert (await house.run(mate, release, letter.id)).holder == "张艳丽"
    await house.move(9 * 60)
    await house.run(clerk, hold, letter.id)
    await house.move(9 * 60)
    assert await refused(house.run(mate, hold, letter.id)) == "letter_held"
    await house.move(61)
    assert (await rows(house, mate))[0].holder is None
    await house.run(mate, hold, letter.id)
    assert (await house.run(mate, release, letter.id)).holder is None
    await reply(house, clerk, citizen, letter.id)
    assert await house.value("SELECT held_by FROM letter") is None


async def test_two_answer_at_once_and_one_is_first(house: House) -> None:
    citizen, clerk, mate = await house.citizen(), await house.clerk(ready=False), await house.clerk(MATE, ready=False)
    letter = await write(house, citizen)
    done = await at_once(
        lambda: reply(house, clerk, citizen, letter.id), lambda: reply(house, mate, citizen, letter.id)
    )
    assert sorted(done, key=str) == [None, "wrong_state"]
    assert len((await show(house, citizen, letter.id)).entries) == 2


async def test_an_answer_is_to_the_last_words(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=False)
    letter = await write(house, citizen)
    first = await asked(house, citizen, letter.id)
    await reply(house, clerk, citizen, letter.id)
    await house.move(60)
    again = await house.run(citizen, ask_again, letter.id, LetterAgain(words="那要几天？"))
    assert (again.state, again.unread) == ("waiting", False)
    (row,) = await rows(house, clerk)
    assert row.asked_before == 1
    late = AnswerRequest(to=first, words=ANSWER)
    assert await refused(house.run(clerk, answer, letter.id, late)) == "letter_changed"
    await reply(house, clerk, citizen, letter.id, "三个工作日。")
    shown = await show(house, citizen, letter.id)
    assert [one.words for one in shown.entries] == [WORDS, ANSWER, "那要几天？", "三个工作日。"]
    assert shown.unread


async def test_what_waits_may_be_taken_back_and_not_asked_on(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=False)
    letter = await write(house, citizen)
    assert await refused(house.run(citizen, ask_again, letter.id, LetterAgain(words="在吗？"))) == "wrong_state"
    await house.run(clerk, hold, letter.id)
    assert (await house.run(citizen, withdraw, letter.id)).state == "withdrawn"
    assert await rows(house, clerk) == []
    for late in (
        reply(house, clerk, citizen, letter.id),
        house.run(clerk, hold, letter.id),
        house.run(citizen, withdraw, letter.id),
        house.run(citizen, ask_again, letter.id, LetterAgain(words="还是想问")),
    ):
        assert await refused(late) == "wrong_state"


async def test_a_follow_up_is_taken_back_and_the_answer_stays(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=False)
    letter = await write(house, citizen)
    await reply(house, clerk, citizen, letter.id)
    await house.run(citizen, mark_read, letter.id)
    await house.run(citizen, ask_again, letter.id, LetterAgain(words="那要几天？"))
    to = await asked(house, citizen, letter.id)
    await house.run(clerk, hold, letter.id)
    back = await house.run(citizen, withdraw, letter.id)
    assert (back.state, back.unread) == ("answered", False)
    assert [one.words for one in (await show(house, citizen, letter.id)).entries] == [WORDS, ANSWER]
    assert [one.words for one in (await house.run(clerk, look, letter.id)).entries] == [WORDS, ANSWER]
    late = AnswerRequest(to=to, words="三天。")
    assert await refused(house.run(clerk, answer, letter.id, late)) == "wrong_state"
    await house.run(citizen, ask_again, letter.id, LetterAgain(words="要多少钱？"))
    assert await refused(house.run(clerk, answer, letter.id, late)) == "letter_changed"
    await reply(house, clerk, citizen, letter.id, "不要钱。")
    assert [one.words for one in (await show(house, citizen, letter.id)).entries][2:] == ["要多少钱？", "不要钱。"]


async def test_two_letters_that_change_at_once_are_both_told(house: House) -> None:
    citizen, clerk, mate = await house.citizen(), await house.clerk(ready=False), await house.clerk(MATE, ready=False)
    for _ in range(5):
        first, second = await write(house, citizen), await write(house, citizen)
        answers = partial(reply, house, clerk, citizen, first.id), partial(reply, house, mate, citizen, second.id)
        assert await at_once(*answers) == [None, None]
        assert (await house.told(citizen))["letters"] == (await house.state(citizen))["letters"]


async def test_few_wait_at_once_also_when_they_come_together(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=False)
    done = await at_once(*(lambda: write(house, citizen) for _ in range(5)))
    assert [one for one in done if isinstance(one, str)] == ["letters_too_many"] * 2
    first = next(one for one in done if isinstance(one, LetterMark))
    await reply(house, clerk, citizen, first.id)
    await write(house, citizen)
    assert await refused(house.run(citizen, ask_again, first.id, LetterAgain(words="还有"))) == "letters_too_many"
    await write(house, await house.citizen())


async def test_only_the_desk_of_that_line_sees_it(house: House) -> None:
    citizen, stranger = await house.citizen(), await house.citizen()
    letter = await write(house, citizen)
    for one in (await house.clerk(FAR, ready=False), await house.clerk("liujingwen", ready=False)):
        assert await rows(house, one) == []
        assert await refused(house.run(one, look, letter.id)) == "not_found"
        assert await refused(house.run(one, hold, letter.id)) == "not_found"
    assert await refused(show(house, stranger, letter.id)) == "not_found"
    assert await refused(house.run(stranger, withdraw, letter.id)) == "not_found"
    watcher = await house.clerk("yangzhenyu", ready=False, tab=False)
    assert (await house.run(watcher, look, letter.id)).form_of_address == "刘桂英"
    assert await refused(house.run(watcher, hold, letter.id)) == "not_found"
    looked = await house.rows("SELECT body FROM audit WHERE action = 'letter.look'")
    assert len(looked) == 1


async def test_the_verified_phone_is_told_once_for_each_answer(house: House) -> None:
    citizen, clerk = await verified(house), await house.clerk(ready=False)
    letter = await write(house, citizen)
    assert (await house.run(clerk, look, letter.id)).told_by == "message"
    await reply(house, clerk, citizen, letter.id)
    ((kind, text),) = await said(house, citizen)
    assert kind == "letter_answered"
    assert f"/continue?letter={letter.id}#" in text
    assert (await show(house, citizen, letter.id)).told_by == "message"
    assert WORDS not in text
    assert ANSWER not in text
    await house.run(citizen, ask_again, letter.id, LetterAgain(words="那要几天？"))
    await reply(house, clerk, citizen, letter.id, "三天。")
    assert len(await said(house, citizen)) == 2


async def test_the_links_of_two_answers_both_lead_back(house: House) -> None:
    citizen, clerk = await verified(house), await house.clerk(ready=False)
    for words in (WORDS, "还有一件事"):
        letter = await write(house, citizen, words)
        await reply(house, clerk, citizen, letter.id)
    await house.run(citizen, make_link, None)  # a code on the page is for now, and leaves these alone
    first, second = [secret(text) for _, text in await said(house, citizen)]
    for token in (first, second):
        me, _ = await house.run(STRANGER, follow_link, token, uuid4())
        assert me.account is not None
        assert me.account.id == id_of(citizen)
    assert await house.value("SELECT count(*) FROM login WHERE account_id IS NOT NULL AND ended_at IS NULL") == 1
    assert await refused(house.run(STRANGER, follow_link, first, uuid4())) == "link_used"


async def test_signing_out_voids_the_links_of_messages(house: House) -> None:
    citizen, clerk = await verified(house), await house.clerk(ready=False)
    letter = await write(house, citizen)
    await reply(house, clerk, citizen, letter.id)
    ((_, text),) = await said(house, citizen)
    await house.change("UPDATE login SET ended_at = app_now() WHERE account_id = :id", id=id_of(citizen))
    assert await refused(house.run(STRANGER, follow_link, secret(text), uuid4())) == "link_expired"


async def test_the_outbox_of_a_demonstration_shows_it(house: House) -> None:
    citizen, clerk = await verified(house), await house.clerk(ready=False)
    letter = await write(house, citizen)
    await reply(house, clerk, citizen, letter.id)
    async with house.database.reading() as session:
        (message,) = (await newest(session, house.city.keys, None)).messages
    assert message.kind == "letter_answered"


async def test_what_was_written_stands_nowhere_in_clear(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=False)
    letter = await write(house, citizen)
    await house.run(clerk, look, letter.id)
    await reply(house, clerk, citizen, letter.id)
    for words in (WORDS, ANSWER):
        assert await in_clear(house, words) == set()


@pytest.mark.parametrize("words", ["", "   ", "问" * 1001])
async def test_nothing_and_too_much_is_no_letter(words: str) -> None:
    with pytest.raises(ValueError, match="words"):
        LetterRequest.model_validate({"item_key": "P01", "region_code": WEIDU, "words": words})


async def test_a_desk_without_hours_promises_nothing(house: House) -> None:
    citizen = await house.citizen()
    await house.change("DELETE FROM opening_rule")
    assert await refused(write(house, citizen)) == "no_letters"
    assert await house.value("SELECT count(*) FROM letter") == 0


async def test_an_old_letter_that_is_answered_late_is_not_forgotten_by_the_page(house: House) -> None:
    citizen, clerk = await house.citizen(), await house.clerk(ready=False)
    await house.city.set_parameter("limits.letters_waiting", 100)
    old = await write(house, citizen)
    for _ in range(SHOWN):
        await write(house, citizen)
    assert str(old.id) not in {mark["id"] for mark in (await house.state(citizen))["letters"]}
    await house.move(60)
    await reply(house, clerk, citizen, old.id)
    marks = (await house.state(citizen))["letters"]
    assert (marks[0]["id"], marks[0]["unread"], len(marks)) == (str(old.id), True, SHOWN)
