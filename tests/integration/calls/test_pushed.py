"""What a clerk pushes to the citizen in a call: links, and what becomes of them."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from cloudwindow.calls import parameters as limits
from cloudwindow.calls import pushing
from cloudwindow.calls.pushed_views import list_pushed
from cloudwindow.calls.schemas_pushed import LinkAsked, PushedMark, PushedView
from cloudwindow.foundation.authentication import Actor
from tests.integration.calls.test_stage import Scene
from tests.support.house import House, refused

ENTRY = "https://www.hnzwfw.example.cn/办事/P01?from=window"


ODD = [
    "http://www.gov.cn/",
    "https://www.gov.cn@evil.example/",
    "https://www.gov.cn:8443/",
    "https://www.gov.cn\\@evil.example/",
    "https:/www.gov.cn/",
    "https://www.gov.cn/a\nb",
    "https://www.gov.cn/\u202e",
    "https://wwẇ.gov.cn/",
    "https://xn--ww-fka.gov.cn/",
    "https://127.1/",
    "https://gov.cn./",
    "javascript:alert(1)//https://www.gov.cn/",
    "/items/P01",
    "",
]


class Counter(Scene):
    """A clerk and a citizen who talk, and things that pass over the counter."""

    @property
    def session(self) -> UUID:
        return self.joined.session.id

    async def push(self, kind: str = "link", who: Actor | None = None, **asked: Any) -> PushedMark:
        """Push a link; a guide or an entry is of the first matter unless another one is named."""
        if kind != "link":
            asked = {"matter_id": self.joined.session.ticket_id} | asked
        request = LinkAsked.model_validate({"kind": kind} | asked)
        mark: PushedMark = await self.house.run(who or self.clerk, pushing.push_link, self.call, request)
        return mark

    async def listed(self, who: Actor) -> list[PushedView]:
        """List what was pushed as a face reads it."""
        async with self.house.database.reading() as session:
            return await list_pushed(session, self.house.city.keys, who, self.session)

    async def open(self, pushed_id: UUID, who: Actor | None = None) -> PushedMark:
        """Say that it was opened."""
        mark: PushedMark = await self.house.run(who or self.citizen, pushing.open_pushed, self.call, pushed_id)
        return mark

    async def told(self, who: Actor) -> int:
        """Read how far what was pushed is, as the state document of a face says it."""
        number: int = (await self.house.state(who))["call"]["pushed"]
        return number


@pytest.fixture
async def counter(house: House) -> Counter:
    clerk, citizen = await house.clerk(), await house.citizen()
    return Counter(house, clerk, citizen, await house.talk(clerk, citizen))


async def test_a_link_is_pushed_opened_and_seen_to_be_opened(counter: Counter) -> None:
    assert [await counter.told(who) for who in (counter.clerk, counter.citizen)] == [0, 0]
    mark = await counter.push(url="https://rst.HENAN.gov.cn:443/养老?a=%20#x", title=" 参保登记入口 ")
    told = await counter.told(counter.citizen)
    assert told == await counter.told(counter.clerk) > 0
    (seen,) = await counter.listed(counter.citizen)
    assert (seen.id, seen.kind, seen.title, seen.host) == (mark.id, "link", "参保登记入口", "rst.henan.gov.cn")
    assert seen.url == "https://rst.henan.gov.cn/%E5%85%BB%E8%80%81?a=%20#x"
    assert (seen.opened_at, seen.file, seen.pages) == (None, None, [])
    for _ in range(2):  # the second time changes nothing
        assert await counter.open(mark.id) == mark
    assert await counter.told(counter.clerk) > told
    (opened,) = await counter.listed(counter.clerk)
    assert opened.opened_at is not None
    kinds = await counter.house.rows("SELECT kind FROM session_event WHERE kind LIKE 'push%' ORDER BY seq")
    assert [row.kind for row in kinds] == ["push_link", "push_opened"]


async def test_nothing_of_an_address_stands_in_clear(counter: Counter) -> None:
    await counter.push(url="https://www.gov.cn/?name=刘桂英", title="给刘桂英")
    secrets = ("刘桂英".encode(), b"%E5%88%98", b"?name")
    tables = ("pushed", "session_event", "audit", "event", "idempotency")
    for table in tables:
        for row in await counter.house.rows(f"SELECT t::text AS line, t.* FROM {table} t"):  # noqa: S608  our own names
            parts = [row.line.encode(), *(value for value in row if isinstance(value, bytes))]
            assert not any(secret in part for secret in secrets for part in parts), table


async def test_only_addresses_with_one_reading_are_taken(counter: Counter) -> None:
    for url in ODD:
        assert await refused(counter.push(url=url)) in {"link_malformed", "link_not_listed"}, url
    assert await counter.listed(counter.clerk) == []


async def test_only_listed_hosts_and_the_list_is_a_parameter(counter: Counter) -> None:
    for url in ("https://gov.cn.example.com/", "https://notgov.cn/", "https://pan.example.com/a"):
        assert await refused(counter.push(url=url)) == "link_not_listed"
    await counter.house.change(
        "INSERT INTO parameter (key, scope_kind, scope_key, value, unit, source, valid_from)"
        " VALUES (:key, 'all', '', '[\"example.com\"]', 'hosts', 'a test', app_now())",
        key=limits.LINK_HOSTS,
    )
    await counter.push(url="https://pan.example.com/a")
    assert await refused(counter.push(url="https://www.gov.cn/")) == "link_not_listed"


async def test_guide_and_online_entry_are_those_of_the_matter(counter: Counter) -> None:
    await counter.push("guide")
    (guide,) = await counter.listed(counter.citizen)
    assert guide.url is not None
    assert guide.url.startswith("/items/P01?r=41")
    assert (guide.host, guide.kind) == (None, "guide")
    assert await refused(counter.push("entry")) == "no_such_address"  # no address is known of it
    await counter.house.change(
        "UPDATE version SET content = content || jsonb_build_object('online_handle_url', cast(:url AS text))", url=ENTRY
    )
    await counter.push("entry")
    entry = (await counter.listed(counter.citizen))[0]
    assert (entry.kind, entry.host, entry.title) == ("entry", "www.hnzwfw.example.cn", guide.title)
    await counter.push(url="https://www.hnzwfw.example.cn/other")  # what the item names passes, the list or not
    for asked in ({"matter_id": uuid4()}, {"matter_id": None}, {"url": "https://www.gov.cn/"}, {"title": "x"}):
        assert await refused(counter.push("guide", **asked)) == "no_such_address"
    assert await refused(counter.push(url=None)) == "link_malformed"


async def test_an_online_entry_that_cannot_be_read_is_none(counter: Counter) -> None:
    await counter.house.change(
        """UPDATE version SET content = content || '{"online_handle_url": "javascript:alert(1)"}'"""
    )
    assert await refused(counter.push("entry")) == "no_such_address"
    await counter.push(url="https://www.gov.cn/")  # what else is pushed does not suffer from it
    assert await refused(counter.push(url="https://www.example.com/")) == "link_not_listed"


async def test_the_clerk_pushes_and_the_citizen_opens(counter: Counter) -> None:
    mark = await counter.push("guide")
    assert await refused(counter.push("guide", who=counter.citizen)) == "not_allowed"
    assert await refused(counter.open(mark.id, counter.clerk)) == "not_allowed"
    assert await refused(counter.open(uuid4())) == "not_found"
    other = await counter.house.citizen("李女士", "19900009998")
    assert await refused(counter.listed(other)) == "not_found"
    assert await refused(counter.open(mark.id, other)) == "not_found"
    await counter.house.hang_up(counter.citizen, counter.joined)
    assert await refused(counter.push("guide")) == "call_over"
    assert await refused(counter.open(mark.id)) == "call_over"
    assert [one.id for one in await counter.listed(counter.citizen)] == [mark.id]


async def test_there_is_a_most(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pushing, "PUSHED_AT_MOST", 1)
    await counter.push("guide")
    assert await refused(counter.push("guide")) == "too_much_pushed"
