"""The text of a batch says all of it in one way only, and its SHA-256 is the head."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cloudwindow.calls.models import SessionEvent
from cloudwindow.foundation.seal import sealed_table
from cloudwindow.foundation.seal.chain import GENESIS, Header, Member, head, text
from cloudwindow.foundation.seal.tables import sealed_tables

AT = datetime(2026, 11, 28, 10, 0, 5, 123456, tzinfo=UTC)
HEADER = Header(17, AT, settled=1234, reach=1237, xid=998, drained=True, rows=2)
MEMBERS = (
    Member(1235, "audit", "0193-a", AT, b"\x01" * 32),
    Member(1237, "session_event", "0193-b/3", AT - timedelta(seconds=1), b"\x02" * 32),
)

numbers = st.integers(min_value=0, max_value=2**63 - 1)
instants = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  the zone stands beside it
names = st.text(st.characters(categories=["Ll", "Nd"], include_characters="-/_"), min_size=1)
headers = st.builds(Header, numbers, instants, numbers, numbers, numbers, st.booleans(), numbers)
members = st.builds(Member, numbers, names, names, instants, st.binary(min_size=32, max_size=32))
batches = st.tuples(st.binary(min_size=32, max_size=32), headers, st.lists(members, max_size=4))


def test_the_exact_text() -> None:
    written = text(GENESIS, HEADER, MEMBERS)
    assert written == (
        "cloudwindow-seal 1\nbatch 17\nprevious " + "00" * 32 + "\nat 2026-11-28T10:00:05.123456+00:00\n"
        "settled 1234\nreach 1237\ntransaction 998\ndrained yes\nrows 2\n"
        "1235 audit 0193-a 2026-11-28T10:00:05.123456+00:00 " + "01" * 32 + "\n"
        "1237 session_event 0193-b/3 2026-11-28T10:00:04.123456+00:00 " + "02" * 32 + "\n"
    )
    assert head(GENESIS, HEADER, MEMBERS) == hashlib.sha256(written.encode()).digest()


@given(batches, batches)
def test_two_batches_have_two_texts(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assume(one != other)
    assert text(*one) != text(*other)
    assert text(*one) == text(*one)


@given(batches, st.data())
def test_any_change_gives_another_head(batch: tuple[bytes, Header, list[Member]], data: st.DataObject) -> None:
    previous, header, held = batch
    wanted = head(previous, header, held)
    name = data.draw(st.sampled_from(Header._fields))
    other = data.draw(headers)
    assume(getattr(other, name) != getattr(header, name))
    assert head(previous, header._replace(**{name: getattr(other, name)}), held) != wanted
    if held:
        place = data.draw(st.integers(0, len(held) - 1))
        name = data.draw(st.sampled_from(Member._fields))
        changed = held[place]._replace(**{name: getattr(data.draw(members), name)})
        assume(changed != held[place])
        assert head(previous, header, [*held[:place], changed, *held[place + 1 :]]) != wanted
        assert head(previous, header, [*held[:place], *held[place + 1 :]]) != wanted
        assert head(previous, header, [*held, held[place]]) != wanted


@given(st.permutations(range(4)))
def test_the_order_counts(order: list[int]) -> None:
    held = [MEMBERS[0]._replace(position=place) for place in range(4)]
    assume(order != sorted(order))
    assert head(GENESIS, HEADER, [held[place] for place in order]) != head(GENESIS, HEADER, held)


@pytest.mark.parametrize("key", ["a b", "a\nb", "", " ", "a\t1", "a\u3000b"])
def test_a_key_that_could_be_read_as_two_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="white space"):
        text(GENESIS, HEADER, [MEMBERS[0]._replace(row_key=key)])


def test_an_instant_is_the_same_in_every_zone() -> None:
    elsewhere = MEMBERS[0]._replace(at=AT.astimezone(timezone(timedelta(hours=8))))
    assert text(GENESIS, HEADER, [elsewhere]) == text(GENESIS, HEADER, MEMBERS[:1])


def test_what_is_sealed() -> None:
    assert {name: table.key for name, table in sealed_tables().items()} == {
        "audit": ("id",),
        "session_event": ("session_id", "seq"),
    }
    with pytest.raises(ValueError, match="twice"):
        sealed_table(SessionEvent)
