"""Whoever has the database can change anything; then verifying names the first row that is not as it was sealed."""

from typing import Any

import asyncpg
import pytest

from cloudwindow.foundation.seal import reading, sealer
from cloudwindow.foundation.seal.tables import sealed_tables
from cloudwindow.foundation.seal.verifying import UnknownTableError
from tests.support.city import CITY, WEIDU
from tests.support.house import House
from tests.support.seal import Notary

TABLES = ["audit", "session_event"]
SHA = "digest = sha256(body)"


@pytest.fixture
async def days(house: House, notary: Notary, monkeypatch: pytest.MonkeyPatch) -> Notary:
    """Three days of service in some batches, closed; one number was drawn and rolled back, so its place is free."""
    monkeypatch.setattr(sealer, "BATCH", 7)
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", 20)
    for account, item, region in (
        ("zhangyanli", "P01", WEIDU),
        ("wangjunfeng", "P18", CITY),
        ("liujingwen", "P01", CITY),
    ):
        await house.move(86400)
        clerk, citizen = await house.clerk(account), await house.citizen()
        joined = await house.talk(clerk, citizen, item=item, region=region)
        await house.hang_up(citizen, joined)
        await house.value("SELECT seal_position()")
        await notary.sealer.seal()
    await notary.sealer.seal()
    assert (await notary.whole()).unsealed == 0
    return notary


async def _middle(notary: Notary, table: str) -> tuple[Any, Any]:
    """Two rows of a table, from different batches, neither of them at an end of the chain."""
    members = await notary.members(table)
    one, other = members[len(members) // 3], members[2 * len(members) // 3]
    assert one.batch < other.batch
    return one, other


async def _is_named(notary: Notary, row: Any, *what: str) -> None:
    broken = await notary.broken()
    assert (broken.table, broken.key, broken.at) == (row.table_name, row.row_key, row.at)
    assert broken.batch == row.batch
    assert broken.what in what


async def _free(notary: Notary) -> int:
    """A place between sealed rows that no row has."""
    free: int = await notary.house.value(
        "SELECT n FROM generate_series(1, (SELECT max(settled) FROM seal_batch)) AS n"
        " WHERE NOT EXISTS (SELECT FROM seal_member WHERE position = n) ORDER BY n LIMIT 1"
    )
    return free


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "change",
    [
        "body = body || ' '",
        "body = '{}', digest = sha256('{}')",
        "digest = sha256('other')",
        "at = at + interval '1 microsecond'",
    ],
)
async def test_a_changed_row(days: Notary, table: str, change: str) -> None:
    one, other = await _middle(days, table)
    for row in (other, one):
        await days.tamper(f"UPDATE {table} SET {change} WHERE position = $1", row.position)
    await _is_named(days, one, "changed")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("audit", "actor_kind", "'nobody'"),
        ("audit", "actor_id", "gen_random_uuid()"),
        ("audit", "action", "'other'"),
        ("audit", "subject_table", "'other'"),
        ("audit", "subject_id", "gen_random_uuid()"),
        ("session_event", "kind", "'other'"),
    ],
)
async def test_a_column_that_repeats_the_body(days: Notary, table: str, column: str, value: str) -> None:
    one, _ = await _middle(days, table)
    await days.tamper(f"UPDATE {table} SET {column} = {value} WHERE position = $1", one.position)
    await _is_named(days, one, "changed")
    assert column in (await days.broken()).why


@pytest.mark.parametrize("table", TABLES)
async def test_a_removed_row(days: Notary, table: str) -> None:
    one, other = await _middle(days, table)
    for row in (other, one):
        await days.tamper(f"DELETE FROM {table} WHERE position = $1", row.position)
    await _is_named(days, one, "removed")


async def test_all_rows_removed(days: Notary) -> None:
    for table in TABLES:
        await days.tamper(f"DELETE FROM {table}")
    await _is_named(days, (await days.members())[0], "removed")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("columns", ["body", "body, digest"])
async def test_swapped_bodies(days: Notary, table: str, columns: str) -> None:
    one, other = await _middle(days, table)
    await days.tamper(
        f"UPDATE {table} t SET ({columns}) = (SELECT {columns} FROM {table} o WHERE o.position = $1 + $2 - t.position)"
        " WHERE position IN ($1, $2)",
        one.position,
        other.position,
    )
    await _is_named(days, one, "swapped")
    assert other.row_key in (await days.broken()).why


@pytest.mark.parametrize("table", TABLES)
async def test_swapped_order(days: Notary, table: str) -> None:
    one, other = await _middle(days, table)
    for old, new in ((one.position, -1), (other.position, one.position), (-1, other.position)):
        await days.tamper(f"UPDATE {table} SET position = $2 WHERE position = $1", old, new)
    await _is_named(days, one, "swapped")
    assert str(other.position) in (await days.broken()).why


async def test_a_row_given_another_key(days: Notary) -> None:
    one, _ = await _middle(days, "audit")
    await days.tamper("UPDATE audit SET id = gen_random_uuid() WHERE position = $1", one.position)
    await _is_named(days, one, "removed")


@pytest.mark.parametrize("later", [False, True])
async def test_a_row_inserted_into_a_free_place(days: Notary, later: bool) -> None:  # noqa: FBT001  a case
    place = await _free(days)
    key = await days.add(seconds_ago=2 * 86400, position=place)
    if later:
        await days.house.waiting(1)
        await days.sealer.seal()
    broken = await days.broken()
    assert (broken.what, broken.table, broken.key) == ("inserted", "audit", key)
    closing = next(batch.number for batch in await days.batches() if batch.settled >= place)
    assert broken.batch == closing


@pytest.mark.parametrize("place", [0, -5])
async def test_a_row_inserted_before_all_others(days: Notary, place: int) -> None:
    key = await days.add(position=place)
    broken = await days.broken()
    assert (broken.what, broken.key, broken.batch) == ("inserted", key, 1)


@pytest.mark.parametrize("sealed", [False, True])
async def test_a_row_inserted_as_an_old_one(days: Notary, sealed: bool) -> None:  # noqa: FBT001  a case
    key = await days.add(seconds_ago=86400)
    if sealed:
        await days.sealer.seal()
    broken = await days.broken()
    assert (broken.what, broken.table, broken.key) == ("inserted", "audit", key)
    assert broken.batch == ((await days.batches())[-1].number if sealed else None)


@pytest.mark.parametrize("of", TABLES)
async def test_a_row_inserted_at_a_place_that_is_taken(days: Notary, of: str) -> None:
    one, _ = await _middle(days, of)
    if of == "audit":
        connection = await days.house.database.connect_alone()
        await connection.execute("ALTER TABLE audit DROP CONSTRAINT uq_audit_position")
        await connection.close()
    key = await days.add(position=one.position)
    broken = await days.broken()
    assert (broken.what, broken.table, broken.key) == ("inserted", "audit", key)


async def test_a_new_row_is_not_broken(days: Notary) -> None:
    await days.add()
    await days.add(seconds_ago=600)
    assert await days.unsealed() == 2
    await days.sealer.seal()
    assert await days.unsealed() == 0


BATCH_CHANGES = {
    "at": "at + interval '1 second'",
    "settled": "settled - 1",
    "reach": "reach + 1",
    "xid": "xid - 1",
    "drained": "NOT drained",
    "rows": "rows + 1",
    "head": "sha256('other')",
}


@pytest.mark.parametrize("column", BATCH_CHANGES)
async def test_a_changed_batch(days: Notary, column: str) -> None:
    await days.tamper(f"UPDATE seal_batch SET {column} = {BATCH_CHANGES[column]} WHERE number IN (3, 4)")
    broken = await days.broken()
    assert (broken.what, broken.table, broken.key, broken.batch) == ("seal changed", "seal_batch", "3", 3)


MEMBER_CHANGES = {
    "digest": "sha256('other')",
    "at": "at + interval '1 microsecond'",
    "row_key": "row_key || 'x'",
    "table_name": "'other'",
    "position": "position + 100000",
}


@pytest.mark.parametrize("column", MEMBER_CHANGES)
async def test_a_changed_member(days: Notary, column: str) -> None:
    one, other = await _middle(days, "audit")
    for row in (one, other):
        await days.tamper(
            f"UPDATE seal_member SET {column} = {MEMBER_CHANGES[column]} WHERE position = $1", row.position
        )
    broken = await days.broken()
    assert (broken.what, broken.batch) == ("seal changed", one.batch)
    if column in {"digest", "at"}:
        assert (broken.table, broken.key) == ("audit", one.row_key)


async def test_a_row_changed_together_with_its_member(days: Notary) -> None:
    one, _ = await _middle(days, "audit")
    await days.tamper("UPDATE audit SET body = '{}', digest = sha256('{}') WHERE position = $1", one.position)
    await days.tamper("UPDATE seal_member SET digest = sha256('{}') WHERE position = $1", one.position)
    broken = await days.broken()
    assert (broken.what, broken.batch) == ("seal changed", one.batch)


async def test_a_row_removed_together_with_its_member(days: Notary) -> None:
    one, _ = await _middle(days, "audit")
    for table in ("audit", "seal_member"):
        await days.tamper(f"DELETE FROM {table} WHERE position = $1", one.position)
    broken = await days.broken()
    assert (broken.what, broken.table, broken.batch) == ("seal changed", "seal_batch", one.batch)
    rows = next(batch.rows for batch in await days.batches() if batch.number == one.batch)
    assert f"holds {rows} rows and holds {rows - 1}" in broken.why


@pytest.mark.parametrize("number", [1, 3])
async def test_a_removed_batch(days: Notary, number: int) -> None:
    await days.tamper("DELETE FROM seal_batch WHERE number = $1", number)
    broken = await days.broken()
    assert (broken.what, broken.key, broken.batch) == ("seal removed", str(number), number)


async def test_the_last_batch_removed_and_its_members_left(days: Notary) -> None:
    members = await days.members()
    await days.tamper("DELETE FROM seal_batch WHERE number >= $1", members[-1].batch)
    await _is_named(days, next(row for row in members if row.batch == members[-1].batch), "seal removed")


@pytest.mark.parametrize("number", [0, -1, 10**6])
async def test_a_member_of_a_batch_that_was_never_made(days: Notary, number: int) -> None:
    row = await days.add()
    if number < 1:
        await days.tamper(
            "INSERT INTO seal_batch SELECT $1, at, settled, reach, xid, drained, rows, head FROM seal_batch"
            " WHERE number = 1",
            number,
        )
    await days.tamper(
        "INSERT INTO seal_member SELECT position, 'audit', id::text, at, digest, $2 FROM audit WHERE id = $1::uuid",
        row,
        number,
    )
    broken = await days.broken()
    assert (broken.what, broken.key, broken.batch) == ("seal removed", row, number)


async def test_only_a_head_kept_elsewhere_shows_that_the_end_was_cut_off(days: Notary) -> None:
    batches = await days.batches()
    for table, column in (("seal_batch", "number"), ("seal_member", "batch")):
        await days.tamper(f"DELETE FROM {table} WHERE {column} > 2")
    await days.tamper("DELETE FROM audit WHERE position > $1", batches[1].reach)
    await days.tamper("DELETE FROM session_event WHERE position > $1", batches[1].reach)
    assert (await days.whole()).batches == 2
    for batch in batches:
        verdict = await days.verify(batch.head)
        assert verdict.broken is None
        assert (verdict.found.number if verdict.found else None) == (batch.number if batch.number <= 2 else None)


async def test_only_a_head_kept_elsewhere_shows_a_chain_made_anew(days: Notary) -> None:
    kept = (await days.batches())[-1].head
    assert (await days.verify(kept)).found is not None
    await days.tamper("DELETE FROM seal_batch")
    await days.tamper("DELETE FROM seal_member")
    one = await days.house.row("SELECT * FROM audit ORDER BY position LIMIT 1")
    await days.tamper("UPDATE audit SET body = body || ' ' WHERE id = $1", one.id)
    await days.tamper(f"UPDATE audit SET {SHA} WHERE id = $1", one.id)
    await days.sealer.seal()
    assert (await days.verify()).broken is None
    assert (await days.verify(kept)).found is None


async def test_the_first_of_several_is_named(days: Notary) -> None:
    members = await days.members("audit")
    await days.tamper("DELETE FROM audit WHERE position = $1", members[-1].position)
    await days.add(seconds_ago=86400)
    await days.tamper("UPDATE seal_batch SET head = 'other' WHERE number = $1", members[-1].batch - 1)
    await days.tamper("UPDATE audit SET body = '{}' WHERE position = $1", members[2].position)
    await _is_named(days, members[2], "changed")


async def test_counts_are_of_what_is_whole_before(days: Notary) -> None:
    batches = await days.batches()
    await days.tamper("UPDATE seal_batch SET head = 'other' WHERE number = 3")
    verdict = await days.verify()
    assert (verdict.rows, verdict.batches, verdict.head) == (14, 2, batches[1].head)


async def test_a_chain_of_a_newer_program_is_not_judged(days: Notary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "cloudwindow.foundation.seal.verifying.sealed_tables", lambda: {"audit": sealed_tables()["audit"]}
    )
    with pytest.raises(UnknownTableError):
        await days.verify()


@pytest.mark.parametrize("table", ["seal_batch", "seal_member"])
@pytest.mark.parametrize("change", ["UPDATE {} SET at = now()", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_seal_itself_is_append_only(days: Notary, table: str, change: str) -> None:
    connection = await days.house.database.connect_alone()
    try:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
            await connection.execute(change.format(table))
    finally:
        await connection.close()
