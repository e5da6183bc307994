"""Keys are rotated: nothing is forgotten, nothing is lost, and what must not be rewritten is not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text

from cloudwindow.calls.abuse import AbuseRequest, end_for_abuse
from cloudwindow.calls.inviting import invite
from cloudwindow.calls.pushing import push_link
from cloudwindow.calls.schemas import Draft, InviteRequest
from cloudwindow.calls.schemas_pushed import LinkAsked
from cloudwindow.calls.wrapping import save_draft
from cloudwindow.dispatch.inviting import reply
from cloudwindow.dispatch.looks import look_at_ticket
from cloudwindow.dispatch.schemas import ReplyRequest
from cloudwindow.foundation import encrypted, keyring
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import ANONYMOUS, SYSTEM, Actor
from cloudwindow.foundation.crypto import Keys, prefix_of
from cloudwindow.foundation.holding import hold
from cloudwindow.foundation.keyring import Generation
from cloudwindow.letters.schemas import LetterRequest
from cloudwindow.letters.writing import leave_letter
from cloudwindow.operating import database_checks, facts, reencrypting, rotating
from cloudwindow.operating.rotating import KeysError
from cloudwindow.oversight.actions import give
from cloudwindow.oversight.schemas import RatingRequest
from cloudwindow.people import second_factor
from cloudwindow.people.actions import enter_as_guest
from cloudwindow.people.phone_codes import send_code
from cloudwindow.people.schemas import EnterRequest
from cloudwindow.people.second_factor import Proof
from cloudwindow.settings import Settings
from tests.support.city import WEIDU, write_keys
from tests.support.cluster import Cluster
from tests.support.house import STRANGER, House, id_of, open_house
from tests.support.pictures import PDF
from tests.support.restored import back_up, must, place, refusal

NAME, PHONE = "欧阳震霆", "19912345678"
ENTER = EnterRequest(form_of_address=NAME, phone=PHONE, elderly=False)


@dataclass(frozen=True)
class Home:
    """A house with a folder of keys of its own."""

    house: House
    folder: Path

    async def new(self) -> Generation:
        return await rotating.new(self.house.actions, self.folder)

    async def rotate(self, told: list[str] | None = None) -> int:
        tell = (told if told is not None else []).append
        return await rotating.rotate(self.house.actions, tell, lambda _: lambda _: None)

    async def retire(self) -> list[Path]:
        return await rotating.retire(self.house.actions, self.folder)

    async def left(self) -> dict[str, int]:
        return dict((await rotating.look(self.house.actions)).older())


@asynccontextmanager
async def at_home(house: House, folder: Path) -> AsyncIterator[Home]:
    """One more process with a folder of its own."""
    write_keys(folder)
    async with open_house(replace(house.city, keys=Keys.load(folder))) as opened:
        yield Home(opened, folder)


@pytest.fixture
async def home(house: House, tmp_path: Path) -> AsyncIterator[Home]:
    async with at_home(house, tmp_path / "keys") as opened:
        yield opened


async def _everything(home: Home) -> tuple[Actor, UUID]:
    """Fill every encrypted column. Returns the citizen and the session."""
    house = home.house
    clerk, citizen = await house.clerk(), await house.citizen(NAME, PHONE)
    joined = await house.serve(clerk, citizen)
    await house.flow(joined, clerk, citizen)
    called = await house.clerk("lihongxia")
    expert = InviteRequest(staff_id=id_of(called), words="请您看看年限")
    asked = await house.run(clerk, invite, joined.call.id, expert)
    await house.run(called, reply, asked.invitations[0].id, ReplyRequest(words="看了，能认"))
    await house.send_file(citizen, joined.session.id, PDF)
    link = LinkAsked(kind="link", url="https://www.gov.cn/", title="参保登记")
    await house.run(clerk, push_link, joined.call.id, link)
    await house.hang_up(citizen, joined)
    await house.close(clerk, joined.session.id)
    await house.run(citizen, give, joined.session.id, RatingRequest(level=1, text="慢"))
    await house.run(ANONYMOUS, second_factor.begin, "zhaoshumin", Proof(), "Test")
    other = await house.serve(clerk, await house.citizen("李女士", "19900009998"))
    await house.run(clerk, save_draft, other.session.id, Draft(summary="刚说到一半"))
    await house.run(clerk, end_for_abuse, other.call.id, AbuseRequest(words="三次提醒后还在骂人"))
    await house.run(citizen, leave_letter, LetterRequest(item_key="P01", region_code=WEIDU, words="会不会停发？"))
    await house.run(citizen, send_code)
    return citizen, joined.session.id


async def _values(house: House, table: encrypted.Table, column: str) -> list[Any]:
    return await house.rows(f"SELECT {table.row}, {column} FROM {table.name}")  # noqa: S608  our own names


async def _texts(home: Home, keys: Keys) -> dict[tuple[str, str, UUID], str]:
    """Everything that is encrypted, read with these keys."""
    found = {}
    for table in encrypted.tables():
        for column in table.ciphers:
            for key, cipher in await _values(home.house, table, column.name):
                if cipher and column.name == "data_key":
                    keys.seal_for(key, cipher, "x", "x")
                    found[table.name, column.name, key] = "opens"
                elif cipher:
                    found[table.name, column.name, key] = keys.decrypt(column.table, column.field, key, cipher)
    return found


async def _evidence(house: House) -> list[Any]:
    return [tuple(row) for row in await house.rows("SELECT id, body, digest FROM audit ORDER BY id")]


async def test_everything_is_encrypted_anew_and_evidence_is_not_touched(home: Home) -> None:
    house = home.house
    citizen, _ = await _everything(home)
    first = house.city.keys.fingerprint()
    texts, evidence = await _texts(home, house.city.keys), await _evidence(house)
    filled = {(table, column) for table, column, _ in texts}
    assert filled == {(table.name, column.name) for table in encrypted.tables() for column in table.ciphers}
    made = await home.new()
    assert (made.number, await home.left()) == (2, {})
    told: list[str] = []
    assert await home.rotate(told) == len(texts)
    assert told == [f"Generation 2 ({made.fingerprint}) is in force."]
    assert await home.left() == {}
    assert await home.retire() == [home.folder / "retired" / "field.key"]
    alone = Keys.load(home.folder)
    assert [one.fingerprint for one in alone.ring.complete()] == [made.fingerprint]
    assert await _texts(home, alone) == texts
    for table in encrypted.tables():
        for blind, column in table.blinds.items():
            for key, index in await _values(house, table, blind):
                assert index == alone.blind(column.field, texts[table.name, column.name, key])
    later = await _evidence(house)
    assert later[: len(evidence)] == evidence
    noted = [json.loads(body) for _, body, _ in later[len(evidence) :]]
    assert [(note["action"], note["actor"]["via"]) for note in noted] == [
        (name, "command line") for name in ("keys.new", "keys.switch", "keys.renewed", "keys.retire")
    ]
    assert noted[1]["old"] == {"generation": 1, "fingerprint": first}
    assert sum(noted[2]["new"]["fields"].values()) == len(texts)
    (entered,) = (json.loads(body) for _, body, _ in evidence if _is_found(alone, body))
    wrapped = await house.value("SELECT data_key FROM account WHERE id = :id", id=citizen.id)
    assert alone.open_for(id_of(citizen), wrapped, "phone", bytes.fromhex(entered["new"]["phone"]["cipher"])) == PHONE


def _is_found(keys: Keys, body: bytes) -> bool:
    """What was indexed with a retired blind key is still found with it."""
    return any(index.hex() in body.decode() for index in keys.blinds("phone", PHONE))


@action("test.late")
async def _late(tx: Tx, began: asyncio.Event, go: asyncio.Event, seen: list[bytes]) -> UUID:
    seen.append(tx.keys.prefix())
    began.set()
    await go.wait()
    entered, _ = await enter_as_guest(tx, ENTER)
    assert entered.account is not None
    return entered.account.id


async def test_what_was_begun_before_the_switch_is_waited_for_and_found(home: Home, tmp_path: Path) -> None:
    """Another process begins, the keys are rotated, then it writes with the old keys."""
    await home.new()
    async with at_home(home.house, tmp_path / "other") as other:
        began, go, seen = asyncio.Event(), asyncio.Event(), list[bytes]()
        old = other.house.city.keys.prefix()
        late = asyncio.create_task(other.house.run(STRANGER, _late, began, go, seen))
        await began.wait()
        rotation = asyncio.create_task(home.rotate())
        done, _ = await asyncio.wait({rotation}, timeout=4 * rotating.LOOK_EVERY)
        assert not done
        go.set()
        account = await late
        assert seen == [old]
        await rotation
    cipher = await home.house.value("SELECT phone_cipher FROM account WHERE id = :id", id=account)
    assert cipher.startswith(home.house.city.keys.as_of(await _in_force(home)).prefix())
    assert await home.left() == {}


async def _in_force(home: Home) -> str:
    fingerprint: str = await home.house.value("SELECT key_fingerprint FROM deployment")
    return fingerprint


async def test_a_process_that_stops_as_soon_as_it_learnt_the_keys_is_waited_for(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its transaction is open already, though nothing was asked in it yet."""
    await home.new()
    async with at_home(home.house, tmp_path / "other") as other:
        learnt, go = asyncio.Event(), asyncio.Event()
        gathered = other.house.database.gathered

        async def stop_after(ask: Any, question: Any) -> Any:
            answer = await gathered(ask, question)
            learnt.set()
            await go.wait()
            return answer

        monkeypatch.setattr(other.house.database, "gathered", stop_after)
        late = asyncio.create_task(other.house.run(STRANGER, enter_as_guest, ENTER))
        await learnt.wait()
        rotation = asyncio.create_task(home.rotate())
        done, _ = await asyncio.wait({rotation}, timeout=4 * rotating.LOOK_EVERY)
        assert not done
        go.set()
        await late
        await rotation
    assert await home.left() == {}


@asynccontextmanager
async def _session(home: Home, name: str) -> AsyncIterator[asyncpg.Connection]:
    """A session of that application name with an open transaction."""
    connection = await asyncpg.connect(home.house.city.url, server_settings={"application_name": name})
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


async def test_a_transaction_that_does_not_end_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotating, "OLDER_SECONDS", 0.1)
    made = await home.new()
    async with _session(home, "cloudwindow-asleep"):
        with pytest.raises(KeysError, match="cloudwindow-asleep does not come to the end"):
            await home.rotate()
        assert await _in_force(home) == made.fingerprint  # writing goes on with the new keys
        with pytest.raises(KeysError, match="cloudwindow-asleep does not come to the end"):
            await home.retire()
    async with _session(home, "pg_dump"):  # it reads, for hours if need be
        assert await home.rotate() > 0


async def test_a_process_that_cannot_read_the_new_keys_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one of an older release, which says nothing about keys: it must not be left behind."""
    monkeypatch.setattr(rotating, "READERS_SECONDS", 0.1)
    old = await _in_force(home)
    await home.new()
    async with _session(home, "cloudwindow old-1"):
        with pytest.raises(KeysError, match=r"^cloudwindow old-1 cannot read generation 2 .*field\.2\.key"):
            await home.rotate()
        assert await _in_force(home) == old
    await home.rotate()
    async with _session(home, "cloudwindow old-1"):
        with pytest.raises(KeysError, match="cloudwindow old-1"):
            await home.retire()
    await home.retire()


async def test_a_row_in_use_is_renewed_once_it_is_free(home: Home) -> None:
    citizen = await home.house.citizen(NAME, PHONE)
    await home.new()
    connection = await asyncpg.connect(home.house.city.url)
    async with connection.transaction():
        await connection.execute("SELECT FROM account WHERE id = $1 FOR UPDATE", citizen.id)
        rotation = asyncio.create_task(home.rotate())
        async with asyncio.timeout(30):
            while await home.left() != {"account": 3}:  # noqa: ASYNC110  the database's doing
                await asyncio.sleep(0.02)
        assert not rotation.done()
    await connection.close()
    await rotation
    assert await home.left() == {}


async def test_a_row_in_use_for_ever_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotating, "STUCK_SECONDS", 0.1)
    citizen = await home.house.citizen(NAME, PHONE)
    await home.new()
    connection = await asyncpg.connect(home.house.city.url)
    async with connection.transaction():
        await connection.execute("SELECT FROM account WHERE id = $1 FOR UPDATE", citizen.id)
        with pytest.raises(KeysError, match=r"3 fields are \(account 3\) in use"):
            await home.rotate()
    await connection.close()
    assert await home.rotate() == 3


async def test_people_are_served_while_their_rows_are_renewed(home: Home) -> None:
    """The lock of a batch leaves the key alone: a number is taken for an account that is being encrypted anew."""
    citizen = await home.house.citizen(NAME, PHONE)
    (account,) = (table for table in encrypted.tables() if table.name == "account")
    connection = await asyncpg.connect(home.house.city.url)
    async with connection.transaction():
        held = await connection.fetch(reencrypting._older_of(account), b"\x02none", reencrypting.FIRST, 10)
        assert citizen.id in {row["row_key"] for row in held}
        await home.house.take(citizen)
    await connection.close()


async def test_retiring_is_refused_while_anything_is_left(home: Home) -> None:
    house = home.house
    citizen = await house.citizen(NAME, PHONE)
    old = house.city.keys.as_of(await _in_force(home))
    with pytest.raises(KeysError, match="no older key"):
        await home.retire()
    await home.new()
    with pytest.raises(KeysError, match="no older key"):
        await home.retire()
    await home.rotate()
    late = old.encrypt("account", "phone", id_of(citizen), PHONE)
    await house.change("UPDATE account SET phone_cipher = :c WHERE id = :id", c=late, id=citizen.id)
    with pytest.raises(KeysError, match=r"1 field is \(account 1\) under older keys"):
        await home.retire()
    assert (home.folder / "field.key").exists()
    assert await home.rotate() == 1
    await home.retire()
    assert not (home.folder / "field.key").exists()
    assert Keys.load(home.folder).decrypt("account", "phone", id_of(citizen), await _phone(house, citizen)) == PHONE


async def _phone(house: House, citizen: Actor) -> bytes:
    cipher: bytes = await house.value("SELECT phone_cipher FROM account WHERE id = :id", id=citizen.id)
    return cipher


async def test_what_the_first_release_wrote_is_renewed_even_without_new_keys(home: Home) -> None:
    house = home.house
    citizen = await house.citizen(NAME, PHONE)
    field = house.city.keys.current.field
    assert field is not None
    context = f"account|phone|{citizen.id}".encode()
    cipher = b"\x01" + b"n" * 12 + AESGCM(field).encrypt(b"n" * 12, PHONE.encode(), context)
    await house.change("UPDATE account SET phone_cipher = :c WHERE id = :id", c=cipher, id=citizen.id)
    assert await home.rotate() == 1
    assert (await _phone(house, citizen)).startswith(house.city.keys.prefix())
    with pytest.raises(KeysError, match="no newer generation"):
        await home.rotate()


async def test_new_keys_are_made_one_at_a_time(home: Home) -> None:
    made = await home.new()
    with pytest.raises(KeysError, match=f"Generation 2 .{made.fingerprint}. is there and not in force"):
        await home.new()
    assert [path.name for path in keyring.files(home.folder)] == [
        *("field.key", "blind.key", "field.2.key", "blind.2.key")
    ]


async def test_a_destroyed_data_key_stays_destroyed(home: Home) -> None:
    citizen = await home.house.citizen(NAME, PHONE)
    await home.house.change("UPDATE account SET data_key = '' WHERE id = :id", id=citizen.id)
    await home.new()
    await home.rotate()
    assert await home.house.value("SELECT data_key FROM account WHERE id = :id", id=citizen.id) == b""
    await home.retire()


async def test_what_no_key_here_opens_is_left_and_said(home: Home) -> None:
    house = home.house
    citizen = await house.citizen(NAME, PHONE)
    strange = Keys.of(b"x" * 32, b"y" * 32).encrypt("account", "phone", id_of(citizen), PHONE)
    await house.change("UPDATE account SET phone_cipher = :c WHERE id = :id", c=strange, id=citizen.id)
    await home.new()
    with pytest.raises(KeysError, match=r"1 field is \(account 1\) under keys that are not here"):
        await home.rotate()
    assert (await home.left(), await _phone(house, citizen)) == ({"account": 1}, strange)


async def test_earlier_visits_of_a_phone_are_found_while_half_is_renewed(home: Home) -> None:
    house = home.house
    clerk = await house.clerk()

    async def visit() -> tuple[UUID, int]:
        joined = await house.serve(clerk, await house.citizen(NAME, PHONE))
        card = await house.run(clerk, look_at_ticket, joined.session.ticket_id)
        await house.hang_up(clerk, joined)
        await house.close(clerk, joined.session.id)
        return joined.session.ticket_id, len(card.previous)

    assert (await visit())[1] == 0
    await home.new()
    await rotating._bring_into_force(house.actions, lambda _: None)
    assert (await visit())[1] == 1
    assert len({index for (index,) in await house.rows("SELECT phone_blind FROM account")}) == 2
    await home.rotate()
    assert (await visit())[1] == 2


@action("test.enter_once")
async def _enter_once(tx: Tx, ready: asyncio.Event | None, go: asyncio.Event | None) -> UUID:
    """Make one account for a phone, as whoever must have one only does it."""
    if ready and go:
        ready.set()
        await go.wait()
    indexes = await hold(tx, "phone", PHONE)
    found: UUID | None = await tx.driver.fetchval("SELECT id FROM account WHERE phone_blind = ANY($1)", indexes)
    if found is None:
        entered, _ = await enter_as_guest(tx, ENTER)
        assert entered.account is not None
        found = entered.account.id
    return found


@pytest.mark.parametrize("first", ["old", "new", "both"])
async def test_a_phone_has_one_account_though_two_processes_index_it_differently(
    home: Home, tmp_path: Path, first: str
) -> None:
    """One process began before the switch and indexes with the old keys, the other with the new ones."""
    await home.new()
    async with at_home(home.house, tmp_path / "other") as other:
        ready, go = asyncio.Event(), asyncio.Event()
        write_keys(other.folder, home.house.city.keys.ring.generations())
        other.house.city.keys.ring.reload()  # as its keeper does before the switch may come
        old = asyncio.create_task(other.house.run(SYSTEM, _enter_once, ready, go))
        await ready.wait()
        await rotating._bring_into_force(home.house.actions, lambda _: None)
        if first == "old":
            go.set()
            await old
        new = asyncio.create_task(home.house.run(SYSTEM, _enter_once, None, None))
        if first == "new":
            await new
        go.set()
        assert await old == await new
    assert await home.house.value("SELECT count(*) FROM account") == 1


async def test_it_waits_for_whoever_holds_the_phone_under_the_other_generation(home: Home) -> None:
    """With locks on the index of one generation only, both would make an account."""
    house = home.house
    await home.new()
    keys = house.city.keys
    generations = keys.ring.complete()
    assert len(set(keys.blinds("phone", PHONE))) == len(generations) == 2
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database ="
    waiting += " (SELECT oid FROM pg_database WHERE datname = current_database())"
    async with house.database.transaction() as session:
        connection = await session.connection()
        assert connection is not None
        for generation in generations[1:]:  # as a process would that knows the old one only
            key = int.from_bytes(generation.index("phone", PHONE)[:8], "big", signed=True)
            await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
        new = asyncio.create_task(house.run(SYSTEM, _enter_once, None, None))
        async with asyncio.timeout(30):
            while not await house.value(waiting):  # noqa: ASYNC110  the database's doing
                await asyncio.sleep(0.02)
        assert not new.done()
    await new


async def test_the_doctor_follows_the_rotation(home: Home) -> None:
    house, settings = home.house, Settings(mode="test", data=home.folder.parent)

    async def says() -> tuple[str, str]:
        found = database_checks.rotation(await facts.read(house.city.url), settings)
        return found.status, f"{found.what} {found.do}"

    citizen = await house.citizen(NAME, PHONE)
    assert await says() == ("ok", "Generation 1 is the only one. ")
    await home.new()
    assert await says() == (
        "warn",
        "Generation 2 is there and not in force yet. copy it to every machine, then `cloudwindow keys rotate`",
    )
    await rotating._bring_into_force(house.actions, lambda _: None)
    status, words = await says()
    assert (status, "fields are left under older ones" in words, "keys rotate" in words) == ("warn", True, True)
    await home.rotate()
    assert "nothing is left under older ones" in (await says())[1]
    await home.retire()
    assert await says() == ("ok", "Generation 2 is the only one. ")
    lost = Keys.of(b"x" * 32, b"y" * 32)
    strange = lost.encrypt("account", "phone", id_of(citizen), PHONE)
    await house.change("UPDATE account SET phone_cipher = :c WHERE id = :id", c=strange, id=citizen.id)
    status, words = await says()
    assert (status, lost.current.id.hex() in words) == ("fail", True)


async def test_a_backup_carries_the_keys_in_use_and_is_restored_beside_them(
    home: Home, cluster: Cluster, tmp_path: Path
) -> None:
    """Taken in the middle of a rotation, when rows need both generations."""
    house = home.house
    citizen = await house.citizen(NAME, PHONE)
    made = await home.new()
    await rotating._bring_into_force(house.actions, lambda _: None)
    later = await house.citizen("李女士", "19900009998")
    backup = await back_up(place(tmp_path, DATABASE_URL=house.city.url), tmp_path / "b.tar", "--with-keys")
    apart = await back_up(place(tmp_path, DATABASE_URL=house.city.url), tmp_path / "apart.tar")
    for file, folder in ((backup, tmp_path / "elsewhere"), (apart, tmp_path)):
        url = await cluster.create_database()
        await must("restore", "--from", str(file), **place(folder, DATABASE_URL=url))
        keys = Keys.load(folder / "keys")
        assert {one.fingerprint for one in keys.ring.complete()} == {
            one.fingerprint for one in house.city.keys.ring.complete()
        }
        connection = await asyncpg.connect(url)
        assert await connection.fetchval("SELECT key_fingerprint FROM deployment") == made.fingerprint
        for who, phone in ((citizen, PHONE), (later, "19900009998")):
            cipher = await connection.fetchval("SELECT phone_cipher FROM account WHERE id = $1", who.id)
            assert keys.decrypt("account", "phone", id_of(who), cipher) == phone
        await connection.close()
        await cluster.drop_database(url)
    (tmp_path / "keys" / "field.2.key").unlink()
    url = await cluster.create_database()
    line = await refusal("restore", "--from", str(apart), **place(tmp_path, DATABASE_URL=url))
    assert made.fingerprint in line
    await cluster.drop_database(url)


async def test_the_command_says_what_is_the_case(home: Home) -> None:
    there = place(home.folder.parent, DATABASE_URL=home.house.city.url)
    await home.house.citizen(NAME, PHONE)
    assert "Say so with --yes" in await refusal("keys", "rotate", **there)
    assert "no newer generation" in await refusal("keys", "rotate", "--yes", **there)
    out = await must("keys", "new", **there)
    assert "field.2.key and blind.2.key" in out
    assert "not in force yet" in await refusal("keys", "new", **there)
    lines = (await must("keys", "show", **there)).splitlines()
    assert [line.split(":")[0] for line in lines] == ["generation 2", "generation 1"]
    assert lines[0].endswith("not in force yet, 0 fields")
    assert "in force, " in lines[1]
    out = await must("keys", "rotate", "--yes", **there)
    assert "is in force" in out
    assert "Say so with --yes" in await refusal("keys", "retire", **there)
    assert str(home.folder / "retired" / "field.key") in await must("keys", "retire", "--yes", **there)
    lines = (await must("keys", "show", **there)).splitlines()
    assert "in force, " in lines[0]
    assert lines[1] == "generation 1: retired, finds what was indexed with it"


async def test_without_keys_or_tables_it_says_so(house: House, cluster: Cluster, tmp_path: Path) -> None:
    nowhere = place(tmp_path / "no", DATABASE_URL=house.city.url)
    assert "cannot be read" in await refusal("keys", "new", **nowhere)
    assert not (tmp_path / "no").exists()
    write_keys(tmp_path / "keys")
    url = await cluster.create_database()
    assert "not written with any keys" in await refusal("keys", "new", **place(tmp_path, DATABASE_URL=url))
    write_keys(tmp_path / "keys", Keys.of(b"x" * 32, b"y" * 32).ring.generations())
    strange = place(tmp_path, DATABASE_URL=house.city.url)
    assert "This database was written with keys" in await refusal("keys", "show", **strange)
    await cluster.drop_database(url)


async def test_an_action_in_one_statement_has_no_keys_to_write_with(house: House) -> None:
    """It has no transaction that a rotation could wait for."""

    @action("test.one_statement", in_one_statement=True)
    async def encrypts(tx: Tx) -> None:
        tx.keys.encrypt("account", "phone", UUID(int=1), PHONE)

    with pytest.raises(RuntimeError, match="one statement"):
        await house.run(STRANGER, encrypts)


def test_sql_and_keys_agree_on_how_ciphers_begin() -> None:
    keys = Keys.of(b"x" * 32, b"y" * 32)
    assert prefix_of(keys.fingerprint()) == keys.prefix() == keys.encrypt("a", "b", UUID(int=1), "")[:5]
    assert len(keys.prefix()) == reencrypting.PREFIX_BYTES
