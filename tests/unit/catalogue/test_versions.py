"""Freezing an item into the content of a version."""

import json

import pytest

from cloudwindow.catalogue import versions
from cloudwindow.catalogue.queries import search_words

ITEM = {
    "key": "P99",
    "task_name": "测试事项",
    "script": "您好，我是{county}窗口。",
    "promise_day": 1,
    "situations": [{"ask": "您的户籍在{county}吗？", "options": [{"say": "在", "adds": ["household"]}]}],
    "materials": [{"key": "household", "always": False}],
    "consult_phone": "0374-0000001",
}


def test_the_place_is_named_everywhere() -> None:
    content = versions.freeze(ITEM, "魏都区")
    assert content["script"] == "您好，我是魏都区窗口。"
    assert content["situations"][0]["ask"] == "您的户籍在魏都区吗？"
    assert "{county}" not in json.dumps(content, ensure_ascii=False)
    assert ITEM["script"] == "您好，我是{county}窗口。"  # the item itself is untouched


def test_questions_get_their_ids() -> None:
    assert versions.freeze(ITEM, "魏都区")["situations"][0]["options"][0]["id"] == "s1.o1"


def test_what_an_implementation_has_of_its_own_counts_and_is_not_inherited() -> None:
    assert versions.freeze(ITEM, "魏都区")["inherited"] == ["situations", "materials"]
    own = {"promise_day": 0, "materials": [{"key": "form", "always": True}]}
    content = versions.freeze(ITEM, "魏都区", own)
    assert content["promise_day"] == 0
    assert content["materials"] == own["materials"]
    assert content["inherited"] == ["situations"]


def test_the_digest_depends_on_content_and_not_on_order() -> None:
    content = versions.freeze(ITEM, "魏都区")
    again = json.loads(json.dumps(dict(reversed(content.items()))))
    assert versions.digest(again) == versions.digest(content)
    assert versions.digest({**content, "promise_day": 2}) != versions.digest(content)
    assert len(versions.digest(content)) == 32


def test_the_task_code_has_31_characters() -> None:
    code = versions.task_code("11411099MB9900355E", "4", "002014001001")
    assert (code, len(code)) == ("11411099MB9900355E4002014001001", 31)
    with pytest.raises(ValueError, match="task code"):
        versions.task_code("11411099MB9900355E", "4", "00201400100")


def test_themes_of_persons_come_first_and_once() -> None:
    assert versions.themes({"theme_person": ["就业创业", "设立变更"], "theme_legal": ["设立变更"]}) == [
        "就业创业",
        "设立变更",
    ]
    assert versions.themes({}) == []


def test_flows_are_those_the_cloud_allows() -> None:
    assert versions.flows({"coach": True, "accept": False, "support": True}) == ["coach", "support"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", []),
        ("  身份证　丢了 ", ["身份证", "丢了"]),
        ("ID Card", ["id", "card"]),
        ("卡\x00卡\n卡", ["卡"]),
        (" ".join(str(number) for number in range(50)), [str(number) for number in range(8)]),
    ],
)
def test_search_words(typed: str, words: list[str]) -> None:
    assert search_words(typed) == words
