"""The demonstration data as rows: they hold together, dates move, and nothing personal is in clear."""

import json
import os
import re
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cloudwindow.demonstration import ACCOUNTS, DemonstrationError, canned, desks, items, password_of, places, staff
from cloudwindow.demonstration.files import SEEN_FROM, moved, read, read_items
from cloudwindow.foundation.crypto import Keys

NOW = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
TODAY = date(2027, 3, 1)
KEYS = Keys.of(os.urandom(32), os.urandom(32))
ORGANISATIONS = places.organisations()
SITES = places.sites(ORGANISATIONS, TODAY)
STATIONS = places.stations(SITES)
PEOPLE = staff.staff(staff.Household(ORGANISATIONS, STATIONS, KEYS, "hash", NOW, TODAY))
REGIONS = places.regions()
CATALOGUE = items.items(ORGANISATIONS, REGIONS, NOW)
DESKS = desks.desks(ORGANISATIONS, CATALOGUE.items, PEOPLE.staff)


def test_paths_run_from_the_top_down() -> None:
    paths = {region["code"]: region["path"] for region in REGIONS}
    assert paths["411003106219"] == "411000000000.411003000000.411003106000.411003106219"
    assert ORGANISATIONS["hrss-411002"]["path"] == "authority_411000.centre_411002.hrss_411002"
    assert ORGANISATIONS.covers("authority-411000", "hrss-411002")
    assert not ORGANISATIONS.covers("centre-411003", "hrss-411002")


def test_an_organisation_that_does_not_exist_is_named() -> None:
    with pytest.raises(DemonstrationError, match="centre-999999"):
        ORGANISATIONS.id("centre-999999")


def test_dates_move_with_the_day_of_loading() -> None:
    later = TODAY - SEEN_FROM
    assert PEOPLE.staff["chenxiaona"]["certificate_valid_to"] == date(2026, 12, 27) + later
    assert SITES["site-411000"]["inspected_on"] == date(2026, 3, 12) + later
    assert SITES["site-411024109"]["inspected_on"] is None
    assert moved(SEEN_FROM, SEEN_FROM + timedelta(days=3)) == SEEN_FROM + timedelta(days=3)


def test_the_calendar_does_not_move() -> None:
    days = {row["day"]: row for row in places.calendar()}
    assert days[date(2026, 10, 10)]["kind"] == "make_up"
    assert days[date(2026, 10, 1)]["statutory"]
    assert not days[date(2026, 10, 4)]["statutory"]


def test_who_may_not_serve_stays_as_data() -> None:
    suspended = PEOPLE.staff["miaogailing"]
    assert suspended["status"] == "suspended"
    assert suspended["certificate_valid_to"] < TODAY


def test_personal_fields_are_encrypted_and_found_by_their_blind_index() -> None:
    person = PEOPLE.staff["zhangyanli"]
    phone = next(one["phone"] for one in read("people.yaml")["staff"] if one["account"] == "zhangyanli")
    assert KEYS.decrypt("staff", "phone", person["id"], person["phone_cipher"]) == phone
    assert person["phone_blind"] == KEYS.blind("phone", phone)
    assert phone not in repr(PEOPLE.staff)
    assert "411099199" not in repr(PEOPLE.staff)


def test_presence_is_off_for_all_who_serve_and_for_nobody_else() -> None:
    present = {row["staff_id"] for row in PEOPLE.presence}
    assert PEOPLE.staff["zhangyanli"]["id"] in present
    assert PEOPLE.staff["xuwenbo"]["id"] not in present
    assert {row["wanted"] for row in PEOPLE.presence} == {"off"}


def test_every_county_has_its_own_implementation_and_the_city_a_guide() -> None:
    by_item: dict[object, list[str]] = {}
    for row in CATALOGUE.implementations:
        by_item.setdefault(row["item_id"], []).append(row["kind"])
    assert [sorted(kinds) for kinds in by_item.values()] == [["full"] * 6 + ["guide"]] * len(read_items())
    codes = [row["task_code"] for row in CATALOGUE.implementations if row["kind"] == "full"]
    assert len(set(codes)) == len(codes) == 24
    assert {len(code) for code in codes} == {31}


def test_versions_name_their_place_and_no_placeholder_is_left() -> None:
    scripts = {row["content"]["script"][:12] for row in CATALOGUE.versions if row["content"]["key"] == "B01"}
    assert scripts == {
        f"您好，我是{place}市场监管"[:12]
        for place in ("魏都区", "建安区", "鄢陵县", "襄城县", "禹州市", "长葛市", "许昌市")
    }
    assert "{county}" not in repr(CATALOGUE.versions)


def test_desks_keep_what_is_loaded_and_parents_come_first() -> None:
    assert sorted(DESKS.desks) == sorted(
        f"desk-{place}-{what}"
        for place, whats in {
            "411000": ("social", "people", "market"),
            "411002": ("social", "household", "market"),
        }.items()
        for what in whats
    )
    seen: set[object] = {None}
    for desk in DESKS.desks.values():
        assert desk["parent_id"] in seen
        seen.add(desk["id"])
    served = [row for row in DESKS.items if row["desk_id"] == DESKS.desks["desk-411002-social"]["id"]]
    assert {row["item_id"] for row in served} == {CATALOGUE.items["P01"]["id"], CATALOGUE.items["P04"]["id"]}


def test_a_member_who_is_not_loaded_is_passed_over() -> None:
    fewer = {account: row for account, row in PEOPLE.staff.items() if account != "zhangyanli"}
    rows = desks.desks(ORGANISATIONS, CATALOGUE.items, fewer)
    assert len(rows.members) == len(DESKS.members) - 1


def test_a_member_whose_roles_do_not_cover_the_desk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = [{**desk, "members": ["sutingting"]} for desk in read("desks.yaml")["desks"]]  # 鄢陵's
    monkeypatch.setattr(desks, "read", lambda name: {"desks": changed} if name == "desks.yaml" else read(name))
    with pytest.raises(DemonstrationError, match="sutingting"):
        desks.desks(ORGANISATIONS, CATALOGUE.items, PEOPLE.staff)


def test_the_accounts_shown_are_the_people_of_the_data() -> None:
    people = {one["account"]: one for one in read("people.yaml")["staff"]}
    names = {role["key"]: role["name"] for role in read("people.yaml")["roles"]}
    numbers = {station["id"]: f"{station['number']}" for station in STATIONS.values()}
    for shown in ACCOUNTS:
        person = people[shown.account]
        assert shown.name == person["name"]
        assert shown.role.split("：")[0] in [names[role["role"]] for role in person["roles"]]
        station = PEOPLE.staff[shown.account]["station_id"]
        assert (shown.station is None) == (station is None)
        assert shown.station is None or shown.station.endswith(numbers[station])


def test_the_password_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first = password_of(tmp_path)
    assert password_of(tmp_path) == first
    assert len(first) == 14
    mode = stat.S_IMODE((tmp_path / "demonstration-password").stat().st_mode)
    assert mode == 0o600


def test_two_folders_have_two_passwords(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()
    assert password_of(folders[0]) != password_of(folders[1])


def test_canned_replies_say_what_the_items_hold_and_nothing_else() -> None:
    rows = canned.replies({item["key"]: {"id": item["key"]} for item in read_items()})
    for item in read_items():
        own = [row["zh"] for row in rows if row["item_id"] == item["key"]]
        assert own[0] == item["script"]
        held = json.dumps(item, ensure_ascii=False, default=str)
        figures = [figure for words in own for figure in re.findall(r"\d+", words)]
        assert figures, item["key"]
        assert all(figure in held for figure in figures), item["key"]
        assert any("不收费" in words for words in own) is not item["is_fee"]
    places = [(row["item_id"], row["position"]) for row in rows]
    assert len(set(places)) == len(places)
    assert len([row for row in rows if row["item_id"] is None]) >= 12
