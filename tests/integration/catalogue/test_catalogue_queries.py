"""Items, guides and search, read from a loaded city."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from cloudwindow import catalogue
from cloudwindow.catalogue import Availability, Implementation, Item, Version, versions
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from tests.support.city import CITY, JIANAN_VILLAGE, WEIDU, City

NOBODY = Availability(
    offered=True,
    open=True,
    opens_at=None,
    closes_at=None,
    present=0,
    waiting=0,
    estimate_minutes=None,
    desk_name="魏都社保养老专席",
    desk_id=UUID(int=7),
)


async def search(city: City, q: str, region: str = WEIDU) -> Sequence[str]:
    async with city.database.reading() as session:
        return [item.key for item in await catalogue.list_items(session, region, q)]


@pytest.mark.parametrize(
    ("region", "kind", "code", "line"),
    [
        (WEIDU, "full", "11411099MB9900478F4000131025001", "我是魏都区市场监管"),
        (JIANAN_VILLAGE, "full", "11411099MB9900611Y4000131025001", "我是建安区市场监管"),
        (CITY, "guide", None, "我是许昌市市场监管"),
    ],
)
async def test_a_region_leads_to_the_implementation_that_counts_there(
    read_only_city: City, region: str, kind: str, code: str | None, line: str
) -> None:
    async with read_only_city.database.reading() as session:
        found = await catalogue.resolve(session, "B01", region)
    assert found is not None
    assert (found.implementation.kind, found.implementation.task_code) == (kind, code)
    assert line in found.version.content["script"]


@pytest.mark.parametrize(("key", "region"), [("P99", WEIDU), ("P01", "999999000000"), ("P01", ""), ("P01\x00", WEIDU)])
async def test_what_does_not_exist_is_not_resolved(read_only_city: City, key: str, region: str) -> None:
    async with read_only_city.database.reading() as session:
        assert await catalogue.resolve(session, key, region) is None


async def test_the_latest_published_version_counts_and_the_old_one_stays(city: City) -> None:
    async with city.database.transaction() as session:
        before = await catalogue.resolve(session, "P01", WEIDU)
        assert before is not None
        now = await session.scalar(select(func.app_now()))
        assert now is not None
        content = {**before.version.content, "promise_day": 0}
        for number, published in ((2, now), (3, now + timedelta(days=1))):
            row = {"id": new_id(), "number": number, "content": content, "published_at": published}
            key = {"implementation_id": before.implementation.id, "digest": versions.digest(content)}
            await session.execute(insert(Version).values(**row, **key))
    async with city.database.reading() as session:
        after = await catalogue.resolve(session, "P01", WEIDU)
        assert after is not None
        assert (after.version.number, after.version.content["promise_day"]) == (2, 0)
        old, organisation = await catalogue.frozen(session, before.version.id)
        assert (old.version.number, organisation.key) == (1, "hrss-411002")
        with pytest.raises(Problem, match="item_unknown"):
            await catalogue.frozen(session, new_id())


async def test_digests_fit_the_content_as_the_database_returns_it(read_only_city: City) -> None:
    async with read_only_city.database.reading() as session:
        found = (await session.execute(select(Version.content, Version.digest))).all()
    assert len(found) == 28
    assert all(versions.digest(row.content) == row.digest for row in found)
    assert len({row.digest for row in found}) >= 7
    assert all(len(row.digest) == hashlib.sha256().digest_size for row in found)


@pytest.mark.parametrize(
    ("q", "keys"),
    [
        ("", ["B01", "P01", "P04", "P18"]),
        ("身份证丢了", ["P18"]),
        ("社保卡", ["P04"]),
        ("养老 登记", ["P01"]),
        ("登记 养老", ["P01"]),
        ("登记", ["B01", "P01"]),
        ("执照", ["B01"]),
        ("没有这种事", []),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("' OR '1'='1", []),
        ("\x00", ["B01", "P01", "P04", "P18"]),
        ("'; DROP TABLE item; --", []),
    ],
)
async def test_search_finds_words_and_takes_nothing_for_a_pattern(
    read_only_city: City, q: str, keys: list[str]
) -> None:
    assert await search(read_only_city, q) == keys


async def test_what_is_named_so_comes_before_what_merely_says_so(city: City) -> None:
    assert await search(city, "身份证补领") == ["P18"]
    async with city.database.transaction() as session:
        names = {"P01": "参保登记", "P04": "社会保障卡", "P18": "居民身份证", "B01": "个体户"}
        for key, name in names.items():
            item = await session.scalar(select(Item).where(Item.key == key))
            assert item is not None
            item.task_name = item.short_name = name
            item.aliases, item.plain = [], name
        aliased = await session.scalar(select(Item).where(Item.key == "P04"))
        within = await session.scalar(select(Item).where(Item.key == "P18"))
        said = await session.scalar(select(Item).where(Item.key == "B01"))
        assert aliased
        assert within
        assert said
        aliased.aliases, within.aliases, said.plain = ["参保"], ["我要参保登记"], "先参保再开店"
        await session.flush()
    assert await search(city, "参保") == ["P04", "P01", "P18", "B01"]


async def test_a_summary_says_what_the_place_promises(read_only_city: City) -> None:
    async with read_only_city.database.reading() as session:
        found = {item.key: item for item in await catalogue.list_items(session, WEIDU)}
    fee = found["P18"]
    assert (fee.name, fee.project_type, fee.promise_day, fee.is_fee) == ("居民身份证补领", "2", 20, True)
    assert fee.themes == ["证件办理"]
    assert {tuple(item.flows) for item in found.values()} == {("coach",)}


async def test_an_unknown_place_is_refused(read_only_city: City) -> None:
    async with read_only_city.database.reading() as session:
        with pytest.raises(Problem, match="region_unknown"):
            await catalogue.list_items(session, "999999000000")
        with pytest.raises(Problem, match="region_unknown"):
            await catalogue.show_guide(session, "P01", "999999000000")
        with pytest.raises(Problem, match="item_unknown"):
            await catalogue.show_guide(session, "P99", WEIDU)


@pytest.mark.parametrize("key", ["P01", "P04", "P18", "B01"])
@pytest.mark.parametrize("region", [WEIDU, CITY])
async def test_every_guide_is_whole(read_only_city: City, key: str, region: str) -> None:
    async with read_only_city.database.reading() as session:
        guide = catalogue.guide(*await catalogue.show_guide(session, key, region), NOBODY)
    assert guide.key == key
    assert guide.version_no == 1
    assert (guide.task_code is None) == (region == CITY)
    assert guide.situations
    assert guide.materials
    assert guide.faq
    assert guide.by_law
    assert guide.coach == NOBODY
    assert guide.facts.is_fee == bool(guide.facts.fees)
    assert guide.consult_phone != guide.complaint_phone
    assert "{county}" not in guide.model_dump_json()


async def test_situations_name_only_materials_that_exist(read_only_city: City) -> None:
    async with read_only_city.database.reading() as session:
        contents = (await session.execute(select(Version.content).join(Implementation))).scalars().all()
    for content in contents:
        known = {material["key"] for material in content["materials"]}
        queue = list(content["situations"])
        while queue:
            for option in queue.pop()["options"]:
                assert {*option["adds"], *option["skips"]} <= known
                queue.extend(option["then"])
