"""Audit rows: one way to write a document, and a digest of exactly those bytes."""

import json
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudwindow.foundation.audit import AuditNote, body, canonical
from cloudwindow.foundation.authentication import Actor

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), inner)
    ),
)


@given(documents)
def test_writing_loses_nothing(document: object) -> None:
    assert json.loads(canonical(document)) == document
    assert canonical(json.loads(canonical(document))) == canonical(document)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(document: dict[str, int]) -> None:
    assert canonical(dict(reversed(document.items()))) == canonical(document)


def test_the_exact_bytes() -> None:
    document = {"b": [1, None], "a": "云综窗", "at": datetime(2026, 11, 24, 9, tzinfo=UTC), "day": date(2026, 11, 24)}
    assert canonical(document | {"id": UUID(int=7), "raw": b"\x00\xff"}).decode() == (
        '{"a":"云综窗","at":"2026-11-24T09:00:00+00:00","b":[1,null],"day":"2026-11-24",'
        '"id":"00000000-0000-0000-0000-000000000007","raw":"00ff"}'
    )


def test_what_has_no_one_way_is_refused() -> None:
    for value in (object(), {1, 2}, Actor("system")):
        with pytest.raises(TypeError):
            canonical({"value": value})


def test_a_body_says_who_what_and_from_where() -> None:
    actor, subject = Actor("staff", uuid4(), uuid4(), uuid4(), "192.0.2.7"), uuid4()
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    note = AuditNote("ticket", subject, {"state": "waiting"}, {"state": "ringing"})
    text = body(actor, "aa" * 16, "dispatch.ring_next", note, now)
    said = json.loads(text)
    assert said["at"] == now.isoformat()
    assert said["actor"] == {
        "kind": "staff",
        "id": str(actor.id),
        "login": str(actor.login_id),
        "station": str(actor.station_id),
    }
    assert (said["action"], said["from"]) == ("dispatch.ring_next", "aa" * 16)
    assert said["subject"] == {"table": "ticket", "id": str(subject)}
    assert (said["old"], said["new"]) == ({"state": "waiting"}, {"state": "ringing"})
    assert "192.0.2.7" not in text
