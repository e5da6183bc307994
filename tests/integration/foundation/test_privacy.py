"""No personal data in clear: whatever was typed is searched for in the bytes of every row of every table (model §8)."""

import json
import logging
from uuid import uuid4

import pytest
import structlog
from sqlalchemy.exc import DBAPIError

from cloudwindow.calls.chat import say
from cloudwindow.calls.schemas import Draft, Say
from cloudwindow.calls.wrapping import save_draft, wrap_up
from cloudwindow.dispatch.actions import postpone
from cloudwindow.dispatch.looks import look_at_ticket
from cloudwindow.foundation import logs
from cloudwindow.foundation.crypto import KeyFault
from cloudwindow.oversight.actions import give
from cloudwindow.oversight.schemas import RatingRequest
from tests.support.house import House, summary
from tests.support.pictures import PDF

NAME = "欧阳震霆"
PHONE = "19912345678"
SAID = "说起了邻居的事"
ADDRESS = "192.0.2.1"


async def in_clear(house: House, needle: str) -> set[tuple[str, str]]:
    """Tables and columns that hold a text in clear, bytes included."""
    found = set()
    columns = await house.rows(
        "SELECT table_name, column_name, udt_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    for table, column, kind in columns:
        value = f'"{column}"' if kind == "bytea" else f"""convert_to("{column}"::text, 'UTF8')"""
        for written in {needle, json.dumps(needle)[1:-1]}:
            sql = f"SELECT count(*) FROM \"{table}\" WHERE position(convert_to(:needle, 'UTF8') IN {value}) > 0"  # noqa: S608  our own names
            if await house.value(sql, needle=written):
                found.add((table, column))
    return found


async def _whole_service(house: House) -> None:
    clerk = await house.clerk()
    citizen = await house.citizen(NAME, PHONE, elderly=True)
    joined = await house.serve(clerk, citizen)
    await house.run(clerk, look_at_ticket, joined.session.ticket_id)
    await house.run(citizen, say, joined.session.id, Say(client_id=uuid4(), text=f"我是{NAME}，{PHONE}：{SAID}"))
    await house.send_file(citizen, joined.session.id, PDF + f"{NAME} {PHONE} {SAID}".encode())
    await house.run(citizen, postpone, joined.session.ticket_id)
    await house.after(61)
    joined = await house.accept(clerk)
    await house.flow(joined, clerk, citizen)
    await house.run(clerk, save_draft, joined.session.id, Draft(summary=f"帮{NAME}（{PHONE}）：{SAID}"))
    await house.close_tabs(clerk)
    await house.after(16)
    await house.after(120)
    colleague = await house.clerk("zhaoshumin")
    joined = await house.accept(colleague)
    await house.flow(joined, colleague, citizen)
    await house.hang_up(citizen, joined)
    await house.run(colleague, save_draft, joined.session.id, Draft(summary=f"帮{NAME}：{SAID}"))
    await house.after(181)
    assert (await house.state(colleague))["unfinished"][0]["draft"]["summary"] == f"帮{NAME}：{SAID}"
    rating = RatingRequest(level=1, text=f"{NAME} {PHONE} {SAID}")
    await house.run(citizen, give, joined.session.id, rating)
    await house.run(colleague, wrap_up, joined.session.id, summary(summary=f"{NAME} {PHONE} {SAID}"))
    assert await house.value("SELECT count(*) FROM audit") > 20


async def test_what_people_typed_stands_in_clear_only_where_it_can_be_deleted(house: House) -> None:
    await _whole_service(house)
    for needle in (NAME, PHONE, SAID):
        assert await in_clear(house, needle) == set()
    assert await in_clear(house, SAID) == set()
    assert await in_clear(house, ADDRESS) == set()
    assert ("staff", "name") in await in_clear(house, "张艳丽")  # the search does find what is there


async def test_staff_are_encrypted_too(house: House) -> None:
    for needle in ("19900000001", "411099197108160032"):
        assert await in_clear(house, needle) == set()


async def test_destroying_the_data_key_makes_records_unreadable(house: House) -> None:
    citizen = await house.citizen(NAME, PHONE)
    assert citizen.id is not None
    body = json.loads(await house.value("SELECT body FROM audit WHERE subject_id = :id", id=citizen.id))
    sealed = bytes.fromhex(body["new"]["phone"]["cipher"])
    key = await house.value("SELECT data_key FROM account WHERE id = :id", id=citizen.id)
    keys = house.city.keys
    assert keys.open_for(citizen.id, key, "phone", sealed) == PHONE
    assert body["new"]["phone"]["blind"] == keys.blind("phone", PHONE).hex()
    await house.change("UPDATE account SET data_key = '' WHERE id = :id", id=citizen.id)
    key = await house.value("SELECT data_key FROM account WHERE id = :id", id=citizen.id)
    with pytest.raises(KeyFault):
        keys.open_for(citizen.id, key, "phone", sealed)


async def test_a_failing_statement_logs_nothing_of_its_parameters(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers = list(logging.getLogger().handlers)
    logs.configure("debug")
    try:
        with pytest.raises(DBAPIError) as caught:
            await house.change("INSERT INTO counter VALUES (:name, NULL)", name=NAME)
        structlog.get_logger().error("request.failed", exc_info=caught.value)
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers = handlers
    written = capsys.readouterr().err
    assert "request.failed" in written
    assert "NotNullViolationError" in written
    assert NAME not in written
