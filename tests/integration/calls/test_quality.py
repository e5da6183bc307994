"""Measurements of calls: each report replaces the page's former one, and only those who watch read them."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from cloudwindow.calls.calling import join
from cloudwindow.calls.hold import hold, resume
from cloudwindow.calls.quality import measure
from cloudwindow.calls.quality_views import quality
from cloudwindow.calls.readings import READINGS
from cloudwindow.calls.schemas import Accepted
from cloudwindow.calls.schemas_quality import QualityPage, QualityReport
from cloudwindow.foundation.authentication import Actor
from tests.support.house import House, refused

SLACK = 20
"""Seconds that a busy machine may take itself, while the clock is moved."""

GOOD = {
    "attempt": 1,
    "number": 1,
    "setup_ms": 600,
    "first_frame_ms": 900,
    "freezes": 1,
    "frozen_ms": 400,
    "loss_permille": 5,
    "round_trip_ms": 40,
    "worst_round_trip_ms": 90,
    "kbps": 800,
    "rung_changes": 2,
    "relay": False,
    "cause": None,
}


def said(**changed: Any) -> QualityReport:
    return QualityReport.model_validate(GOOD | changed)


class Scene:
    """A clerk and a citizen who talk in 魏都, and its supervisor."""

    def __init__(self, house: House, clerk: Actor, citizen: Actor, watcher: Actor, joined: Accepted) -> None:
        self.house, self.clerk, self.citizen, self.watcher = house, clerk, citizen, watcher
        self.call = joined.call.id

    async def say(self, who: Actor, **changed: Any) -> int:
        number: int = (await self.house.run(who, measure, self.call, said(**changed))).number
        return number

    async def page(self, who: Actor | None = None, **asked: Any) -> QualityPage:
        asked = {"day": None, "bad": False, "before": None} | asked
        async with self.house.database.reading() as session:
            return await quality(session, who or self.watcher, **asked)


@pytest.fixture
async def scene(house: House) -> Scene:
    clerk, citizen = await house.clerk(), await house.citizen()
    watcher = await house.clerk("xuwenbo", ready=False, tab=False)
    return Scene(house, clerk, citizen, watcher, await house.talk(clerk, citizen))


async def test_both_sides_of_a_call_are_read_as_one_row(scene: Scene) -> None:
    await scene.say(scene.clerk, relay=True)
    await scene.say(scene.citizen, setup_ms=1600, loss_permille=20)
    page = await scene.page()
    (row,) = page.rows
    assert (row.call_id, row.bad, page.more) == (scene.call, False, False)
    assert row.clerk is not None
    assert row.applicant is not None
    assert (row.clerk.relay, row.clerk.setup_ms, row.clerk.page_loads) == (True, 600, 1)
    assert (row.applicant.relay, row.applicant.setup_ms, row.applicant.loss_permille) == (False, 1600, 20)
    figures = page.figures
    assert (figures.calls, figures.bad, figures.failed) == (1, 0, 0)
    assert (figures.setup_p50_ms, figures.setup_p95_ms, figures.first_frame_p95_ms) == (600, 1600, 900)


async def test_the_newest_number_counts_whatever_comes_when(scene: Scene) -> None:
    assert await scene.say(scene.clerk, number=2, freezes=7) == 2
    assert await scene.say(scene.clerk, number=1, freezes=1) == 2
    assert await scene.say(scene.clerk, number=2, freezes=99) == 2
    assert await scene.house.value("SELECT freezes FROM call_quality") == 7
    assert await scene.say(scene.clerk, number=3, freezes=8) == 3
    assert await scene.house.value("SELECT freezes FROM call_quality") == 8
    assert await scene.house.value("SELECT count(*) FROM call_quality") == 1


async def test_a_reload_adds_to_what_was_measured_before(scene: Scene) -> None:
    await scene.say(scene.citizen, setup_ms=None, cause="no_route", freezes=0)
    await scene.house.run(scene.citizen, join, scene.call)
    await scene.say(scene.citizen, attempt=2, setup_ms=700, freezes=3, worst_round_trip_ms=500)
    (row,) = (await scene.page()).rows
    assert row.applicant is not None
    assert (row.applicant.page_loads, row.applicant.setup_ms, row.applicant.cause) == (2, None, None)
    assert (row.applicant.freezes, row.applicant.worst_round_trip_ms) == (3, 500)


@pytest.mark.parametrize(
    "worse",
    [
        {"setup_ms": None, "first_frame_ms": None, "cause": "permission"},
        {"setup_ms": 5001},
        {"loss_permille": 51},
        {"round_trip_ms": 601},
        {"frozen_ms": 10_001},
    ],
)
async def test_bad_calls_are_found(scene: Scene, worse: dict[str, Any]) -> None:
    await scene.say(scene.clerk)
    assert (await scene.page(bad=True)).rows == []
    await scene.say(scene.citizen, **worse)
    (row,) = (await scene.page(bad=True)).rows
    assert row.bad
    figures = (await scene.page()).figures
    assert (figures.calls, figures.bad, figures.failed) == (1, 1, int("cause" in worse))


async def test_a_day_ends_at_midnight_and_a_page_goes_on_before_its_last_row(scene: Scene) -> None:
    await scene.say(scene.clerk)
    page = await scene.page()
    assert [(await scene.page(day=page.today + timedelta(days=by))).figures.calls for by in (-1, 0, 1)] == [0, 1, 0]
    started = page.rows[0].started_at
    assert (await scene.page(before=started)).rows == []
    assert len((await scene.page(before=started + timedelta(seconds=1))).rows) == 1


async def test_times_on_hold_are_read_with_the_call(scene: Scene) -> None:
    house = scene.house
    await scene.say(scene.clerk)
    (row,) = (await scene.page()).rows
    assert (row.holds, row.held_seconds) == (0, 0)
    for seconds in (40, 30):
        await house.run(scene.clerk, hold, scene.call)
        await house.move(seconds)
        if seconds == 40:
            await house.run(scene.clerk, resume, scene.call)
            await house.move(1000)
    page = await scene.page()  # the second goes on
    (row,) = page.rows
    assert row.holds == 2
    assert 70 <= row.held_seconds < 70 + SLACK
    assert (page.figures.held, page.figures.held_p50_seconds) == (1, page.figures.held_p95_seconds)
    assert page.figures.held_p50_seconds in range(70, 70 + SLACK)
    assert (await scene.page(await house.clerk("yuecaihong", ready=False, tab=False))).figures.held == 0


async def test_an_empty_day_has_no_figures(scene: Scene) -> None:
    page = await scene.page()
    assert (page.rows, page.figures.calls, page.figures.setup_p95_ms) == ([], 0, None)
    assert (page.figures.held, page.figures.held_p50_seconds) == (0, None)


async def test_only_those_who_watch_read_it_and_only_of_their_centres(scene: Scene) -> None:
    await scene.say(scene.clerk)
    for who in (scene.clerk, scene.citizen):
        assert await refused(scene.page(who)) == "not_allowed"
    for account, calls in (("yangzhenyu", 1), ("yuecaihong", 0)):  # the centre's own administrator, and another's
        watcher = await scene.house.clerk(account, ready=False, tab=False)
        page = await scene.page(watcher)
        assert (len(page.rows), page.figures.calls) == (calls, calls)


async def test_reports_come_from_those_who_were_in_the_call(scene: Scene) -> None:
    other = await scene.house.citizen("王先生")
    assert await refused(scene.say(other)) == "not_found"
    assert await refused(scene.say(scene.watcher)) == "not_found"
    assert await refused(scene.say(scene.citizen, attempt=2)) == "not_found"
    assert await scene.house.value("SELECT count(*) FROM call_quality") == 0


async def test_the_last_report_may_come_after_the_end_but_not_long_after(scene: Scene) -> None:
    await scene.house.change("UPDATE call SET state = 'ended', ended_at = app_now(), ended_reason = 'served'")
    await scene.say(scene.clerk)
    await scene.house.move(601)
    assert await refused(scene.say(scene.clerk, number=2)) == "call_over"


@pytest.mark.parametrize(
    "hostile",
    [
        *({name: -1} for name in GOOD if name not in {"relay", "cause"}),
        *({name: 2**40} for name in GOOD if name not in {"relay", "cause"}),
        *({name: "7"} for name in GOOD if name != "cause"),
        *({name: True} for name in ("number", "freezes", "kbps")),
        {"relay": 1},
        {"cause": "<script>"},
        {"loss_permille": 1001},
        {"attempt": 0},
        {"number": 0},
        {"more": 1},
        {"freezes": 1.5},
        {"freezes": None},
    ],
)
def test_what_no_page_measures_is_refused(hostile: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        said(**hostile)


async def test_metrics_count_setups_by_cause(scene: Scene) -> None:
    await scene.say(scene.clerk)
    await scene.say(scene.citizen, cause="insecure_page")
    (reading,) = (one for one in READINGS if one.name == "cloudwindow_call_setups_day")
    counts = {row[0]: row[1] for row in await scene.house.rows(reading.sql)}
    assert counts.pop("none") == 1
    assert counts.pop("insecure_page") == 1
    assert set(counts.values()) == {0}
    assert len(counts) == 5
