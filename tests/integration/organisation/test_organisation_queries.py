"""Regions, centres, stations and hours, read from a loaded city."""

from datetime import datetime

import pytest

from cloudwindow import organisation
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.errors import Problem
from tests.support.city import CITY, JIANAN_VILLAGE, WEIDU, ZONE, City


async def test_the_city_comes_first_then_its_counties(read_only_city: City) -> None:
    async with read_only_city.database.reading() as session:
        regions = await organisation.list_regions(session)
    assert [region.name for region in regions] == [
        "许昌市",
        "魏都区",
        "建安区",
        "鄢陵县",
        "襄城县",
        "禹州市",
        "长葛市",
    ]
    assert {region.parent for region in regions[1:]} == {CITY}
    assert regions[0].parent is None


async def test_a_village_has_a_ladder_up_to_the_city(read_only_city: City) -> None:
    async with read_only_city.database.reading() as session:
        place = await organisation.find_place(session, JIANAN_VILLAGE)
        assert await organisation.find_city(session) == CITY
    assert place.ladder == (JIANAN_VILLAGE, "411003106000", "411003000000", CITY)
    assert (place.name, place.level) == ("兴源铺村", "village")


@pytest.mark.parametrize("code", ["999999000000", "", "%", "411000000000' OR '1'='1"])
async def test_an_unknown_region_is_refused(read_only_city: City, code: str) -> None:
    async with read_only_city.database.reading() as session:
        with pytest.raises(Problem, match="region_unknown"):
            await organisation.find_place(session, code)
        with pytest.raises(Problem, match="region_unknown"):
            await organisation.service_centre(session, code)


async def test_an_empty_database_has_no_city(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    try:
        async with database.reading() as session:
            with pytest.raises(Problem, match="region_unknown"):
                await organisation.find_city(session)
            assert await organisation.list_regions(session) == []
            assert await organisation.list_stations(session) == []
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("code", "key"),
    [(CITY, "centre-411000"), (WEIDU, "centre-411002"), (JIANAN_VILLAGE, "centre-411003")],
)
async def test_the_home_of_a_region_is_the_nearest_service_centre(read_only_city: City, code: str, key: str) -> None:
    async with read_only_city.database.reading() as session:
        found = await organisation.service_centre(session, code)
        centre = await session.get_one(organisation.Organisation, found)
    assert centre.key == key


async def test_clerks_sit_at_stations_in_use_and_not_at_help_points(read_only_city: City) -> None:
    async with read_only_city.database.reading() as session:
        stations = await organisation.list_stations(session)
    assert len(stations) == 30
    assert {station.number.split()[0] for station in stations} == {"云综窗"}
    assert (stations[0].number, stations[0].organisation_name) == ("云综窗 01 号", "许昌市政务服务中心")


async def test_the_switch_opens_everything_until_it_is_turned_off(city: City) -> None:
    night = datetime(2026, 11, 25, 3, 0, tzinfo=ZONE)
    async with city.database.reading() as session:
        assert (await organisation.timetable(session, "hall", ZONE)).at(night).open
    await city.keep_hours()
    async with city.database.reading() as session:
        found = (await organisation.timetable(session, "hall", ZONE)).at(night)
    assert (found.open, found.opens_at) == (False, datetime(2026, 11, 25, 8, 30, tzinfo=ZONE))


async def test_hours_follow_rules_and_calendar_of_the_tables(city: City) -> None:
    await city.keep_hours()
    async with city.database.reading() as session:
        tables = await organisation.timetables(session, ["hall", "city_hall", "nothing"], ZONE)
    saturday, make_up, holiday = (
        datetime(2026, month, day, 10, 0, tzinfo=ZONE) for month, day in ((11, 28), (10, 10), (10, 1))
    )
    assert [tables["hall"].at(at).open for at in (saturday, make_up, holiday)] == [False, True, False]
    assert [tables["city_hall"].at(at).open for at in (saturday, make_up, holiday)] == [True, True, False]
    assert tables["nothing"].at(saturday).opens_at is None
