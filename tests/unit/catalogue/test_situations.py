"""The situation tree: ids, answers, and the personal material list."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudwindow.catalogue import explain_answers, personal_materials, validate_answers
from cloudwindow.catalogue.situations import with_ids
from cloudwindow.foundation.errors import Problem

TREE = [
    {
        "ask": "为什么要补换？",
        "options": [
            {
                "say": "丢了",
                "then": [
                    {
                        "ask": "正式挂失了吗？",
                        "options": [{"say": "已经挂失"}, {"say": "还没有", "adds": ["loss_form"]}],
                    }
                ],
            },
            {"say": "坏了", "adds": ["old_card"]},
        ],
    },
    {
        "ask": "给谁办？",
        "options": [
            {"say": "自己"},
            {"say": "孩子", "adds": ["household"], "skips": ["id_card", "old_card"]},
        ],
    },
]
MATERIALS = [
    {"key": "id_card", "always": True},
    {"key": "form", "always": True},
    {"key": "loss_form", "always": False},
    {"key": "old_card", "always": False},
    {"key": "household", "always": False},
]
CONTENT: dict[str, Any] = {"situations": with_ids(TREE), "materials": MATERIALS}


def keys(answers: dict[str, str]) -> list[str]:
    return [material["key"] for material in personal_materials(CONTENT, answers)]


def test_ids_are_paths_through_the_tree() -> None:
    first, second = CONTENT["situations"]
    assert (first["id"], second["id"]) == ("s1", "s2")
    assert [option["id"] for option in first["options"]] == ["s1.o1", "s1.o2"]
    nested = first["options"][0]["then"][0]
    assert (nested["id"], nested["options"][1]["id"]) == ("s1.o1.s1", "s1.o1.s1.o2")


def test_every_option_says_what_it_adds_skips_and_leads_to() -> None:
    assert CONTENT["situations"][1]["options"][0] == {
        "id": "s2.o1",
        "say": "自己",
        "adds": [],
        "skips": [],
        "then": [],
    }


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["id_card", "form"]),
        ({"s1": "s1.o2"}, ["id_card", "form", "old_card"]),
        ({"s1": "s1.o1"}, ["id_card", "form"]),
        ({"s1": "s1.o1", "s1.o1.s1": "s1.o1.s1.o2"}, ["id_card", "form", "loss_form"]),
        (
            {"s1": "s1.o2", "s2": "s2.o2"},
            ["form", "household"],
        ),  # a skip wins over the add of another question
    ],
)
def test_materials_follow_the_answers(answers: dict[str, str], expected: list[str]) -> None:
    assert keys(answers) == expected


def test_an_answer_behind_an_option_not_chosen_adds_nothing() -> None:
    assert keys({"s1": "s1.o2", "s1.o1.s1": "s1.o1.s1.o2"}) == ["id_card", "form", "old_card"]


def test_answers_come_back_in_the_order_of_the_tree() -> None:
    given_answers = {"s2": "s2.o1", "s1.o1.s1": "s1.o1.s1.o1", "s1": "s1.o1"}
    assert list(validate_answers(CONTENT, given_answers)) == ["s1", "s1.o1.s1", "s2"]


@pytest.mark.parametrize(
    ("answers", "named"),
    [
        ({"s9": "s9.o1"}, "s9"),
        ({"s1": "s1.o3"}, "s1"),
        ({"s1": "s2.o1"}, "s1"),
        ({"s1": "丢了"}, "s1"),
        ({"s1": "s1.o2", "s1.o1.s1": "s1.o1.s1.o1"}, "s1.o1.s1"),  # not reached
        ({"s1.o1.s1": "s1.o1.s1.o1"}, "s1.o1.s1"),
        ({"<script>" * 100: "x"}, ("<script>" * 100)[:40]),
    ],
)
def test_what_the_tree_does_not_have_is_refused(answers: dict[str, str], named: str) -> None:
    with pytest.raises(Problem) as refused:
        validate_answers(CONTENT, answers)
    assert (refused.value.code, refused.value.params) == ("answers_unknown", {"situation": named})


def test_answers_in_words() -> None:
    assert explain_answers(CONTENT, {"s2": "s2.o2", "s1": "s1.o1", "s1.o1.s1": "s1.o1.s1.o2"}) == [
        {"ask": "为什么要补换？", "say": "丢了"},
        {"ask": "正式挂失了吗？", "say": "还没有"},
        {"ask": "给谁办？", "say": "孩子"},
    ]


def test_an_item_without_questions_takes_no_answers() -> None:
    empty = {"situations": [], "materials": MATERIALS}
    assert validate_answers(empty, {}) == {}
    assert explain_answers(empty, {}) == []


# --- any tree

MATERIAL_KEYS = ["a", "b", "c", "d"]
some_keys = st.lists(st.sampled_from(MATERIAL_KEYS), max_size=2, unique=True)
say = st.text(min_size=1, max_size=5)


def questions(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    option = st.fixed_dictionaries({"say": say, "adds": some_keys, "skips": some_keys, "then": below})
    question = st.fixed_dictionaries({"ask": say, "options": st.lists(option, min_size=1, max_size=3)})
    return st.lists(question, max_size=2)


trees = st.recursive(st.just([]), questions, max_leaves=8).map(with_ids)


@st.composite
def answered(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, str]]:
    tree = draw(trees)
    answers: dict[str, str] = {}
    queue = list(tree)
    while queue:
        situation = queue.pop()
        option = draw(st.sampled_from([None, *situation["options"]]))
        if option:
            answers[situation["id"]] = option["id"]
            queue.extend(option["then"])
    always = draw(st.lists(st.booleans(), min_size=4, max_size=4))
    materials = [{"key": key, "always": flag} for key, flag in zip(MATERIAL_KEYS, always, strict=True)]
    return {"situations": tree, "materials": materials}, answers


@given(answered())
def test_walking_the_tree_gives_answers_that_fit(case: tuple[dict[str, Any], dict[str, str]]) -> None:
    content, answers = case
    assert validate_answers(content, answers) == answers
    assert len(explain_answers(content, answers)) == len(answers)


@given(answered(), st.sampled_from(["s0", "s99", "", "s1.o1.s99"]))
def test_one_foreign_id_spoils_the_whole(case: tuple[dict[str, Any], dict[str, str]], foreign: str) -> None:
    content, answers = case
    with pytest.raises(Problem):
        validate_answers(content, {**answers, foreign: "s1.o1"})


@given(answered())
def test_the_list_keeps_order_and_names_nothing_twice(case: tuple[dict[str, Any], dict[str, str]]) -> None:
    content, answers = case
    found = [material["key"] for material in personal_materials(content, answers)]
    assert found == sorted(set(found))
